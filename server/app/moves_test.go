package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
)

// stay is somebody's post at a home.
type stay struct {
	person, home string
	from, to     kernel.Date
	certified    kernel.Date
}

// Homes move between offices while people come and go: the figure of each day
// is a recount by the tree of that day, a frozen one is found again whatever
// is entered later, and what an organisation was stays readable.
func TestEachDayIsCountedInItsOwnTree(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		dice := rand.New(rand.NewPCG(3, 5))
		first := kernel.Date("2025-01-01")
		offices := []string{s.found("subdistrict", "夏阳街道", s.bureau), s.found("subdistrict", "徐泾镇", s.bureau, "310118106")}
		homes := []string{s.home, s.other}
		over := map[string]map[kernel.Date]string{s.home: {}, s.other: {}} // the office of each day
		set := func(home, office string, from kernel.Date) {
			for d := from; d <= "2025-12-31"; d = d.AddDays(1) {
				over[home][d] = office
			}
		}
		move := func(home, office string, from kernel.Date) {
			s.must("PATCH /organizations/"+home, map[string]any{"parentId": office, "from": from})
			if over[home]["2025-12-31"] != office {
				set(home, office, from)
			}
		}
		for _, h := range homes {
			set(h, s.bureau, first)
			move(h, offices[0], first)
		}
		var stays []stay
		var frozen []string
		check := func(turn int, office string, on kernel.Date) {
			all, certified := map[string]bool{}, map[string]bool{}
			for _, x := range stays {
				if x.from <= on && on <= x.to && over[x.home][on] == office {
					all[x.person] = true
					if x.certified != "" && x.certified <= on {
						certified[x.person] = true
					}
				}
			}
			var got struct{ Numerator, Denominator int }
			if err := json.Unmarshal(s.must("GET /statistics/certification?organizationId="+office+"&asOf="+string(on), nil), &got); err != nil {
				t.Fatal(err)
			}
			if got.Numerator != len(certified) || got.Denominator != len(all) {
				t.Fatalf("turn %d: %d/%d under %s on %s, want %d/%d", turn, got.Numerator, got.Denominator, office, on, len(certified), len(all))
			}
		}
		for turn := range 14 {
			s.pass(26 * time.Hour)
			today := kernel.DateOf(time.Date(2025, 9, 1, 1, 0, 0, 0, time.UTC).Add(time.Duration(turn+1) * 26 * time.Hour))
			if dice.IntN(2) == 0 {
				x := stay{home: homes[dice.IntN(2)], from: first.AddDays(dice.IntN(200)), to: kernel.Forever}
				x.person = s.person(fmt.Sprintf("王%c", rune(0x4e00+turn)), nil)
				ended := kernel.Date("")
				if dice.IntN(3) == 0 {
					ended = x.from.AddDays(dice.IntN(40))
					x.to = ended
				}
				s.employ(x.person, x.home, x.from, ended)
				if dice.IntN(2) == 0 {
					x.certified = "2025-03-01"
					s.certify(x.person, 4, x.certified)
				}
				stays = append(stays, x)
			} else {
				from := today
				if dice.IntN(2) == 0 {
					from = first.AddDays(dice.IntN(240))
				}
				move(homes[dice.IntN(2)], offices[dice.IntN(2)], from)
			}
			for range 3 {
				check(turn, offices[dice.IntN(2)], first.AddDays(dice.IntN(240)))
			}
			frozen = append(frozen, s.id("POST /statistics/snapshots", map[string]any{
				"indicator": "certification", "organizationId": offices[dice.IntN(2)], "asOf": first.AddDays(dice.IntN(240)),
			}))
		}
		for _, id := range frozen {
			if raw := s.must("POST /statistics/snapshots/"+id+"/recomputation", nil); !strings.Contains(string(raw), `"same":true`) {
				t.Errorf("a frozen figure is not found again: %s", raw)
			}
		}
		if n, err := s.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
	})
}

// Beds, grade and street are those of the day asked about, and so is what a
// home needs because of them.
func TestTermsOfTheDay(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		s.must("PATCH /organizations/"+s.home, map[string]any{"approvedBeds": 200, "grade": "二级", "from": "2025-01-01"})
		snap := s.id("POST /statistics/snapshots", map[string]any{"indicator": "social-workers", "organizationId": s.bureau, "asOf": "2025-08-31"})
		s.pass(time.Hour)
		s.must("PATCH /organizations/"+s.home, map[string]any{"approvedBeds": 400, "grade": "三级", "smallCareHome": true, "subdistrictCode": "310118102"})
		for _, c := range []struct{ path, want string }{
			{"/organizations/" + s.home + "?asOf=2025-08-31", `"approvedBeds":200`},
			{"/organizations/" + s.home + "?asOf=2025-08-31", `"smallCareHome":false`},
			{"/organizations/" + s.home + "?asOf=2025-08-31", `"subdistrictCode":"310118001"`},
			{"/organizations/" + s.home + "?asOf=2025-08-31", `"grade":"二级"`},
			{"/organizations/" + s.home + "?asOf=2025-09-01", `"approvedBeds":400`},
			{"/organizations/" + s.home, `"subdistrictCode":"310118102"`},
			{"/organizations/" + s.home + "/history", `"from":"2025-01-01"`},
			{"/statistics/social-workers?organizationId=" + s.bureau + "&asOf=2025-08-31", `"approvedBeds":200`},
			{"/statistics/social-workers?organizationId=" + s.bureau + "&asOf=2025-09-01", `"approvedBeds":400`},
		} {
			if raw := s.must("GET "+c.path, nil); !strings.Contains(string(raw), c.want) {
				t.Errorf("%s: no %s in %s", c.path, c.want, raw)
			}
		}
		if raw := s.must("POST /statistics/snapshots/"+snap+"/recomputation", nil); !strings.Contains(string(raw), `"same":true`) {
			t.Errorf("a frozen figure is not found again: %s", raw)
		}
		s.refused("PATCH /organizations/"+s.home, map[string]any{"grade": "一级", "from": "2025-09-02"}, 422, "input.invalid")
	})
}
