package certificates

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
)

// settleConflicts looks at the conflicts of records that were merged, or parted
// again: a number of one person is no conflict.
func (s *Service) settleConflicts(ctx context.Context, records ...kernel.PersonID) error {
	all, err := s.repo.conflictsOf(ctx, records)
	if err != nil || len(all) == 0 {
		return err
	}
	actor := kernel.ActorFrom(ctx)
	for _, c := range all {
		holder, err := s.repo.holderOf(ctx, c.Held.Person)
		if err != nil {
			return err
		}
		claimant, err := s.repo.holderOf(ctx, c.Claimed.Person)
		if err != nil {
			return err
		}
		next, changed := c.settle(holder.ID == claimant.ID, Ruling{By: actor.User, ByName: actor.Name, At: s.now()})
		if !changed {
			continue
		}
		if err := s.saveSettled(ctx, next); err != nil {
			return fmt.Errorf("conflict %s: %w", c.ID, err)
		}
	}
	return s.tellContested(ctx, records...)
}

func (s *Service) saveSettled(ctx context.Context, c Conflict) error {
	doc := conflictDocOf(c)
	if err := s.repo.conflicts.Replace(ctx, &doc); err != nil {
		return err
	}
	held, err := s.repo.get(ctx, c.Held.Certificate)
	if err != nil {
		return err
	}
	if held.Disputed, err = s.repo.disputed(ctx, held.ID); err != nil {
		return err
	}
	if err := s.repo.save(ctx, &held, ""); err != nil {
		return err
	}
	act := s.registered(held)
	act.Verb, act.Noun, act.ID = "close", "certificateConflict", c.ID
	if c.Status == ConflictOpen {
		act.Verb = "reopen"
	}
	act.Detail["claimant"] = string(c.Claimed.Person)
	return s.audit.Record(ctx, act)
}

// tellContested tells which conflicts are open about whoever stands for the
// records, in the transaction that opened or closed one.
func (s *Service) tellContested(ctx context.Context, records ...kernel.PersonID) error {
	told := map[kernel.PersonID]bool{}
	for _, record := range records {
		d, err := s.repo.holderOf(ctx, record)
		if err != nil {
			return fmt.Errorf("holder %s: %w", record, err)
		}
		if told[d.person()] {
			continue
		}
		told[d.person()] = true
		f, err := s.contested(ctx, d)
		if err != nil {
			return err
		}
		if err := s.facts.Announce(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) contested(ctx context.Context, d holderDoc) (Contested, error) {
	f := Contested{Person: d.person(), Conflicts: []string{}}
	all, err := s.repo.conflictsOf(ctx, append([]kernel.PersonID{d.person()}, d.Also...))
	if err != nil {
		return f, fmt.Errorf("conflicts of %s: %w", d.ID, err)
	}
	for _, c := range all {
		if c.Status != ConflictOpen {
			continue
		}
		// Who holds what was verified is not put in doubt by what others claim.
		if holder, err := s.repo.holderOf(ctx, c.Held.Person); err != nil {
			return f, err
		} else if holder.ID == d.ID {
			held, err := s.repo.get(ctx, c.Held.Certificate)
			if err != nil {
				return f, err
			}
			if held.Status == StatusValid {
				continue
			}
		}
		f.Conflicts = append(f.Conflicts, c.ID)
	}
	slices.Sort(f.Conflicts)
	return f, nil
}
