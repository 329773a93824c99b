package accounts

import (
	"fmt"
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB            *store.DB
	Clock         kernel.Clock
	Log           *slog.Logger
	Audit         Auditor
	People        People
	Organizations Organizations
	Sealer        Sealer
	Jobs          *job.Queue
	BaseURL       string // of activation slips; https makes cookies secure
}

// Module is accounts, ready to be wired.
type Module struct {
	Service *Service
	baseURL string
}

// New opens the module's collections and wires its service.
func New(d Deps) (*Module, error) {
	h, err := newHasher()
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	s := &Service{
		repo: newRepository(d.DB), clock: d.Clock, log: d.Log, audit: d.Audit, people: d.People,
		organizations: d.Organizations, sealer: d.Sealer, hasher: h, tries: newQueue(), known: newIdentities(), jobs: d.Jobs,
	}
	d.Jobs.Register(jobFollowMove, s.followMove)
	return &Module{baseURL: d.BaseURL, Service: s}, nil
}

// Routes registers the module's paths. What grants allow is asked of the
// router, which knows every permission that exists.
func (m *Module) Routes(r *web.Router) {
	m.Service.permissions = r.Permissions
	routes(r, m.Service, m.baseURL)
}
