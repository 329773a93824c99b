package platforms

import (
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/platforms/rule"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB    *store.DB
	Clock kernel.Clock
	Audit Auditor
	Rows  []rule.Row // policies/rules/platforms.yaml
}

// Module is platforms, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service.
func New(d Deps) *Module {
	return &Module{Service: &Service{repo: newRepository(d.DB), clock: d.Clock, audit: d.Audit, rows: d.Rows}}
}

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
