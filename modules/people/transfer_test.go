package people_test

import (
	"errors"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

func TestATransferInOneStep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p := w.register(t, w.as(home), "王小兰", wang)
		spell := w.employ(t, w.as(home), p, home, "2024-01-01", "")
		for name, c := range map[string]struct {
			draft people.TransferDraft
			want  error
		}{
			"to nowhere":          {people.TransferDraft{To: "nowhere", On: "2025-08-01"}, people.ErrEmployerUnknown},
			"from another post":   {people.TransferDraft{Spell: "other", To: other, On: "2025-08-01"}, people.ErrSpellUnknown},
			"before it began":     {people.TransferDraft{Spell: spell.ID, To: other, On: "2024-01-01"}, people.ErrSpellReversed},
			"years ahead of time": {people.TransferDraft{Spell: spell.ID, To: other, On: "2027-08-01"}, people.ErrSpellTooFar},
		} {
			if _, err := w.Transfer(w.as(district), p, c.draft); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if found, err := w.Find(w.as(district), p); err != nil || len(found.Career.Latest()) != 1 || found.Career.Latest()[0].Period.To != kernel.Forever {
			t.Fatalf("a refused transfer left %+v %v", found.Career, err)
		}
		careers, _ := w.heard()
		done, err := w.Transfer(w.as(district), p, people.TransferDraft{To: other, On: "2025-08-01", Reason: "统筹调配"})
		if err != nil || done.State != people.TransferDone || done.Role != kernel.StaffCaregiver {
			t.Fatalf("%+v %v", done, err)
		}
		found, err := w.Find(w.as(district), p)
		if err != nil {
			t.Fatal(err)
		}
		latest := found.Career.Latest().Newest()
		if len(latest) != 2 || latest[0].Organization != other || latest[0].Period.From != "2025-08-01" || latest[1].Period.To != "2025-07-31" {
			t.Errorf("%+v", latest)
		}
		if s := w.ServiceTime(found); s.Months != 20 || s.Days != 1 {
			t.Errorf("service %+v", s)
		}
		if now, _ := w.heard(); now == careers {
			t.Error("nobody heard of it")
		}
	})
}

// Who has left before the day of a transfer was not on post until then.
func TestATransferDoesNotLengthenWhatHasEnded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p := w.register(t, w.as(home), "王小兰", wang)
		spell := w.employ(t, w.as(home), p, home, "2024-01-01", "")
		asked, err := w.Transfer(w.as(home), p, people.TransferDraft{To: other, On: "2025-10-01", Reason: "调动"})
		if err != nil || asked.State != people.TransferAsked {
			t.Fatalf("%+v %v", asked, err)
		}
		if _, err := w.End(w.as(home), p, spell.ID, "2025-09-10", "提前离职"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Answer(w.as(other), asked.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		found, err := w.Find(w.as(district), p)
		if err != nil {
			t.Fatal(err)
		}
		latest := found.Career.Latest().Newest()
		if len(latest) != 2 || latest[0].Period.From != "2025-10-01" || latest[1].Period.To != "2025-09-10" {
			t.Errorf("%+v", latest)
		}
	})
}

// A career with ten overlapping days: one record, two spells, counted once.
func TestAnOverlapCountsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(district), p, home, "2023-01-01", "2024-06-30")
		w.employ(t, w.as(district), p, other, "2024-06-21", "2024-12-05")
		found, err := w.Find(w.as(district), p)
		if err != nil {
			t.Fatal(err)
		}
		if s := w.ServiceTime(found); s.Months != 23 || s.Days != 5 || s.AtLeast(24) {
			t.Errorf("%+v", s)
		}
	})
}

