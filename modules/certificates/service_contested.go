package certificates

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
)

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
		all, err := s.repo.conflictsOf(ctx, append([]kernel.PersonID{d.person()}, d.Also...))
		if err != nil {
			return fmt.Errorf("conflicts of %s: %w", d.ID, err)
		}
		f := Contested{Person: d.person(), Conflicts: []string{}}
		for _, c := range all {
			if c.Status == ConflictOpen {
				f.Conflicts = append(f.Conflicts, c.ID)
			}
		}
		slices.Sort(f.Conflicts)
		if err := s.facts.Announce(ctx, f); err != nil {
			return err
		}
	}
	return nil
}
