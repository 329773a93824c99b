package imports

import (
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/job"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Deps is what the engine needs from the house.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Log           *slog.Logger
	Audit         Auditor
	Facts         Announcer
	Files         *blob.Files
	Ring          Ring
	Jobs          *job.Queue // New registers its work
	Organizations Organizations
	Permits       Permits
	Words         Words // policies/rules/import_columns.yaml
	Importers     []Importer
}

// Ring is the key ring.
type Ring interface {
	blob.Sealer
	Blind(purpose, value string) string
}

// Module is the import engine, ready to be wired.
type Module struct{ Service *Service }

// New opens the collections, registers the job, and refuses an importer with a
// column that nobody knows how to write.
func New(d Deps) (*Module, error) {
	s := &Service{
		repo: newRepository(d.DB), clock: d.Clock, log: d.Log, audit: d.Audit, facts: d.Facts, files: d.Files, ring: d.Ring, jobs: d.Jobs,
		organizations: d.Organizations, permits: d.Permits, words: d.Words,
		importers: map[string]Importer{}, vocabularies: map[string]sheet.Vocabulary{},
	}
	for _, i := range d.Importers {
		v, err := d.Words.vocabulary(i)
		if err != nil {
			return nil, err
		}
		s.importers[i.Kind()], s.vocabularies[i.Kind()] = i, v
	}
	d.Jobs.Register(jobKind, s.work)
	d.Jobs.Register(withdrawalJob, s.withdraw)
	return &Module{Service: s}, nil
}

// Routes registers the paths of CONTRACT §3, Imports.
func (m *Module) Routes(r *web.Router) {
	routes(r, m.Service)
	for kind := range m.Service.importers {
		r.Also(web.May("import", kind)) // a kind is a verb of its own
	}
}