func TestTwoHomesShakeHands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), p, home, "2024-01-01", "")
		draft := people.TransferDraft{To: other, On: "2025-08-15", Reason: "本人申请调动"}
		if _, err := w.Transfer(w.as(other), p, draft); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("without a claim: %v", err)
		}
		if _, err := w.Register(w.as(other), people.Draft{Name: "王小兰", IDNumber: wang, Kinds: []people.Kind{people.KindCaregiver}}); !errors.Is(err, people.ErrDuplicate) {
			t.Fatal(err)
		}
		asked, err := w.Transfer(w.as(other), p, draft)
		if err != nil || asked.State != people.TransferAsked || asked.Waits != home {
			t.Fatalf("%+v %v", asked, err)
		}
		if _, err := w.Transfer(w.as(other), p, draft); !errors.Is(err, people.ErrTransferOpen) {
			t.Errorf("asked twice: %v", err)
		}
		for org, want := range map[kernel.OrganizationID]int64{home: 1, street: 1, other: 0} {
			if page, err := w.Transfers(w.as(org), "", 20, ""); err != nil || page.Total != want {
				t.Errorf("%s sees %d: %v", org, page.Total, err)
			}
		}
		if _, err := w.Answer(w.as(other), asked.ID, true, ""); !errors.Is(err, people.ErrTransferUnknown) {
			t.Errorf("answered by whoever asked: %v", err)
		}
		if _, err := w.Answer(w.as(home), asked.ID, false, "合同未到期"); err != nil {
			t.Fatal(err)
		}
		if found, err := w.Find(w.as(district), p); err != nil || len(found.Career.Latest()) != 1 {
			t.Errorf("declined: %+v %v", found.Career, err)
		}
		// The old home offers one of its own; the new home agrees.
		offered, err := w.Transfer(w.as(home), p, draft)
		if err != nil || offered.Waits != other {
			t.Fatalf("%+v %v", offered, err)
		}
		if done, err := w.Answer(w.as(other), offered.ID, true, ""); err != nil || done.State != people.TransferDone {
			t.Fatalf("%+v %v", done, err)
		}
		found, err := w.Find(w.as(other), p)
		if err != nil || found.Career.Latest().Newest()[0].Organization != other || found.Career.Latest().Newest()[1].Period.To != "2025-08-14" {
			t.Errorf("%+v %v", found.Career, err)
		}
		if _, err := w.Answer(w.as(other), offered.ID, true, ""); !errors.Is(err, people.ErrTransferUnknown) {
			t.Errorf("answered twice: %v", err)
		}
		if f, ok := fault.From(people.ErrTransferOpen); !ok || f.Kind != fault.Conflict {
			t.Error("not a conflict")
		}
	})
}

func TestWhoIsOnDutyUntrained(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var all []kernel.PersonID
		for i, name := range []string{"甲一", "乙二", "丙三", "丁四"} {
			all = append(all, w.register(t, w.as(home), name, numbered(i+1)))
		}
		w.employ(t, w.as(home), all[0], home, "2025-03-01", "") // trained on 20 March: 19 days flagged, trained now
		w.employ(t, w.as(home), all[1], home, "2025-03-01", "")
		w.employ(t, w.as(district), all[2], home, "2025-03-01", "2025-06-30") // left
		if _, err := w.Employ(w.as(home), all[3], people.Post{Organization: home, Role: kernel.StaffDirector, Period: kernel.Period{From: "2025-03-01"}}); err != nil {
			t.Fatal(err)
		}
		if err := w.MarkPreJob(w.admin(), all[0], "2025-03-20", "class"); err != nil {
			t.Fatal(err)
		}
		for name, f := range map[string]people.Filter{
			"plainly": {Untrained: true}, "of a post": {Untrained: true, Role: kernel.StaffCaregiver}, "by name": {Untrained: true, Q: "yier"},
			"under a home": {Untrained: true, Organization: home}, "today": {Untrained: true, AsOf: "2025-09-01"},
		} {
			page, err := w.List(w.as(district), f, 20, "")
			if err != nil || page.Total != 1 || page.Items[0].ID != all[1] {
				t.Errorf("%s: %+v %v", name, page, err)
			}
		}
		found, err := w.Find(w.as(home), all[0])
		if err != nil || w.Gate(found).DaysBefore != 19 || w.Gate(found).Missing {
			t.Errorf("%+v %v", w.Gate(found), err)
		}
	})
}
