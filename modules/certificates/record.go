package certificates

import (
	"context"

	"carecert/modules/kernel"
)

// Record is the module's part of a person's career record.
type Record struct{ service *Service }

// Record of the module.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part (CONTRACT §3).
func (Record) Name() string { return "certificates" }

// Part lists the person's certificates; the register has checked the reach.
func (r Record) Part(ctx context.Context, person kernel.PersonID) (any, error) {
	all, err := r.service.repo.ofPerson(ctx, person)
	out := make([]certificateView, 0, len(all))
	for _, c := range all {
		out = append(out, view(ctx, c))
	}
	return out, err
}

// Built tells whether certificates rest on the person.
func (r Record) Built(ctx context.Context, person kernel.PersonID) (bool, error) {
	all, err := r.service.repo.ofPerson(ctx, person)
	return len(all) > 0, err
}
