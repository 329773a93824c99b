package spotchecks

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/spotchecks/rule"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Log           *slog.Logger
	Audit         Auditor
	Organizations Organizations
	Staff         Staff
	Rate          Rate
	Certificates  Certificates
	Showings      Showings
	Rows          []rule.Row // policies/rules/spot-checks.yaml
}

// Module is spotchecks, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service.
func New(d Deps) *Module { return &Module{Service: &Service{Deps: d, repo: newRepository(d.DB)}} }

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
