package presentations

import (
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/presentations/rule"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB           *store.DB
	Clock        kernel.Clock
	Audit        Auditor
	Sealer       Sealer
	Certificates Certificates
	Rows         []rule.Row // policies/rules/presentations.yaml
	BaseURL      string     // goes into links
}

// Module is presentations, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service.
func New(d Deps) *Module { return &Module{Service: &Service{Deps: d, repo: newRepository(d.DB)}} }

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
