package training

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/event"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

// Deps is what the module needs.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Facts         event.Announcer
	Audit         Auditor
	Log           *slog.Logger
	Rules         []rule.Row
	Reviews       []rule.ReviewRow
	People        People
	Organizations Organizations
	Certifier     Certifier
	Keys          Keys
	Files         *blob.Files
	Sealer        blob.Sealer // of signed sheets
	Programmes    Programmes  // built after training, handed over last
	Draw          rule.Draw   // nobody foresees it; nil: the program's own
	Standards     []Standard  // policies/rules/standards.yaml
	BaseURL       string      // goes into the projector's QR
	Levels        Levels      // may be nil
	Tiers         Tiers       // may be nil
	Shortfalls    Shortfalls  // built after training, handed over last; may be nil
	Archive       Archive     // built after training, handed over last
	Owners        Owners      // of calendars; built after training, handed over last
}

// Module is the wired module.
type Module struct {
	Service *Service
}

// New opens the collections and wires the service.
func New(d Deps) *Module {
	return &Module{Service: &Service{Deps: d, docs: open(d.DB)}}
}
