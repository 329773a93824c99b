package training_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

func TestThirtyAtOnceIntoTwentySeats(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 20, training.Terms{})
		outcomes := make(chan training.Outcome, 60)
		var wg sync.WaitGroup
		for _, p := range w.hire(30, home) {
			wg.Go(func() {
				for range 2 { // the second time they are in already
					out, err := w.Enrol(w.asSchool(), c.ID, []kernel.PersonID{p})
					if err != nil {
						t.Error(err)
						return
					}
					outcomes <- out[0].Outcome
				}
			})
		}
		wg.Wait()
		close(outcomes)
		got := map[training.Outcome]int{}
		for o := range outcomes {
			got[o]++
		}
		want := map[training.Outcome]int{training.OutcomeEnrolled: 20, training.OutcomeWaitlisted: 10, training.OutcomeAlready: 30}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		kept := must[training.Class](t)(w.Class(w.asSchool(), c.ID))
		if kept.Enrolled() != 20 || kept.Waiting() != 10 {
			t.Errorf("%d enrolled, %d waiting", kept.Enrolled(), kept.Waiting())
		}
	})
}

func TestEightCheckInsAtOnceCountOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 20, training.Terms{})
		x := w.session(t, c)
		p := w.hire(1, home)[0]
		w.enrol(t, c, p)
		w.Set(morning().Add(-5 * time.Minute))
		code := must[training.Code](t)(w.CheckInCode(w.asSchool(), x.ID))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, _, err := w.Scan(w.asCaregiver(p), training.ScanDraft{Code: code.QRText, Direction: training.DirectionIn}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := w.scan(x, p, training.DirectionOut, morning().Add(90*time.Minute)); err != nil {
			t.Fatal(err)
		}
		_, presences, err := w.CloseSession(w.asSchool(), x.ID)
		if err != nil || len(presences) != 1 || presences[0].Flaw != "" || !presences[0].In.Equal(morning().Add(-5*time.Minute)) {
			t.Errorf("%+v %v", presences, err)
		}
	})
}

func TestAScanIsInTheClosingOrRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 30, training.Terms{})
		x := w.session(t, c)
		staff := w.hire(24, home)
		w.enrol(t, c, staff...)
		for _, p := range staff {
			if err := w.scan(x, p, training.DirectionIn, morning()); err != nil {
				t.Fatal(err)
			}
		}
		w.Set(morning().Add(90 * time.Minute))
		code := must[training.Code](t)(w.CheckInCode(w.asSchool(), x.ID))
		taken := make(chan kernel.PersonID, len(staff))
		var wg sync.WaitGroup
		for i, p := range staff {
			wg.Go(func() {
				_, _, err := w.Scan(w.asCaregiver(p), training.ScanDraft{Code: code.QRText, Direction: training.DirectionOut})
				if err == nil {
					taken <- p
				} else if !errors.Is(err, training.ErrSessionClosed) {
					t.Error(err)
				}
			})
			if i == len(staff)/2 {
				wg.Go(func() {
					if _, _, err := w.CloseSession(w.asSchool(), x.ID); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		close(taken)
		proved := map[kernel.PersonID]bool{}
		for _, p := range w.closings()[0].Presences {
			proved[p.Person] = p.Flaw == ""
		}
		for p := range taken {
			if !proved[p] {
				t.Errorf("%s checked out and the closing does not know", p)
			}
		}
	})
}

func TestScansAreTakenOnlyAsTheRuleSays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 2, training.Terms{})
		x := w.session(t, c)
		staff := w.hire(3, home)
		w.enrol(t, c, staff...)
		end := morning().Add(90 * time.Minute)
		for _, step := range []struct {
			name string
			who  kernel.PersonID
			way  training.Direction
			at   time.Time
			want error
		}{
			{"61 minutes before it is closed", staff[0], training.DirectionIn, morning().Add(-61 * time.Minute), training.ErrCheckInNotOpen},
			{"check-out before check-in", staff[0], training.DirectionOut, morning().Add(-time.Minute), training.ErrNotCheckedIn},
			{"60 minutes before it opens", staff[0], training.DirectionIn, morning().Add(-60 * time.Minute), nil},
			{"who waits is not on the roster", staff[2], training.DirectionIn, morning(), training.ErrNotEnrolled},
			{"late is taken, and needs the teacher", staff[1], training.DirectionIn, morning().Add(16 * time.Minute), nil},
			{"after the end nobody comes in", staff[2], training.DirectionIn, end.Add(time.Minute), training.ErrNotEnrolled},
			{"leaving after the end is fine", staff[0], training.DirectionOut, end.Add(5 * time.Minute), nil},
		} {
			if err := w.scan(x, step.who, step.way, step.at); !errors.Is(err, step.want) {
				t.Errorf("%s: got %v, want %v", step.name, err, step.want)
			}
		}
		if _, _, err := w.Scan(w.asSchool(), training.ScanDraft{Session: x.ID, Code: "AAAAAAAA", Direction: training.DirectionIn}); !errors.Is(err, training.ErrCheckInSelfOnly) {
			t.Errorf("the school checking in: %v", err)
		}
		_, presences, err := w.CloseSession(w.asSchool(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		flaws := map[kernel.PersonID]string{}
		for _, p := range presences {
			flaws[p.Person] = p.Flaw
		}
		if d := cmp.Diff(map[kernel.PersonID]string{staff[0]: "", staff[1]: "late"}, flaws); d != "" {
			t.Error(d)
		}
		if err := w.scan(x, staff[0], training.DirectionIn, end); !errors.Is(err, training.ErrSessionClosed) {
			t.Errorf("scanning into a closed session: %v", err)
		}
	})
}

