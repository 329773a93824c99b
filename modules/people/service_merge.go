package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Merge makes two records one: the first is kept and takes over what the other
// has, the other only points to it from now on. Whoever merges keeps both: of two
// districts their city. ErrUnknown, ErrElsewhere, ErrMergeWithItself.
func (s *Service) Merge(ctx context.Context, id, other kernel.PersonID, reason string) (Person, error) {
	var kept personDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if kept, err = s.inKeeping(ctx, id); err != nil {
			return err
		}
		gone, err := s.inKeeping(ctx, other)
		if err != nil {
			return err
		}
		if kept.ID == gone.ID {
			return ErrMergeWithItself
		}
		at := s.now()
		blinds := append(slices.Clone(gone.Blinds), gone.IDBlind)
		done := kept.absorb(gone, at)
		kept.spell(s.Speller)
		done.ID, done.By, done.Reason = kernel.NewID(), kernel.ActorFrom(ctx).Name, reason
		gone.MergedInto, gone.MergedAt, kept.Handled = kept.ID, &at, true
		if err := s.docs.merges.Insert(ctx, done); err != nil {
			return fmt.Errorf("remember the merge: %w", err)
		}
		if err := s.carryWords(ctx, &gone, &kept); err != nil {
			return err
		}
		if err := s.save(ctx, &kept); err != nil {
			return err
		}
		if err := s.save(ctx, &gone); err != nil {
			return err
		}
		if err := s.hand(ctx, blinds, gone, kept); err != nil {
			return err
		}
		if err := s.decideOn(ctx, kept.ID, gone.ID, TwinMerged, reason); err != nil {
			return err
		}
		if done.TookPhone || done.TookBirth { // it may now look like somebody else
			if _, err := s.suspect(ctx, &kept); err != nil {
				return err
			}
		}
		return s.announceMerge(ctx, kept, gone, reason)
	})
	return kept.person(), err
}

// hand gives the identities that are one record's to another; a number that
// was corrected may be somebody else's by now.
func (s *Service) hand(ctx context.Context, blinds []string, from, to personDoc) error {
	keys, err := s.docs.identities.GetMany(ctx, blinds)
	if err != nil {
		return err
	}
	for i := range keys {
		if keys[i].Person != from.ID {
			continue
		}
		keys[i].Person = to.ID
		keys[i].Former = keys[i].Former && keys[i].ID != to.IDBlind
		if err := s.docs.identities.Replace(ctx, &keys[i]); err != nil {
			return fmt.Errorf("hand over an identity: %w", err)
		}
	}
	return nil
}

func (s *Service) announceMerge(ctx context.Context, kept, gone personDoc, reason string) error {
	act := s.act("merge", kept)
	act.Reason, act.Detail = reason, map[string]string{"otherId": gone.ID, "otherNumber": gone.IDMasked}
	if err := s.Audit.Record(ctx, act); err != nil {
		return err
	}
	if err := s.Facts.Announce(ctx, Merged{Kept: kernel.PersonID(kept.ID), Gone: kernel.PersonID(gone.ID)}); err != nil {
		return err
	}
	return s.announceCareers(ctx, gone, kept)
}

func (s *Service) announceCareers(ctx context.Context, docs ...personDoc) error {
	for _, d := range docs {
		spells := d.career().Spells()
		if len(spells) == 0 {
			continue
		}
		if err := s.Facts.Announce(ctx, CareerChanged{Person: kernel.PersonID(d.ID), Spells: spells}); err != nil {
			return err
		}
	}
	return nil
}

// Undo parts two records that were merged: each is again what it was, with
// what has become of its own since. Only the latest merge of a record can be
// undone, and only while nothing was built on it that could be either's: the
// refusal names it. ErrUnknown, ErrNotMerged, ErrMergedOn, ErrEmployedSince,
// ErrPreJobSince, ErrIdentitySince.
func (s *Service) Undo(ctx context.Context, id, other kernel.PersonID, reason string) (kept, gone Person, err error) {
	var k, g personDoc
	err = s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		var done mergeDoc
		if k, g, done, err = s.merged(ctx, id, other); err != nil {
			return err
		}
		for _, neighbour := range s.Growths {
			if err := neighbour.GrownSince(ctx, id, done.At); err != nil {
				return err
			}
		}
		if slices.Contains(append(slices.Clone(g.Blinds), g.IDBlind), k.IDBlind) {
			return ErrIdentitySince.With("idNumber", k.IDMasked)
		}
		if err := s.reopen(&g); err != nil {
			return err
		}
		at := s.now()
		if err := k.release(&g, done, at); err != nil {
			return err
		}
		k.spell(s.Speller)
		if err := s.returnWords(ctx, &k, &g); err != nil {
			return err
		}
		done.UndoneAt, done.UndoneBy, done.UndoneFor = &at, kernel.ActorFrom(ctx).Name, reason
		if err := s.docs.merges.Replace(ctx, &done); err != nil {
			return fmt.Errorf("remember the undoing: %w", err)
		}
		for _, d := range []*personDoc{&k, &g} {
			if err := s.save(ctx, d); err != nil {
				return err
			}
		}
		if err := s.hand(ctx, append(slices.Clone(g.Blinds), g.IDBlind), k, g); err != nil {
			return err
		}
		if err := s.decideOn(ctx, k.ID, g.ID, TwinDistinct, reason); err != nil {
			return err
		}
		if err := s.unsuspect(ctx, k); err != nil {
			return err
		}
		return s.announceUndo(ctx, k, g, reason)
	})
	return k.person(), g.person(), err
}

