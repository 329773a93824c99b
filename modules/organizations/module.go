package organizations

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
	"carecert/modules/organizations/rule"
)

// Deps is what the module needs.
type Deps struct {
	DB      *store.DB
	Clock   kernel.Clock
	Facts   event.Announcer
	Audit   Auditor
	Log     *slog.Logger
	Regions []Region         // policies/rules/regions.csv
	Filing  []rule.FilingRow // policies/rules/organizations.yaml
	Speller *pinyin.Speller

	Occupations Occupations
}

// Module is the wired module.
type Module struct {
	Service *Service
	// Importer reads lists of organisations: kind "organizations".
	Importer *Importer
}

// New opens the collections and wires the service.
func New(d Deps) *Module {
	docs := open(d.DB)
	s := &Service{Deps: d, docs: docs, regions: regionsOf(d.Regions), cards: newCards(d.Clock, docs)}
	return &Module{Service: s, Importer: &Importer{service: s}}
}
