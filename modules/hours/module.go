package hours

import (
	"log/slog"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/kit/store"
)

// Deps is what the module needs.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Facts         event.Announcer
	Audit         Auditor
	Log           *slog.Logger
	Rules         []rule.Row
	People        People
	Organizations Organizations
	Plans         Plans
	Certifier     Certifier
}

// Module is the wired module.
type Module struct {
	Service *Service
}

// New opens the collections and wires the service.
func New(d Deps) *Module {
	return &Module{Service: &Service{Deps: d, docs: open(d.DB)}}
}
