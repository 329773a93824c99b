package surveys

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/surveys/rule"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Log           *slog.Logger
	Audit         Auditor
	Organizations Organizations
	Rows          []rule.Row // policies/rules/surveys.yaml
}

// Module is surveys, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service.
func New(d Deps) *Module { return &Module{Service: &Service{Deps: d, repo: newRepository(d.DB)}} }

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