func TestClosingCorrectingAndRefusing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 5, training.Terms{CountsTowardInService: true, Category: training.CategoryInService})
		x := w.session(t, c)
		p := w.hire(1, home)[0]
		w.enrol(t, c, p)
		if _, _, err := w.CloseSession(w.asSchool(), x.ID); !errors.Is(err, training.ErrSessionNotStarted) {
			t.Errorf("closing before the start: %v", err)
		}
		if err := w.scan(x, p, training.DirectionIn, morning()); err != nil {
			t.Fatal(err)
		}
		end := morning().Add(90 * time.Minute)
		w.Set(end)
		for range 2 {
			if _, _, err := w.CloseSession(w.asSchool(), x.ID); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.closings(); len(got) != 1 || got[0].Presences[0].Flaw != "noCheckOut" || got[0].Revision != 1 {
			t.Fatalf("closed twice: %+v", got)
		}

		if _, _, err := w.Vouch(w.as(kernel.RoleSchool, otherSchool), x.ID, p, training.WordDraft{In: morning(), Out: end, Reason: "人在教室"}); !errors.Is(err, training.ErrSessionUnknown) {
			t.Errorf("another school's word: %v", err)
		}
		if _, _, err := w.Vouch(w.asSchool(), x.ID, p, training.WordDraft{In: morning(), Out: end, Reason: "忘记签退，人在教室"}); err != nil {
			t.Fatal(err)
		}
		if got := w.closings(); len(got) != 2 || got[1].Revision != 2 || got[1].Presences[0].Flaw != "" || got[1].Presences[0].Source != training.SourceTeacher {
			t.Fatalf("after the correction: %+v", got)
		}

		refuse := func(ctx context.Context) error {
			_, _, err := w.RefusePresence(ctx, x.ID, p, "当天在本院值班")
			return err
		}
		admin := kernel.WithReach(kernel.WithActor(w.ctx, kernel.Actor{User: "admin", Grants: []kernel.Grant{{Role: kernel.RoleAdmin}}}), kernel.Reach{Everywhere: true})
		if err := refuse(admin); !errors.Is(err, training.ErrSecondPersonNeeded) {
			t.Errorf("an administrator refusing: %v", err)
		}
		if err := refuse(w.as(kernel.RoleInstitution, otherHome)); !errors.Is(err, training.ErrSessionUnknown) {
			t.Errorf("another home refusing: %v", err)
		}
		if err := refuse(w.as(kernel.RoleInstitution, home)); err != nil {
			t.Fatal(err)
		}
		last, ok := w.Announced()[len(w.Announced())-1].(training.PresenceRefused)
		if !ok || last.Person != p || last.Session != x.ID {
			t.Errorf("last fact: %+v", w.Announced()[len(w.Announced())-1])
		}
		if _, _, err := w.Vouch(w.asSchool(), x.ID, p, training.WordDraft{In: morning(), Out: end, Reason: "再次登记"}); !errors.Is(err, training.ErrPresenceRefused) {
			t.Errorf("marking again: %v", err)
		}
	})
}

