package people_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
		if last := w.acts[len(w.acts)-1]; last.Verb != "reveal" || last.Reason != "办理保险" {
			t.Errorf("logged %+v", last)
		}
		for _, a := range w.acts {
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
		if last := w.acts[len(w.acts)-1]; last.Verb != "outOfReach" || last.ID != string(id) {
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

func TestWhoSeesWhom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		sees := func(when string, want map[kernel.OrganizationID]bool) {
			t.Helper()
			for org, may := range want {
				_, err := w.Find(w.as(org), id)
				if (err == nil) != may || (err != nil && !errors.Is(err, people.ErrUnknown)) {
					t.Errorf("%s: %s sees %v, want %v", when, org, err == nil, may)
				}
				page, err := w.List(w.as(org), people.Filter{}, 20, "")
				if err != nil || (len(page.Items) == 1) != may || (page.Total == 1) != may {
					t.Errorf("%s: the list of %s has %d (%v), want %v", when, org, page.Total, err, may)
				}
			}
		}
		sees("registered", map[kernel.OrganizationID]bool{home: true, street: true, district: true, city: true, other: false, school: false})
		first := w.employ(t, w.as(district), id, home, "2024-01-01", "")
		w.employ(t, w.as(district), id, other, "2025-09-15", "")
		sees("on post, and on post elsewhere soon", map[kernel.OrganizationID]bool{home: true, other: true, school: false})
		if _, err := w.End(w.as(home), id, first.ID, "2025-09-10", "离职"); err != nil {
			t.Fatal(err)
		}
		w.on("2025-09-10")
		sees("on the last day", map[kernel.OrganizationID]bool{home: true, other: true})
		w.on("2025-09-11")
		if n, err := w.Refresh(w.ctx, "2025-09-11"); err != nil || n != 1 {
			t.Fatalf("refreshed %d: %v", n, err)
		}
		sees("the day after", map[kernel.OrganizationID]bool{home: false, street: true, district: true, other: true})
		if err := w.Grant(w.admin(), id, school); err != nil {
			t.Fatal(err)
		}
		sees("enrolled", map[kernel.OrganizationID]bool{school: true})
		if n, err := w.Refresh(w.ctx, "2025-09-11"); err != nil || n != 0 {
			t.Errorf("nothing is due, refreshed %d: %v", n, err)
		}
	})
}

func TestPeopleFollowTheirOrganisation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(other), "王小兰", wang)
		w.employ(t, w.as(other), id, other, "2024-01-01", "")
		if _, err := w.Find(w.as(street), id); !errors.Is(err, people.ErrUnknown) {
			t.Fatal(err)
		}
		w.plant("institution", other, street, district, city)
		if err := w.FollowMove(kernel.AsSystem(w.ctx, "reaction"), other); err != nil {
			t.Fatal(err)
		}
		if page, err := w.List(w.as(street), people.Filter{Status: people.StatusOnPost}, 20, ""); err != nil || page.Total != 1 {
			t.Errorf("the street lists %d: %v", page.Total, err)
		}
		spells, err := w.Spells(w.ctx, id)
		if err != nil || len(spells) != 1 || len(spells[0].Path) != 4 {
			t.Errorf("%+v %v", spells, err)
		}
		if careers, registered := w.heard(); careers != 2 || registered != 1 {
			t.Errorf("heard of %d careers, %d registrations", careers, registered)
		}
	})
}

