package witnesses

import (
	"context"
	"log/slog"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/witnesses/rule"
)

// Deps is what the module needs from the house.
type Deps struct {
	DB       *store.DB
	Clock    kernel.Clock
	Log      *slog.Logger
	Audit    Auditor
	Secrets  Secrets
	Issuance Log
	Carriers Carriers
	Jobs     *job.Queue
	Leases   *lease.Leases
	Rows     []rule.Row // policies/rules/witnesses.yaml
	Say      Say
	BaseURL  string
}

// Module is witnesses, ready to be wired.
type Module struct{ Service *Service }

// New opens the module's collections and wires its service. Call Service.Start
// once the collections exist.
func New(d Deps) *Module {
	s := &Service{
		repo: newRepository(d.DB), clock: d.Clock, log: d.Log, audit: d.Audit, secrets: d.Secrets, issuance: d.Issuance, carriers: d.Carriers,
		jobs: d.Jobs, leases: d.Leases, rows: d.Rows, say: d.Say, baseURL: d.BaseURL,
	}
	d.Jobs.Register(jobSend, func(ctx context.Context, run *job.Run) error {
		var p sendPayload
		if err := run.Payload(&p); err != nil {
			return err
		}
		return s.deliver(ctx, p)
	})
	return &Module{Service: s}
}

// Routes registers the module's paths.
func (m *Module) Routes(r *web.Router) { routes(r, m.Service) }
