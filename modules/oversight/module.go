package oversight

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/oversight/rule"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Audit         Auditor
	People        People
	Organizations Organizations
	Attendance    Attendance
	Radar         []rule.Row
	PensionAges   []rule.AgeRow
	Heads         Heads
	BaseURL       string // of the public pages of draws
	Log           *slog.Logger
}

// Module is oversight, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service.
func New(d Deps) *Module {
	return &Module{Service: &Service{Deps: d, repo: newRepository(d.DB), inspections: openInspections(d.DB)}}
}

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