func TestCompletion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 3, training.Terms{HasTest: true})
		staff := w.hire(4, home)
		w.enrol(t, c, staff...)
		held, dropped := w.session(t, c), w.session(t, c)
		w.Set(morning().Add(2 * time.Hour))
		for _, p := range staff[:2] {
			if _, _, err := w.Vouch(w.asSchool(), held.ID, p, training.WordDraft{In: morning(), Out: morning().Add(90 * time.Minute), Reason: "纸质签到表"}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.EnterResults(w.asSchool(), c.ID, []training.TestResult{{Person: staff[0], Score: 6000}, {Person: staff[1], Score: 5900}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.EnterResults(w.asSchool(), c.ID, []training.TestResult{{Person: staff[0], Score: 9000}, {Person: staff[3], Score: 9000}}); !errors.Is(err, training.ErrNotEnrolled) {
			t.Errorf("grading who waits: %v", err)
		}
		if _, err := w.CompleteClass(w.asSchool(), c.ID); !errors.Is(err, training.ErrSessionsOpen) {
			t.Errorf("completing with sessions open: %v", err)
		}
		if _, _, err := w.CloseSession(w.asSchool(), held.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.CancelSession(w.asSchool(), dropped.ID, "教师生病"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			done := must[training.Class](t)(w.CompleteClass(w.asSchool(), c.ID))
			completed, refused := done.Results()
			if len(completed) != 1 || completed[0].Person != staff[0] || completed[0].Certificate == "" || *completed[0].Score != 6000 {
				t.Errorf("completed: %+v", completed)
			}
			if len(refused) != 2 || refused[0].Reasons[0].Code != "training.test_failed" || len(refused[1].Reasons) != 2 {
				t.Errorf("refused: %+v", refused)
			}
		}
		part, err := w.Module.Record().Part(w.ctx, staff[0])
		if raw, _ := json.Marshal(part); err != nil || !strings.Contains(string(raw), `"result":"completed","certificateId":"certificate of`) {
			t.Errorf("on record: %s %v", raw, err)
		}
		if built, err := w.Module.Record().Built(w.ctx, "nobody", time.Time{}); err != nil || built {
			t.Errorf("built on nobody: %v %v", built, err)
		}
		if w.certs != 1 {
			t.Errorf("%d certificates", w.certs)
		}
		if _, err := w.Enrol(w.asSchool(), c.ID, staff[3:]); !errors.Is(err, training.ErrClassCompleted) {
			t.Errorf("enrolling into a completed class: %v", err)
		}
	})
}

func TestWhoSeesAndWhoMay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 1, training.Terms{})
		x := w.session(t, c)
		ours, theirs := w.hire(2, home), w.hire(1, otherHome)
		out := must[[]training.Enrolment](t)(w.Enrol(w.asSchool(), c.ID, []kernel.PersonID{ours[0], theirs[0], "nobody", ours[1]}))
		want := []training.Outcome{training.OutcomeEnrolled, training.OutcomeRefused, training.OutcomeRefused, training.OutcomeWaitlisted}
		for i, e := range out {
			if e.Outcome != want[i] {
				t.Errorf("%s: %s", e.Person, e.Outcome)
			}
		}
		for _, look := range []struct {
			name string
			ctx  context.Context
			sees bool
		}{
			{"the school", w.asSchool(), true},
			{"the home that commissioned it", w.as(kernel.RoleInstitution, home), true},
			{"the bureau above", w.as(kernel.RoleDistrictBureau, bureau), true},
			{"another school", w.as(kernel.RoleSchool, otherSchool), false},
			{"a home that did not", w.as(kernel.RoleInstitution, otherHome), false},
			{"a caregiver of the district, while it is open", w.asCaregiver(theirs[0]), true},
		} {
			_, err := w.Class(look.ctx, c.ID)
			if (err == nil) != look.sees {
				t.Errorf("%s: class %v", look.name, err)
			}
			_, err = w.Session(look.ctx, x.ID)
			if (err == nil) != look.sees {
				t.Errorf("%s: session %v", look.name, err)
			}
			l := must[listing.Listing[training.Class]](t)(w.Classes(look.ctx, training.ClassFilter{}, 20, ""))
			if (l.Total == 1) != look.sees || len(l.Items) != int(l.Total) {
				t.Errorf("%s: lists %d of %d", look.name, len(l.Items), l.Total)
			}
		}
		if _, _, err := w.CloseSession(w.as(kernel.RoleInstitution, home), x.ID); !errors.Is(err, training.ErrSessionUnknown) {
			t.Errorf("the home closing the school's session: %v", err)
		}
		roster, err := w.Roster(w.asCaregiver(ours[1]), c.ID)
		if err != nil || len(roster.Learners) != 1 || roster.Learners[0].Card.ID != ours[1] {
			t.Errorf("a caregiver's roster: %+v %v", roster, err)
		}
		if err := w.Withdraw(w.asCaregiver(ours[1]), c.ID, ours[0], ""); !errors.Is(err, training.ErrNotEnrolled) {
			t.Errorf("withdrawing a colleague: %v", err)
		}
		if err := w.Withdraw(w.as(kernel.RoleInstitution, home), c.ID, ours[0], ""); err != nil {
			t.Fatal(err)
		}
		mine := must[training.Class](t)(w.Class(w.asCaregiver(ours[1]), c.ID))
		if !mine.Learns(ours[1]) {
			t.Error("the waiting list did not move up")
		}
		planned := must[map[kernel.PersonID][]training.Planned](t)(w.Planned(w.ctx, ours, "2025-01-01", "2025-12-31"))
		if len(planned[ours[0]]) != 0 || len(planned[ours[1]]) != 1 || planned[ours[1]][0].Session.ID != x.ID || planned[ours[1]][0].Class.ID != c.ID {
			t.Errorf("planned for who left, and for who moved up: %+v", planned)
		}
		if later := must[map[kernel.PersonID][]training.Planned](t)(w.Planned(w.ctx, ours, "2025-05-11", "2025-12-31")); len(later) != 0 {
			t.Errorf("planned after the last session: %+v", later)
		}
		cal := must[listing.Listing[training.Session]](t)(w.Calendar(w.asCaregiver(ours[1]), training.CalendarFilter{From: "2025-05-10", To: "2025-05-10"}, 20, ""))
		if len(cal.Items) != 1 {
			t.Errorf("calendar: %+v", cal)
		}
	})
}

