package training_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
	"carecert/modules/training/rule"
)

// practice plans a session on the job, 9:00 to 17:00, with a mentor.
func (w *world) practice(t *testing.T, c training.Class) training.Session {
	t.Helper()
	x := must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, training.Plan{
		StartsAt: morning(), EndsAt: morning().Add(8 * time.Hour), Minutes: 240, Venue: "二楼护理区", Teacher: "沈护士长", Mode: training.ModeOnTheJob,
	}))
	return must[training.Session](t)(w.Appoint(w.asSchool(), x.ID, training.Mentor{Name: "沈护士长"}))
}

func worked(from, to int) rule.Stretch {
	return rule.Stretch{From: morning().Add(time.Duration(from) * time.Minute), To: morning().Add(time.Duration(to) * time.Minute)}
}

func entry(p kernel.PersonID, from, to int) training.LogDraft {
	return training.LogDraft{Person: p, When: worked(from, to), Topic: training.Practised{Text: "翻身拍背"}}
}

// part is what somebody reads in the export of everything about oneself.
func part(t *testing.T, of interface {
	Part(context.Context, kernel.PersonID) (any, error)
}, who kernel.PersonID,
) string {
	t.Helper()
	raw, err := json.Marshal(must[any](t)(of.Part(t.Context(), who)))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Only what two people said credits anything, whoever wrote it; a correction
// takes the place of what it corrects.
func TestTheLogbookIsCreditedByTwo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(3, home)
		c := w.class(t, 10, training.Terms{CountsTowardInService: true})
		w.enrol(t, c, who...)
		x := w.practice(t, c)
		w.Set(morning().Add(9 * time.Hour))
		school, learner := w.asSchool(), w.asCaregiver(who[0])
		byMentor := must[training.LogEntry](t)(w.Enter(school, x.ID, entry(who[0], 0, 60)))
		byLearner := must[training.LogEntry](t)(w.Enter(learner, x.ID, entry(who[0], 120, 150)))
		contested := must[training.LogEntry](t)(w.Enter(school, x.ID, entry(who[0], 200, 230)))
		must[training.LogEntry](t)(w.Enter(school, x.ID, entry(who[0], 300, 330))) // nobody answers
		must[training.LogEntry](t)(w.Enter(school, x.ID, entry(who[1], 0, 60)))    // nor here
		for _, f := range []struct {
			name string
			do   func() error
			want error
		}{
			{"the mentor confirms what the mentor wrote", func() error { _, err := w.AnswerEntry(school, byMentor.ID, true, ""); return err }, training.ErrEntryOwn},
			{"a colleague of the mentor confirms it", func() error {
				_, err := w.AnswerEntry(w.as(kernel.RoleDistrictBureau, bureau), byMentor.ID, true, "")
				return err
			}, training.ErrEntryOthersOnly},
			{"the learner confirms what they wrote", func() error { _, err := w.AnswerEntry(learner, byLearner.ID, true, ""); return err }, training.ErrEntryOwn},
			{"another learner", func() error { _, err := w.AnswerEntry(w.asCaregiver(who[1]), byMentor.ID, true, ""); return err }, training.ErrEntryUnknown},
			{"another school", func() error {
				_, err := w.AnswerEntry(w.as(kernel.RoleSchool, otherSchool), byLearner.ID, true, "")
				return err
			}, training.ErrEntryUnknown},
			{"the learner confirms what the mentor wrote", func() error { _, err := w.AnswerEntry(learner, byMentor.ID, true, ""); return err }, nil},
			{"and once more", func() error { _, err := w.AnswerEntry(learner, byMentor.ID, false, "不是我"); return err }, training.ErrEntryDecided},
			{"the mentor confirms what the learner wrote", func() error { _, err := w.AnswerEntry(school, byLearner.ID, true, ""); return err }, nil},
			{"the learner contests", func() error { _, err := w.AnswerEntry(learner, contested.ID, false, "那天我休息"); return err }, nil},
		} {
			if err := f.do(); !errors.Is(err, f.want) {
				t.Errorf("%s: %v, want %v", f.name, err, f.want)
			}
		}
		if _, _, err := w.CloseSession(school, x.ID); err != nil {
			t.Fatal(err)
		}
		told := w.closings()[0].Presences
		if len(told) != 2 || rule.AttendedIn(x.Span(), told[0].Stretches) != 90 || told[0].Source != training.SourceLogbook || told[1].Flaw != string(rule.FlawAbsent) {
			t.Fatalf("%+v", told)
		}
		// A correction after the session was closed: first nothing, then the right time.
		fix := entry(who[0], 0, 45)
		fix.Replaces = byMentor.ID
		right := must[training.LogEntry](t)(w.Enter(school, x.ID, fix))
		if told = w.closings()[1].Presences; rule.AttendedIn(x.Span(), told[0].Stretches) != 30 {
			t.Errorf("what was corrected still counts: %+v", told[0])
		}
		must[training.LogEntry](t)(w.AnswerEntry(learner, right.ID, true, ""))
		if told = w.closings()[2].Presences; rule.AttendedIn(x.Span(), told[0].Stretches) != 75 {
			t.Errorf("the correction: %+v", told[0])
		}
		fix.When = worked(60, 70)
		if _, err := w.Enter(school, x.ID, fix); !errors.Is(err, training.ErrEntryReplaced) {
			t.Errorf("a second correction of one entry: %v", err)
		}
		_, all, _, err := w.Logbook(school, x.ID)
		if err != nil || len(all) != 6 {
			t.Errorf("%d entries, %v", len(all), err)
		}
		if _, own, _, err := w.Logbook(w.asCaregiver(who[1]), x.ID); err != nil || len(own) != 1 {
			t.Errorf("another learner sees %d, %v", len(own), err)
		}
		if text := part(t, w.Module.OwnLogbook(), who[0]); strings.Count(text, `"standing":`) != 5 || !strings.Contains(text, `"standing":"contested"`) || !strings.Contains(text, right.ID) || strings.Contains(text, string(who[1])) {
			t.Errorf("everything about oneself: %s", text)
		}
		mine, err := w.LogbookOf(learner, who[0], 10, "")
		if err != nil || len(mine.Items) != 5 || !mine.Items[0].When.From.After(mine.Items[4].When.From) {
			t.Errorf("one's own: %d, %v", len(mine.Items), err)
		}
	})
}

