package training_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

// room is a session with one learner whose phone is known since the day before.
type room struct {
	*world
	x    training.Session
	who  kernel.PersonID
	own  phone
	rest []kernel.PersonID
}

func newRoom(t *testing.T, db *store.DB) room {
	t.Helper()
	w := newWorld(t, db)
	c := w.class(t, 20, training.Terms{})
	r := room{world: w, x: w.session(t, c), own: newPhone(t)}
	staff := w.hire(3, home)
	r.who, r.rest = staff[0], staff[1:]
	w.enrol(t, c, staff...)
	w.signedIn(t, r.who, r.own, morning().AddDate(0, 0, -1))
	return r
}

// sends makes a scan of the code that was shown at one instant and sends it at
// another.
func (r room) sends(t *testing.T, shown, sent time.Time, d training.Direction) (training.Attendance, error) {
	t.Helper()
	code := r.codeAt(t, r.x, shown)
	r.Set(sent)
	return r.by(r.own, r.who, r.x, code, d, true)
}

func TestAScanWithoutANetworkCountsFromItsCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		in, out := morning().Add(-5*time.Minute), morning().Add(90*time.Minute+10*time.Second)
		a := must[training.Attendance](t)(r.sends(t, in.Add(7*time.Second), out, training.DirectionIn))
		if !a.ScannedIn.Equal(in.Add(training.CodeStep)) || !a.SentIn.Equal(out) {
			t.Errorf("checked in at %s, sent %s: the end of the half minute counts", a.ScannedIn, a.SentIn)
		}
		a = must[training.Attendance](t)(r.sends(t, out, out.Add(time.Hour), training.DirectionOut))
		if !a.ScannedOut.Equal(out.Truncate(training.CodeStep)) {
			t.Errorf("checked out at %s: the beginning of the half minute counts", a.ScannedOut)
		}
		_, _, present, err := r.Attendance(r.asSchool(), r.x.ID, time.Time{})
		if err != nil || len(present) != 1 || present[0].Flaw != "offline" {
			t.Fatalf("%+v, %v", present, err)
		}
		if _, _, err := r.Vouch(r.asSchool(), r.x.ID, r.who, training.WordDraft{In: a.ScannedIn, Out: a.ScannedOut, Reason: "人在教室，手机没有信号"}); err != nil {
			t.Fatal(err)
		}
		_, presences, err := r.CloseSession(r.asSchool(), r.x.ID)
		// The teacher's word stands; what the phone did is still told, to the radar.
		if p := presences[0]; err != nil || p.Flaw != "" || p.Source != training.SourceTeacher || p.Device == "" || !p.ScannedAt.Equal(a.ScannedIn) || !p.Offline {
			t.Errorf("%+v, %v", presences, err)
		}
	})
}

func TestACodeThatIsStillOnTheScreenIsAnOrdinaryScan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		sent := morning().Add(35 * time.Second)
		if a := must[training.Attendance](t)(r.sends(t, morning(), sent, training.DirectionIn)); !a.ScannedIn.Equal(sent) || a.Offline() {
			t.Errorf("%+v", a)
		}
	})
}

func TestScansWithoutANetworkThatAreNotTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		end := morning().Add(90 * time.Minute)
		late := newPhone(t)
		r.signedIn(t, r.who, late, morning()) // as the session began
		for _, c := range []struct {
			name        string
			shown, sent time.Time
			direction   training.Direction
			with        func(code string) error
			want        error
		}{
			{"a check-out before any check-in", end, end.Add(time.Hour), training.DirectionOut, nil, training.ErrNotCheckedIn},
			{"a day and a second after its code", morning(), morning().Add(24*time.Hour + training.CodeStep + time.Second), training.DirectionIn, nil, training.ErrOfflineTooLate},
			{"a code of before check-in opened", morning().Add(-time.Hour - training.CodeStep), end, training.DirectionIn, nil, training.ErrCodeInvalid},
			{"a check-in after the end", end.Add(time.Second), end.Add(time.Hour), training.DirectionIn, nil, training.ErrSessionOver},
			{"by a phone that was new when the session began", morning(), end, "", func(code string) error {
				_, err := r.by(late, r.who, r.x, code, training.DirectionIn, true)
				return err
			}, training.ErrDeviceNew},
			{"by a phone that is somebody else's", morning(), end, "", func(code string) error {
				_, err := r.by(r.own, r.rest[0], r.x, code, training.DirectionIn, true)
				return err
			}, training.ErrDeviceNew},
			{"by no phone", morning(), end, "", func(code string) error {
				_, _, err := r.Scan(r.asCaregiver(r.who), training.ScanDraft{Session: r.x.ID, Code: code, Direction: training.DirectionIn, Offline: true})
				return err
			}, training.ErrDeviceNeeded},
			{"that is not said to be one", morning(), end, "", func(code string) error {
				_, err := r.by(r.own, r.who, r.x, code, training.DirectionIn, false)
				return err
			}, training.ErrCodeInvalid},
			{"of a code that never was", morning(), end, "", func(string) error {
				_, err := r.by(r.own, r.who, r.x, "AAAAAAAA", training.DirectionIn, true)
				return err
			}, training.ErrCodeInvalid},
			{"of another session's code", morning(), end, "", func(string) error {
				c := must[training.Class](t)(r.Class(r.asSchool(), r.x.Class))
				foreign := r.codeAt(t, r.session(t, c), morning())
				r.Set(end)
				_, err := r.by(r.own, r.who, r.x, foreign, training.DirectionIn, true)
				return err
			}, training.ErrCodeInvalid},
			{"where none are taken", morning(), end, "", func(code string) error {
				r.Rules[0].OfflineHours = 0
				defer func() { r.Rules[0].OfflineHours = 24 }()
				_, err := r.by(r.own, r.who, r.x, code, training.DirectionIn, true)
				return err
			}, training.ErrOfflineNotTaken},
		} {
			if c.with == nil {
				_, err := r.sends(t, c.shown, c.sent, c.direction)
				wants(t, c.name, err, c.want)
				continue
			}
			code := r.codeAt(t, r.x, c.shown)
			r.Set(c.sent)
			wants(t, c.name, c.with(code), c.want)
		}
		if _, _, present, err := r.Attendance(r.asSchool(), r.x.ID, time.Time{}); err != nil || len(present) != 0 {
			t.Errorf("left behind: %+v, %v", present, err)
		}
	})
}

func TestTheLastSecondOfAScanWithoutANetwork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		if _, err := r.sends(t, morning(), morning().Add(24*time.Hour+training.CodeStep), training.DirectionIn); err != nil {
			t.Errorf("a day after its code left the screen: %v", err)
		}
	})
}

func TestASessionThatWasMovedDoesNotTakeItsOldCodes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		code := r.codeAt(t, r.x, morning().Add(-10*time.Minute))
		moved := must[training.Session](t)(r.Reschedule(r.asSchool(), r.x.ID, func(p *training.Plan, _ int64) error {
			p.StartsAt, p.EndsAt = p.StartsAt.Add(5*time.Hour), p.EndsAt.Add(5*time.Hour)
			return nil
		}))
		r.Set(moved.Plan.StartsAt)
		_, err := r.by(r.own, r.who, r.x, code, training.DirectionIn, true)
		wants(t, "a code of before the move", err, training.ErrCodeInvalid)
		if _, err := r.sends(t, moved.Plan.StartsAt, moved.Plan.EndsAt, training.DirectionIn); err != nil {
			t.Errorf("a code of after the move: %v", err)
		}
		_, err = r.Reschedule(r.asSchool(), r.x.ID, func(p *training.Plan, _ int64) error {
			p.EndsAt = p.EndsAt.Add(time.Hour)
			return nil
		})
		wants(t, "moving it once somebody has checked in", err, training.ErrHasCheckIns)
	})
}

