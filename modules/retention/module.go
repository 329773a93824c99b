package retention

import (
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/retention/rule"
)

// Deps is what the module needs.
type Deps struct {
	DB    *store.DB
	Clock kernel.Clock
	Audit Auditor
	Rows  []rule.Row            // policies/rules/retention.yaml
	Kinds map[string]store.Aged // of the neighbours; may be added to until the program runs
}

// Module is the wired module.
type Module struct{ Service *Service }

// New opens the collection and wires the service.
func New(d Deps) *Module { return &Module{Service: &Service{Deps: d, runs: openRuns(d.DB)}} }

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