func TestWhatCannotBeEntered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(2, home)
		c := w.class(t, 10, training.Terms{StandardCodes: []string{"GB 38600—2019"}})
		w.enrol(t, c, who[0])
		x := w.practice(t, c)
		room := w.session(t, c)
		bare := must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, training.Plan{StartsAt: morning(), EndsAt: morning().Add(time.Hour), Minutes: 45, Venue: "二楼", Teacher: "周老师", Mode: training.ModeOnTheJob}))
		w.Set(morning().Add(5 * time.Hour))
		must[training.LogEntry](t)(w.Enter(w.asSchool(), x.ID, entry(who[0], 60, 120)))
		topic := func(p training.Practised) training.LogDraft {
			d := entry(who[0], 130, 140)
			d.Topic = p
			return d
		}
		for _, f := range []struct {
			name string
			x    training.Session
			d    training.LogDraft
			want error
		}{
			{"ahead of now", x, entry(who[0], 240, 301), training.ErrEntryAhead},
			{"up to now", x, entry(who[0], 240, 300), nil},
			{"outside the session", x, entry(who[0], -1, 30), training.ErrEntryOutside},
			{"reversed", x, entry(who[0], 30, 30), training.ErrEntryReversed},
			{"a minute that is entered already", x, entry(who[0], 119, 125), training.ErrEntryOverlaps},
			{"the minute after", x, entry(who[0], 120, 125), nil},
			{"who is not enrolled", x, entry(who[1], 0, 10), training.ErrNotEnrolled},
			{"nothing practised", x, topic(training.Practised{}), training.ErrEntryTopic},
			{"a standard of the course", x, topic(training.Practised{Standard: "GB 38600—2019"}), nil},
			{"another standard", x, topic(training.Practised{Standard: "GB 1", Text: "翻身"}), training.ErrEntryTopic},
			{"in a class room", room, entry(who[0], 0, 10), training.ErrNotOnTheJob},
			{"without a mentor", bare, entry(who[0], 0, 10), training.ErrNoMentor},
		} {
			if _, err := w.Enter(w.asSchool(), f.x.ID, f.d); !errors.Is(err, f.want) {
				t.Errorf("%s: %v, want %v", f.name, err, f.want)
			}
		}
		w.Set(morning().AddDate(0, 0, 15))
		if _, err := w.Enter(w.asSchool(), x.ID, entry(who[0], 0, 10)); !errors.Is(err, training.ErrEntryOld) {
			t.Errorf("on the fifteenth day: %v", err)
		}
		if _, err := w.Enter(w.as(kernel.RoleSchool, otherSchool), x.ID, entry(who[0], 0, 10)); !errors.Is(err, training.ErrSessionUnknown) {
			t.Errorf("another school: %v", err)
		}
	})
}

// Two who enter one time at once: one of them is refused.
func TestOneTimeIsEnteredOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(1, home)[0]
		c := w.class(t, 10, training.Terms{})
		w.enrol(t, c, who)
		x := w.practice(t, c)
		w.Set(morning().Add(9 * time.Hour))
		var group sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			group.Go(func() { _, errs[i] = w.Enter(w.asSchool(), x.ID, entry(who, i, 60+i)) })
		}
		group.Wait()
		entered := 0
		for _, err := range errs {
			if err == nil {
				entered++
			} else if !errors.Is(err, training.ErrEntryOverlaps) {
				t.Error(err)
			}
		}
		if entered != 1 {
			t.Errorf("%d overlapping entries", entered)
		}
	})
}