// merged reads a merge that stands, with both records, in reach of the actor.
func (s *Service) merged(ctx context.Context, id, other kernel.PersonID) (kept, gone personDoc, m mergeDoc, err error) {
	if kept, err = s.inKeeping(ctx, id); err != nil {
		return kept, gone, m, err
	}
	if gone, err = s.docs.persons.Get(ctx, string(other)); errors.Is(err, store.ErrNotFound) {
		return kept, gone, m, ErrNotMerged
	} else if err != nil {
		return kept, gone, m, err
	}
	visible := gone.person().visible(kernel.ReachFrom(ctx), s.today())
	if gone.MergedInto != string(id) || !visible {
		return kept, gone, m, ErrNotMerged
	}
	if kept.ID != string(id) { // it was merged into a third since
		return kept, gone, m, ErrMergedOn
	}
	latest, err := s.docs.merges.Find(ctx, store.Query{Index: "kept", Equal: []any{string(id)}, Desc: true, Limit: 200})
	if err != nil {
		return kept, gone, m, err
	}
	for _, one := range latest.Items {
		if one.UndoneAt != nil {
			continue
		}
		if one.Gone != gone.ID {
			return kept, gone, m, ErrMergedOn
		}
		return kept, gone, one, nil
	}
	return kept, gone, m, ErrNotMerged
}

// reopen lets a record be found by its telephone number again.
func (s *Service) reopen(doc *personDoc) error {
	phone, err := s.open(*doc, FieldPhone)
	if err == nil && phone != "" {
		doc.PhoneBlind = s.Secrets.Blind(purposePhone, phone)
	}
	return err
}

func (s *Service) announceUndo(ctx context.Context, kept, gone personDoc, reason string) error {
	act := s.act("undoMerge", kept)
	act.Reason, act.Detail = reason, map[string]string{"otherId": gone.ID, "otherNumber": gone.IDMasked}
	if err := s.Audit.Record(ctx, act); err != nil {
		return err
	}
	if err := s.Facts.Announce(ctx, Unmerged{Kept: kernel.PersonID(kept.ID), Gone: kernel.PersonID(gone.ID)}); err != nil {
		return err
	}
	return s.announceCareers(ctx, kept, gone)
}

// Merging is one merge of a record, with its undoing if there was one.
type Merging struct {
	Gone      kernel.PersonID
	Name      string
	IDMasked  string
	At        time.Time
	By        string
	Reason    string
	UndoneAt  *time.Time
	UndoneBy  string
	UndoneFor string
}

// Merges lists what was merged into a record, the latest first; ErrUnknown.
func (s *Service) Merges(ctx context.Context, id kernel.PersonID) ([]Merging, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.mergesInto(ctx, []kernel.PersonID{kernel.PersonID(doc.ID)})
}

// mergesInto lists what was merged into each of some records, the latest first.
func (s *Service) mergesInto(ctx context.Context, records []kernel.PersonID) ([]Merging, error) {
	var merges []mergeDoc
	for _, record := range records {
		page, err := s.docs.merges.Find(ctx, store.Query{Index: "kept", Equal: []any{string(record)}, Desc: true, Limit: 200})
		if err != nil {
			return nil, err
		}
		merges = append(merges, page.Items...)
	}
	slices.SortStableFunc(merges, func(a, b mergeDoc) int { return b.At.Compare(a.At) })
	others := make([]string, len(merges))
	for i, m := range merges {
		others[i] = m.Gone
	}
	docs, err := s.docs.persons.GetMany(ctx, others)
	byID := map[string]personDoc{}
	for _, d := range docs {
		byID[d.ID] = d
	}
	out := make([]Merging, 0, len(merges))
	for _, m := range merges {
		out = append(out, Merging{
			Gone: kernel.PersonID(m.Gone), Name: byID[m.Gone].Name, IDMasked: byID[m.Gone].IDMasked, At: m.At, By: m.By, Reason: m.Reason,
			UndoneAt: m.UndoneAt, UndoneBy: m.UndoneBy, UndoneFor: m.UndoneFor,
		})
	}
	return out, err
}
