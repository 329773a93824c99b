package training_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
	"carecert/modules/training/rule"
)

const video = "\x1A\x45\xDF\xA3\x01\x00\x00\x00\x00\x00\x00\x1F\x42\x86\x81\x01 and so on"

// remote plans a remote session of ninety minutes, 9:00 to 21:00, with a link.
func (w *world) remote(t *testing.T, c training.Class) training.Session {
	t.Helper()
	x := must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, training.Plan{
		StartsAt: morning(), EndsAt: morning().Add(12 * time.Hour), Minutes: 90, Teacher: "周老师", Mode: training.ModeRemote,
	}))
	return must[training.Session](t)(w.Linked(w.asSchool(), x.ID, training.Video{Title: "压疮预防", Link: "https://video.example/a.mp4", Seconds: 5400}))
}

func (w *world) begin(t *testing.T, x training.Session, p kernel.PersonID, at time.Time, device string) string {
	t.Helper()
	w.Set(at)
	l, _, err := w.Learn(w.asCaregiver(p), x.ID, device)
	if err != nil {
		t.Fatal(err)
	}
	return l.Run
}

// watch plays a video for so many seconds from now, answering what is asked.
func (w *world) watch(t *testing.T, run string, p kernel.PersonID, from, length int) (l training.Learning) {
	t.Helper()
	began, answer := w.Now(), ""
	for at := 0; at <= length; at += 20 {
		w.Set(began.Add(time.Duration(at) * time.Second))
		var err error
		if l, _, err = w.Beat(w.asCaregiver(p), run, rule.Beat{Position: int64(from+at) * 1000, Playing: true, Answer: answer}); err != nil {
			t.Fatal(err)
		}
		answer = ""
		if q, asked := l.Pending(); asked {
			answer = q.Ask
		}
	}
	return l
}

func TestLearningOnlineIsCredited(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(3, home)
		c := w.class(t, 10, training.Terms{CountsTowardInService: true})
		w.enrol(t, c, who...)
		x := w.remote(t, c)

		run := w.begin(t, x, who[0], morning().Add(time.Hour), "phone")
		l := w.watch(t, run, who[0], 0, 1200)
		if len(l.Prompts) < 2 || l.Paused {
			t.Errorf("asked %d times in twenty minutes", len(l.Prompts))
		}
		again := w.begin(t, x, who[0], w.Now().Add(time.Hour), "computer")
		w.watch(t, again, who[0], 1200, 600)

		absentMinded := w.begin(t, x, who[1], morning().Add(2*time.Hour), "phone")
		w.Set(morning().Add(2 * time.Hour))
		for at := 0; at <= 600; at += 20 { // never answers
			w.Set(morning().Add(2*time.Hour + time.Duration(at)*time.Second))
			if _, _, err := w.Beat(w.asCaregiver(who[1]), absentMinded, rule.Beat{Position: int64(at) * 1000, Playing: true}); err != nil {
				t.Fatal(err)
			}
		}
		_, _, present, err := w.Attendance(w.asSchool(), x.ID, time.Time{})
		if err != nil || len(present) != 2 {
			t.Errorf("%d are present, %v", len(present), err)
		}
		w.Set(morning().Add(13 * time.Hour))
		must[[]training.Presence](t)(func() ([]training.Presence, error) {
			_, p, err := w.CloseSession(w.asSchool(), x.ID)
			return p, err
		}())
		told := w.closings()[0]
		if told.Mode != training.ModeRemote || len(told.Presences) != 2 {
			t.Fatalf("%+v", told)
		}
		one, other := told.Presences[0], told.Presences[1]
		if one.Source != training.SourceLearning || one.Flaw != "" || rule.AttendedIn(x.Span(), one.Stretches) != 30 || len(one.Stretches) != 2 {
			t.Errorf("who watched: %+v", one)
		}
		if other.Flaw != string(rule.FlawAbsent) || len(other.Stretches) != 0 {
			t.Errorf("who answered nothing: %+v", other)
		}
		closed, err := w.Service.Session(w.asSchool(), x.ID)
		if err != nil || closed.Learners != 1 || closed.Attended != 30 {
			t.Errorf("the session gave %d minutes to %d", closed.Attended, closed.Learners)
		}
		if text := part(t, w.Module.OwnLearning(), who[0]); !strings.Contains(text, `"device":"computer"`) || !strings.Contains(text, `"countedSeconds":1800`) || strings.Contains(text, string(who[1])) {
			t.Errorf("everything about oneself: %s", text)
		}
		if text := part(t, w.Module.OwnLearning(), who[1]); !strings.Contains(text, `"outcome":"missed"`) || !strings.Contains(text, `"countedSeconds":0`) {
			t.Errorf("everything about oneself: %s", text)
		}
		if text := part(t, w.Module.OwnLearning(), who[2]); text != "[]" {
			t.Errorf("who learned nothing: %s", text)
		}
		// The teacher's word stands instead, and the other's stretches are told again.
		if _, _, err := w.Vouch(w.asSchool(), x.ID, who[1], training.WordDraft{In: morning(), Out: morning().Add(time.Hour), Reason: "现场监考"}); err != nil {
			t.Fatal(err)
		}
		told = w.closings()[1]
		if p := told.Presences[1]; p.Flaw != "" || p.Source != training.SourceTeacher || len(p.Stretches) != 0 {
			t.Errorf("the teacher's word: %+v", p)
		}
		if rule.AttendedIn(x.Span(), told.Presences[0].Stretches) != 30 {
			t.Errorf("after a correction: %+v", told.Presences[0])
		}
	})
}