func TestWhoCommissionsASchoolSeesItsOpenClasses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 5, training.Terms{})
		x := w.session(t, c)
		for range 2 {
			if err := w.WidenForCommission(w.ctx, school, otherHome); err != nil {
				t.Fatal(err)
			}
		}
		newcomer := w.as(kernel.RoleInstitution, otherHome)
		if _, err := w.Class(newcomer, c.ID); err != nil {
			t.Error(err)
		}
		l := must[listing.Listing[training.Session]](t)(w.Calendar(newcomer, training.CalendarFilter{}, 20, ""))
		if len(l.Items) != 1 || l.Items[0].ID != x.ID {
			t.Errorf("calendar: %+v", l)
		}
		out := must[[]training.Enrolment](t)(w.Enrol(newcomer, c.ID, w.hire(1, otherHome)))
		if out[0].Outcome != training.OutcomeEnrolled {
			t.Errorf("%+v", out)
		}
	})
}

func TestALargerRoomLetsTheWaitingListIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 1, training.Terms{})
		w.enrol(t, c, w.hire(3, home)...)
		resize := func(n int) (training.Class, error) {
			return w.ChangeClass(w.asSchool(), c.ID, func(d *training.ClassDraft, _ int64) error {
				d.Capacity = n
				return nil
			})
		}
		if wide, err := resize(2); err != nil || wide.Enrolled() != 2 || wide.Waiting() != 1 {
			t.Errorf("%+v %v", wide, err)
		}
		if _, err := resize(1); !errors.Is(err, training.ErrCapacityBelowSeats) {
			t.Errorf("taking a seat away: %v", err)
		}
	})
}

func TestAPublishedCourseIsNeverEditedInPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 5, training.Terms{ClassHours: 8})
		revised := must[training.Course](t)(w.ReviseCourse(w.asSchool(), c.Course, func(t *training.Terms, _ int64) error {
			t.ClassHours = 12
			return nil
		}))
		if revised.Version != 2 || revised.Terms.ClassHours != 12 {
			t.Errorf("revised: %+v", revised)
		}
		first := must[training.Course](t)(w.Course(w.ctx, c.Course, 1))
		kept := must[training.Class](t)(w.Class(w.asSchool(), c.ID))
		if first.Terms.ClassHours != 8 || kept.Terms.ClassHours != 8 || kept.CourseVersion != 1 {
			t.Errorf("version 1: %+v, class: %+v", first, kept)
		}
		if _, err := w.ReviseCourse(w.as(kernel.RoleSchool, otherSchool), c.Course, func(*training.Terms, int64) error { return nil }); !errors.Is(err, training.ErrCourseUnknown) {
			t.Errorf("another school revising: %v", err)
		}
		versions := must[[]training.Course](t)(w.CourseVersions(w.ctx, c.Course))
		if len(versions) != 2 || versions[0].Version != 1 {
			t.Errorf("versions: %+v", versions)
		}
		found := must[listing.Listing[training.Course]](t)(w.Courses(w.ctx, training.CourseFilter{Q: "认知症"}, 20, ""))
		if len(found.Items) != 1 || found.Total != 1 {
			t.Errorf("catalogue: %+v", found)
		}
	})
}

// An import is taken back from under what was recorded before it, and not from
// under what was recorded in the same instant or later.
func TestWhatWasBuiltSince(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 5, training.Terms{})
		x := w.session(t, c)
		p := w.hire(1, home)[0]
		built := func(since time.Time) bool {
			t.Helper()
			return must[bool](t)(w.Module.Record().Built(w.ctx, p, since))
		}
		if built(time.Time{}) {
			t.Error("built on somebody who never came")
		}
		enrolled := w.Now()
		w.enrol(t, c, p)
		if !built(time.Time{}) || !built(enrolled) || built(enrolled.Add(time.Millisecond)) {
			t.Error("the seat")
		}
		scanned := morning()
		if err := w.scan(x, p, training.DirectionIn, scanned); err != nil {
			t.Fatal(err)
		}
		if !built(enrolled.Add(time.Millisecond)) || !built(scanned) || built(scanned.Add(time.Millisecond)) {
			t.Error("the attendance")
		}
	})
}