// More people than one transaction takes follow by a job; of two moves that
// overlap all end where the last one does.
func TestManyPeopleFollowTheirOrganisation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const many = 120
		for i := range many {
			w.employ(t, w.as(other), w.register(t, w.as(other), "王小兰", numbered(i)), other, "2024-01-01", "")
		}
		seen := func(by kernel.OrganizationID) int64 {
			t.Helper()
			page, err := w.List(w.as(by), people.Filter{Status: people.StatusOnPost}, 20, "")
			if err != nil {
				t.Fatal(err)
			}
			return page.Total
		}
		follows := func() {
			t.Helper()
			if err := w.FollowMove(kernel.AsSystem(w.ctx, "reaction"), other); err != nil {
				t.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(w.ctx)
		defer stop()
		w.plant("institution", other, street, district, city)
		follows()
		if n := seen(street); n == 0 || n == many {
			t.Errorf("the street lists %d at once", n)
		}
		w.plant("institution", other, home, street, district, city) // moved again before the rest came
		follows()
		go w.jobs.Run(ctx, 2)
		for deadline := time.Now().Add(time.Minute); seen(home) != many; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d have followed", seen(home))
			}
		}
		if n := seen(street); n != many {
			t.Errorf("the street lists %d", n)
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

func TestLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		staff := map[string]kernel.PersonID{}
		for i, name := range []string{"王小兰", "王秀英", "单红", "李红", "吴晓玲"} {
			number := numbered(i)
			staff[name] = w.register(t, w.as(home), name, number)
			w.employ(t, w.as(home), staff[name], home, "2024-01-01", "")
		}
		gone := w.employ(t, w.as(district), staff["李红"], other, "2023-01-01", "2023-06-30")
		spell := w.employ(t, w.as(district), w.register(t, w.as(other), "王丽", numbered(7)), other, "2022-01-01", "2022-12-31")
		if gone.ID == spell.ID {
			t.Fatal("two spells of one id")
		}
		for _, c := range []struct {
			name   string
			who    context.Context
			filter people.Filter
			want   []string
		}{
			{"by pinyin, surnames read rightly", w.as(home), people.Filter{}, []string{"李红", "单红", "王小兰", "王秀英", "吴晓玲"}},
			{"by characters", w.as(home), people.Filter{Q: "王"}, []string{"王小兰", "王秀英"}},
			{"by pinyin", w.as(home), people.Filter{Q: "wangx"}, []string{"王小兰", "王秀英"}},
			{"by initials", w.as(home), people.Filter{Q: "WXL"}, []string{"王小兰", "吴晓玲"}},
			{"one letter finds each once", w.as(home), people.Filter{Q: "w"}, []string{"王小兰", "王秀英", "吴晓玲"}},
			{"by given name", w.as(home), people.Filter{Q: "小兰"}, []string{"王小兰"}},
			{"by given name, pinyin", w.as(home), people.Filter{Q: "xiaolan"}, []string{"王小兰"}},
			{"by the middle of a name", w.as(home), people.Filter{Q: "秀"}, []string{"王秀英"}},
			{"by the end of a name, for the bureau", w.as(district), people.Filter{Q: "红", Status: people.StatusOnPost}, []string{"李红", "单红"}},
			{"by given name out of reach", w.as(other), people.Filter{Q: "小兰"}, nil},
			{"by given name, a leaver", w.as(district), people.Filter{Q: "丽", Status: people.StatusLeft}, []string{"王丽"}},
			{"a leaver of the home by given name, for itself", w.as(other), people.Filter{Q: "红", Organization: other, AsOf: "2023-03-01"}, nil},
			{"the same for the bureau", w.as(district), people.Filter{Q: "红", Organization: other, AsOf: "2023-03-01"}, []string{"李红"}},
			{"under two roots each once", w.as(home, district), people.Filter{Q: "红"}, []string{"李红", "单红"}},
			{"by identity number", w.as(home), people.Filter{Q: numbered(2)}, []string{"单红"}},
			{"by identity number out of reach", w.as(other), people.Filter{Q: numbered(2)}, nil},
			{"half a number finds nobody", w.as(home), people.Filter{Q: numbered(2)[:12]}, nil},
			{"by phone", w.as(home), people.Filter{Q: "138 0013 8000"}, []string{"王小兰", "王秀英", "单红", "李红", "吴晓玲"}},
			{"those who have left, for the bureau", w.as(district), people.Filter{Status: people.StatusLeft}, []string{"王丽"}},
			{"not for the home", w.as(other), people.Filter{Status: people.StatusLeft}, nil},
			{"on post", w.as(district), people.Filter{Status: people.StatusOnPost, Q: "王"}, []string{"王小兰", "王秀英"}},
			{"an organisation on a day, for the bureau", w.as(district), people.Filter{Organization: other, AsOf: "2023-03-01"}, []string{"李红"}},
			{"an organisation on a day, for itself", w.as(other), people.Filter{Organization: other, AsOf: "2023-03-01"}, nil},
			{"everybody on a day", w.as(city), people.Filter{AsOf: "2022-05-01"}, []string{"王丽"}},
			{"for who reaches nothing", kernel.WithReach(w.ctx, kernel.Reach{}), people.Filter{}, nil},
		} {
			var got []string
			cursor := ""
			for {
				page, err := w.List(c.who, c.filter, 2, cursor)
				if err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				if int(page.Total) != len(c.want) {
					t.Errorf("%s: total %d", c.name, page.Total)
				}
				for _, p := range page.Items {
					got = append(got, p.Name)
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			if c.filter.Q == "138 0013 8000" && len(got) == len(c.want) {
				continue // in no order
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
		if _, err := w.List(w.as(home), people.Filter{Organization: other}, 20, ""); !errors.Is(err, people.ErrEmployerUnknown) {
			t.Errorf("the list of another home: %v", err)
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
		last := w.acts[len(w.acts)-1]
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
