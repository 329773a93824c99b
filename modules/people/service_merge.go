package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
)

// Merge makes two records in reach one: the first is kept and takes over what
// the other has, the other only points to it from now on. ErrUnknown,
// ErrMergeWithItself.
func (s *Service) Merge(ctx context.Context, id, other kernel.PersonID, reason string) (Person, error) {
	var kept personDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if kept, err = s.inReach(ctx, id); err != nil {
			return err
		}
		gone, err := s.inReach(ctx, other)
		if err != nil {
			return err
		}
		if kept.ID == gone.ID {
			return ErrMergeWithItself
		}
		blinds := append(slices.Clone(gone.Blinds), gone.IDBlind)
		kept.absorb(gone, s.now())
		gone.MergedInto = kept.ID
		if err := s.save(ctx, &kept); err != nil {
			return err
		}
		if err := s.save(ctx, &gone); err != nil {
			return err
		}
		if err := s.hand(ctx, blinds, kept.ID); err != nil {
			return err
		}
		return s.announceMerge(ctx, kept, gone, reason)
	})
	return kept.person(), err
}

// hand gives identities to a record.
func (s *Service) hand(ctx context.Context, blinds []string, to string) error {
	keys, err := s.docs.identities.GetMany(ctx, blinds)
	if err != nil {
		return err
	}
	for i := range keys {
		keys[i].Person = to
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
	into := kernel.PersonID(kept.ID)
	if err := s.Facts.Announce(ctx, Merged{Kept: into, Gone: kernel.PersonID(gone.ID)}); err != nil {
		return err
	}
	if len(gone.Career) > 0 {
		at := s.now()
		empty := gone.Career
		for _, e := range gone.Career.Latest() {
			empty = empty.Void(e.ID, at)
		}
		if err := s.Facts.Announce(ctx, CareerChanged{Person: kernel.PersonID(gone.ID), Spells: empty.Spells()}); err != nil {
			return err
		}
	}
	return s.Facts.Announce(ctx, CareerChanged{Person: into, Spells: kept.Career.Spells()})
}

// absorb takes over what another record of the same person has; where both
// speak, the record that is kept is right.
func (d *personDoc) absorb(gone personDoc, at time.Time) {
	d.Career = d.Career.absorb(gone.Career, kernel.PersonID(d.ID), at)
	for _, name := range append(slices.Clone(gone.Aliases), gone.Name) {
		if !d.called(name) {
			d.Aliases = append(d.Aliases, name)
		}
	}
	d.Blinds = append(append(slices.Clone(d.Blinds), gone.Blinds...), gone.IDBlind)
	d.Granted = union(d.Granted, gone.Granted)
	d.Kinds = union(d.Kinds, gone.Kinds)
	d.Imports = union(d.Imports, gone.Imports)
	if d.PhoneSealed == "" {
		d.PhoneSealed, d.PhoneBlind, d.PhoneMasked = gone.PhoneSealed, gone.PhoneBlind, gone.PhoneMasked
	}
	if d.Birth == "" {
		d.Birth, d.Gender = gone.Birth, gone.Gender
	}
	if d.Education == "" {
		d.Education, d.Major = gone.Education, gone.Major
	}
	if gone.PreJobOn != "" && (d.PreJobOn == "" || gone.PreJobOn < d.PreJobOn) {
		d.PreJobOn, d.PreJobClass = gone.PreJobOn, gone.PreJobClass
	}
	if len(d.Registrar) == 0 {
		d.Registrar = gone.Registrar
	}
}

// absorb takes over every version of every spell. A spell that the career
// already tells of, at the same time in the same post, comes as history only.
func (c Career) absorb(gone Career, person kernel.PersonID, at time.Time) Career {
	out := slices.Clone(c)
	for _, e := range gone {
		e.Person = person
		longer, err := out.Add(e)
		if err != nil && e.SupersededAt == nil {
			e.SupersededAt = &at
		}
		if err != nil {
			longer = append(out, e)
		}
		out = longer
	}
	return out
}

func union[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
