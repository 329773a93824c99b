package people_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

// The office of a post of long ago reads the record; what somebody's own facts
// are is for whoever employs them now.
func TestAnOfficeOfLongAgoReadsAndNeitherRevealsNorChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), id, home, "2015-01-01", "2016-12-31")
		acts := func(ctx context.Context) map[string]error {
			_, revealed := w.Reveal(ctx, id, people.FieldIDNumber, "核对")
			_, amended := w.Amend(ctx, id, func(p *people.Particulars, _ int64) error { p.Major = "护理" + string(p.Education); return nil })
			_, corrected := w.CorrectIdentity(ctx, id, "", wang, "录错")
			return map[string]error{"reveal": revealed, "amend": amended, "correct": corrected}
		}
		for what, err := range acts(w.as(street)) {
			if err != nil {
				t.Errorf("%s by the office of the last post: %v", what, err)
			}
		}
		w.employ(t, w.admin(), id, other, "2017-01-01", "")
		for what, err := range acts(w.as(street)) {
			if !errors.Is(err, people.ErrElsewhere) {
				t.Errorf("%s by the office of a post before: %v", what, err)
			}
		}
		if p, err := w.Find(w.as(street), id); err != nil || len(p.Career.Latest()) != 2 {
			t.Errorf("which reads the record: %+v %v", p.Career.Latest(), err)
		}
		for what, err := range acts(w.as(other)) {
			if err != nil {
				t.Errorf("%s by the employer: %v", what, err)
			}
		}
		for what, err := range acts(w.as(school)) {
			if !errors.Is(err, people.ErrUnknown) {
				t.Errorf("%s by a stranger: %v", what, err)
			}
		}
	})
}

// A post that lasts opens what is somebody's own: who does not keep them anyway
// shows that it has name and number at hand. What has ended is written down as before.
func TestAPostThatLastsIsClaimed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), id, home, "2023-01-01", "2024-12-31")
		w.employ(t, w.admin(), id, other, "2025-01-01", "")
		for name, ctx := range map[string]context.Context{"the former employer": w.as(home), "its office": w.as(street)} {
			for _, from := range []kernel.Date{"2025-08-01", "2025-12-01"} {
				post := people.Post{Organization: home, Role: kernel.StaffManager, Period: kernel.Period{From: from}}
				if _, err := w.Employ(ctx, id, post); !errors.Is(err, people.ErrClaimNeeded) {
					t.Errorf("%s, from %s: %v", name, from, err)
				}
			}
			if _, err := w.Reveal(ctx, id, people.FieldIDNumber, "核对"); err == nil {
				t.Errorf("%s reveals", name)
			}
		}
		w.employ(t, w.as(home), id, home, "2022-01-01", "2022-12-31")
		back := w.register(t, w.as(home), "李红", numbered(1))
		w.employ(t, w.as(home), back, home, "2023-01-01", "2024-12-31")
		w.employ(t, w.as(home), back, home, "2025-08-01", "") // the last who employed her takes her back
		if _, err := w.Register(w.as(home), people.Draft{Name: "王小兰", IDNumber: wang, Kinds: []people.Kind{people.KindCaregiver}}); !errors.Is(err, people.ErrDuplicate) {
			t.Fatal(err)
		}
		w.employ(t, w.as(home), id, home, "2025-08-01", "")
		if _, err := w.Reveal(w.as(home), id, people.FieldIDNumber, "核对"); err != nil {
			t.Errorf("on post again: %v", err)
		}
	})
}

// A school mends what it sees of its learners for some months after it enrolled
// them last; then it reads their record.
func TestASchoolKeepsItsLearnersForATime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), id, home, "2024-01-01", "")
		amends := func(on kernel.Date, want error) {
			t.Helper()
			w.on(on)
			_, err := w.Amend(w.as(school), id, func(p *people.Particulars, _ int64) error { p.Major = "护理" + string(on); return nil })
			if !errors.Is(err, want) {
				t.Errorf("on %s: %v, want %v", on, err, want)
			}
		}
		enrol := func() {
			t.Helper()
			if err := w.Grant(w.admin(), id, school); err != nil {
				t.Fatal(err)
			}
		}
		enrol() // 1 September 2025
		amends("2026-09-01", nil)
		amends("2026-09-02", people.ErrElsewhere)
		if _, err := w.Find(w.as(school), id); err != nil {
			t.Errorf("and reads the record: %v", err)
		}
		enrol()
		amends("2027-09-02", nil)
		amends("2027-09-03", people.ErrElsewhere)
	})
}

