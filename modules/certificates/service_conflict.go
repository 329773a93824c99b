package certificates

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// disputeNow notes a conflict when the refusal of the claim is over: the note
// outlives it.
func (s *Service) disputeNow(ctx context.Context, claimed Certificate) {
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error { return s.dispute(ctx, claimed) })
	if err != nil {
		s.log.ErrorContext(ctx, "conflict over a certificate's number not recorded", "person", claimed.Person, "error", err)
	}
}

// dispute notes that a number on the books was claimed for another person, in
// the caller's transaction. The same claim again only counts.
func (s *Service) dispute(ctx context.Context, claimed Certificate) error {
	held, err := s.repo.byNumber(ctx, claimed.Number)
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	holder, err := s.repo.holderOf(ctx, held.Person)
	if err != nil || holder.person() == claimed.Person {
		return err
	}
	actor, now := kernel.ActorFrom(ctx), s.now()
	id := conflictID(held.ID, claimed.Person)
	before, err := s.repo.conflict(ctx, id)
	switch {
	case err == nil:
		before.Times, before.LatestAt = before.Times+1, now
		doc := conflictDocOf(before)
		return s.repo.conflicts.Replace(ctx, &doc)
	case !errors.Is(err, ErrConflictUnknown):
		return err
	}
	c := Conflict{
		ID: id, Number: claimed.Number, Times: 1, By: actor.User, ByName: actor.Name, At: now, LatestAt: now, Status: ConflictOpen,
		Claim: Claim{
			Person: claimed.Person, Family: claimed.Family, Number: claimed.Number, Level: claimed.Level, IssuedOn: claimed.IssuedOn,
			IssuerName: claimed.IssuerName, Occupation: claimed.Occupation, Import: claimed.Import, Offices: claimed.Offices,
		},
	}
	if c.Held, err = s.side(ctx, holder.person(), held.ID); err != nil {
		return err
	}
	if c.Claimed, err = s.side(ctx, claimed.Person, ""); err != nil {
		return err
	}
	c.Reach = slices.Concat(c.Held.Reach, c.Claimed.Reach)
	slices.Sort(c.Reach)
	c.Reach = slices.Compact(c.Reach)
	if err := s.repo.conflicts.Insert(ctx, conflictDocOf(c)); err != nil {
		return err
	}
	if !held.Disputed {
		held.Disputed = true
		if err := s.repo.save(ctx, &held, ""); err != nil {
			return err
		}
	}
	act := s.registered(held)
	act.Verb, act.Noun, act.ID = "record", "certificateConflict", c.ID
	act.Detail["claimant"] = string(claimed.Person)
	if err := s.audit.Record(ctx, act); err != nil {
		return err
	}
	return s.tellContested(ctx, c.Held.Person, c.Claimed.Person)
}

// side gathers who somebody is and where they work.
func (s *Service) side(ctx context.Context, person kernel.PersonID, certificate kernel.CertificateID) (Side, error) {
	card, err := s.person(ctx, person)
	if err != nil {
		return Side{}, fmt.Errorf("side of a conflict: %w", err)
	}
	out := Side{Person: person, Certificate: certificate, Reach: card.Reach}
	cards, err := s.organizations.Cards(ctx, card.Reach)
	if err != nil {
		return out, fmt.Errorf("employers: %w", err)
	}
	for _, id := range card.Reach {
		if o, ok := cards[id]; ok && o.Kind == "institution" {
			out.Institutions = append(out.Institutions, Employer{ID: o.ID, Name: o.Name})
		}
	}
	return out, nil
}

// Conflicts pages the conflicts in reach that stand so, the oldest first.
func (s *Service) Conflicts(ctx context.Context, status ConflictStatus, of kernel.OrganizationID, limit int, cursor string) (listing.Listing[Conflict], error) {
	roots, err := s.roots(ctx, of)
	if err != nil || len(roots) == 0 {
		return listing.Listing[Conflict]{}, err
	}
	var queries []store.Query
	for _, root := range roots {
		index, begin := under(root, "status")
		queries = append(queries, store.Query{Index: index, Equal: append(begin, string(status))})
	}
	found, err := listing.Read(ctx, s.repo.conflicts, limit, cursor, listing.Phase[conflictDoc]{
		Queries: queries, Less: func(a, b conflictDoc) bool { return a.At.Before(b.At) },
	})
	return listing.Map(found, conflictDoc.read), err
}

