package training

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Who took somebody out of a class.
const (
	LeftSelf     = "self"
	LeftProvider = "provider"
	LeftOffice   = "office" // the person's institution, or an office above it
)

// Withdraw gives a place up: by the provider, by the person's institution, or
// by the person. After the cut-off of the rule row only the provider takes a
// seat back, and says why. The head of the waiting list moves up.
func (s *Service) Withdraw(ctx context.Context, id kernel.ClassID, p kernel.PersonID, reason string) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := s.leavable(ctx, id, p)
		if err != nil {
			return err
		}
		if err := s.inTimeToLeave(ctx, c, p, reason); err != nil {
			return err
		}
		c, up, err := c.Withdraw(p, s.now())
		if err != nil {
			return err
		}
		if err := s.seatLeft(ctx, c, p, reason, ""); err != nil {
			return err
		}
		if up != "" {
			if err := s.movedUp(ctx, c, up); err != nil {
				return err
			}
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		return s.record(ctx, "withdraw", "class", string(id), c.Provider, reason, "person", string(p))
	})
}

// Swap gives somebody's place to a colleague: by their institution until the
// rule row's cut-off, by the provider at any time before the first check-in.
func (s *Service) Swap(ctx context.Context, id kernel.ClassID, out, in kernel.PersonID, reason string) (e Enrolment, err error) {
	var c Class
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.leavable(ctx, id, out); err != nil {
			return err
		}
		if err := s.inTimeToSwap(ctx, c, out, reason); err != nil {
			return err
		}
		unknown := ErrPersonUnknown.At("body.personId", "training.person_unknown", string(in))
		card, err := kernel.ReachFrom(ctx).Person(ctx, s.People, in, unknown)
		if err != nil {
			return err
		}
		if card.Merged != "" {
			return unknown
		}
		if c, err = c.Swap(out, in, kernel.ActorFrom(ctx).User, s.now()); err != nil {
			return err
		}
		state := c.Seats[c.seat(in)].State
		if err := s.seatLeft(ctx, c, out, reason, in); err != nil {
			return err
		}
		if err := s.seatChanged(ctx, c, in, state); err != nil {
			return err
		}
		if err := s.Facts.Announce(ctx, c.seatFact(in, changeOf(state), "", s.now())); err != nil {
			return err
		}
		if err := s.letProviderSee(ctx, c, card); err != nil {
			return err
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		e = Enrolment{Person: in, Outcome: Outcome(state), Place: c.Place(in)}
		return s.record(ctx, "swap", "class", string(id), c.Provider, reason, "person", string(out), "for", string(in))
	})
	if err != nil {
		return e, err
	}
	told := []Enrolment{e}
	err = s.warn(ctx, c, told)
	return told[0], err
}

// leavable reads the class of somebody whom the actor may take out of it.
func (s *Service) leavable(ctx context.Context, id kernel.ClassID, p kernel.PersonID) (Class, error) {
	c, err := s.visibleClass(ctx, id)
	if err != nil {
		return c, err
	}
	if err := s.mayName(ctx, c, p); err != nil {
		return c, err
	}
	shown := store.Query{Index: "by_class", Equal: []any{string(id), string(p)}, Limit: 1}
	attended, err := s.docs.attendance.Find(ctx, shown)
	learned := false
	if err == nil {
		learned, err = s.begun(ctx, shown)
	}
	if err == nil && (learned || len(attended.Items) > 0) {
		err = ErrAttendedAlready
	}
	return c, err
}

func (s *Service) inTimeToLeave(ctx context.Context, c Class, p kernel.PersonID, reason string) error {
	if !c.Learns(p) {
		return nil // who waits may stop waiting
	}
	times, err := s.deadlines(ctx, c)
	if err != nil || !s.now().After(times.Leave) {
		return err
	}
	return late(ctx, c, reason, ErrLeaveTooLate, times.Leave)
}

func (s *Service) inTimeToSwap(ctx context.Context, c Class, p kernel.PersonID, reason string) error {
	if !c.Learns(p) {
		return nil
	}
	times, err := s.deadlines(ctx, c)
	if err != nil || !s.now().After(times.Swap) {
		return err
	}
	return late(ctx, c, reason, ErrSwapTooLate, times.Swap)
}

// late lets the provider act after a cut-off, with a reason.
func late(ctx context.Context, c Class, reason string, refusal *fault.Fault, by time.Time) error {
	switch {
	case !provides(ctx, c.ProviderPath):
		return refusal.With("by", by.In(kernel.Shanghai()).Format("2006-01-02 15:04"))
	case reason == "":
		return ErrReasonNeeded.At("body.reason", "training.reason_needed", "")
	}
	return nil
}

// Deadlines are the cut-offs of a class.
type Deadlines struct{ Leave, Swap time.Time }

func (s *Service) deadlines(ctx context.Context, c Class) (Deadlines, error) {
	sessions, err := s.docs.sessionsOf(ctx, c.ID)
	if err != nil {
		return Deadlines{}, err
	}
	return s.deadlinesOf(c, sessions)
}

// deadlinesOf counts from the first session that is not cancelled, else from
// the beginning of the first day.
func (s *Service) deadlinesOf(c Class, sessions []Session) (Deadlines, error) {
	row, err := s.row(c.Region, c.StartsOn)
	if err != nil {
		return Deadlines{}, err
	}
	var begins time.Time
	for _, x := range sessions {
		if x.Status != SessionCancelled && (begins.IsZero() || x.Plan.StartsAt.Before(begins)) {
			begins = x.Plan.StartsAt
		}
	}
	if begins.IsZero() {
		begins = c.StartsOn.Start()
	}
	return Deadlines{Leave: row.LeaveBy(begins), Swap: row.SwapBy(begins)}, nil
}

// seatLeft keeps why somebody left, and who came instead.
func (s *Service) seatLeft(ctx context.Context, c Class, p kernel.PersonID, reason string, instead kernel.PersonID) error {
	doc, err := s.docs.enrolments.Get(ctx, enrolmentID(c.ID, p))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	doc.Doc = store.Doc{ID: enrolmentID(c.ID, p), Version: doc.Version}
	doc.Class, doc.Person, doc.StartsOn = c.ID, p, c.StartsOn
	doc.State, doc.WithdrawnAt, doc.Reason, doc.SwappedFor = SeatWithdrawn, s.now(), reason, instead
	switch {
	case kernel.ActorFrom(ctx).Person == p:
		doc.WithdrawnBy = LeftSelf
	case provides(ctx, c.ProviderPath):
		doc.WithdrawnBy = LeftProvider
	default:
		doc.WithdrawnBy = LeftOffice
	}
	if err := s.docs.enrolments.Put(ctx, &doc); err != nil {
		return err
	}
	return s.Facts.Announce(ctx, c.seatFact(p, SeatTaken, reason, doc.WithdrawnAt))
}

// movedUp writes that the waiting list let somebody in.
func (s *Service) movedUp(ctx context.Context, c Class, p kernel.PersonID) error {
	if err := s.seatChanged(ctx, c, p, SeatEnrolled); err != nil {
		return err
	}
	if err := s.Facts.Announce(ctx, c.seatFact(p, SeatMovedUp, "", s.now())); err != nil {
		return err
	}
	return s.record(ctx, "moveUp", "class", string(c.ID), c.Provider, "", "person", string(p))
}
