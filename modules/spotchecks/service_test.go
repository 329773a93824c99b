package spotchecks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/spotchecks"
	"carecert/modules/spotchecks/rule"
)

func TestWhoPreparesWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			name string
			ctx  context.Context
			at   kernel.OrganizationID
			want error
		}{
			{"a district of its home", inspector(t), "home", nil},
			{"a street of its home", as(t, "gu", kernel.RoleSubdistrict, "street"), "home", nil},
			{"no institution", inspector(t), "street", spotchecks.ErrInstitutionNeeded},
			{"a school", inspector(t), "school", spotchecks.ErrInstitutionNeeded},
			{"a closed one", inspector(t), "gone", spotchecks.ErrInstitutionNeeded},
			{"one of another district", inspector(t), "far", spotchecks.ErrUnknownOrganization},
			{"one that is not there", inspector(t), "none", spotchecks.ErrUnknownOrganization},
			{"the home itself", as(t, "fan", kernel.RoleInstitution, "home"), "home", spotchecks.ErrOfficeNeeded},
		} {
			if _, err := w.Prepare(c.ctx, c.at); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		w.roster = append(w.roster, w.roster...)
		if _, err := w.Prepare(inspector(t), "home"); !errors.Is(err, spotchecks.ErrRosterLarge) {
			t.Errorf("six where four are carried: %v", err)
		}
		w.roster = nil
		if _, err := w.Prepare(inspector(t), "home"); !errors.Is(err, spotchecks.ErrNobody) {
			t.Errorf("nobody on post: %v", err)
		}
	})
}

// The roster is given to one phone of its maker, every time with a line in the
// log, and only while its time lasts.
func TestTheRosterIsGivenToOnePhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own, other := newPhone(t), newPhone(t)
		h := w.given(t, own)
		if strings.Contains(h.Text, "310118") || !strings.Contains(h.Text, `"verdicts":{"L1":"revoked"}`) || h.Check.Counted != 2 || h.Check.Certified != 1 || h.Check.Others != 1 {
			t.Errorf("%s %+v", h.Text, h.Check)
		}
		give := func(ctx context.Context, p phone, signed string) error {
			_, err := w.Give(ctx, h.Check.ID, p.sign(t, signed), "", w.Now())
			return err
		}
		text := "carecert spot check pack 1\n" + h.Check.ID
		for _, c := range []struct {
			name   string
			ctx    context.Context
			phone  phone
			signed string
			want   error
		}{
			{"the same phone, after a broken connection", inspector(t), own, text, nil},
			{"another phone", inspector(t), other, text, spotchecks.ErrOtherPhone},
			{"a colleague", as(t, "lu", kernel.RoleDistrictBureau, "district"), own, text, spotchecks.ErrMakerNeeded},
			{"another district", as(t, "tang", kernel.RoleDistrictBureau, "elsewhere"), own, text, spotchecks.ErrUnknown},
			{"the home", as(t, "fan", kernel.RoleInstitution, "home"), own, text, spotchecks.ErrUnknown},
			{"a signature over something else", inspector(t), own, "carecert device 1\nzhou", spotchecks.ErrPhone},
		} {
			if err := give(c.ctx, c.phone, c.signed); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		given := 0
		for _, a := range w.Logged() {
			if a.Verb == "carry" && a.ID == h.Check.ID {
				given++
			}
		}
		if given != 2 {
			t.Errorf("%d lines of a roster that was given twice", given)
		}
		w.Pass(12*time.Hour + time.Millisecond)
		if err := give(inspector(t), own, text); !errors.Is(err, spotchecks.ErrTimeOver) {
			t.Errorf("after its time: %v", err)
		}
	})
}

func standing() []spotchecks.Entry {
	return []spotchecks.Entry{
		scan("text W1", "W1", "genuine"), scan("text L1", "L1", "revoked"), scan("text S1", "S1", "genuine"), scan("text S2", "S2", "genuine"),
		scan("text F1", "", "forged"), tap("qian"), tap("wang"), add("小王"),
	}
}

