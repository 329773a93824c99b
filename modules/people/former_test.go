package people_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

func TestAHomeMendsTheLastDayThatItEnteredByMistake(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		e := w.employ(t, w.as(home), id, home, "2024-01-01", "")
		if _, err := w.End(w.as(home), id, e.ID, "2025-08-15", ""); err != nil {
			t.Fatal(err)
		}
		elsewhere := w.employ(t, w.admin(), id, other, "2025-08-20", "")
		p, err := w.Read(w.as(home), id)
		if err != nil || !p.FormerOnly || len(p.Career.Latest()) != 1 || p.Career.Latest()[0].ID != e.ID {
			t.Fatalf("the former employer reads %+v: %v", p.Career.Latest(), err)
		}
		if w.Gate(p).Missing {
			t.Error("on duty untrained, though they have left")
		}
		if _, err := w.Find(w.as(home), id); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("and nothing else: %v", err)
		}
		if _, err := w.Reveal(w.as(home), id, people.FieldPhone, "核对"); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("nothing in clear: %v", err)
		}
		for name, f := range map[string]people.Filter{"leavers": {Status: people.StatusLeft}, "by number": {Status: people.StatusLeft, Q: wang}, "on a day": {AsOf: "2025-08-01"}} {
			page, err := w.List(w.as(home), f, 20, "")
			if err != nil || len(page.Items) != 1 {
				t.Fatalf("%s: %+v %v", name, page.Items, err)
			}
			if p := page.Items[0]; !p.FormerOnly || p.Phone != "" || len(p.Career.Latest()) != 1 || p.Career.Latest()[0].ID != e.ID {
				t.Errorf("%s tells %+v", name, p)
			}
		}
		if page, err := w.List(w.as(home), people.Filter{Status: people.StatusLeft, Q: "13800138000"}, 20, ""); err != nil || len(page.Items) != 0 {
			t.Errorf("found by the telephone: %+v %v", page.Items, err)
		}
		open := kernel.Forever
		if _, err := w.Correct(w.as(home), id, elsewhere.ID, people.Change{To: &open, Reason: "录错"}); !errors.Is(err, people.ErrSpellUnknown) {
			t.Errorf("nor the spells of others: %v", err)
		}
		if _, err := w.Correct(w.as(home), id, e.ID, people.Change{To: &open, Reason: "录错"}); err != nil {
			t.Errorf("back on post: %v", err)
		}
		if _, err := w.Find(w.as(home), id); err != nil {
			t.Errorf("it is theirs again: %v", err)
		}
		past := w.employ(t, w.as(home), w.register(t, w.as(home), "李红", numbered(1)), home, "2024-01-01", "2024-12-31")
		if _, err := w.Read(w.as(home), past.Person); err != nil {
			t.Errorf("a past spell: %v", err)
		}
		w.on("2026-12-31")
		if _, err := w.Read(w.as(home), past.Person); err != nil {
			t.Errorf("on the last day: %v", err)
		}
		w.on("2027-01-01")
		if _, err := w.Read(w.as(home), past.Person); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("24 months later: %v", err)
		}
	})
}

// Who registers somebody with a spell of long ago can still mend it.
func TestTheRegistrarReadsTheOldSpellThatItHasJustEntered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang) // 1 September 2025
		w.employ(t, w.as(home), id, home, "2020-01-01", "2022-06-30")
		others := w.register(t, w.admin(), "李红", numbered(1))
		w.employ(t, w.admin(), others, home, "2020-01-01", "2022-06-30")
		reads := func(id kernel.PersonID, want bool) {
			t.Helper()
			if _, err := w.Refresh(w.ctx, kernel.DateOf(w.Now())); err != nil {
				t.Fatal(err)
			}
			p, err := w.Read(w.as(home), id)
			if (err == nil) != want || want && !p.FormerOnly {
				t.Errorf("on %s: %v, want %v", w.Now(), err, want)
			}
			page, err := w.List(w.as(home), people.Filter{Status: people.StatusLeft}, 5, "")
			if got := len(page.Items) == 1 && page.Items[0].ID == id; err != nil || got != want {
				t.Errorf("on %s: listed %v, want %v: %v", w.Now(), got, want, err)
			}
		}
		reads(id, true)
		reads(others, false)
		w.on("2025-10-01")
		reads(id, true)
		w.on("2025-10-02")
		reads(id, false)
	})
}

