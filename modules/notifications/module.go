package notifications

import (
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB     *store.DB
	Clock  kernel.Clock
	People People
}

// Module is notifications, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service.
func New(d Deps) *Module {
	return &Module{Service: &Service{repo: newRepository(d.DB), clock: d.Clock, people: d.People}}
}

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
