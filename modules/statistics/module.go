package statistics

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/statistics/rule"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Log           *slog.Logger
	Audit         Auditor
	Organizations Organizations
	People        People
	Rows          []rule.Row  // policies/rules/statistics.yaml
	Requirement   Requirement // of the in-service hours
	Quality       []rule.QualityRow
	Standards     rule.Catalogue    // policies/rules/standards.yaml
	Coverage      rule.CoverageRows // policies/rules/statistics.yaml
	SocialWorkers []rule.SocialRow
}

// Module is statistics, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service.
func New(d Deps) *Module {
	return &Module{Service: &Service{
		repo: newRepository(d.DB), clock: d.Clock, log: d.Log, audit: d.Audit,
		organizations: d.Organizations, people: d.People,
		rows: d.Rows, bases: rule.Bases(d.Rows), requirement: d.Requirement, quality: d.Quality,
		catalogue: d.Standards, coverage: d.Coverage, social: d.SocialWorkers,
	}}
}

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