func TestAScanMayArriveAfterTheClosing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		end := morning().Add(90 * time.Minute)
		in, out := r.codeAt(t, r.x, morning()), r.codeAt(t, r.x, end)
		r.Set(end.Add(10 * time.Minute))
		if _, _, err := r.CloseSession(r.asSchool(), r.x.ID); err != nil {
			t.Fatal(err)
		}
		_, err := r.by(r.own, r.who, r.x, in, training.DirectionIn, false)
		wants(t, "an ordinary one", err, training.ErrSessionClosed)
		var wg sync.WaitGroup // the phone sends twice
		for range 2 {
			wg.Go(func() {
				if _, err := r.by(r.own, r.who, r.x, in, training.DirectionIn, true); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		must[training.Attendance](t)(r.by(r.own, r.who, r.x, out, training.DirectionOut, true))
		told := r.closings()
		last := told[len(told)-1]
		if len(last.Presences) != 1 || last.Presences[0].Flaw != "offline" || last.Revision != 3 {
			t.Fatalf("%d closings, the last %+v", len(told), last)
		}
		if _, _, err := r.Vouch(r.asSchool(), r.x.ID, r.who, training.WordDraft{In: morning(), Out: end, Reason: "人在教室"}); err != nil {
			t.Fatal(err)
		}
		told = r.closings()
		if last = told[len(told)-1]; last.Presences[0].Flaw != "" {
			t.Errorf("confirmed: %+v", last)
		}
	})
}

func TestEightOfOneScanWithoutANetworkCountOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		code := r.codeAt(t, r.x, morning())
		r.Set(morning().Add(time.Hour))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := r.by(r.own, r.who, r.x, code, training.DirectionIn, true); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if _, _, present, err := r.Attendance(r.asSchool(), r.x.ID, time.Time{}); err != nil || len(present) != 1 || !present[0].Proof.ScannedIn.Equal(morning().Add(training.CodeStep)) {
			t.Errorf("%+v, %v", present, err)
		}
	})
}

func TestWhoIsCheckedInElsewhereIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		c := r.class(t, 20, training.Terms{})
		r.enrol(t, c, r.who)
		same := must[training.Session](t)(r.AddSession(r.asSchool(), c.ID, training.Plan{
			StartsAt: morning().Add(89 * time.Minute), EndsAt: morning().Add(3 * time.Hour), Minutes: 60, Venue: "302", Teacher: "李老师",
		}))
		next := must[training.Session](t)(r.AddSession(r.asSchool(), c.ID, training.Plan{
			StartsAt: morning().Add(90 * time.Minute), EndsAt: morning().Add(3 * time.Hour), Minutes: 60, Venue: "303", Teacher: "李老师",
		}))
		if a := must[training.Attendance](t)(r.sends(t, morning(), morning(), training.DirectionIn)); a.Elsewhere != nil {
			t.Errorf("in the first: %+v", a.Elsewhere)
		}
		enter := func(x training.Session) training.Attendance {
			code := r.codeAt(t, x, morning().Add(80*time.Minute))
			return must[training.Attendance](t)(r.by(r.own, r.who, x, code, training.DirectionIn, false))
		}
		if a := enter(same); a.Elsewhere == nil || a.Elsewhere.Session != r.x.ID {
			t.Errorf("in one at the same time: %+v", a.Elsewhere)
		}
		if a := enter(next); a.Elsewhere == nil || a.Elsewhere.Session != same.ID {
			t.Errorf("a session that begins as the first ends clashes with the second only: %+v", a.Elsewhere)
		}
	})
}

