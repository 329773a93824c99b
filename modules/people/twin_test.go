package people_test

import (
	"errors"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

func passport(name, number, phone string, birth kernel.Date) people.Draft {
	return people.Draft{Name: name, IDType: rule.Passport, IDNumber: number, Phone: phone, Birth: birth, Kinds: []people.Kind{people.KindCaregiver}}
}

func (w *world) findings(t *testing.T, org kernel.OrganizationID) []people.Twins {
	t.Helper()
	page, err := w.Findings(w.as(org), "", 20, "")
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func TestRecordsThatLookLikeOnePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		first, err := w.Register(w.as(home), draft("王小兰", wang)) // born on 15 June 1985
		if err != nil {
			t.Fatal(err)
		}
		for name, d := range map[string]people.Draft{
			"another name, another number": passport("王大兰", "E1", "13900139000", "1985-06-15"),
			"the same name, another birth": passport("王小兰", "E2000", "13900139001", "1985-06-16"),
		} {
			if name == "another name, another number" {
				d.IDNumber = "E1000"
			}
			if _, err := w.Register(w.as(home), d); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if got := w.findings(t, home); len(got) != 0 {
			t.Errorf("found %+v", got)
		}
		twin, err := w.Register(w.as(home), passport("王小兰", "E3000", "13800138000", "1985-06-15"))
		if err != nil {
			t.Fatal(err)
		}
		found := w.findings(t, home)
		if len(found) != 1 || found[0].A != first.ID || found[0].B != twin.ID || len(found[0].Grounds) != 2 {
			t.Fatalf("found %+v", found)
		}
		if got := w.findings(t, other); len(got) != 0 {
			t.Errorf("another home sees %+v", got)
		}
		// Who works elsewhere is compared by whoever reaches both.
		w.employ(t, w.as(home), first.ID, home, "2024-01-01", "")
		w.employ(t, w.as(district), twin.ID, other, "2024-01-01", "")
		if here, above := w.findings(t, home), w.findings(t, district); len(here) != 0 || len(above) != 1 {
			t.Errorf("the home sees %d, the bureau %d", len(here), len(above))
		}
		if _, _, _, err := w.Compare(w.as(home), found[0].ID); !errors.Is(err, people.ErrTwinsUnknown) {
			t.Errorf("the home compares: %v", err)
		}
		if _, a, b, err := w.Compare(w.as(district), found[0].ID); err != nil || a.ID != first.ID || b.ID != twin.ID {
			t.Errorf("%+v %+v %v", a, b, err)
		}
		if _, err := w.TellApart(w.as(district), found[0].ID, "同名同日，已核对原件"); err != nil {
			t.Fatal(err)
		}
		if last := w.Logged()[len(w.Logged())-1]; last.Verb != "tellApart" || last.Reason == "" {
			t.Errorf("logged %+v", last)
		}
		if got := w.findings(t, district); len(got) != 0 {
			t.Errorf("shown again: %+v", got)
		}
		if _, err := w.TellApart(w.as(district), found[0].ID, "再次"); !errors.Is(err, people.ErrTwinsUnknown) {
			t.Errorf("decided twice: %v", err)
		}
		// Nor is it found again when one of them changes.
		phone := "13800138001"
		for _, id := range []kernel.PersonID{first.ID, twin.ID} {
			if _, err := w.Amend(w.as(district), id, func(p *people.Particulars, _ int64) error { p.Phone = &phone; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.findings(t, district); len(got) != 0 {
			t.Errorf("found again: %+v", got)
		}
	})
}

// A number that half a house has is the house's: it tells nobody apart.
func TestASharedLineIsNoGround(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for i := range 9 {
			w.register(t, w.as(home), "护理员"+string(rune('甲'+i)), numbered(i+1))
		}
		page, err := w.Findings(w.as(home), "", 200, "")
		if err != nil || page.Total != 10 { // pairs of the first five
			t.Errorf("%d findings, %v", page.Total, err)
		}
	})
}

func TestAMergeSettlesTheFinding(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		a := w.register(t, w.as(home), "王小兰", wang)
		b, err := w.Register(w.as(home), passport("王小兰", "E3000", "", "1985-06-15"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Merge(w.as(district), a, b.ID, "同一人"); err != nil {
			t.Fatal(err)
		}
		if got := w.findings(t, district); len(got) != 0 {
			t.Errorf("still open: %+v", got)
		}
		if _, _, err := w.Undo(w.as(district), a, b.ID, "核对后是两人"); err != nil {
			t.Fatal(err)
		}
		if got := w.findings(t, district); len(got) != 0 {
			t.Errorf("who parted them has looked: %+v", got)
		}
		if all, err := w.Merges(w.as(district), a); err != nil || len(all) != 1 || all[0].UndoneFor != "核对后是两人" {
			t.Errorf("%+v %v", all, err)
		}
	})
}
