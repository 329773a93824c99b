package audit

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB    *store.DB
	Clock kernel.Clock
	Log   *slog.Logger
	Keys  Keys
}

// Module is audit, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service.
func New(d Deps) *Module {
	return &Module{Service: &Service{docs: newRepository(d.DB), clock: d.Clock, log: d.Log, keys: d.Keys, exportLimit: ExportLimit}}
}

// Locate hands over whom to ask for an organisation's place in the tree. It
// comes after New because organizations writes audit rows itself; nothing is
// recorded before.
func (m *Module) Locate(o Organizations) { m.Service.organizations = o }

// Recognize hands over whom to ask for the accounts that user names are of;
// accounts writes audit rows itself, so this too comes after New.
func (m *Module) Recognize(u Users) { m.Service.users = u }

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
