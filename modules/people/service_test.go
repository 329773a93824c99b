package people_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

const (
	wang  = "310118198506150005"
	third = "11010519491231002X"
)

func TestOnePersonOneRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var wait sync.WaitGroup
		var mu sync.Mutex
		made, refused := 0, 0
		ids := map[string]bool{}
		for range 20 {
			wait.Go(func() {
				p, err := w.Register(w.as(home), draft("王小兰", wang))
				mu.Lock()
				defer mu.Unlock()
				f, isFault := fault.From(err)
				switch {
				case err == nil:
					made++
					ids[string(p.ID)] = true
				case isFault && errors.Is(err, people.ErrDuplicate):
					refused++
					ids[f.Params["personId"]] = true
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if made != 1 || refused != 19 || len(ids) != 1 {
			t.Errorf("%d made, %d refused, ids %v", made, refused, ids)
		}
	})
}

func TestWhatIsShownAndWhatIsNot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p, err := w.Register(w.as(home), draft(" 王　小 兰 ", "310118 1985 0615 0005"))
		if err != nil {
			t.Fatal(err)
		}
		got := []string{p.Name, p.IDMasked, string(p.Birth), p.Gender, p.Phone}
		if d := cmp.Diff([]string{"王小兰", "310118********0005", "1985-06-15", rule.Female, "138****8000"}, got); d != "" {
			t.Error(d)
		}
		for field, want := range map[people.Field]string{people.FieldIDNumber: wang, people.FieldPhone: "13800138000"} {
			if got, err := w.Reveal(w.as(home), p.ID, field, "办理保险"); err != nil || got != want {
				t.Errorf("%s: %q %v", field, got, err)
			}
		}
		if last := w.Logged()[len(w.Logged())-1]; last.Verb != "reveal" || last.Reason != "办理保险" {
			t.Errorf("logged %+v", last)
		}
		for _, a := range w.Logged() {
			if strings.Contains(fmt.Sprint(a), wang) {
				t.Errorf("the log has the number in clear: %+v", a)
			}
		}
		if err := db.ScanRaw(w.ctx, "people_persons", func(_ string, body []byte) error {
			if strings.Contains(string(body), "0615000") || strings.Contains(string(body), "13800138000") {
				t.Error("the database has a number in clear")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		self := kernel.WithReach(kernel.WithActor(w.ctx, kernel.Actor{Person: p.ID}), kernel.Reach{Self: p.ID})
		if own, err := w.PersonalData(self, p.ID); err != nil || own.IDNumber != wang || own.Phone != "13800138000" {
			t.Errorf("one's own data %+v %v", own, err)
		}
		if own, err := w.PersonalData(w.admin(), p.ID); err != nil || own.IDNumber != "310118********0005" {
			t.Errorf("another's data %+v %v", own, err)
		}
	})
}

func TestNobodyFishes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		stranger := w.as(other)
		for _, step := range []struct {
			name, said string
			personID   string
		}{
			{"with another name nothing is told", "李四", ""},
			{"with the right name the person is", "王小兰", string(id)},
		} {
			_, err := w.Register(stranger, draft(step.said, wang))
			f, _ := fault.From(err)
			if !errors.Is(err, people.ErrDuplicate) || f.Params["personId"] != step.personID {
				t.Errorf("%s: %v", step.name, err)
			}
		}
		if _, err := w.Find(stranger, id); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("the stranger sees the person: %v", err)
		}
		if last := w.Logged()[len(w.Logged())-1]; last.Verb != "outOfReach" || last.ID != string(id) {
			t.Errorf("the look left %+v", last)
		}
		refused := 0
		for range 70 {
			if _, err := w.Register(stranger, draft("李四", wang)); errors.Is(err, people.ErrTooManyProbes) {
				refused++
			}
		}
		if refused < 5 {
			t.Errorf("%d of 70 more attempts were stopped", refused)
		}
		if _, err := w.Register(w.as(school), draft("李四", wang)); !errors.Is(err, people.ErrDuplicate) || errors.Is(err, people.ErrTooManyProbes) {
			t.Errorf("another account is not stopped for it: %v", err)
		}
	})
}