func TestLeaversAreFoundByWhoeverMayReadThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), id, home, "2022-01-01", "2024-12-31")
		w.employ(t, w.admin(), id, other, "2025-01-01", "")
		gone := w.register(t, w.admin(), "李红", numbered(1))
		w.employ(t, w.admin(), gone, home, "2020-01-01", "2022-12-31") // longer ago than the home may read
		w.employ(t, w.as(home), w.register(t, w.as(home), "陈静", numbered(2)), home, "2024-01-01", "")

		for _, c := range []struct {
			what string
			as   kernel.OrganizationID
			f    people.Filter
			want int64
		}{
			{"leavers of the home, to its office", street, people.Filter{Organization: home, Status: people.StatusLeft}, 2},
			{"by role", street, people.Filter{Organization: home, Status: people.StatusLeft, Role: kernel.StaffCaregiver}, 2},
			{"by another role", street, people.Filter{Organization: home, Status: people.StatusLeft, Role: kernel.StaffManager}, 0},
			{"to the home", home, people.Filter{Organization: home, Status: people.StatusLeft}, 1},
			{"unnamed", home, people.Filter{Status: people.StatusLeft}, 1},
			{"of the street", street, people.Filter{Status: people.StatusLeft}, 2},
			{"of the district, where one works elsewhere", district, people.Filter{Status: people.StatusLeft}, 1},
			{"left, by pinyin", street, people.Filter{Organization: home, Status: people.StatusLeft, Q: "wangxiaolan"}, 1},
			{"left, by characters", street, people.Filter{Organization: home, Status: people.StatusLeft, Q: "李"}, 1},
			{"left, by initials", street, people.Filter{Organization: home, Status: people.StatusLeft, Q: "wxl"}, 1},
			{"left, by number", street, people.Filter{Organization: home, Status: people.StatusLeft, Q: wang}, 1},
			{"on a day", street, people.Filter{Organization: home, AsOf: "2022-06-01"}, 2},
			{"on a day, to the home", home, people.Filter{Organization: home, AsOf: "2022-06-01"}, 1},
			{"on a day, by pinyin", street, people.Filter{Organization: home, AsOf: "2022-06-01", Q: "lihong"}, 1},
			{"on a day, by characters", street, people.Filter{Organization: home, AsOf: "2022-06-01", Q: "李红"}, 1},
			{"on a day, by initials", street, people.Filter{Organization: home, AsOf: "2022-06-01", Q: "lh"}, 1},
			{"on a day, by number", street, people.Filter{Organization: home, AsOf: "2022-06-01", Q: numbered(1)}, 1},
			{"on a day, by characters, to the home", home, people.Filter{AsOf: "2022-06-01", Q: "王小兰"}, 1},
			{"on a day before, by number", street, people.Filter{Organization: home, AsOf: "2019-06-01", Q: numbered(1)}, 0},
			{"today, to the home", home, people.Filter{}, 1},
			{"by name today, to the home", home, people.Filter{Q: "王小兰"}, 0},
		} {
			page, err := w.List(w.as(c.as), c.f, 20, "")
			if err != nil || page.Total != c.want {
				t.Errorf("%s: %d, want %d (%v)", c.what, page.Total, c.want, err)
			}
			for _, p := range page.Items {
				if _, err := w.Read(w.as(c.as), p.ID); err != nil {
					t.Errorf("%s: listed, and not to be read: %v", c.what, err)
				}
			}
		}
	})
}

func TestASpellThatNeverWasIsVoid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), id, home, "2022-01-01", "2023-12-31")
		slip := w.employ(t, w.as(home), id, home, "2024-01-01", "2024-06-30")
		if _, err := w.Void(w.as(other), id, slip.ID, "录错人"); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("a stranger: %v", err)
		}
		v, err := w.Void(w.as(home), id, slip.ID, "录错人")
		if err != nil || v.Voided == nil || v.Voided.Reason != "录错人" || v.SupersededAt == nil {
			t.Fatalf("%+v %v", v, err)
		}
		p, err := w.Find(w.admin(), id)
		if err != nil || len(p.Career.Latest()) != 1 || len(p.Career.Voids()) != 1 || len(p.Career) != 2 {
			t.Errorf("%+v %v", p.Career, err)
		}
		if _, err := w.Void(w.as(home), id, slip.ID, "录错人"); !errors.Is(err, people.ErrSpellUnknown) {
			t.Errorf("again: %v", err)
		}
		last, ok := w.Announced()[len(w.Announced())-1].(people.CareerChanged)
		if !ok || len(last.Spells) != 2 || last.Spells[1].SupersededAt == nil {
			t.Errorf("neighbours heard %+v", last)
		}
		late := w.employ(t, w.admin(), id, home, "2025-01-01", "")
		w.on("2025-10-02")
		if _, err := w.Void(w.as(home), id, late.ID, "录错人"); !errors.Is(err, people.ErrVoidByBureau) {
			t.Errorf("31 days later: %v", err)
		}
		if _, err := w.Void(w.as(street), id, late.ID, "录错人"); err != nil {
			t.Errorf("the office: %v", err)
		}
	})
}

