package imports

import (
	"context"
	"fmt"
	"time"

	"carecert/modules/kernel"
)

// Withdraw undoes an import while nothing was built on it; ErrUnknown, ErrNotSender,
// ErrNotDone, ErrDryRun, ErrWithdrawn, ErrNotWithdrawable, or the importer's
// word on what stands in the way.
func (s *Service) Withdraw(ctx context.Context, id, reason string) (Import, error) {
	d, err := s.change(ctx, id, "withdraw")
	if err != nil {
		return Import{}, err
	}
	_, reach, err := s.importer(ctx, d.Kind)
	if err != nil {
		return Import{}, err
	}
	err = s.repo.db.Tx(kernel.WithReach(ctx, reach), func(ctx context.Context) error {
		if d, err = s.repo.get(ctx, id); err != nil {
			return err
		}
		withdrawer, err := s.withdrawer(d)
		if err != nil {
			return err
		}
		scope := &Scope{Import: id, FileName: d.FileName, Organization: kernel.OrganizationID(d.Organization), Seen: NewSeen()}
		if err := withdrawer.Withdraw(ctx, scope); err != nil {
			return fmt.Errorf("withdraw import %s: %w", id, err)
		}
		now := s.clock.Now().UTC().Truncate(time.Millisecond)
		d.WithdrawnAt = &now
		if err := s.unsettleMending(ctx, &d); err != nil {
			return err
		}
		if err := s.repo.imports.Replace(ctx, &d); err != nil {
			return err
		}
		act := s.act("withdraw", d)
		act.Reason = reason
		return s.audit.Record(ctx, act)
	})
	if err != nil {
		return Import{}, err
	}
	return s.public(ctx, d)
}

func (s *Service) withdrawer(d importDoc) (Withdrawer, error) {
	w, can := s.importers[d.Kind].(Withdrawer)
	switch {
	case d.DryRun:
		return nil, ErrDryRun
	case d.WithdrawnAt != nil:
		return nil, ErrWithdrawn
	case d.Status != Done:
		return nil, ErrNotDone
	case !can:
		return nil, ErrNotWithdrawable
	}
	return w, nil
}
