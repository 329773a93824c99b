package training_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

func places(c training.Class) (seated, waiting []kernel.PersonID) {
	for _, s := range c.Seats {
		if s.State == training.SeatEnrolled {
			seated = append(seated, s.Person)
		} else {
			waiting = append(waiting, s.Person)
		}
	}
	return seated, waiting
}

func TestTheWaitingListKeepsItsOrderAndMovesUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 20, training.Terms{})
		told := map[kernel.PersonID]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, p := range w.hire(30, home) {
			wg.Go(func() {
				out, err := w.Enrol(w.asCaregiver(p), c.ID, []kernel.PersonID{p})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				told[p] = out[0].Place
			})
		}
		wg.Wait()
		seated, waiting := places(must[training.Class](t)(w.Class(w.asSchool(), c.ID)))
		if len(seated) != 20 || len(waiting) != 10 {
			t.Fatalf("%d seated, %d waiting", len(seated), len(waiting))
		}
		for i, p := range waiting {
			if told[p] != i+1 {
				t.Errorf("%s is number %d and was told %d", p, i+1, told[p])
			}
		}
		for _, p := range seated {
			if told[p] != 0 {
				t.Errorf("%s has a seat and was told number %d", p, told[p])
			}
		}
		for _, p := range seated[:3] { // three leave at once: the first three move up
			wg.Go(func() {
				if err := w.Withdraw(w.asCaregiver(p), c.ID, p, "当天值班"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		after := must[training.Class](t)(w.Class(w.asSchool(), c.ID))
		now, still := places(after)
		if d := cmp.Diff(waiting[3:], still); d != "" || len(now) != 20 {
			t.Errorf("%d seated, waiting %s", len(now), d)
		}
		for _, p := range waiting[:3] {
			if !slices.Contains(now, p) {
				t.Errorf("%s did not move up", p)
			}
		}
		roster := must[training.Roster](t)(w.Roster(w.asSchool(), c.ID))
		if len(roster.Left) != 3 || roster.Left[0].By != training.LeftSelf || roster.Left[0].Reason != "当天值班" {
			t.Errorf("who left: %+v", roster.Left)
		}
		ups := 0
		for _, a := range w.Logged() {
			if a.Verb == "moveUp" {
				ups++
			}
		}
		if ups != 3 {
			t.Errorf("%d moves up in the log", ups)
		}
	})
}

func TestAfterTheCutOffOnlyTheProviderTakesASeatBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db) // the row's cut-off is the start of the first session
		c := w.class(t, 2, training.Terms{})
		w.session(t, c)
		staff := w.hire(5, home)
		w.enrol(t, c, staff[:4]...)
		office := w.as(kernel.RoleInstitution, home)
		for _, step := range []struct {
			name   string
			who    context.Context
			person kernel.PersonID
			at     time.Time
			reason string
			want   error
		}{
			{"at the start a learner still may", w.asCaregiver(staff[0]), staff[0], morning(), "", nil},
			{"a second later the institution may not", office, staff[1], morning().Add(time.Second), "生病", training.ErrLeaveTooLate},
			{"nor the learner", w.asCaregiver(staff[1]), staff[1], morning().Add(time.Second), "生病", training.ErrLeaveTooLate},
			{"the provider may, with a reason", w.asSchool(), staff[1], morning().Add(time.Second), "", training.ErrReasonNeeded},
			{"who waits may stop waiting", w.asCaregiver(staff[3]), staff[3], morning().Add(time.Second), "", nil},
			{"the provider may", w.asSchool(), staff[1], morning().Add(time.Second), "未到课", nil},
			{"who is out is out", w.asSchool(), staff[1], morning().Add(time.Second), "未到课", training.ErrNotEnrolled},
		} {
			w.Set(step.at)
			if err := w.Withdraw(step.who, c.ID, step.person, step.reason); !errors.Is(err, step.want) {
				t.Errorf("%s: got %v, want %v", step.name, err, step.want)
			}
		}
		seated, waiting := places(must[training.Class](t)(w.Class(w.asSchool(), c.ID)))
		if d := cmp.Diff([]kernel.PersonID{staff[2]}, seated); d != "" || len(waiting) != 0 {
			t.Errorf("seated %s, waiting %v", d, waiting)
		}
	})
}