// Conflict reads one in reach; ErrConflictUnknown.
func (s *Service) Conflict(ctx context.Context, id string) (Conflict, error) {
	c, err := s.repo.conflict(ctx, id)
	if err == nil && !kernel.ReachFrom(ctx).Covers(c.Reach) {
		return Conflict{}, ErrConflictUnknown
	}
	return c, err
}

// Decide settles who holds the certificate. It is for whoever oversees both
// sides, and, where somebody had confirmed the number for the other, for a
// second person.
func (s *Service) Decide(ctx context.Context, id string, r Ruling) (c Conflict, err error) {
	actor := kernel.ActorFrom(ctx)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.Conflict(ctx, id); err != nil {
			return err
		}
		if reach := kernel.ReachFrom(ctx); !reach.Covers(c.Held.Reach) || !reach.Covers(c.Claimed.Reach) {
			return ErrOneSideOnly
		}
		r.By, r.ByName, r.At = actor.User, actor.Name, s.now()
		if c, err = c.decide(r); err != nil {
			return err
		}
		held, err := s.repo.get(ctx, c.Held.Certificate)
		if err != nil {
			return err
		}
		if r.Holder != RulingHeld {
			if held, err = s.refute(ctx, held, r); err != nil {
				return err
			}
		}
		if r.Holder == RulingClaimed {
			conduct, err := s.conduct(ctx, held)
			if err != nil {
				return err
			}
			if actor.User == c.By && !conduct.Exempts(actor) {
				return ErrSecondPerson // the ruling verifies what they claimed
			}
			if c.Ruling.Certificate, err = s.award(ctx, c, r); err != nil {
				return err
			}
		}
		doc := conflictDocOf(c)
		if err := s.repo.conflicts.Replace(ctx, &doc); err != nil {
			return err
		}
		if held.Disputed, err = s.repo.disputed(ctx, held.ID); err != nil {
			return err
		}
		if err := s.repo.save(ctx, &held, ""); err != nil {
			return err
		}
		act := s.registered(held)
		act.Verb, act.Noun, act.ID, act.Reason = "decide", "certificateConflict", c.ID, r.Reason
		act.Detail["holder"], act.Detail["claimant"] = r.Holder, string(c.Claimed.Person)
		if err := s.audit.Record(ctx, act); err != nil {
			return err
		}
		return s.tellContested(ctx, c.Held.Person, c.Claimed.Person)
	})
	return c, err
}

// refute says of the certificate on the books that it is not its holder's.
func (s *Service) refute(ctx context.Context, held Certificate, r Ruling) (Certificate, error) {
	said := Verification{Method: r.Method, Result: ResultRefuted, Note: r.Reason, Reason: r.Reason, By: r.By, ByName: r.ByName, At: r.At}
	var err error
	before := held
	switch held.Status {
	case StatusClaimed:
		held, err = held.Verify(said, false)
	case StatusValid:
		held, err = held.Correct(said)
	default:
		return held, nil // it was refuted or revoked meanwhile
	}
	if err != nil {
		return held, err
	}
	return held, s.follow(ctx, before, &held, "verify")
}

// award registers the claimant's certificate, compared by the same word.
func (s *Service) award(ctx context.Context, c Conflict, r Ruling) (kernel.CertificateID, error) {
	card, err := s.person(ctx, c.Claimed.Person)
	if err != nil {
		return "", fmt.Errorf("claimant: %w", err)
	}
	made, err := s.claim(ctx, c.Claim, card, s.bodies())
	if err != nil {
		return "", err
	}
	made.RecordedBy = c.By
	if made, err = made.Verify(Verification{Method: r.Method, Result: ResultConfirmed, Note: r.Reason, By: r.By, ByName: r.ByName, At: r.At}, false); err != nil {
		return "", err
	}
	if err := s.repo.add(ctx, made); err != nil {
		return "", err
	}
	act := s.registered(made)
	act.Reason = r.Reason
	if err := s.audit.Record(ctx, act); err != nil {
		return "", err
	}
	return made.ID, s.announce(ctx, made)
}
