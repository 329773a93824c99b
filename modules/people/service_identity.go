package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// CorrectIdentity replaces a wrong identity number; the log has the reason and
// both numbers, masked. The wrong one stays with the person. ErrUnknown,
// ErrElsewhere, ErrIdentityShared, ErrDuplicate when it is somebody else's: the two are then
// to be merged.
func (s *Service) CorrectIdentity(ctx context.Context, id kernel.PersonID, kind rule.IDType, number, reason string) (Person, error) {
	identity, flaw := rule.Identify(kind, number, s.today())
	if flaw != "" {
		return Person{}, fault.ErrInvalid.At("body.idNumber", string(flaw), "")
	}
	var doc personDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if doc, err = s.inKeeping(ctx, id); err != nil {
			return err
		}
		if doc.person().sharedBeyond(kernel.ReachFrom(ctx), s.today()) {
			return ErrIdentityShared
		}
		before := doc
		s.identify(&doc, identity)
		if doc.Birth == "" {
			doc.Birth, doc.Gender = before.Birth, before.Gender
		}
		if doc.IDBlind == before.IDBlind {
			return nil
		}
		if err := s.exchange(ctx, before, &doc); err != nil {
			return err
		}
		doc.Handled = true
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
	return doc.person(), s.counted(ctx, err)
}

// exchange takes the new number and keeps the old one as a former one.
func (s *Service) exchange(ctx context.Context, before personDoc, after *personDoc) error {
	if err := s.takeNumber(ctx, *after); err != nil {
		return err
	}
	old, err := s.docs.identities.Get(ctx, before.IDBlind)
	if err != nil {
		return fmt.Errorf("former identity: %w", err)
	}
	old.Former = true
	if err := s.docs.identities.Replace(ctx, &old); err != nil {
		return fmt.Errorf("keep a former identity: %w", err)
	}
	after.Blinds = append(less(before.Blinds, []string{after.IDBlind, before.IDBlind}), before.IDBlind)
	after.NumbersOnce = append(slices.Clone(before.NumbersOnce), formerNumber{
		Type: before.IDType, Sealed: before.IDSealed, Masked: before.IDMasked, Until: s.today(),
	})
	return nil
}

// takeNumber makes the number of a record its own: one that is free, that the
// record has had before, or that somebody of another name had by mistake. The
// refusal of any other is that of duplicate, to be counted.
func (s *Service) takeNumber(ctx context.Context, doc personDoc) error {
	key, err := s.docs.identities.Get(ctx, doc.IDBlind)
	if errors.Is(err, store.ErrNotFound) {
		key = identityDoc{Person: doc.ID}
		key.ID = doc.IDBlind
		if err := s.docs.identities.Insert(ctx, key); err != nil {
			return fmt.Errorf("save identity: %w", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if key.Person != doc.ID {
		holder, err := s.docs.persons.Get(ctx, key.Person)
		if err != nil {
			return fmt.Errorf("person of an identity: %w", err)
		}
		if !key.Former || holder.called(doc.Name) {
			return duplicate(holder, doc.Name)
		}
	}
	key.Person, key.Former = doc.ID, false
	if err := s.docs.identities.Replace(ctx, &key); err != nil {
		return fmt.Errorf("take over an identity: %w", err)
	}
	return nil
}