func TestASeatIsPassedOnToAColleague(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 2, training.Terms{})
		x := w.session(t, c)
		staff, stranger := w.hire(4, home), w.hire(1, otherHome)[0]
		w.enrol(t, c, staff[:3]...) // the third waits
		office := w.as(kernel.RoleInstitution, home)
		for _, step := range []struct {
			name    string
			out, in kernel.PersonID
			want    error
		}{
			{"to somebody of another home", staff[0], stranger, training.ErrPersonUnknown},
			{"to somebody who has a seat", staff[0], staff[1], training.ErrSeatedAlready},
			{"from somebody who has none", staff[3], staff[2], training.ErrNotEnrolled},
			{"to a colleague", staff[0], staff[3], nil},
			{"to one who waits, whose place there goes", staff[1], staff[2], nil},
		} {
			if _, err := w.Swap(office, c.ID, step.out, step.in, ""); !errors.Is(err, step.want) {
				t.Errorf("%s: got %v, want %v", step.name, err, step.want)
			}
		}
		seated, waiting := places(must[training.Class](t)(w.Class(w.asSchool(), c.ID)))
		if d := cmp.Diff([]kernel.PersonID{staff[3], staff[2]}, seated); d != "" || len(waiting) != 0 {
			t.Errorf("seated %s, waiting %v", d, waiting)
		}
		roster := must[training.Roster](t)(w.Roster(office, c.ID))
		if len(roster.Left) != 2 || roster.Left[0].SwappedFor == "" || roster.Left[0].By != training.LeftOffice {
			t.Errorf("who left: %+v", roster.Left)
		}
		w.Set(morning().Add(time.Second))
		if _, err := w.Swap(office, c.ID, staff[3], staff[0], "临时调班"); !errors.Is(err, training.ErrSwapTooLate) {
			t.Errorf("after the start: %v", err)
		}
		if err := w.scan(x, staff[3], training.DirectionIn, morning()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Swap(w.asSchool(), c.ID, staff[3], staff[0], "临时调班"); !errors.Is(err, training.ErrAttendedAlready) {
			t.Errorf("of somebody who attended: %v", err)
		}
		w.Set(morning().Add(time.Minute))
		if e, err := w.Swap(w.asSchool(), c.ID, staff[2], staff[0], "临时调班"); err != nil || e.Outcome != training.OutcomeEnrolled {
			t.Errorf("by the provider: %+v %v", e, err)
		}
	})
}

func TestWhatSomebodyHasElsewhereIsShown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		first, second := w.class(t, 5, training.Terms{}), w.class(t, 5, training.Terms{})
		w.session(t, first)
		plan := func(c training.Class, from, to time.Duration) training.Session {
			return must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, training.Plan{
				StartsAt: morning().Add(from), EndsAt: morning().Add(to), Minutes: 30, Venue: "302", Teacher: "沈老师",
			}))
		}
		plan(second, 90*time.Minute, 2*time.Hour) // begins as the other ends
		x := plan(second, 80*time.Minute, 2*time.Hour)
		off := plan(second, 0, time.Hour)
		if _, err := w.CancelSession(w.asSchool(), off.ID, "教师生病"); err != nil {
			t.Fatal(err)
		}
		staff := w.hire(2, home)
		w.enrol(t, first, staff[0])
		out := must[[]training.Enrolment](t)(w.Enrol(w.asSchool(), second.ID, staff))
		if len(out[0].Conflicts) != 1 || out[0].Conflicts[0].Session.ID != x.ID || out[0].Conflicts[0].Other.Class != first.ID || out[0].Outcome != training.OutcomeEnrolled {
			t.Errorf("conflicts: %+v", out[0])
		}
		if len(out[1].Conflicts) != 0 {
			t.Errorf("who has nothing else: %+v", out[1].Conflicts)
		}
		roster := must[training.Roster](t)(w.Roster(w.asSchool(), first.ID))
		if len(roster.Learners) != 1 || len(roster.Learners[0].Conflicts) != 1 {
			t.Errorf("on the roster of the other class: %+v", roster.Learners)
		}
	})
}

type levels map[kernel.PersonID]kernel.SkillLevel

func (l levels) HighestLevels(context.Context, []kernel.PersonID) (map[kernel.PersonID]kernel.SkillLevel, error) {
	return l, nil
}

type tiers struct{}

func (tiers) OrganiserDoubt(_ kernel.RegionCode, _ kernel.Date, level kernel.SkillLevel, tier string) *kernel.Reason {
	if level != kernel.Level3 || tier != "institution" {
		return nil
	}
	doubt := kernel.Because("hours.organiser_tier", "")
	return &doubt
}

