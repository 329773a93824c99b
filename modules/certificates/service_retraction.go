package certificates

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Withdraw takes a mistaken registration back, by who made it or their office,
// while nobody has verified it. It stays on file, counts nowhere, and its number
// is free. ErrNotRegistrar, ErrVerified.
func (s *Service) Withdraw(ctx context.Context, id kernel.CertificateID, reason string) (c Certificate, err error) {
	actor := kernel.ActorFrom(ctx)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.Find(ctx, id); err != nil {
			return err
		}
		if !c.Issued() && !c.registeredBy(actor, kernel.ReachFrom(ctx)) {
			return ErrNotRegistrar
		}
		at := s.now()
		change := Change{Reason: reason, By: actor.User, ByName: actor.Name, On: kernel.DateOf(at), At: at}
		if c, err = c.Withdraw(change); err != nil {
			return err
		}
		if err := s.repo.release(ctx, c); err != nil {
			return err
		}
		if err := s.repo.save(ctx, &c, ""); err != nil {
			return err
		}
		act := s.registered(c)
		act.Verb, act.Reason = "withdraw", reason
		if err := s.audit.Record(ctx, act); err != nil {
			return err
		}
		if err := s.closeConflictsOn(ctx, c); err != nil {
			return err
		}
		return s.announce(ctx, c)
	})
	return c, err
}

// closeConflictsOn closes the conflicts over a certificate that is no more: the
// number is free for whom it was claimed.
func (s *Service) closeConflictsOn(ctx context.Context, c Certificate) error {
	var open []Conflict
	err := s.repo.conflicts.Each(ctx, store.Query{Index: "openOn", Equal: []any{string(c.ID)}}, func(d conflictDoc) error {
		open = append(open, d.read())
		return nil
	})
	if err != nil || len(open) == 0 {
		return err
	}
	people := []kernel.PersonID{c.Person}
	for _, x := range open {
		w := c.Withdrawal
		x, err := x.decide(Ruling{Holder: RulingWithdrawn, Reason: w.Reason, By: w.By, ByName: w.ByName, At: w.At})
		if err != nil {
			return err
		}
		doc := conflictDocOf(x)
		if err := s.repo.conflicts.Replace(ctx, &doc); err != nil {
			return fmt.Errorf("conflict %s: %w", x.ID, err)
		}
		act := s.registered(c)
		act.Verb, act.Noun, act.ID, act.Reason = "close", "certificateConflict", x.ID, w.Reason
		if err := s.audit.Record(ctx, act); err != nil {
			return err
		}
		people = append(people, x.Claimed.Person)
	}
	return s.tellContested(ctx, people...)
}

// offices are the organisations that the actor registers for.
func offices(ctx context.Context) []kernel.OrganizationID {
	var out []kernel.OrganizationID
	for _, g := range kernel.ActorFrom(ctx).Grants {
		if g.Organization != "" {
			out = append(out, g.Organization)
		}
	}
	return out
}