// Two records of which one is kept elsewhere are merged by the office of both.
func TestAMergeNeedsWhoKeepsBoth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		here := w.register(t, w.as(home), "王小兰", numbered(1))
		moved := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), moved, home, "2020-01-01", "2021-12-31")
		w.employ(t, w.admin(), moved, other, "2022-01-01", "")
		for _, pair := range [][2]kernel.PersonID{{here, moved}, {moved, here}} {
			if _, err := w.Merge(w.as(street), pair[0], pair[1], "同一人"); !errors.Is(err, people.ErrElsewhere) {
				t.Errorf("%v", err)
			}
		}
		if _, err := w.Merge(w.as(district), here, moved, "同一人"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Undo(w.as(street), here, moved, "不是同一人"); !errors.Is(err, people.ErrElsewhere) {
			t.Errorf("undone by the office of one: %v", err)
		}
		if _, _, err := w.Undo(w.as(district), here, moved, "不是同一人"); err != nil {
			t.Error(err)
		}
	})
}

// What somebody asks to have corrected is opened and answered where they are kept;
// a spell also by the office of that spell.
func TestARequestIsAnsweredWhereThePersonIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.notices("1")
		id := w.register(t, w.as(home), "王小兰", wang)
		spell := w.employ(t, w.as(home), id, home, "2020-01-01", "2021-12-31")
		w.employ(t, w.admin(), id, other, "2022-01-01", "")
		ask := func(r people.CorrectionRequest) string {
			t.Helper()
			r.Reason = "录错"
			c, err := w.AskCorrection(w.self(id), id, r)
			if err != nil {
				t.Fatal(err)
			}
			return c.ID
		}
		phone := ask(people.CorrectionRequest{Field: people.CorrectPhone, Text: "13912345678"})
		began := ask(people.CorrectionRequest{Field: people.CorrectEmployment, Spell: people.WantedSpell{Spell: spell.ID, StartedOn: "2019-12-01"}})
		listed := func(as context.Context) (out []string) {
			t.Helper()
			page, err := w.ListCorrections(as, "", "", 10, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Items {
				out = append(out, string(c.Field))
			}
			slices.Sort(out)
			return out
		}
		if diff := cmp.Diff([]string{"employment"}, listed(w.as(street))); diff != "" {
			t.Errorf("the office of the post before: %s", diff)
		}
		if diff := cmp.Diff([]string{"employment", "phone"}, listed(w.as(other))); diff != "" {
			t.Errorf("the employer: %s", diff)
		}
		if _, err := w.RevealCorrection(w.as(street), id, phone, "核对"); !errors.Is(err, people.ErrElsewhere) {
			t.Errorf("revealed: %v", err)
		}
		if _, err := w.DecideCorrection(w.as(street), id, phone, people.CorrectionDecision{Reason: "不符"}); !errors.Is(err, people.ErrElsewhere) {
			t.Errorf("rejected: %v", err)
		}
		if _, err := w.DecideCorrection(w.as(street), id, began, people.CorrectionDecision{Accept: true}); err != nil {
			t.Errorf("a spell of its own: %v", err)
		}
		if _, err := w.Consent(w.as(street), id, people.ConsentWord{Version: "1", SignedOn: "2025-09-01"}); !errors.Is(err, people.ErrElsewhere) {
			t.Errorf("consent on paper: %v", err)
		}
		if _, err := w.DecideCorrection(w.as(other), id, phone, people.CorrectionDecision{Accept: true}); err != nil {
			t.Error(err)
		}
	})
}