// However many ask at once, nobody is told of more than the limit, and an office
// no more by having many accounts.
func TestTheLimitOfHitsHoldsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.employ(t, w.as(other), w.register(t, w.as(other), "王小兰", wang), other, "2024-01-01", "")
		try := func(accounts, times int) (told int64) {
			var wg sync.WaitGroup
			var n atomic.Int64
			for i := range 8 {
				wg.Go(func() {
					for j := range times {
						actor := kernel.Actor{User: kernel.UserID(fmt.Sprint("clerk", (i*times+j)%accounts)), Grants: []kernel.Grant{{Role: "any", Organization: school}}}
						ctx := kernel.WithReach(kernel.WithActor(w.ctx, actor), kernel.Reach{Roots: []kernel.OrganizationID{school}})
						_, err := w.Register(ctx, draft("李四", wang))
						switch {
						case errors.Is(err, people.ErrTooManyProbes):
						case errors.Is(err, people.ErrDuplicate):
							n.Add(1)
						default:
							t.Errorf("%v", err)
						}
					}
				})
			}
			wg.Wait()
			return n.Load()
		}
		if told := try(1, 10); told != 60 {
			t.Errorf("an account was told %d times", told)
		}
		if told := try(8, 10); told != 60 { // the office has 120
			t.Errorf("other accounts of the office were told %d times", told)
		}
		if n := w.probes(); len(n) != 1 {
			t.Errorf("%v", n)
		}
	})
}

func TestAClaimOpensTheDoorForHalfAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		post := people.Post{Organization: other, Role: kernel.StaffCaregiver, Period: kernel.Period{From: "2025-09-01"}}
		if _, err := w.Employ(w.as(other), id, post); !errors.Is(err, people.ErrUnknown) {
			t.Fatalf("without a claim: %v", err)
		}
		// The refusal rolls its transaction back; the claim outlives it.
		err := db.Tx(w.as(other), func(ctx context.Context) error {
			_, err := w.Register(ctx, draft("王小兰", wang))
			return err
		})
		if !errors.Is(err, people.ErrDuplicate) {
			t.Fatal(err)
		}
		if _, err := w.Employ(w.as(school), id, post); !errors.Is(err, people.ErrUnknown) && !errors.Is(err, people.ErrEmployerUnknown) {
			t.Errorf("another organisation without a claim: %v", err)
		}
		if _, err := w.Employ(w.as(other), id, post); err != nil {
			t.Fatalf("with a claim: %v", err)
		}
		if _, err := w.Find(w.as(other), id); err != nil {
			t.Errorf("the employer does not see its own: %v", err)
		}
	})
}

func TestNothingOfACareerIsOverwritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		me := w.as(home)
		id := w.register(t, me, "王小兰", wang)
		e := w.employ(t, me, id, home, "2024-01-01", "")
		beforeCorrection := w.Now()
		w.on("2025-09-02")
		from := kernel.Date("2024-02-01")
		if _, err := w.Correct(me, id, e.ID, people.Change{From: &from, Reason: "合同日期"}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			post people.Post
			want error
		}{
			"the same post again":       {people.Post{Organization: home, Role: kernel.StaffCaregiver, Period: kernel.Period{From: "2025-01-01"}}, people.ErrSpellOverlap},
			"another post beside it":    {people.Post{Organization: home, Role: kernel.StaffManager, Period: kernel.Period{From: "2025-01-01"}}, nil},
			"an end before the start":   {people.Post{Organization: home, Role: kernel.StaffMedical, Period: kernel.Period{From: "2025-01-02", To: "2025-01-01"}}, people.ErrSpellReversed},
			"a start in two years":      {people.Post{Organization: home, Role: kernel.StaffMedical, Period: kernel.Period{From: "2027-01-01"}}, people.ErrSpellTooFar},
			"a start before school age": {people.Post{Organization: home, Role: kernel.StaffMedical, Period: kernel.Period{From: "1990-01-01"}}, people.ErrSpellBeforeBirth},
			"a home out of reach":       {people.Post{Organization: other, Role: kernel.StaffMedical, Period: kernel.Period{From: "2025-01-01"}}, people.ErrEmployerUnknown},
		} {
			if _, err := w.Employ(me, id, c.post); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Correct(me, id, e.ID, people.Change{From: &from, Reason: "再改"}); !errors.Is(err, people.ErrSpellUnchanged) {
			t.Errorf("a correction that changes nothing: %v", err)
		}
		spells, err := w.Spells(w.ctx, id)
		if err != nil || len(spells) != 3 || spells[0].SupersededAt == nil || spells[0].Period.From != "2024-01-01" || spells[1].ID != spells[0].ID {
			t.Fatalf("%+v %v", spells, err)
		}
		for _, c := range []struct {
			name   string
			filter people.Filter
			want   int64
		}{
			{"in January as it is known now", people.Filter{AsOf: "2024-01-15"}, 0},
			{"in January as it was known before", people.Filter{AsOf: "2024-01-15", KnownAt: beforeCorrection}, 1},
			{"in February", people.Filter{AsOf: "2024-02-01"}, 1},
			{"today", people.Filter{AsOf: "2025-09-02", Role: kernel.StaffManager}, 1},
			{"today in a post nobody has", people.Filter{AsOf: "2025-09-02", Role: kernel.StaffMedical}, 0},
		} {
			if page, err := w.List(me, c.filter, 20, ""); err != nil || page.Total != c.want {
				t.Errorf("%s: %d %v", c.name, page.Total, err)
			}
		}
	})
}