func TestWhatACaregiverMayJoin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p := w.hire(1, home)[0]
		card := w.cards[p]
		card.Kinds = []string{"caregiver"}
		w.cards[p] = card
		w.Service.Levels, w.Tiers, w.Rules[0].Audiences = levels{p: kernel.Level3}, tiers{}, []string{"caregiver", "socialWorker"}
		fits := w.class(t, 1, training.Terms{Audience: "caregiver", LearnerLevels: []int{3, 4}, CountsTowardInService: true})
		said := w.class(t, 1, training.Terms{Audience: "全体员工"})
		others := w.class(t, 1, training.Terms{Audience: "socialWorker"})
		beginners := w.class(t, 1, training.Terms{LearnerLevels: []int{0, 5}})
		w.session(t, fits)
		w.session(t, said)
		w.enrol(t, said, w.hire(1, home)[0])
		w.enrol(t, said, p)

		offers := must[[]training.Offer](t)(w.Offers(w.asCaregiver(p), p))
		if len(offers) != 2 || offers[0].Class.ID != said.ID || offers[1].Class.ID != fits.ID {
			t.Fatalf("offers: %+v", offers)
		}
		mine, open := offers[0], offers[1]
		if mine.Place != 1 || mine.Seat.State != training.SeatWaitlisted {
			t.Errorf("mine: %+v", mine)
		}
		if open.Seat != nil || len(open.Conflicts) != 1 || len(open.Doubts) != 1 || open.Next == nil || !open.Deadlines.Leave.Equal(morning()) {
			t.Errorf("open: %+v", open)
		}
		for _, c := range []training.Class{others, beginners} {
			if out := must[[]training.Enrolment](t)(w.Enrol(w.asCaregiver(p), c.ID, []kernel.PersonID{p})); out[0].Outcome != training.OutcomeRefused {
				t.Errorf("%s joined %v", p, c.Terms)
			}
			out := must[[]training.Enrolment](t)(w.Enrol(w.asSchool(), c.ID, []kernel.PersonID{p}))
			if out[0].Outcome != training.OutcomeEnrolled || len(out[0].Warnings) != 1 {
				t.Errorf("the school enrolling: %+v", out[0])
			}
		}
		if _, err := w.Offers(w.as(kernel.RoleInstitution, otherHome), p); !errors.Is(err, training.ErrPersonUnknown) {
			t.Errorf("another home looking: %v", err)
		}
		w.Set(kernel.Date("2025-06-01").Start())
		if later := must[[]training.Offer](t)(w.Offers(w.asCaregiver(p), p)); slices.ContainsFunc(later, func(o training.Offer) bool { return o.Class.ID == fits.ID }) {
			t.Error("a class that is over is offered")
		}
	})
}

func TestTheClassThatTakesMostComesFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		counts := training.Terms{CountsTowardInService: true}
		full, small, roomy := w.class(t, 1, counts), w.class(t, 2, counts), w.class(t, 10, counts)
		idle := w.class(t, 10, counts) // nothing is planned in it
		staff, stranger := w.hire(4, home), w.hire(1, otherHome)
		for i, c := range []training.Class{full, small, roomy} {
			must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, training.Plan{
				StartsAt: morning().AddDate(0, 0, i), EndsAt: morning().AddDate(0, 0, i).Add(90 * time.Minute), Minutes: 90, Venue: "201", Teacher: "周老师",
			}))
		}
		w.enrol(t, full, w.hire(1, home)...)
		w.enrol(t, small, staff[0])
		other := w.class(t, 5, training.Terms{})
		must[training.Session](t)(w.AddSession(w.asSchool(), other.ID, training.Plan{
			StartsAt: morning().AddDate(0, 0, 2), EndsAt: morning().AddDate(0, 0, 2).Add(time.Hour), Minutes: 60, Venue: "201", Teacher: "周老师",
		}))
		w.enrol(t, other, staff[3])
		found := must[[]training.Suggestion](t)(w.Suggest(w.as(kernel.RoleInstitution, home), append(stranger, staff...)))
		if len(found) != 3 {
			t.Fatalf("suggested: %+v", found)
		}
		best, next, last := found[0], found[1], found[2]
		if best.Class.ID != roomy.ID || best.Ready != 3 || best.Conflicting != 1 || best.Minutes != 90 || best.Takes() != 3 {
			t.Errorf("best: %+v", best)
		}
		if next.Class.ID != small.ID || next.Already != 1 || next.Room != 1 || next.Takes() != 1 {
			t.Errorf("next: %+v", next)
		}
		if last.Class.ID != full.ID || last.Room != 0 || slices.ContainsFunc(found, func(s training.Suggestion) bool { return s.Class.ID == idle.ID }) {
			t.Errorf("last: %+v", last)
		}
	})
}

// lacking is what people's year lacks, as hours would say it.
type lacking map[kernel.PersonID]kernel.Minutes

func (l lacking) Lacking(context.Context, []kernel.PersonID) (map[kernel.PersonID]kernel.Minutes, error) {
	return l, nil
}

func TestTheClassThatMendsMostComesFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		counts := training.Terms{CountsTowardInService: true}
		short, long := w.class(t, 10, counts), w.class(t, 1, counts)
		for c, minutes := range map[kernel.ClassID]int{short.ID: 45, long.ID: 450} {
			from := morning()
			must[training.Session](t)(w.AddSession(w.asSchool(), c, training.Plan{
				StartsAt: from, EndsAt: from.Add(time.Duration(minutes) * time.Minute), Minutes: kernel.Minutes(minutes), Venue: "201", Teacher: "周老师",
			}))
		}
		staff := w.hire(3, home)
		w.Shortfalls = lacking{staff[0]: 45, staff[1]: 360}
		found := must[[]training.Suggestion](t)(w.Suggest(w.as(kernel.RoleInstitution, home), staff))
		type told struct {
			class  kernel.ClassID
			takes  int
			mends  kernel.Minutes
			enough int
		}
		var got []told
		for _, s := range found {
			got = append(got, told{s.Class.ID, s.Takes(), s.Mends, s.Enough})
		}
		// One seat for whoever lacks most; three seats, of which two help a little.
		want := []told{{long.ID, 1, 360, 1}, {short.ID, 3, 90, 1}}
		if !slices.Equal(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}
