package people

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/kit/job"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/probe"
	"carecert/modules/kit/store"
	"carecert/modules/people/pdf"
	"carecert/modules/people/rule"
)

// Deps is what the module needs.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Facts         event.Announcer
	Audit         Auditor
	Log           *slog.Logger
	Rules         []rule.PreJobRow     // policies/rules/people.yaml
	Notices       Notices              // policies/notices/privacy.yaml
	Corrections   []rule.CorrectionRow // policies/rules/privacy.yaml
	Organizations Organizations
	Secrets       Secrets
	Jobs          *job.Queue
	Speller       *pinyin.Speller
	Quality       []rule.QualityRow // policies/rules/quality.yaml
	Levels        Levels            // may be nil
	Standing      Standing          // of neighbours; without it nobody is reminded
	Parts         []RecordPart      // of neighbours, in the order of the record
	Chapters      []Chapter         // of neighbours
	Careers       []rule.CareerRow  // policies/rules/careers.yaml
	Links         []rule.LinkRow    // policies/rules/record_links.yaml
	BaseURL       string            // what QR codes point to
	Foundations   []Foundation      // of neighbours
	Growths       []Growth          // of neighbours
	Trail         Trail             // may be nil
}

// Module is the wired module.
type Module struct {
	Service *Service
	// Importer reads rosters: kind "people".
	Importer *Importer
	printer  *pdf.Printer
}

// New opens the collections and wires the service.
func New(d Deps) *Module {
	s := &Service{Deps: d, docs: open(d.DB), guard: probe.New(d.DB, "people_probes", d.Clock, d.Log, ErrTooManyProbes)}
	d.Jobs.Register(jobFollowMove, s.followMove)
	return &Module{Service: s, printer: pdf.New(), Importer: &Importer{service: s}}
}
