package presentations

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// FollowMerge gives the links of a record to the one it was merged into.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.move(ctx, gone, func(d *linkDoc) bool {
		d.Person, d.Was = kept, d.Was.Left(gone)
		return true
	})
}

// FollowUnmerge gives back what came with a merge that was undone.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.move(ctx, kept, func(d *linkDoc) bool {
		was, came := d.Was.Back(gone)
		if came {
			d.Person, d.Was = gone, was
		}
		return came
	})
}

func (s *Service) move(ctx context.Context, of kernel.PersonID, alter func(*linkDoc) bool) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		var all []linkDoc
		if err := s.repo.links.Each(ctx, store.Query{Index: "person", Equal: []any{string(of)}}, func(d linkDoc) error {
			all = append(all, d)
			return nil
		}); err != nil {
			return err
		}
		for i := range all {
			if alter(&all[i]) {
				if err := s.repo.links.Replace(ctx, &all[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
