package certificates

import (
	"context"
	"fmt"

	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Revoke withdraws a certificate for good; the public sees it within a second.
func (s *Service) Revoke(ctx context.Context, id kernel.CertificateID, reason string) (c Certificate, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.Find(ctx, id); err != nil {
			return err
		}
		if c, err = c.Revoke(kernel.ActorFrom(ctx), reason, s.now()); err != nil {
			return err
		}
		if err := s.conclude(ctx, &c, conclusion{verb: "revoke", leaf: leafRevoke, listed: verify.ListedRevoked, reason: reason}); err != nil {
			return err
		}
		at := s.now()
		return s.facts.Announce(ctx, Revoked{
			Certificate: c.ID, Family: c.Family, Person: c.Person, Class: c.Class, On: kernel.DateOf(at), RecordedAt: at,
		})
	})
	return c, err
}

// conclusion is the end of a certificate's validity.
type conclusion struct {
	verb, leaf, reason string
	listed             int
	successor          string // public code
}

// conclude saves what a revocation and a replacement have in common.
func (s *Service) conclude(ctx context.Context, c *Certificate, end conclusion) error {
	if err := s.repo.save(ctx, c, end.successor); err != nil {
		return err
	}
	if c.Issued() {
		if err := s.journal.add(ctx, end.leaf, *c); err != nil {
			return err
		}
		change, err := s.repo.count(ctx, counterChanges)
		if err != nil {
			return fmt.Errorf("status list: %w", err)
		}
		doc := statusDoc{
			Doc: store.Doc{ID: statusID(c.StatusAt)}, List: int64(c.StatusAt / verify.ListSize), Place: int64(c.StatusAt),
			Listed: end.listed, Code: c.Code, Change: change, At: s.now(),
		}
		if err := s.repo.statuses.Put(ctx, &doc); err != nil {
			return fmt.Errorf("status list: %w", err)
		}
		store.AfterCommit(ctx, func(context.Context) { s.forget() })
	}
	err := s.audit.Record(ctx, kernel.Act{
		Verb: end.verb, Noun: "certificate", ID: string(c.ID), Organization: c.Issuer, Reason: end.reason,
		Detail: map[string]string{"number": c.Number, "person": string(c.Person)},
	})
	if err != nil {
		return err
	}
	return s.announce(ctx, *c)
}

// Replace issues the certificate anew, from what it said; the old one is
// superseded and both name each other.
func (s *Service) Replace(ctx context.Context, id kernel.CertificateID, reason string) (next Certificate, err error) {
	var old Certificate
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if old, err = s.Find(ctx, id); err != nil {
			return err
		}
		if !old.Issued() {
			return ErrNotOurs
		}
		draft := Draft{
			Family: old.Family, Person: old.Person, Issuer: old.Issuer, IssuedOn: kernel.DateOf(s.now()), ExpiresOn: old.ExpiresOn,
			Title: old.Title, Level: old.Level, Minutes: old.Minutes, PerHour: old.PerHour, Tested: old.Tested, Class: old.Class,
			Occupation: old.Occupation, Direction: old.Direction,
		}
		if old.Family == FamilySkillLevel {
			if draft.Number, err = s.levelNumber(ctx, old.Issuer, draft); err != nil {
				return err
			}
		}
		if next, err = s.draw(ctx, draft); err != nil {
			return err
		}
		next.Replaces = old.ID
		if old, err = old.Supersede(next.ID, kernel.ActorFrom(ctx), reason, s.now()); err != nil {
			return err
		}
		end := conclusion{verb: "replace", leaf: leafSupersede, listed: verify.ListedSuperseded, reason: reason, successor: next.Code}
		if err := s.conclude(ctx, &old, end); err != nil {
			return err
		}
		return s.enter(ctx, next)
	})
	return next, err
}

// Latest follows a certificate to the one that took its place, whoever asks:
// for neighbours.
func (s *Service) Latest(ctx context.Context, id kernel.CertificateID) (Certificate, error) {
	c, err := s.repo.get(ctx, id)
	for err == nil && c.ReplacedBy != "" {
		c, err = s.repo.get(ctx, c.ReplacedBy)
	}
	return c, err
}

func statusID(place uint32) string { return fmt.Sprintf("%d|%d", place/verify.ListSize, place) }