func TestOneRunAtATime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(1, home)[0]
		c := w.class(t, 10, training.Terms{})
		w.enrol(t, c, who)
		x, y := w.remote(t, c), w.remote(t, c)
		first := w.begin(t, x, who, morning(), "phone")
		w.watch(t, first, who, 0, 100)
		second := w.begin(t, x, who, w.Now(), "computer")
		if _, _, err := w.Beat(w.asCaregiver(who), first, rule.Beat{Position: 120_000, Playing: true}); !errors.Is(err, training.ErrLearningTaken) {
			t.Errorf("the first device: %v", err)
		}
		w.watch(t, second, who, 100, 100)
		third := w.begin(t, y, who, w.Now(), "computer")
		if _, _, err := w.Beat(w.asCaregiver(who), second, rule.Beat{Position: 240_000, Playing: true}); !errors.Is(err, training.ErrLearningTaken) {
			t.Errorf("the other session: %v", err)
		}
		w.watch(t, third, who, 0, 40)
		l, _, err := w.LearningOf(w.asSchool(), x.ID, who)
		if err != nil || rule.Length(l.Counted()) != 200*time.Second || len(l.Devices) != 2 {
			t.Errorf("%+v, %v", l, err)
		}
		for name, ctx := range map[string]struct {
			as   func() error
			want error
		}{
			"oneself":  {func() error { _, _, err := w.LearningOf(w.asCaregiver(who), x.ID, who); return err }, nil},
			"the home": {func() error { _, _, err := w.LearningOf(w.as(kernel.RoleInstitution, home), x.ID, who); return err }, nil},
			"another home": {func() error {
				_, _, err := w.LearningOf(w.as(kernel.RoleInstitution, otherHome), x.ID, who)
				return err
			}, training.ErrSessionUnknown},
			"another school": {func() error { _, _, err := w.LearningOf(w.as(kernel.RoleSchool, otherSchool), x.ID, who); return err }, training.ErrSessionUnknown},
		} {
			if err := ctx.as(); !errors.Is(err, ctx.want) {
				t.Errorf("%s: %v, want %v", name, err, ctx.want)
			}
		}
	})
}

func TestWhoMayLearnOnlineAndWhen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(2, home)
		c := w.class(t, 10, training.Terms{})
		w.enrol(t, c, who[0])
		x := w.remote(t, c)
		room := w.session(t, c)
		bare := must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, training.Plan{StartsAt: morning(), EndsAt: morning().Add(time.Hour), Minutes: 45, Teacher: "周老师", Mode: training.ModeRemote}))
		for _, f := range []struct {
			name string
			who  kernel.PersonID
			x    training.Session
			at   time.Time
			want error
		}{
			{"a millisecond before it begins", who[0], x, morning().Add(-time.Millisecond), training.ErrLearningNotOpen},
			{"when it begins", who[0], x, morning(), nil},
			{"as it ends", who[0], x, morning().Add(12 * time.Hour), nil},
			{"a millisecond after", who[0], x, morning().Add(12*time.Hour + time.Millisecond), training.ErrLearningOver},
			{"who is not enrolled", who[1], x, morning(), training.ErrNotEnrolled},
			{"in a class room", who[0], room, morning(), training.ErrNotRemote},
			{"without material", who[0], bare, morning(), training.ErrNoVideo},
		} {
			w.Set(f.at)
			if _, _, err := w.Learn(w.asCaregiver(f.who), f.x.ID, "phone"); !errors.Is(err, f.want) {
				t.Errorf("%s: %v, want %v", f.name, err, f.want)
			}
		}
		if _, _, err := w.Learn(w.asSchool(), x.ID, "phone"); !errors.Is(err, training.ErrLearningSelfOnly) {
			t.Errorf("a teacher: %v", err)
		}
		if _, _, err := w.Beat(w.asCaregiver(who[1]), "no run", rule.Beat{}); !errors.Is(err, training.ErrLearningUnknown) {
			t.Errorf("a run that never was: %v", err)
		}
		// What rests on the session keeps it where it is.
		later := func(p *training.Plan, _ int64) error { p.EndsAt = p.EndsAt.Add(time.Hour); return nil }
		if _, err := w.Reschedule(w.asSchool(), x.ID, later); !errors.Is(err, training.ErrHasLearning) {
			t.Errorf("moving it: %v", err)
		}
		if err := w.Withdraw(w.asSchool(), c.ID, who[0], "不来了"); !errors.Is(err, training.ErrAttendedAlready) {
			t.Errorf("leaving: %v", err)
		}
		w.Set(morning().Add(time.Hour))
		run := w.begin(t, x, who[0], w.Now(), "phone")
		if _, _, err := w.CloseSession(w.asSchool(), x.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Beat(w.asCaregiver(who[0]), run, rule.Beat{Playing: true}); !errors.Is(err, training.ErrSessionClosed) {
			t.Errorf("after it was closed: %v", err)
		}
	})
}