// What a phone signed is taken once; the house judges and counts again.
func TestAResultIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := newPhone(t)
		h := w.given(t, p)
		d := w.signed(t, h, p, standing(), nil)
		c, err := w.Send(inspector(t), h.Check.ID, d)
		if err != nil {
			t.Fatal(err)
		}
		o := c.Outcome
		// The phone cannot know that two certificates of a stranger are one person's; the house does.
		if o.Told.Present != 5 || o.Counts.Present != 4 || o.Counts.OnRoster != 2 || o.Counts.Certified != 1 || o.Counts.NotOnBooks != 2 || o.Counts.Absent != 0 || o.Counts.Others != 1 ||
			o.Counts.Showings["forged"] != 1 || o.Counts.Showings["revoked"] != 1 || len(o.Differences) != 0 || o.Differing != 0 {
			t.Errorf("%+v", o)
		}
		for range 2 {
			if again, err := w.Send(inspector(t), h.Check.ID, d); err != nil || again.Outcome.Hash != o.Hash || !again.Outcome.ReceivedAt.Equal(o.ReceivedAt) {
				t.Errorf("sent again: %+v %v", again.Outcome, err)
			}
		}
		w.Pass(-time.Hour)
		if _, err := w.Send(inspector(t), h.Check.ID, w.signed(t, h, p, standing()[:2], nil)); !errors.Is(err, spotchecks.ErrSentAlready) {
			t.Errorf("another content: %v", err)
		}
		x, there, err := w.Result(inspector(t), c)
		if err != nil || !there || len(x.Entries) != 8 || x.Text != d.Text {
			t.Fatalf("%v %v %+v", there, err, x)
		}
		if f := x.Entries[0]; f.Name != "王秀兰" || f.Person != "wang" || !f.Certified || f.Level != kernel.Level4 || f.Title != "压疮预防" || f.Posts[0] != "caregiver" {
			t.Errorf("%+v", f)
		}
		if !x.Entries[3].Repeated || !x.Entries[6].Repeated || x.Entries[4].Standing != rule.Nobody || x.Entries[7].Name != "小王" {
			t.Errorf("%+v", x.Entries)
		}
		sent := 0
		for _, a := range w.Logged() {
			if a.Verb == "send" {
				sent++
			}
		}
		if sent != 1 {
			t.Errorf("%d lines of one result", sent)
		}
	})
}

// A result is refused whose signature, phone, roster, time or content cannot be.
func TestResultsThatCannotBe(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own, other := newPhone(t), newPhone(t)
		begun := w.Now()
		for _, c := range []struct {
			name   string
			signer phone
			change func(*spotchecks.Signed)
			alter  func(*spotchecks.Delivery)
			want   error
		}{
			{"signed by another phone", other, nil, nil, spotchecks.ErrSignature},
			{"altered after it was signed", own, nil, func(d *spotchecks.Delivery) { d.Text = strings.Replace(d.Text, `"present":5`, `"present":9`, 1) }, spotchecks.ErrSignature},
			{"of another check", own, func(s *spotchecks.Signed) { s.Check = "other" }, nil, spotchecks.ErrOtherPack},
			{"of another roster", own, func(s *spotchecks.Signed) { s.PackHash = strings.Repeat("0", 64) }, nil, spotchecks.ErrOtherPack},
			{"of another format", own, func(s *spotchecks.Signed) { s.Format = "carecert spot check 2" }, nil, spotchecks.ErrResult},
			{"somebody tapped who is not on the roster", own, func(s *spotchecks.Signed) { s.Entries[5].Person = "sun" }, nil, spotchecks.ErrResult},
			{"a verdict that is none", own, func(s *spotchecks.Signed) { s.Entries[0].Verdict = "fine" }, nil, spotchecks.ErrResult},
			{"a scan that names its person", own, func(s *spotchecks.Signed) { s.Entries[0].Person = "wang" }, nil, spotchecks.ErrResult},
			{"nobody added", own, func(s *spotchecks.Signed) { s.Entries[7].Called = "  " }, nil, spotchecks.ErrResult},
			{"more entries than a result holds", own, func(s *spotchecks.Signed) { s.Entries = append(s.Entries, s.Entries...) }, nil, spotchecks.ErrResult},
			{"scanned before the roster was loaded", own, func(s *spotchecks.Signed) { s.Entries[0].At = s.Entries[0].At.Add(-2 * time.Minute) }, nil, spotchecks.ErrInstants},
			{"signed when its time was over", own, func(s *spotchecks.Signed) { s.SignedAt = s.SignedAt.Add(12 * time.Hour) }, nil, spotchecks.ErrInstants},
			{"signed before the last entry", own, func(s *spotchecks.Signed) { s.SignedAt = s.SignedAt.Add(-90 * time.Second) }, nil, spotchecks.ErrInstants},
		} {
			w.Set(begun)
			h := w.given(t, own)
			d := w.signed(t, h, own, standing(), c.change)
			if c.signer.key != own.key {
				d.Signature = c.signer.sign(t, spotchecks.Format+"\n"+d.Text).Signature
			}
			if c.alter != nil {
				c.alter(&d)
			}
			if _, err := w.Send(inspector(t), h.Check.ID, d); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
			if c, err := w.Find(inspector(t), h.Check.ID); err != nil || c.Outcome != nil {
				t.Errorf("something of it stands: %+v %v", c.Outcome, err)
			}
		}
		w.Set(begun)
		h := w.given(t, own)
		if _, err := w.Send(as(t, "lu", kernel.RoleDistrictBureau, "district"), h.Check.ID, w.signed(t, h, own, nil, nil)); !errors.Is(err, spotchecks.ErrMakerNeeded) {
			t.Errorf("a colleague: %v", err)
		}
		c, err := w.Prepare(inspector(t), "home")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Send(inspector(t), c.ID, w.signed(t, h, own, nil, nil)); !errors.Is(err, spotchecks.ErrNotGiven) {
			t.Errorf("never given: %v", err)
		}
	})
}

