package people

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// CorrectIdentity replaces a wrong identity number; the log has the reason and
// both numbers, masked. ErrUnknown, ErrDuplicate when it is somebody else's:
// the two are then to be merged.
func (s *Service) CorrectIdentity(ctx context.Context, id kernel.PersonID, kind rule.IDType, number, reason string) (Person, error) {
	identity, flaw := rule.Identify(kind, number, s.today())
	if flaw != "" {
		return Person{}, fault.ErrInvalid.At("body.idNumber", string(flaw), "")
	}
	var doc personDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if doc, err = s.inReach(ctx, id); err != nil {
			return err
		}
		before := doc
		s.identify(&doc, identity)
		if doc.Birth == "" {
			doc.Birth, doc.Gender = before.Birth, before.Gender
		}
		if doc.IDBlind == before.IDBlind {
			return nil
		}
		if err := s.exchange(ctx, before, doc); err != nil {
			return err
		}
		if err := s.save(ctx, &doc); err != nil {
			return err
		}
		act := s.act("correctIdentity", doc)
		act.Reason, act.Detail = reason, map[string]string{"idNumber": before.IDMasked + " → " + doc.IDMasked}
		if err := s.Audit.Record(ctx, act); err != nil {
			return err
		}
		_, err = s.suspect(ctx, &doc)
		return err
	})
	if store.IsDuplicate(err, "_id") {
		return Person{}, ErrDuplicate
	}
	return doc.person(), err
}

// exchange gives up the old number and takes the new one.
func (s *Service) exchange(ctx context.Context, before, after personDoc) error {
	known, err := s.known(ctx, after.IDBlind)
	if err != nil {
		return err
	}
	if known != nil {
		return s.duplicate(ctx, *known, after.Name)
	}
	if err := s.docs.identities.Delete(ctx, before.IDBlind, 0); err != nil {
		return fmt.Errorf("give up an identity: %w", err)
	}
	key := identityDoc{Person: after.ID}
	key.ID = after.IDBlind
	if err := s.docs.identities.Insert(ctx, key); err != nil {
		return fmt.Errorf("save identity: %w", err)
	}
	return nil
}
