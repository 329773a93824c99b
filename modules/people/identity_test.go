package people_test

import (
	"errors"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

func TestTheRightNumberOfAMergedRecordIsPutOnTheOneThatStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		wrong, right := numbered(1), wang
		a, b := w.register(t, w.as(home), "王小兰", wrong), w.register(t, w.as(home), "王小兰", right)
		if _, err := w.Merge(w.as(home), a, b, "同一人"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.CorrectIdentity(w.as(home), a, rule.ResidentID, right, "录错"); err != nil {
			t.Fatalf("its own number: %v", err)
		}
		for _, number := range []string{wrong, right} {
			if got, err := w.Identify(w.ctx, "王小兰", number); err != nil || got != a {
				t.Errorf("%s finds %s: %v", number, got, err)
			}
		}
		if _, _, err := w.Undo(w.as(home), a, b, "不是同一人"); !errors.Is(err, people.ErrIdentitySince) {
			t.Errorf("undone with the other's number: %v", err)
		}
		if _, err := w.CorrectIdentity(w.as(home), a, rule.ResidentID, wrong, "先更正回来"); err != nil {
			t.Fatalf("back: %v", err)
		}
		if _, _, err := w.Undo(w.as(home), a, b, "不是同一人"); err != nil {
			t.Fatalf("undone: %v", err)
		}
		if got, err := w.Identify(w.ctx, "王小兰", right); err != nil || got != b {
			t.Errorf("the number went back to %s: %v", got, err)
		}
		if got, err := w.Identify(w.ctx, "王小兰", wrong); err != nil || got != a {
			t.Errorf("and stayed with %s: %v", got, err)
		}
	})
}

// A passport does not tell when its bearer was born; whoever does cannot name a
// day that has not come.
func TestTheDayOfBirthThatIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		d := people.Draft{Name: "Anna Lee", IDType: rule.Passport, IDNumber: "E12345678", Kinds: []people.Kind{people.KindCaregiver}}
		for _, birth := range []kernel.Date{"2099-01-01", "0001-01-01"} {
			d.Birth = birth
			if _, err := w.Register(w.as(home), d); !errors.Is(err, fault.ErrInvalid) {
				t.Errorf("born on %s: %v", birth, err)
			}
		}
		d.Birth = "1990-01-01"
		p, err := w.Register(w.as(home), d)
		if err != nil {
			t.Fatal(err)
		}
		amend := func(name string, birth kernel.Date) error {
			_, err := w.Amend(w.as(home), p.ID, func(p *people.Particulars, _ int64) error {
				p.Name, p.Birth = name, birth
				return nil
			})
			return err
		}
		if err := amend("Anna Lee", "2099-01-01"); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("amended: %v", err)
		}
		if err := amend(strings.Repeat("安", 51), "1990-01-01"); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("a name of 51 characters: %v", err)
		}
	})
}

func TestAFormerNumberStaysAndGoesToItsRightBearer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		a := d.register(t, d.as(home), "王小兰", numbered(1))
		if _, err := d.CorrectIdentity(d.as(home), a, rule.ResidentID, wang, "录错"); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Register(d.as(home), draft("王小兰", numbered(1))); !errors.Is(err, people.ErrDuplicate) {
			t.Errorf("the same name with the former number: %v", err)
		}
		if r := d.send(t, home, "a.csv", roster("王小兰,,"+numbered(1)+","), true); r.Counts.Unchanged != 1 {
			t.Errorf("in a table: %s", counts(r))
		}
		r := d.send(t, home, "b.csv", roster("李红,,"+numbered(1)+",2025-01-01"), false)
		if r.Counts.Created != 1 {
			t.Fatalf("its right bearer: %s %v", counts(r), findings(r.Errors))
		}
		b, err := d.Identify(d.ctx, "李红", numbered(1))
		if err != nil || b == a {
			t.Errorf("%s: %v", b, err)
		}
		if _, err := d.CorrectIdentity(d.as(home), a, rule.ResidentID, numbered(1), "再改回来"); !errors.Is(err, people.ErrDuplicate) {
			t.Errorf("it is somebody else's now: %v", err)
		}
	})
}