// What the phone could not know, and what it said wrongly, is named.
func TestDifferencesAreNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := newPhone(t)
		p.off = 7 * time.Minute
		h := w.given(t, p)
		begun := w.Now()
		w.codes["wang"]["W2"], w.judged["text W2"] = "genuine", spotchecks.Judged{Verdict: "genuine", Code: "W2", Person: "wang"} // issued after the roster
		w.revoked["text S1"], w.revoked["text S2"] = begun.Add(-time.Minute), begun.Add(20*time.Minute)
		w.shown["text W1"] = "stale"
		d := w.signed(t, h, p, []spotchecks.Entry{
			scan("text W1", "W1", "genuine"), scan("text S1", "S1", "genuine"), scan("text S2", "S2", "genuine"), scan("text W2", "W2", "genuine"), scan("text F1", "L1", "genuine"), scan("text L1", "", "undecided"),
		}, func(s *spotchecks.Signed) { s.Counts.Present = 14 })
		d.PhoneAt = d.PhoneAt.Add(-time.Hour) // set back
		c, err := w.Send(inspector(t), h.Check.ID, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.Outcome.Differences); got != "[clockOff clockChanged countsDiffer]" || c.Outcome.SkewSeconds != 420 || c.Outcome.Differing != 6 {
			t.Errorf("%s %+v", got, c.Outcome)
		}
		x, _, err := w.Result(inspector(t), c)
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range []string{"[notLive]", "[verdictDiffers]", "[changedSince]", "[nowKnown]", "[verdictDiffers]", "[verdictDiffers]"} {
			if got := fmt.Sprint(x.Entries[n].Differences); got != want {
				t.Errorf("%d: %s, want %s", n, got, want)
			}
		}
		if x.Entries[0].HouseAt.Sub(begun) != time.Minute {
			t.Errorf("by the house's clock it was %s", x.Entries[0].HouseAt)
		}
		// Forged is nobody; undecided turned out to be somebody.
		if o := c.Outcome.Counts; o.OnRoster != 2 || o.NotOnBooks != 1 || o.Showings["forged"] != 1 || o.Absent != 0 {
			t.Errorf("%+v", o)
		}
	})
}

