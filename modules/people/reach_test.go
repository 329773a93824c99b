package people_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

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
		spell := w.employ(t, w.as(district), w.register(t, w.as(district), "王丽", numbered(7)), other, "2022-01-01", "2022-12-31")
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
			{"marks are in no name", w.as(home), people.Filter{Q: "%"}, nil},
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
