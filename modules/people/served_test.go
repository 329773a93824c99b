package people_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

// Whatever careers people have, the list of a day names who was on post then,
// each once, with their exact number: for everybody, a bureau, and a home that
// does not see who has left it.
func TestListsOfADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		dice := rand.New(rand.NewPCG(2, 3))
		type stay struct {
			name     string
			at       kernel.OrganizationID
			from, to kernel.Date
		}
		var stays []stay
		here := map[string]map[kernel.OrganizationID]bool{} // on post today or later
		for i := range 24 {
			name := fmt.Sprintf("王%c", rune(0x4e00+i))
			id := w.register(t, w.admin(), name, numbered(i))
			here[name] = map[kernel.OrganizationID]bool{}
			for range dice.IntN(4) {
				s := stay{name: name, at: []kernel.OrganizationID{home, other}[dice.IntN(2)], from: kernel.Date("2010-01-01").AddDays(dice.IntN(5700)), to: kernel.Forever}
				if dice.IntN(3) > 0 {
					s.to = s.from.AddDays(dice.IntN(1500))
				}
				if s.to > "2026-08-31" {
					s.to = kernel.Forever
				}
				ended := s.to
				if ended == kernel.Forever {
					ended = ""
				}
				role := []kernel.StaffRole{kernel.StaffCaregiver, kernel.StaffDirector}[dice.IntN(2)]
				if _, err := w.Employ(w.admin(), id, people.Post{Organization: s.at, Role: role, Period: kernel.Period{From: s.from, To: ended}}); err != nil {
					continue // overlapping the same post
				}
				stays = append(stays, s)
				here[name][s.at] = here[name][s.at] || s.to >= "2025-09-01"
			}
		}
		days := []kernel.Date{"1949-12-31", "1990-01-01", "2026-07-01"}
		for range 25 {
			s := stays[dice.IntN(len(stays))]
			days = append(days, s.from, s.from.AddDays(-1), s.to, kernel.Date("2010-01-01").AddDays(dice.IntN(5700)))
		}
		for _, on := range days {
			if on == kernel.Forever {
				continue
			}
			for _, c := range []struct {
				who    string
				list   people.Filter
				counts func(stay) bool
			}{
				{"everybody", people.Filter{}, func(stay) bool { return true }},
				{"district", people.Filter{Organization: district}, func(stay) bool { return true }},
				{"other", people.Filter{Organization: other}, func(s stay) bool { return s.at == other }},
				{"itself", people.Filter{Organization: home}, func(s stay) bool { return s.at == home && here[s.name][home] }},
			} {
				ctx := w.admin()
				if c.who == "itself" {
					ctx = w.as(home)
				}
				want := []string{}
				for _, s := range stays {
					if s.from <= on && on <= s.to && c.counts(s) && !slices.Contains(want, s.name) {
						want = append(want, s.name)
					}
				}
				c.list.AsOf = on
				got, cursor := []string{}, ""
				for {
					page, err := w.List(ctx, c.list, 7, cursor)
					if err != nil {
						t.Fatal(err)
					}
					if on != "2025-09-01" && (page.Total != int64(len(want)) || page.More) {
						t.Fatalf("%s on %s: total %d, want %d", c.who, on, page.Total, len(want))
					}
					for _, p := range page.Items {
						got = append(got, p.Name)
					}
					if cursor = page.Next; cursor == "" {
						break
					}
				}
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(want, got) {
					t.Fatalf("%s on %s: %v, want %v", c.who, on, got, want)
				}
			}
		}
		for turn := range 2 { // first everybody is judged, which nobody here does by reaction
			if n, err := w.Rebuild(w.admin()); err != nil || (turn == 1 && n != 0) {
				t.Errorf("rebuild: %d %v", n, err)
			}
		}
	})
}