func TestAVoidSpellDoesNotKeepAMerge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		a, b := w.register(t, w.as(home), "王小兰", wang), w.register(t, w.as(home), "王小兰", numbered(1))
		if _, err := w.Merge(w.as(home), a, b, "同一人"); err != nil {
			t.Fatal(err)
		}
		since := w.employ(t, w.as(home), a, home, "2025-01-01", "")
		if _, _, err := w.Undo(w.as(home), a, b, "不是同一人"); !errors.Is(err, people.ErrEmployedSince) {
			t.Fatalf("%v", err)
		}
		if _, err := w.Void(w.as(home), a, since.ID, "录错人"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Undo(w.as(home), a, b, "不是同一人"); err != nil {
			t.Errorf("the way that the refusal names: %v", err)
		}
	})
}

func TestNobodyIsOnPostAfterTheLastDayOfAHome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		card := d.tree[home]
		card.Closed, card.ClosedOn = true, "2025-06-30"
		d.tree[home] = card
		id := d.register(t, d.as(home), "王小兰", wang)
		for _, c := range []struct {
			from, to kernel.Date
			want     error
		}{
			{"2025-07-01", "2025-07-31", people.ErrEmployerClosed},
			{"2025-06-01", "2025-07-01", people.ErrEmployerClosed},
			{"2025-06-01", "", people.ErrEmployerClosed},
			{"2025-06-01", "2025-06-30", nil},
		} {
			_, err := d.Employ(d.as(home), id, people.Post{Organization: home, Role: kernel.StaffCaregiver, Period: kernel.Period{From: c.from, To: c.to}})
			if !errors.Is(err, c.want) {
				t.Errorf("%s to %s: %v", c.from, c.to, err)
			}
		}
		raw := []byte("\ufeff姓名,身份证号,入职日期,离职日期\n李红," + numbered(1) + ",2025-07-02,2025-07-31\n陈静," + numbered(2) + ",2025-05-01,\n")
		got := findings(d.send(t, home, "a.csv", raw, true).Errors)
		if len(got) != 2 || got[0] != "2 hiredOn people.employer_closed" || got[1] != "3 leftOn people.employer_closed" {
			t.Errorf("%v", got)
		}
	})
}

// Whom a home employed once is shown as they were: their name and their post
// there, whatever the register calls them since.
func TestAFormerEmployerReadsTheNameOfThen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), id, home, "2024-01-01", "2025-08-15")
		w.employ(t, w.admin(), id, other, "2025-08-16", "")
		w.on("2025-09-20")
		if _, err := w.Amend(w.as(other), id, func(p *people.Particulars, _ int64) error {
			p.Name, p.Kinds = "王晓岚", []people.Kind{people.KindCaregiver, people.KindVolunteer}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		p, err := w.Read(w.as(home), id)
		if diff := cmp.Diff([]people.Kind{people.KindCaregiver}, p.Kinds); err != nil || p.Name != "王小兰" || diff != "" {
			t.Errorf("the former employer reads %s %s: %v", p.Name, diff, err)
		}
		page, err := w.List(w.as(home), people.Filter{Status: people.StatusLeft}, 5, "")
		if err != nil || len(page.Items) != 1 || page.Items[0].Name != "王小兰" {
			t.Errorf("and lists %+v %v", page.Items, err)
		}
		if p, err := w.Read(w.as(other), id); err != nil || p.Name != "王晓岚" || len(p.Kinds) != 2 {
			t.Errorf("the employer reads %s %v: %v", p.Name, p.Kinds, err)
		}
	})
}
