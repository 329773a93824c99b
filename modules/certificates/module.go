package certificates

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"

	"carecert/modules/certificates/credential"
	"carecert/modules/certificates/layout"
	"carecert/modules/certificates/live"
	"carecert/modules/certificates/pdf"
	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/event"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/probe"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Log           *slog.Logger
	Audit         Auditor
	Facts         event.Announcer
	People        People
	Organizations Organizations
	Files         *blob.Files
	Jobs          *job.Queue
	Rules         rule.Rules       // policies/rules/certificates.yaml
	House         layout.House     // policies/rules/certificate_templates.yaml
	Wordings      []credential.Row // policies/rules/credentials.yaml
	Secrets       Secrets
	SigningKeys   SigningKeys
	Meter         Meter
	BaseURL       string // goes into QR codes
	Words         *web.Words
}

// Module is certificates, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service. Call
// Service.Start once the collections exist.
func New(d Deps) (*Module, error) {
	if u, err := url.Parse(d.BaseURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("certificates: %q is no base URL for QR codes", d.BaseURL)
	}
	modules, err := densest(d.BaseURL)
	if err != nil {
		return nil, err
	}
	house, err := d.House.Ready(modules)
	if err != nil {
		return nil, err
	}
	repo := newRepository(d.DB)
	s := &Service{
		guard: probe.New(d.DB, "certificates_probes", d.Clock, d.Log, ErrTooManyProbes),
		repo:  repo, journal: openJournal(d.DB, d.Secrets, d.Clock), clock: d.Clock, log: d.Log, audit: d.Audit, facts: d.Facts,
		keychain: &keychain{repo: repo, secrets: d.Secrets, use: d.SigningKeys.withDefault(), baseURL: d.BaseURL},
		people:   d.People, organizations: d.Organizations, files: d.Files, secrets: d.Secrets, meter: d.Meter, rules: d.Rules, house: house, badges: d.Wordings, modules: modules, baseURL: d.BaseURL, renderer: pdf.New(),
		live: live.Codes{MAC: d.Secrets.MAC}, public: newCache(), lists: &listCache{all: map[uint32]listed{}}, jobs: d.Jobs, words: d.Words,
	}
	d.Jobs.Register(jobWithdraw, s.withdraw)
	d.Jobs.Register(jobBundle, s.bundle)
	return &Module{Service: s}, nil
}

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }

// Sequence appends to the issuance log, and follows what other instances
// change, until the context ends.
func (s *Service) Sequence(ctx context.Context, leases *lease.Leases) {
	if err := s.recall(ctx); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "newest certificates not read ahead", "error", err)
	}
	look := func(ctx context.Context) error {
		_, err := s.look(ctx, s.now())
		return err
	}
	s.journal.run(ctx, leases, look, func(err error) { s.log.ErrorContext(ctx, "issuance log", "error", err) })
}
