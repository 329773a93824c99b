package certificates

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/store"
)

const jobWithdraw = "certificates.withdrawClass"

// withdrawalDoc is the decision on a class; _id is the class.
type withdrawalDoc struct {
	store.Doc `bson:",inline"`
	Issuer    kernel.OrganizationID `bson:"issuer"`
	Reason    string                `bson:"reason"`
	By        kernel.UserID         `bson:"by"`
	ByName    string                `bson:"byName"`
	On        kernel.Date           `bson:"on"`
	At        time.Time             `bson:"at"`
	Total     int64                 `bson:"total"`
	Done      int64                 `bson:"done"`
	EndedAt   *time.Time            `bson:"endedAt,omitempty"`
}

func (d withdrawalDoc) read() Withdrawal {
	return Withdrawal{
		Class: kernel.ClassID(d.ID), Issuer: d.Issuer, Reason: d.Reason, By: d.By, ByName: d.ByName, On: d.On, At: d.At, Total: d.Total,
		Done: d.Done, EndedAt: d.EndedAt, Stored: d.Version,
	}
}

type withdrawPayload struct {
	Class kernel.ClassID `bson:"class"`
}

// WithdrawClass ends all certificates of a class with one decision of its
// issuer, or of the issuer's bureau. The same again is the same decision, and
// starts work that failed anew. Neither the class's results nor anybody's hours
// are touched: the ledger has refusals of its own.
func (s *Service) WithdrawClass(ctx context.Context, class kernel.ClassID, reason string) (w Withdrawal, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		w, err = s.Withdrawal(ctx, class)
		if err == nil {
			return s.again(ctx, w)
		}
		if !errors.Is(err, ErrClassUnknown) {
			return err
		}
		total, issuer, err := s.standing(ctx, class)
		if err != nil {
			return err
		}
		actor, now := kernel.ActorFrom(ctx), s.now()
		doc := withdrawalDoc{
			Doc: store.Doc{ID: string(class)}, Issuer: issuer.ID, Reason: reason, By: actor.User, ByName: actor.Name, On: kernel.DateOf(now), At: now,
			Total: total,
		}
		w = doc.read()
		if err := s.repo.withdrawals.Insert(ctx, doc); err != nil {
			return fmt.Errorf("withdrawal of class %s: %w", class, err)
		}
		if _, err := s.jobs.Enqueue(ctx, jobWithdraw, string(class), withdrawPayload{class}); err != nil {
			return err
		}
		if err := s.audit.Record(ctx, kernel.Act{
			Verb: "withdrawClass", Noun: "certificate", ID: string(class), Organization: issuer.ID, Reason: reason,
			Detail: map[string]string{"total": fmt.Sprint(total)},
		}); err != nil {
			return err
		}
		return s.facts.Announce(ctx, Withdrawn{Class: class, On: w.On, Reason: reason})
	})
	return w, err
}

// again starts work that failed anew.
func (s *Service) again(ctx context.Context, w Withdrawal) error {
	if w.EndedAt != nil {
		return nil
	}
	err := s.jobs.Retry(ctx, jobWithdraw+":"+string(w.Class))
	if errors.Is(err, job.ErrUnknown) { // forgotten by now
		_, err = s.jobs.Enqueue(ctx, jobWithdraw, string(w.Class), withdrawPayload{w.Class})
	}
	if errors.Is(err, job.ErrNotFailed) {
		return nil
	}
	return err
}

// standing counts the valid certificates of a class in reach and tells who
// issued them; ErrClassUnknown where there are none, or the issuer is not in
// reach.
func (s *Service) standing(ctx context.Context, class kernel.ClassID) (total int64, issuer kernel.OrganizationCard, err error) {
	err = s.ofClass(ctx, class, func(c Certificate) error {
		if issuer.ID == "" {
			if issuer, err = s.organizations.Card(ctx, c.Issuer); err != nil {
				return err
			}
		}
		if c.Status == StatusValid {
			total++
		}
		return nil
	})
	if err == nil && (total == 0 || !kernel.ReachFrom(ctx).Covers(issuer.Path)) {
		err = ErrClassUnknown
	}
	return total, issuer, err
}

func (s *Service) ofClass(ctx context.Context, class kernel.ClassID, fn func(Certificate) error) error {
	q := store.Query{Index: "class", Equal: []any{string(class)}}
	return s.repo.certificates.Each(ctx, q, func(d certificateDoc) error { return fn(d.read()) })
}

// Withdrawal reads the decision on a class whose issuer is in reach;
// ErrClassUnknown.
func (s *Service) Withdrawal(ctx context.Context, class kernel.ClassID) (Withdrawal, error) {
	d, err := s.repo.withdrawals.Get(ctx, string(class))
	if errors.Is(err, store.ErrNotFound) {
		return Withdrawal{}, ErrClassUnknown
	}
	if err != nil {
		return Withdrawal{}, err
	}
	issuer, err := s.organizations.Card(ctx, d.Issuer)
	if err == nil && !kernel.ReachFrom(ctx).Covers(issuer.Path) {
		err = ErrClassUnknown
	}
	return d.read(), err
}

// standsWithdrawn refuses what would be issued for a class that was withdrawn.
func (s *Service) standsWithdrawn(ctx context.Context, class kernel.ClassID) error {
	if class == "" {
		return nil
	}
	_, err := s.repo.withdrawals.Get(ctx, string(class))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err == nil:
		return ErrClassWithdrawn
	}
	return err
}

// withdraw is the queue's handler: it ends what is still valid, each in a
// transaction of its own. Run again, it goes on where it was.
func (s *Service) withdraw(ctx context.Context, run *job.Run) error {
	var p withdrawPayload
	if err := run.Payload(&p); err != nil {
		return err
	}
	for {
		var valid []kernel.CertificateID
		err := s.ofClass(ctx, p.Class, func(c Certificate) error {
			if c.Status == StatusValid {
				valid = append(valid, c.ID)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("class %s: %w", p.Class, err)
		}
		for _, id := range valid {
			if err := s.withdrawOne(ctx, run, p.Class, id); err != nil {
				return fmt.Errorf("withdraw %s: %w", id, err)
			}
		}
		if len(valid) == 0 { // nothing has come meanwhile
			return s.closeWithdrawal(ctx, p.Class)
		}
	}
}

func (s *Service) withdrawOne(ctx context.Context, run *job.Run, class kernel.ClassID, id kernel.CertificateID) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.repo.withdrawals.Get(ctx, string(class))
		if err != nil {
			return err
		}
		_, err = s.Revoke(ctx, id, d.Reason)
		if errors.Is(err, ErrNotValid) { // somebody was faster
			return nil
		}
		if err != nil {
			return err
		}
		d.Done++
		d.Total = max(d.Total, d.Done)
		if err := s.repo.withdrawals.Replace(ctx, &d); err != nil {
			return err
		}
		return run.Save(ctx, job.Progress{Done: d.Done, Total: d.Total}, nil)
	})
}

func (s *Service) closeWithdrawal(ctx context.Context, class kernel.ClassID) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.repo.withdrawals.Get(ctx, string(class))
		if err != nil || d.EndedAt != nil {
			return err
		}
		now := s.now()
		d.EndedAt = &now
		return s.repo.withdrawals.Replace(ctx, &d)
	})
}
