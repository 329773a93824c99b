package training_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

func (w *world) marks(t *testing.T, x training.Session, d training.MarkDraft) []kernel.PersonID {
	t.Helper()
	marked, left, err := w.MarkMany(w.asSchool(), x.ID, d)
	if err != nil || len(left) != 0 {
		t.Fatalf("%+v: %v left, %v", d, left, err)
	}
	return marked
}

func TestTheTeacherMarksManyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 6, training.Terms{})
		x, staff := w.session(t, c), w.hire(7, home)
		w.enrol(t, c, staff...) // the seventh waits
		end := morning().Add(90 * time.Minute)
		for who, at := range map[int]time.Time{0: morning(), 1: morning().Add(16 * time.Minute), 2: morning()} {
			if err := w.scan(x, staff[who], training.DirectionIn, at); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.scan(x, staff[2], training.DirectionOut, end); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Vouch(w.asSchool(), x.ID, staff[3], training.WordDraft{Reason: "请假"}); err != nil {
			t.Fatal(err)
		}
		say := func(of training.WordOf, reason string) training.MarkDraft {
			return training.MarkDraft{WordDraft: training.WordDraft{Of: of, Reason: reason}}
		}
		if got := w.marks(t, x, say(training.WordConfirm, "人在教室")); !slices.Equal(got, staff[1:2]) {
			t.Errorf("confirmed: %v, want the late one", got)
		}
		w.Set(end.Add(-10 * time.Minute))
		got := w.marks(t, x, say(training.WordOut, "统一签退"))
		slices.Sort(got)
		if !slices.Equal(got, staff[0:2]) {
			t.Errorf("checked out: %v, want those inside", got)
		}
		if got := w.marks(t, x, say(training.WordWhole, "纸质签到表")); !slices.Equal(got, staff[4:6]) {
			t.Errorf("entered: %v, want those of whom nothing is known: not who was said to be absent, not who waits", got)
		}
		for _, of := range []training.WordOf{training.WordWhole, training.WordConfirm, training.WordOut} {
			if again := w.marks(t, x, say(of, "再点一次")); len(again) != 0 {
				t.Errorf("a second time: %v", again)
			}
		}
		w.Set(end)
		_, presences, err := w.CloseSession(w.asSchool(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		type line struct{ In, Out, Flaw string }
		stand := map[kernel.PersonID]line{}
		for _, p := range presences {
			clock := func(at time.Time) string {
				if at.IsZero() {
					return ""
				}
				return at.In(kernel.Shanghai()).Format("15:04")
			}
			stand[p.Person] = line{clock(p.In), clock(p.Out), p.Flaw}
		}
		want := map[kernel.PersonID]line{
			staff[0]: {"09:00", "10:20", ""}, staff[1]: {"09:16", "10:20", ""}, staff[2]: {"09:00", "10:30", ""},
			staff[3]: {"", "", "absent"}, staff[4]: {"09:00", "10:30", ""}, staff[5]: {"09:00", "10:30", ""},
		}
		if d := cmp.Diff(want, stand); d != "" {
			t.Error(d)
		}
		marks := 0
		for _, a := range w.Logged() {
			if a.Verb == "mark" && a.Noun == "attendance" && a.Reason != "" {
				marks++
			}
		}
		if marks != 6 {
			t.Errorf("%d marks in the operation log", marks)
		}
		if _, _, err := w.RefusePresence(w.as(kernel.RoleInstitution, home), x.ID, staff[4], "当天不在岗"); err != nil {
			t.Errorf("each can be refused: %v", err)
		}
		if got := w.marks(t, x, say(training.WordWhole, "再次登记")); len(got) != 0 {
			t.Errorf("who was refused is talked back: %v", got)
		}
	})
}

func TestWhatCannotBeMarked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 3, training.Terms{})
		x, staff := w.session(t, c), w.hire(4, home)
		w.enrol(t, c, staff[:3]...)
		end := morning().Add(90 * time.Minute)
		if err := w.scan(x, staff[0], training.DirectionIn, end.Add(-time.Minute)); err != nil {
			t.Fatal(err)
		}
		_, _, err := w.MarkMany(w.asSchool(), x.ID, training.MarkDraft{WordDraft: training.WordDraft{Reason: "x"}, People: []kernel.PersonID{staff[1], staff[3]}})
		wants(t, "somebody who is not enrolled", err, training.ErrNotEnrolled)
		_, _, err = w.MarkMany(w.as(kernel.RoleSchool, otherSchool), x.ID, training.MarkDraft{WordDraft: training.WordDraft{Reason: "x"}})
		wants(t, "by another school", err, training.ErrSessionUnknown)
		_, _, err = w.MarkMany(w.asSchool(), x.ID, training.MarkDraft{WordDraft: training.WordDraft{Reason: "x", Sheet: "no such sheet"}})
		wants(t, "from a sheet that is not there", err, training.ErrSheetUnknown)
		marked, left, err := w.MarkMany(w.asSchool(), x.ID, training.MarkDraft{
			WordDraft: training.WordDraft{Of: training.WordOut, Out: end.Add(-2 * time.Minute), Reason: "早退"}, People: staff[:2],
		})
		if err != nil || len(marked) != 0 || len(left) != 2 || left[0].Why.Code != "training.presence_reversed" || left[1].Why.Code != "training.not_inside" {
			t.Errorf("out before in, and out of somebody who never came: %v, %+v, %v", marked, left, err)
		}
		_, left, err = w.MarkMany(w.asSchool(), x.ID, training.MarkDraft{
			WordDraft: training.WordDraft{Of: training.WordConfirm, Reason: "在"}, People: staff[1:2],
		})
		if err != nil || left[0].Why.Code != "training.nothing_pending" {
			t.Errorf("confirming who never came: %+v, %v", left, err)
		}
		cancelled := w.session(t, c)
		if _, err := w.CancelSession(w.asSchool(), cancelled.ID, "教师生病"); err != nil {
			t.Fatal(err)
		}
		_, _, err = w.MarkMany(w.asSchool(), cancelled.ID, training.MarkDraft{WordDraft: training.WordDraft{Reason: "x"}})
		wants(t, "in a session that was called off", err, training.ErrSessionCancelled)
	})
}

func TestMarkingAndScanningAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 20, training.Terms{})
		x, staff := w.session(t, c), w.hire(12, home)
		w.enrol(t, c, staff...)
		code := w.codeAt(t, x, morning())
		var wg sync.WaitGroup
		for i, p := range staff {
			wg.Go(func() {
				if _, _, err := w.Scan(w.asCaregiver(p), training.ScanDraft{Session: x.ID, Code: code, Direction: training.DirectionIn}); err != nil {
					t.Error(err)
				}
			})
			if i%4 == 0 {
				wg.Go(func() {
					if _, _, err := w.MarkMany(w.asSchool(), x.ID, training.MarkDraft{WordDraft: training.WordDraft{Reason: "纸质签到表"}}); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		_, _, present, err := w.Attendance(w.asSchool(), x.ID, time.Time{})
		if err != nil || len(present) != len(staff) {
			t.Fatalf("%d present, %v", len(present), err)
		}
		for _, p := range present {
			if p.Proof.ScannedIn.IsZero() || len(p.Proof.Words) > 1 {
				t.Errorf("%s: a scan or a word got lost, or was said twice: %+v", p.Proof.Person, p.Proof)
			}
		}
	})
}

func (w *world) upload(x training.Session, name, content string) (training.Sheet, error) {
	k, err := w.KeepSheet(w.asSchool(), x.ID, name, strings.NewReader(content))
	if err != nil {
		return training.Sheet{}, err
	}
	return w.AttachSheet(w.asSchool(), k)
}

func TestASignedSheetIsEvidenceOfAWord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 6, training.Terms{})
		x, other := w.session(t, c), w.session(t, c)
		staff := append(w.hire(1, home), w.hire(1, otherHome)...)
		w.cards[staff[1]] = kernel.PersonCard{ID: staff[1], Name: "别院的人", Reach: []kernel.OrganizationID{otherHome, school, bureau}}
		w.enrol(t, c, staff...)
		w.Set(morning())
		for name, c := range map[string]struct {
			content string
			want    error
		}{
			"签到表.exe": {"MZ\x90 a program", training.ErrSheetKind},
			"签到表.jpg": {"\xff\xd8\xff\xe1\xff\xff cut", training.ErrSheetKind},
			"签到表.svg": {"<svg onload=alert(1)>", training.ErrSheetKind},
			"空.pdf":   {"", training.ErrSheetEmpty},
			"大.pdf":   {"%PDF-1.4" + strings.Repeat(" ", 2000), blob.ErrTooLarge},
		} {
			_, err := w.upload(x, name, c.content)
			wants(t, name, err, c.want)
		}
		sheet := must[training.Sheet](t)(w.upload(x, `C:\照片\签到表 5月10日.html`, "%PDF-1.4 signed"))
		if sheet.Name != "签到表 5月10日.pdf" || sheet.ContentType != "application/pdf" {
			t.Errorf("%+v", sheet)
		}
		w.Set(morning().Add(2 * time.Hour))
		_, _, err := w.Vouch(w.asSchool(), other.ID, staff[0], training.WordDraft{In: morning(), Out: morning().Add(time.Hour), Reason: "签到表", Sheet: sheet.ID})
		wants(t, "a sheet of another session", err, training.ErrSheetUnknown)
		read := func(org kernel.OrganizationID) error {
			_, raw, err := w.Sheet(w.as(kernel.RoleInstitution, org), x.ID, sheet.ID)
			if err == nil && string(raw) != "%PDF-1.4 signed" {
				t.Errorf("%s reads %q", org, raw)
			}
			return err
		}
		wants(t, "before any word names it, by a home", read(home), training.ErrSessionUnknown)
		if got := w.marks(t, x, training.MarkDraft{WordDraft: training.WordDraft{Reason: "签到表", Sheet: sheet.ID}, People: staff[:1]}); len(got) != 1 {
			t.Fatalf("%v", got)
		}
		for org, want := range map[kernel.OrganizationID]error{school: nil, bureau: nil, home: nil, otherHome: training.ErrSessionUnknown, otherSchool: training.ErrSessionUnknown} {
			wants(t, string(org), read(org), want)
		}
		_, _, err = w.Sheet(w.asSchool(), other.ID, sheet.ID)
		wants(t, "under another session", err, training.ErrSheetUnknown)
		for range 2 {
			must[training.Sheet](t)(w.upload(x, "a.pdf", "%PDF-1.4 another"))
		}
		_, err = w.upload(x, "b.pdf", "%PDF-1.4 too many")
		wants(t, "a fourth", err, training.ErrSheetsMost)
		if list := must[[]training.Sheet](t)(w.Sheets(w.as(kernel.RoleInstitution, home), x.ID)); len(list) != 1 || list[0].ID != sheet.ID {
			t.Errorf("the home sees %+v", list)
		}
	})
}