func TestOneOfTwoEmployersDoesNotChangeTheNumberAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", numbered(1))
		w.employ(t, w.as(home), id, home, "2024-01-01", "")
		e := w.employ(t, w.admin(), id, other, "2024-06-01", "")
		if _, err := w.CorrectIdentity(w.as(home), id, rule.ResidentID, wang, "录错"); !errors.Is(err, people.ErrIdentityShared) {
			t.Fatalf("one employer alone: %v", err)
		}
		rename := func(p *people.Particulars, _ int64) error { p.Name = "王晓兰"; return nil }
		if _, err := w.Amend(w.as(home), id, rename); !errors.Is(err, people.ErrIdentityShared) {
			t.Errorf("the name, one employer alone: %v", err)
		}
		if _, err := w.Amend(w.as(home), id, func(p *people.Particulars, _ int64) error { p.Major = "护理"; return nil }); err != nil {
			t.Errorf("what tells nobody who somebody is: %v", err)
		}
		if _, err := w.Amend(w.as(street), id, rename); err != nil {
			t.Errorf("the name, its office: %v", err)
		}
		if _, err := w.CorrectIdentity(w.as(street), id, rule.ResidentID, wang, "录错"); err != nil {
			t.Errorf("its office: %v", err)
		}
		if _, err := w.End(w.admin(), id, e.ID, "2025-08-31", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.CorrectIdentity(w.as(home), id, rule.ResidentID, numbered(2), "录错"); err != nil {
			t.Errorf("the only employer: %v", err)
		}
	})
}

func TestAFormerNameStillAnswers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		for _, name := range []string{"王晓兰", "王小兰", "王筱兰"} {
			p, err := w.Amend(w.as(home), id, func(p *people.Particulars, _ int64) error { p.Name = name; return nil })
			if err != nil || p.Name != name {
				t.Fatal(p.Name, err)
			}
		}
		p, err := w.Find(w.as(home), id)
		if err != nil || len(p.NamesOnce) != 2 || p.NamesOnce[1] != (people.FormerName{Name: "王小兰", Until: "2025-09-01"}) {
			t.Errorf("%+v %v", p.NamesOnce, err)
		}
		card, err := w.Service.Card(w.ctx, id)
		if err != nil || !card.Called("王小兰") || !card.Called("王晓兰") || card.Called("李红") {
			t.Errorf("%+v %v", card.Formerly, err)
		}
	})
}

func TestFormerNumbersAndTwinsAreToldWithoutTheOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		a, b, c := w.register(t, w.as(home), "王小兰", numbered(1)), w.register(t, w.as(home), "王小兰", numbered(2)), w.register(t, w.as(home), "王小兰", numbered(3))
		w.employ(t, w.as(home), c, home, "2024-01-01", "")
		for _, step := range []func() error{
			func() error {
				_, err := w.Transfer(w.as(home), c, people.TransferDraft{To: other, On: "2025-08-15", Reason: "本人申请调动"})
				return err
			},
			func() error { _, err := w.Share(w.as(home), c, 7); return err },
			func() error {
				_, err := w.CorrectIdentity(w.as(home), a, rule.ResidentID, wang, "录错")
				return err
			},
			func() error { _, err := w.Merge(w.as(home), b, c, "同一人"); return err },
			func() error { _, err := w.Merge(w.as(home), a, b, "同一人"); return err },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		own, err := w.PersonalData(w.as(home), a)
		if err != nil || len(own.Traces.Numbers) != 3 {
			t.Fatalf("%+v %v", own.Traces.Numbers, err)
		}
		why := map[people.Past]int{}
		for _, n := range own.Traces.Numbers {
			why[n.Why]++
			if !strings.Contains(n.Masked, "*") || n.Until != "2025-09-01" {
				t.Errorf("%+v", n)
			}
		}
		if why[people.PastCorrected] != 1 || why[people.PastMerged] != 2 {
			t.Errorf("%v", why)
		}
		if len(own.Traces.Links) != 1 || len(own.Traces.Transfers) != 1 || len(own.Traces.Merges) != 2 {
			t.Errorf("what was done with the records before: %+v", own.Traces)
		}
		if links, err := w.LinksOf(w.as(home), a); err != nil || len(links) != 1 {
			t.Errorf("%v %v", links, err)
		} else if err := w.Revoke(w.as(home), a, links[0].ID); err != nil {
			t.Errorf("a link to a record that was merged is not revoked: %v", err)
		}
		if records, err := w.RecordsOf(w.ctx, a); err != nil || len(records) != 3 {
			t.Errorf("%v %v", records, err)
		}
		if _, _, err := w.Undo(w.as(home), a, b, "不是同一人"); err != nil {
			t.Fatal(err)
		}
		own, err = w.PersonalData(w.as(home), a)
		if err != nil || len(own.Traces.Numbers) != 1 || len(own.Traces.Merges) != 0 {
			t.Errorf("after it was undone: %+v %v", own.Traces, err)
		}
	})
}
