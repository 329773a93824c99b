package people_test

import (
	"errors"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

// A roster names people who have long had a certificate and an account: only
// what came since the file stands in the way of taking it back. An account rests
// on the person, who was known before, and on no spell.
func TestWhatSomebodyKnownHadBeforeDoesNotHoldAnImport(t *testing.T) {
	const roster = "姓名,身份证号,入职日期\n王小兰," + wang + ",2025-02-01\n"
	for name, c := range map[string]struct {
		certified, account time.Duration // from the instant of the import
		made               bool
		refusal            error
	}{
		"both from before":                      {-time.Millisecond, -time.Millisecond, false, nil},
		"a certificate of the same millisecond": {0, -time.Hour, false, people.ErrCertifiedSince},
		"a certificate of later":                {time.Hour, -time.Hour, false, people.ErrCertifiedSince},
		"an account of later":                   {-time.Hour, time.Hour, false, nil},
		"somebody new, a certificate":           {-time.Hour, 0, true, people.ErrCertifiedSince},
		"somebody new, an account and no more":  {never, time.Hour, true, people.ErrAccountSince},
		"somebody new, nothing":                 {never, never, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				d := newDesk(t, db)
				if !c.made {
					d.register(t, d.as(home), "王小兰", wang)
					d.Pass(time.Hour)
				}
				at := d.Now()
				r := d.send(t, home, "a.csv", []byte(roster), false)
				id, err := d.Identify(d.ctx, "王小兰", wang)
				if err != nil {
					t.Fatal(err)
				}
				d.built.note(id, at, c.certified)
				d.signs.note(id, at, c.account)
				d.Pass(2 * time.Hour)
				if _, err := d.engine.Withdraw(d.as(home), r.ID, "发错了"); !errors.Is(err, c.refusal) {
					t.Fatalf("%v, want %v", err, c.refusal)
				}
				if c.refusal != nil || c.made {
					return
				}
				if p, err := d.Find(d.as(home), id); err != nil || len(p.Career.Latest()) != 0 {
					t.Errorf("%+v %v", p.Career.Latest(), err)
				}
			})
		})
	}
}

const never = time.Duration(-1 << 62)

func (r recorded) note(p kernel.PersonID, at time.Time, after time.Duration) {
	if after != never {
		r[p] = at.Add(after)
	}
}

// The words of an import that were said again when a later one was withdrawn
// are still of the day of the import.
func TestAnImportsTimeIsItsOwnWhenItsWordsAreSaidAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := d.register(t, d.as(home), "王小兰", wang)
		first := d.send(t, home, "a.csv", []byte("姓名,身份证号,入职日期\n王小兰,"+wang+",2024-01-01\n"), false)
		d.Pass(time.Hour)
		between := d.Now()
		d.Pass(time.Hour)
		second := d.send(t, home, "b.csv", []byte("姓名,身份证号,入职日期,离职日期\n王小兰,"+wang+",2024-01-01,2025-01-01\n"), false)
		d.Pass(time.Hour)
		d.built[id] = between
		if _, err := d.engine.Withdraw(d.as(home), second.ID, "发错了"); err != nil {
			t.Fatalf("a certificate from before the second file: %v", err)
		}
		d.Pass(time.Hour)
		if _, err := d.engine.Withdraw(d.as(home), first.ID, "发错了"); !errors.Is(err, people.ErrCertifiedSince) {
			t.Errorf("a certificate that came after the first file: %v", err)
		}
		d.built[id] = between.Add(-2 * time.Hour)
		if _, err := d.engine.Withdraw(d.as(home), first.ID, "发错了"); err != nil {
			t.Error(err)
		}
	})
}
