package training

import (
	"context"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/training/rule"
)

// MarkDraft is one word of the teacher's on many. Without people it is said of
// everybody whom it can be said of: a whole word of those who have no presence,
// a confirmation of those whose scans wait for it, a check-out of those who are
// inside.
type MarkDraft struct {
	WordDraft
	People []kernel.PersonID
}

// Unmarked is somebody of whom the word could not be said, and why.
type Unmarked struct {
	Person kernel.PersonID
	Why    *fault.Fault
}

// MarkMany enters the teacher's word on many presences, all in one transaction;
// each can be refused on its own.
func (s *Service) MarkMany(ctx context.Context, id kernel.SessionID, d MarkDraft) (marked []kernel.PersonID, left []Unmarked, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		marked, left = nil, nil
		x, err := s.vouchable(ctx, id, d.WordDraft)
		if err != nil {
			return err
		}
		if err := s.docs.passGates(ctx, x); err != nil {
			return err
		}
		proofs, err := s.spoken(ctx, x, d)
		if err != nil {
			return err
		}
		word := d.planned(x, s.now()).word(ctx, s.now())
		var docs []attendanceDoc
		for _, a := range proofs {
			said, err := a.Vouch(word, x)
			if f, refused := fault.From(err); refused {
				left = append(left, Unmarked{Person: a.Person, Why: f})
				continue
			}
			if err != nil {
				return err
			}
			docs, marked = append(docs, docOfAttendance(said)), append(marked, a.Person)
		}
		if len(docs) == 0 {
			return nil
		}
		if err := s.docs.attendance.PutMany(ctx, docs); err != nil {
			return err
		}
		s.ringAfter(ctx, id)
		for _, p := range marked {
			if err := s.record(ctx, "mark", "attendance", attendanceID(id, p), first(x.Provider), d.Reason); err != nil {
				return err
			}
		}
		return s.corrected(ctx, &x)
	})
	return marked, left, err
}

// planned fills the times that were not stated: the session's, and the moment at
// which everybody is checked out before its end.
func (d WordDraft) planned(x Session, now time.Time) WordDraft {
	switch d.Of {
	case WordConfirm:
		d.In, d.Out = time.Time{}, time.Time{}
	case WordOut:
		if d.In = (time.Time{}); d.Out.IsZero() {
			if d.Out = x.Plan.EndsAt; now.Before(d.Out) {
				d.Out = now
			}
		}
	case WordWhole:
		if d.In.IsZero() {
			d.In = x.Plan.StartsAt
		}
		if d.Out.IsZero() {
			d.Out = x.Plan.EndsAt
		}
	}
	return d
}

// spoken is the attendance of those whom the draft is about.
func (s *Service) spoken(ctx context.Context, x Session, d MarkDraft) ([]Attendance, error) {
	row, err := s.row(x.Region, x.Date())
	if err != nil {
		return nil, err
	}
	c, err := s.docs.class(ctx, x.Class)
	if err != nil {
		return nil, err
	}
	known, err := s.proofs(ctx, x, time.Time{})
	if err != nil {
		return nil, err
	}
	proofs := make(map[kernel.PersonID]Attendance, len(known))
	for _, a := range known {
		proofs[a.Person] = a
	}
	seats := slices.DeleteFunc(slices.Clone(c.Seats), func(seat Seat) bool { return seat.State != SeatEnrolled })
	seated := func(p kernel.PersonID) bool {
		return slices.ContainsFunc(seats, func(seat Seat) bool { return seat.Person == p })
	}
	var out []Attendance
	take := func(p kernel.PersonID) error {
		a, has := proofs[p]
		if !has {
			if a, err = s.docs.proof(ctx, x, p); err != nil {
				return err
			}
		}
		out = append(out, a)
		return nil
	}
	for _, p := range d.People {
		if !seated(p) {
			return nil, ErrNotEnrolled.With("person", p)
		}
		if err := take(p); err != nil {
			return nil, err
		}
	}
	if len(d.People) > 0 {
		return out, nil
	}
	for _, seat := range seats {
		if !d.concerns(row, x, proofs[seat.Person]) {
			continue
		}
		if err := take(seat.Person); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// concerns tells whether a word on everybody is said of this presence.
func (d WordDraft) concerns(row rule.Row, x Session, a Attendance) bool {
	if a.Refusal != nil {
		return false
	}
	p := a.Presence()
	switch d.Of {
	case WordConfirm:
		return row.Examine(x.Span(), p).Confirmable()
	case WordOut:
		return !p.In.IsZero() && p.Out.IsZero()
	case WordWhole:
		return p.In.IsZero() && !p.Withdrew
	}
	return false
}