func TestPhonesAreTheirOwners(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		mine := must[[]training.Device](t)(r.Devices(r.asCaregiver(r.who)))
		if len(mine) != 1 || mine[0].Label != "Android" {
			t.Fatalf("%+v", mine)
		}
		again := r.signedIn(t, r.who, r.own, morning())
		if !again.Since.Equal(mine[0].Since) || !again.SeenAt.Equal(morning()) {
			t.Errorf("seen again: %+v", again)
		}
		if theirs := must[[]training.Device](t)(r.Devices(r.asCaregiver(r.rest[0]))); len(theirs) != 0 {
			t.Errorf("somebody else sees %+v", theirs)
		}
		wants(t, "somebody else removes it", r.ForgetDevice(r.asCaregiver(r.rest[0]), mine[0].ID), training.ErrDeviceUnknown)
		_, err := r.KnowDevice(r.asCaregiver(r.rest[0]), *r.own.sign("carecert device 1", string(r.who)), "Android")
		wants(t, "somebody else enters what its owner signed", err, training.ErrDeviceSignature)
		_, err = r.KnowDevice(r.asSchool(), *r.own.sign("carecert device 1", ""), "Android")
		wants(t, "a teacher has no phone to check in with", err, training.ErrCheckInSelfOnly)
		for range 9 {
			r.signedIn(t, r.who, newPhone(t), morning())
		}
		_, err = r.KnowDevice(r.asCaregiver(r.who), *newPhone(t).sign("carecert device 1", string(r.who)), "")
		wants(t, "an eleventh phone", err, training.ErrTooManyDevices)
		if err := r.ForgetDevice(r.asCaregiver(r.who), mine[0].ID); err != nil {
			t.Fatal(err)
		}
		_, err = r.sends(t, morning(), morning().Add(time.Hour), training.DirectionIn)
		wants(t, "a phone that was removed", err, training.ErrDeviceNew)
	})
}

func TestPhonesFollowAMergeAndComeBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		code := r.codeAt(t, r.x, morning())
		must[training.Attendance](t)(r.by(r.own, r.who, r.x, code, training.DirectionIn, false))
		kept := r.hire(1, home)[0]
		follow := func(f func(context.Context, kernel.PersonID, kernel.PersonID) error) {
			if err := f(r.asSchool(), kept, r.who); err != nil {
				t.Fatal(err)
			}
		}
		count := func(p kernel.PersonID) int { return len(must[[]training.Device](t)(r.Devices(r.asCaregiver(p)))) }
		other := r.hire(1, home)[0]
		must[[]training.Enrolment](t)(r.Enrol(r.asSchool(), r.x.Class, []kernel.PersonID{other}))
		_, err := r.by(r.own, other, r.x, code, training.DirectionIn, false)
		wants(t, "a second person on the phone", err, training.ErrDeviceShared)
		turned := func(into kernel.PersonID) {
			t.Helper()
			if away := must[[]training.TurnedAway](t)(r.TurnedAway(r.ctx, r.x.ID)); len(away) != 1 || away[0].Person != into {
				t.Errorf("turned away: %+v, want %s", away, into)
			}
		}
		twin := r.hire(1, home)[0]
		if err := r.FollowMerge(r.asSchool(), twin, other); err != nil {
			t.Fatal(err)
		}
		turned(twin)
		if err := r.FollowUnmerge(r.asSchool(), twin, other); err != nil {
			t.Fatal(err)
		}
		turned(other)
		follow(r.FollowMerge)
		if count(kept) != 1 || count(r.who) != 0 {
			t.Errorf("after the merge: %d and %d", count(kept), count(r.who))
		}
		end := morning().Add(90 * time.Minute)
		code = r.codeAt(t, r.x, end)
		if a, err := r.by(r.own, kept, r.x, code, training.DirectionOut, false); err != nil || !a.ScannedOut.Equal(end) {
			t.Errorf("the record that stays checks out by the same phone: %+v, %v", a, err)
		}
		follow(r.FollowUnmerge)
		if count(kept) != 0 || count(r.who) != 1 {
			t.Errorf("after it was undone: %d and %d", count(kept), count(r.who))
		}
	})
}
