package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// FollowMerge moves the seats and the attendance of a record that turned out
// to be another's twin to the person who stays. Where both sit in one class,
// the seat stays where it is: the ledger counts who attended twice once. It
// listens to people.merged.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		all, err := s.enrolments(ctx, gone)
		if err != nil {
			return err
		}
		for _, e := range all {
			own, err := s.docs.enrolments.Get(ctx, enrolmentID(e.Class, kept))
			met := err == nil
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if met && (own.State != SeatWithdrawn || e.State == SeatWithdrawn) {
				continue
			}
			moved := e
			if met {
				moved.Covers = &own
			}
			moved.Was = append(slices.Clone(e.Was), gone)
			if err := s.reseat(ctx, e, moved, kept); err != nil {
				return err
			}
		}
		return s.moveDevices(ctx, gone, kept, "")
	})
}

// FollowUnmerge gives back what came with a merge that was undone.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		all, err := s.enrolments(ctx, kept)
		if err != nil {
			return err
		}
		for _, e := range all {
			n := len(e.Was)
			if n == 0 || e.Was[n-1] != gone {
				continue
			}
			back := e
			back.Was, back.Covers = slices.Clone(e.Was[:n-1]), nil
			if err := s.reseat(ctx, e, back, gone); err != nil {
				return err
			}
			if e.Covers == nil {
				continue
			}
			if err := s.docs.enrolments.Put(ctx, e.Covers); err != nil {
				return fmt.Errorf("uncover an enrolment: %w", err)
			}
		}
		return s.moveDevices(ctx, kept, gone, gone)
	})
}

func (s *Service) enrolments(ctx context.Context, p kernel.PersonID) ([]enrolmentDoc, error) {
	var all []enrolmentDoc
	err := s.docs.enrolments.Each(ctx, store.Query{Index: "by_person", Equal: []any{string(p)}}, func(d enrolmentDoc) error {
		all = append(all, d)
		return nil
	})
	return all, err
}

// reseat lets an enrolment, its seat and its attendance be somebody else's.
func (s *Service) reseat(ctx context.Context, from, to enrolmentDoc, person kernel.PersonID) error {
	before := from.Person
	if err := s.docs.enrolments.Delete(ctx, from.ID, 0); err != nil {
		return fmt.Errorf("move an enrolment: %w", err)
	}
	to.Doc, to.Person = store.Doc{ID: enrolmentID(to.Class, person)}, person
	if err := s.docs.enrolments.Put(ctx, &to); err != nil {
		return fmt.Errorf("move an enrolment: %w", err)
	}
	if to.State != SeatWithdrawn {
		c, err := s.docs.class(ctx, to.Class)
		if err != nil {
			return err
		}
		if i := c.seat(before); i >= 0 {
			c.Seats = slices.Clone(c.Seats)
			c.Seats[i].Person = person
			if err := s.docs.saveClass(ctx, &c); err != nil {
				return err
			}
		}
	}
	return s.move(ctx, to.Class, before, person)
}

// move carries the attendance in a class over. Each goes through its session's
// gate, so that whoever closes the session meanwhile waits for it.
func (s *Service) move(ctx context.Context, class kernel.ClassID, from, to kernel.PersonID) error {
	var all []attendanceDoc
	q := store.Query{Index: "by_class", Equal: []any{string(class), string(from)}}
	if err := s.docs.attendance.Each(ctx, q, func(d attendanceDoc) error {
		all = append(all, d)
		return nil
	}); err != nil {
		return err
	}
	for _, d := range all {
		if err := s.docs.passGateOf(ctx, d.Session, to); err != nil {
			return err
		}
		if err := s.docs.rebind(ctx, d, to); err != nil {
			return fmt.Errorf("move attendance: %w", err)
		}
		if err := s.docs.attendance.Delete(ctx, d.ID, 0); err != nil {
			return fmt.Errorf("move attendance: %w", err)
		}
		if d.As == "" {
			d.As = d.Person
		}
		d.Doc, d.Person = store.Doc{ID: attendanceID(d.Session, to)}, to
		if d.As == to {
			d.As = ""
		}
		if err := s.docs.attendance.Put(ctx, &d); err != nil {
			return fmt.Errorf("move attendance: %w", err)
		}
		if err := s.Facts.Announce(ctx, AttendanceMoved{Session: d.Session}); err != nil {
			return err
		}
	}
	if err := s.moveTurnedAway(ctx, class, from, to); err != nil {
		return err
	}
	return s.moveProofs(ctx, class, from, to)
}

// GrownSince refuses when somebody was enrolled after an instant: the seat
// could be either of two records'.
func (s *Service) GrownSince(ctx context.Context, p kernel.PersonID, since time.Time) error {
	all, err := s.enrolments(ctx, p)
	if err != nil {
		return err
	}
	for _, e := range all {
		if !e.RecordedAt.After(since) {
			continue
		}
		c, err := s.docs.class(ctx, e.Class)
		if err != nil {
			return err
		}
		return ErrEnrolledSince.With("title", c.Terms.Title).With("on", c.StartsOn)
	}
	return nil
}
