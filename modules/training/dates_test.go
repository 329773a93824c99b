package training_test

import (
	"errors"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

// A class and its sessions agree on their days, whichever of them is changed.
func TestSessionsStayWithinTheirClass(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 5, training.Terms{}) // 2025-05-10 to 2025-05-31
		x := w.session(t, c)
		on := func(d kernel.Date) training.Plan {
			p := x.Plan
			p.StartsAt = d.Start().Add(9 * time.Hour)
			p.EndsAt = p.StartsAt.Add(90 * time.Minute)
			return p
		}
		move := func(d kernel.Date) error {
			_, err := w.Reschedule(w.asSchool(), x.ID, func(p *training.Plan, _ int64) error { *p = on(d); return nil })
			return err
		}
		days := func(from, to kernel.Date) error {
			_, err := w.ChangeClass(w.asSchool(), c.ID, func(d *training.ClassDraft, _ int64) error {
				d.StartsOn, d.EndsOn = from, to
				return nil
			})
			return err
		}
		for _, step := range []struct {
			name  string
			do    error
			wants error
		}{
			{"a day before the first is refused", move("2025-05-09"), training.ErrBeforeClass},
			{"a year later is a typing error", move("2026-05-10"), training.ErrAfterClass},
			{"a make-up session moves the last day", move("2025-06-07"), nil},
			{"which cannot be taken back under it", days("2025-05-10", "2025-05-31"), training.ErrSessionsOutside},
			{"and back in the plan it can", errors.Join(move("2025-05-17"), days("2025-05-10", "2025-05-31")), nil},
			{"nor can the first day be moved past it", days("2025-05-18", "2025-05-31"), training.ErrSessionsOutside},
			{"up to it it can", days("2025-05-17", "2025-05-31"), nil},
		} {
			if !errors.Is(step.do, step.wants) || (step.wants == nil && step.do != nil) {
				t.Errorf("%s: %v", step.name, step.do)
			}
		}
		if _, err := w.AddSession(w.asSchool(), c.ID, on("2029-05-17")); !errors.Is(err, training.ErrAfterClass) {
			t.Errorf("years later: %v", err)
		}
		must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, on("2025-06-30")))
		if got := must[training.Class](t)(w.Class(w.asSchool(), c.ID)); got.EndsOn != "2025-06-30" {
			t.Errorf("the class ends on %s", got.EndsOn)
		}
	})
}

// Online and classroom minutes are told apart: what was scanned in a room is not
// made an online session afterwards.
func TestTheWayOfTeachingStaysOnceSomebodyCheckedIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 5, training.Terms{})
		x := w.session(t, c)
		p := w.hire(1, home)[0]
		w.enrol(t, c, p)
		if err := w.scan(x, p, training.DirectionIn, morning()); err != nil {
			t.Fatal(err)
		}
		change := func(alter func(*training.Plan)) error {
			_, err := w.Reschedule(w.asSchool(), x.ID, func(p *training.Plan, _ int64) error { alter(p); return nil })
			return err
		}
		if err := change(func(p *training.Plan) { p.Mode = training.ModeRemote }); !errors.Is(err, training.ErrHasCheckIns) {
			t.Errorf("another way of teaching: %v", err)
		}
		if err := change(func(p *training.Plan) { p.Venue = "301" }); err != nil {
			t.Errorf("another room: %v", err)
		}
	})
}

func TestNobodyJoinsAClassThatIsOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 5, training.Terms{}) // to 2025-05-31
		last, late := w.hire(1, home)[0], w.hire(1, home)[0]
		join := func(p kernel.PersonID) training.Enrolment {
			return must[[]training.Enrolment](t)(w.Enrol(w.asCaregiver(p), c.ID, []kernel.PersonID{p}))[0]
		}
		w.Set(kernel.Date("2025-06-01").Start().Add(-time.Second))
		if e := join(last); e.Outcome != training.OutcomeEnrolled {
			t.Errorf("on the last day: %+v", e)
		}
		w.Set(kernel.Date("2025-06-01").Start())
		if e := join(late); e.Outcome != training.OutcomeRefused || e.Reason.Code != "training.class_over" {
			t.Errorf("a day later: %+v", e)
		}
		// The school enters who sat there and was forgotten.
		if e := must[[]training.Enrolment](t)(w.Enrol(w.asSchool(), c.ID, []kernel.PersonID{late}))[0]; e.Outcome != training.OutcomeEnrolled {
			t.Errorf("by the school: %+v", e)
		}
	})
}
