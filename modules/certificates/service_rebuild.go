package certificates

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Rebuild works out anew what certificates and conflicts are looked up by, and
// tells how many were not so.
func (s *Service) Rebuild(ctx context.Context) (differences int, err error) {
	var stale []string
	err = s.repo.certificates.Scan(ctx, func(d certificateDoc) error {
		if want := docOf(d.read()); d.Queue != want.Queue || d.FamilyQueue != want.FamilyQueue || d.Stage != want.Stage {
			stale = append(stale, d.ID)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("certificates: %w", err)
	}
	for _, id := range stale {
		err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
			c, err := s.repo.get(ctx, kernel.CertificateID(id))
			if err != nil {
				return err
			}
			d := docOf(c)
			return s.repo.certificates.Replace(ctx, &d)
		})
		if err != nil && !errors.Is(err, ErrUnknown) {
			return differences, fmt.Errorf("certificate %s: %w", id, err)
		}
		differences++
	}
	n, err := s.rebuildConflicts(ctx)
	return differences + n, err
}

func (s *Service) rebuildConflicts(ctx context.Context) (n int, err error) {
	var stale []string
	err = s.repo.conflicts.Scan(ctx, func(d conflictDoc) error {
		if want := conflictDocOf(d.read()); d.OpenOn != want.OpenOn || !slices.Equal(d.Sides, want.Sides) {
			stale = append(stale, d.ID)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("conflicts: %w", err)
	}
	for _, id := range stale {
		err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
			c, err := s.repo.conflict(ctx, id)
			if err != nil {
				return err
			}
			d := conflictDocOf(c)
			return s.repo.conflicts.Replace(ctx, &d)
		})
		if err != nil {
			return n, fmt.Errorf("conflict %s: %w", id, err)
		}
		n++
	}
	return n, nil
}

// holdersRead is how many people are told of at once.
const holdersRead = 200

// EachHolder hands on, in parts, what everybody who has or had to do with a
// certificate holds, and the conflicts that are open about them: for neighbours
// who have not heard of it yet.
func (s *Service) EachHolder(ctx context.Context, fn func([]HoldingsChanged, []Contested) error) error {
	people := map[kernel.PersonID]bool{}
	if err := s.repo.holders.Scan(ctx, func(d holderDoc) error { people[d.person()] = true; return nil }); err != nil {
		return fmt.Errorf("holders: %w", err)
	}
	if err := s.repo.certificates.Scan(ctx, func(d certificateDoc) error {
		if d.Level.Valid() {
			people[d.Person] = true
		}
		return nil
	}); err != nil {
		return fmt.Errorf("certificates: %w", err)
	}
	if err := s.repo.conflicts.Scan(ctx, func(d conflictDoc) error {
		people[d.Held.Person], people[d.Claimed.Person] = true, true
		return nil
	}); err != nil {
		return fmt.Errorf("conflicts: %w", err)
	}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(people)), holdersRead) {
		var held []HoldingsChanged
		var open []Contested
		for _, p := range part {
			d, err := s.repo.holders.Get(ctx, string(p))
			if errors.Is(err, store.ErrNotFound) {
				d, err = holderDoc{Doc: store.Doc{ID: string(p)}}, nil
			}
			if err != nil {
				return fmt.Errorf("holder %s: %w", p, err)
			}
			h, err := s.holdings(ctx, d)
			if err != nil {
				return err
			}
			held = append(held, h)
			if d.Into != "" { // whoever stands for the record is told
				continue
			}
			c, err := s.contested(ctx, d)
			if err != nil {
				return err
			}
			open = append(open, c)
		}
		if err := fn(held, open); err != nil {
			return err
		}
	}
	return nil
}