// The institution learns of a check when its result is there, and answers.
func TestWhoReadsWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := newPhone(t)
		w.given(t, p)
		w.Pass(13 * time.Hour) // lapsed
		h := w.given(t, p)
		if _, err := w.Send(inspector(t), h.Check.ID, w.signed(t, h, p, standing(), nil)); err != nil {
			t.Fatal(err)
		}
		w.given(t, p)
		home, far := as(t, "fan", kernel.RoleInstitution, "home"), as(t, "tang", kernel.RoleDistrictBureau, "elsewhere")
		auditor := kernel.WithReach(kernel.WithActor(t.Context(), kernel.Actor{User: "audit", Grants: []kernel.Grant{{Role: kernel.RoleAuditor}}}), kernel.Reach{Everywhere: true})
		for _, c := range []struct {
			name   string
			ctx    context.Context
			filter spotchecks.Filter
			want   int64
		}{
			{"the district", inspector(t), spotchecks.Filter{}, 3},
			{"what is prepared", inspector(t), spotchecks.Filter{Stage: spotchecks.Prepared}, 1},
			{"what has lapsed", inspector(t), spotchecks.Filter{Stage: spotchecks.Lapsed, Organization: "home"}, 1},
			{"what is sent", inspector(t), spotchecks.Filter{Stage: spotchecks.Sent}, 1},
			{"the street", as(t, "gu", kernel.RoleSubdistrict, "street"), spotchecks.Filter{}, 3},
			{"the auditor", auditor, spotchecks.Filter{}, 3},
			{"the home reads of what is sent", home, spotchecks.Filter{}, 1},
			{"and of nothing prepared", home, spotchecks.Filter{Stage: spotchecks.Prepared}, 0},
			{"nor when it asks for itself", home, spotchecks.Filter{Stage: spotchecks.Lapsed, Organization: "home"}, 0},
			{"another district nothing", far, spotchecks.Filter{}, 0},
		} {
			l, err := w.List(c.ctx, c.filter, 50, "")
			if err != nil || l.Total != c.want || int64(len(l.Items)) != c.want {
				t.Errorf("%s: %d of %d %v", c.name, len(l.Items), c.want, err)
			}
		}
		if _, err := w.List(far, spotchecks.Filter{Organization: "home"}, 50, ""); !errors.Is(err, spotchecks.ErrUnknownOrganization) {
			t.Errorf("another district asks for the home: %v", err)
		}
		first, err := w.List(inspector(t), spotchecks.Filter{}, 2, "")
		if err != nil || len(first.Items) != 2 {
			t.Fatal(err)
		}
		if rest, err := w.List(inspector(t), spotchecks.Filter{}, 2, first.Next); err != nil || len(rest.Items) != 1 || rest.Items[0].ID == first.Items[1].ID {
			t.Errorf("%+v %v", rest, err)
		}
		if _, err := w.Find(far, h.Check.ID); !errors.Is(err, spotchecks.ErrUnknown) {
			t.Errorf("another district reads it: %v", err)
		}
		if _, err := w.Answer(home, first.Items[0].ID, "还没来过"); !errors.Is(err, spotchecks.ErrUnknown) {
			t.Errorf("an answer to what is prepared: %v", err)
		}
		for n := range 3 {
			c, err := w.Answer(home, h.Check.ID, "小王是当天来面试的")
			if n == 2 && !errors.Is(err, spotchecks.ErrAnswersMost) {
				t.Errorf("a third remark: %v", err)
			}
			if n < 2 && (err != nil || len(c.Answers) != n+1 || c.Answers[n].ByName != "fan") {
				t.Errorf("%+v %v", c.Answers, err)
			}
		}
	})
}

// Who was met reads of it, under whichever record, and until its time is over.
func TestWhoWasMetAndForHowLong(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := newPhone(t)
		h := w.given(t, p)
		c, err := w.Send(inspector(t), h.Check.ID, w.signed(t, h, p, standing(), nil))
		if err != nil {
			t.Fatal(err)
		}
		met := func(who kernel.PersonID) string {
			t.Helper()
			part, err := w.part.Part(t.Context(), who)
			raw, _ := json.Marshal(part)
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		if m := met("sun"); !strings.Contains(m, `"standing":"notOnBooks"`) || !strings.Contains(m, "万青养老院") {
			t.Error(m)
		}
		for range 2 {
			if err := w.FollowMerge(t.Context(), "wang", "sun"); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Count(met("wang"), "institutionName") != 2 || met("sun") != "[]" {
			t.Errorf("merged: %s %s", met("wang"), met("sun"))
		}
		for range 2 {
			if err := w.FollowUnmerge(t.Context(), "wang", "sun"); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Count(met("wang"), "institutionName") != 1 || met("sun") == "[]" {
			t.Errorf("undone: %s %s", met("wang"), met("sun"))
		}
		for kind, aged := range w.Aged() {
			if n, err := aged.Remove(t.Context(), w.Now().Add(time.Hour)); err != nil || n == 0 {
				t.Errorf("%s: %d %v", kind, n, err)
			}
		}
		if _, there, err := w.Result(inspector(t), c); err != nil || there || met("sun") != "[]" {
			t.Errorf("after its time: %v %v", there, err)
		}
		if again, err := w.Find(inspector(t), c.ID); err != nil || again.Outcome.Counts.Present != 4 {
			t.Errorf("the figures stay: %+v %v", again, err)
		}
	})
}