func TestTheVideo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(2, home)
		c := w.class(t, 10, training.Terms{})
		w.enrol(t, c, who[0])
		x := w.remote(t, c)
		for _, f := range []struct {
			name string
			link string
			long int
			want error
		}{
			{"as long as the session", "https://video.example/a.mp4", 5400, nil},
			{"a second shorter", "https://video.example/a.mp4", 5399, training.ErrVideoShort},
			{"not secret", "http://video.example/a.mp4", 5400, training.ErrVideoLink},
			{"with a password in it", "https://me:secret@video.example/a.mp4", 5400, training.ErrVideoLink},
			{"a script", "javascript:alert(1)", 5400, training.ErrVideoLink},
		} {
			if _, err := w.Linked(w.asSchool(), x.ID, training.Video{Title: "a", Link: f.link, Seconds: f.long}); !errors.Is(err, f.want) {
				t.Errorf("%s: %v, want %v", f.name, err, f.want)
			}
		}
		if _, err := w.Linked(w.as(kernel.RoleSchool, otherSchool), x.ID, training.Video{Link: "https://a.example", Seconds: 5400}); !errors.Is(err, training.ErrSessionUnknown) {
			t.Errorf("another school: %v", err)
		}
		long := func(p *training.Plan, _ int64) error { p.Minutes = 91; return nil }
		if _, err := w.Reschedule(w.asSchool(), x.ID, long); !errors.Is(err, training.ErrVideoShort) {
			t.Errorf("a longer session: %v", err)
		}
		keep := func(content string) (training.Session, error) {
			k, err := w.KeepVideo(w.asSchool(), x.ID, training.Video{Title: "翻身", Seconds: 5400}, "a.webm", strings.NewReader(content))
			if err != nil {
				return training.Session{}, err
			}
			return w.AttachVideo(w.asSchool(), x.ID, k)
		}
		for _, other := range []string{"", "<html>", "%PDF-1.4"} {
			if _, err := keep(other); !errors.Is(err, training.ErrVideoKind) {
				t.Errorf("%q: %v", other, err)
			}
		}
		kept := must[training.Session](t)(keep(video))
		must[training.Session](t)(keep(video + "!"))
		if _, err := w.Files.Stat(w.ctx, kept.Video.File); err == nil {
			t.Error("the video that was replaced is still there")
		}
		read := func(as kernel.PersonID) (string, error) {
			m, r, err := w.Video(w.asCaregiver(as), x.ID)
			if err != nil {
				return "", err
			}
			raw, err := io.ReadAll(r)
			if int64(len(raw)) != m.Size {
				t.Errorf("%d bytes of %d", len(raw), m.Size)
			}
			return string(raw), err
		}
		if got, err := read(who[0]); got != video+"!" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := read(who[1]); err == nil {
			t.Error("who is not enrolled reads it")
		} else if _, refused := fault.From(err); !refused {
			t.Error(err)
		}
		w.begin(t, x, who[0], morning(), "phone")
		if _, err := keep(video); !errors.Is(err, training.ErrVideoInUse) {
			t.Errorf("once somebody watches: %v", err)
		}
	})
}

func TestLearningFollowsAMerge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(2, home)
		c := w.class(t, 10, training.Terms{})
		w.enrol(t, c, who[0])
		x := w.remote(t, c)
		w.watch(t, w.begin(t, x, who[0], morning(), "phone"), who[0], 0, 120)
		if err := w.FollowMerge(w.ctx, who[1], who[0]); err != nil {
			t.Fatal(err)
		}
		w.Set(morning().Add(13 * time.Hour))
		if _, _, err := w.CloseSession(w.asSchool(), x.ID); err != nil {
			t.Fatal(err)
		}
		if p := w.closings()[0].Presences; len(p) != 1 || p[0].Person != who[1] || p[0].As != who[0] || rule.AttendedIn(x.Span(), p[0].Stretches) != 2 {
			t.Errorf("%+v", p)
		}
		if err := w.FollowUnmerge(w.ctx, who[1], who[0]); err != nil {
			t.Fatal(err)
		}
		l, _, err := w.LearningOf(w.asSchool(), x.ID, who[0])
		if err != nil || l.As != "" || rule.Length(l.Counted()) != 2*time.Minute {
			t.Errorf("%+v, %v", l, err)
		}
	})
}
