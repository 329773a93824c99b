package accounts

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
)

// FollowMerge gives the accounts of a record that turned out to be another's
// twin to the person who stays.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.handOver(ctx, gone, kept, "followMerge", func(u *User) bool {
		u.Was = u.Was.Left(gone)
		return true
	})
}

// FollowUnmerge gives back what came with a merge that was undone.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.handOver(ctx, kept, gone, "followUnmerge", func(u *User) (back bool) {
		u.Was, back = u.Was.Back(gone)
		return back
	})
}

// handOver gives accounts of one record to another; doing it twice changes
// nothing.
func (s *Service) handOver(ctx context.Context, from, to kernel.PersonID, verb string, goes func(*User) bool) error {
	return s.repo.db.Tx(kernel.AsSystem(ctx, "accounts"), func(ctx context.Context) error {
		ids, err := s.repo.of(ctx, from)
		if err != nil {
			return err
		}
		for _, id := range ids {
			u, err := s.repo.user(ctx, id)
			if err != nil {
				return err
			}
			if !goes(&u) {
				continue
			}
			u.Person = to
			if err := s.rehouse(ctx, &u, from, verb); err != nil {
				return fmt.Errorf("account %s follows: %w", id, err)
			}
		}
		return nil
	})
}

// rehouse saves an account under its other person.
func (s *Service) rehouse(ctx context.Context, u *User, from kernel.PersonID, verb string) (err error) {
	if u.Reach, err = s.authorize(ctx, u.Grants, u.Person); err != nil {
		return err
	}
	if err := s.save(ctx, u); err != nil {
		return err
	}
	if err := s.repo.release(ctx, from, u.ID); err != nil {
		return err
	}
	if err := s.repo.hold(ctx, u.Person, u.ID); err != nil {
		return err
	}
	return s.record(ctx, verb, *u)
}