// numbered makes a valid identity number of a woman born in 1985.
func numbered(i int) string {
	body := fmt.Sprintf("31011819850615%03d", i*2+200)
	for _, check := range "0123456789X" {
		if _, flaw := rule.Identify("", body+string(check), "2025-01-01"); flaw == "" {
			return body + string(check)
		}
	}
	return ""
}

func TestAPersonIsAmendedAndIdentified(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		phone := "13912345678"
		p, err := w.Amend(w.as(home), id, func(p *people.Particulars, stored int64) error {
			if stored != 1 {
				t.Errorf("version %d", stored)
			}
			p.Phone, p.Education = &phone, "college"
			return nil
		})
		if err != nil || p.Phone != "139****5678" || p.Education != "college" {
			t.Fatalf("%+v %v", p, err)
		}
		last := w.Logged()[len(w.Logged())-1]
		if d := cmp.Diff(map[string]string{"phone": "138****8000 → 139****5678", "education": " → college"}, last.Detail); d != "" {
			t.Error(d)
		}
		for _, c := range []struct {
			name, said, number string
			want               error
		}{
			{"name and number", "王 小兰", "310118198506150005", nil},
			{"another name", "李四", wang, people.ErrNameDiffers},
			{"an unknown number", "王小兰", third, people.ErrUnknown},
		} {
			if got, err := w.Identify(w.ctx, c.said, c.number); !errors.Is(err, c.want) || (c.want == nil && got != id) {
				t.Errorf("%s: %s %v", c.name, got, err)
			}
		}
		if err := w.MarkPreJob(w.ctx, id, "2025-03-20", "class"); err != nil {
			t.Fatal(err)
		}
		w.employ(t, w.as(home), id, home, "2025-03-01", "")
		found, err := w.Find(w.as(home), id)
		if g := w.Gate(found); err != nil || g.DaysBefore != 19 || g.Missing {
			t.Errorf("%+v %v", g, err)
		}
		_, err = w.Register(w.as(home), draft("甲", "310105197002290008"))
		if f, ok := fault.From(err); !ok || len(f.Fields) != 1 || f.Fields[0].Code != string(rule.FlawDate) || f.Fields[0].Value != "" {
			t.Errorf("%v", err)
		}
	})
}

func TestAWrongNumberIsCorrected(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", numbered(3))
		w.register(t, w.as(home), "李红", numbered(4))
		if _, err := w.CorrectIdentity(w.as(home), id, rule.ResidentID, numbered(4), "录错"); !errors.Is(err, people.ErrDuplicate) {
			t.Errorf("to the number of another: %v", err)
		}
		if _, err := w.CorrectIdentity(w.as(other), id, rule.ResidentID, wang, "录错"); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("by another home: %v", err)
		}
		p, err := w.CorrectIdentity(w.as(home), id, rule.ResidentID, wang, "录错")
		if err != nil || p.IDMasked != "310118********0005" {
			t.Fatalf("%+v %v", p, err)
		}
		if got, err := w.Identify(w.ctx, "王小兰", wang); err != nil || got != id {
			t.Errorf("%s %v", got, err)
		}
		if got, err := w.Identify(w.ctx, "王小兰", numbered(3)); err != nil || got != id {
			t.Errorf("the former number finds %s: %v", got, err)
		}
		w.register(t, w.as(home), "赵红", numbered(3))
	})
}
