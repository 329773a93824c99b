package organizations_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

// term is what a day's entry of an organisation says, in the slow way of
// keeping it: one entry for every day.
type term struct {
	parent kernel.OrganizationID
	street kernel.RegionCode
	beds   int
	closed bool
}

// calendar keeps every organisation's entry of every day.
type calendar struct {
	first kernel.Date
	days  int
	seats map[kernel.RegionCode]kernel.OrganizationID
	of    map[kernel.OrganizationID][]term
}

func (c calendar) path(id kernel.OrganizationID, day int) []kernel.OrganizationID {
	t := c.of[id][day]
	path := []kernel.OrganizationID{id}
	if t.parent != "" {
		return append(path, c.path(t.parent, day)...)
	}
	around := []kernel.RegionCode{t.street, "310118"}
	for _, region := range around {
		if over := c.seats[region]; over != "" && over != id && !c.of[over][day].closed && (region != t.street || c.seats[t.street] != id) {
			path = append(path, over)
		}
	}
	return path
}

// Whatever is moved and changed, in whatever order and from whatever day, each
// day has the tree and the terms of that day, and what was known at an instant
// is told the same for ever.
func TestEachDayHasItsOwnTree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		dice := rand.New(rand.NewPCG(7, 11))
		cal := calendar{first: "2025-01-01", days: 300, seats: map[kernel.RegionCode]kernel.OrganizationID{}, of: map[kernel.OrganizationID][]term{}}
		beds := map[organizations.Kind]int{organizations.Institution: 100}
		made := func(kind organizations.Kind, name string, parent kernel.OrganizationID, street kernel.RegionCode) kernel.OrganizationID {
			o, err := w.Register(w.admin(), organizations.Draft{Kind: kind, Particulars: organizations.Particulars{
				Name: name, Parent: parent, Division: "310118", Street: street, ApprovedBeds: beds[kind],
			}})
			if err != nil {
				t.Fatal(err)
			}
			for range cal.days {
				cal.of[o.ID] = append(cal.of[o.ID], term{parent: parent, street: street, beds: beds[kind]})
			}
			return o.ID
		}
		streets := []kernel.RegionCode{"310118001", "310118002", "310118109"}
		homes := []kernel.OrganizationID{made("institution", "甲院", "", streets[0]), made("institution", "乙院", "", streets[1])}
		bureau := made("districtBureau", "青浦区民政局", "", "") // later than the homes that it oversees
		cal.seats["310118"] = bureau
		var offices []kernel.OrganizationID
		for i, s := range streets {
			offices = append(offices, made("subdistrict", fmt.Sprint("街道", i), "", s))
			cal.seats[s] = offices[i]
		}
		branches := []kernel.OrganizationID{made("institution", "分院", homes[0], streets[0])}
		all := slices.Concat(homes, offices, branches, []kernel.OrganizationID{bureau})

		type seen struct {
			at    time.Time
			paths map[kernel.OrganizationID]map[int][]kernel.OrganizationID
		}
		var past []seen
		for turn := range 24 {
			w.Pass(7 * time.Hour)
			today := kernel.DateOf(w.Now()).Sub(cal.first)
			day := today
			if dice.IntN(2) == 0 {
				day = dice.IntN(today + 1)
			}
			id := homes[dice.IntN(2)]
			var change func(*term)
			switch dice.IntN(5) {
			case 0:
				street := streets[dice.IntN(3)]
				change = func(t *term) { t.street = street }
			case 1:
				parent := slices.Concat(offices, []kernel.OrganizationID{"", ""})[dice.IntN(5)]
				change = func(t *term) { t.parent = parent }
			case 2:
				id = branches[0]
				parent := homes[dice.IntN(2)]
				change = func(t *term) { t.parent = parent }
			case 3:
				id = offices[dice.IntN(3)]
				closed := dice.IntN(2) == 0
				change = func(t *term) { t.closed = closed }
			case 4:
				beds := 100 * dice.IntN(4)
				change = func(t *term) { t.beds = beds }
			}
			last := cal.of[id][today]
			next := last
			change(&next)
			_, err := w.Amend(w.admin(), id, organizations.Days{From: cal.first.AddDays(day)}, func(p *organizations.Particulars, _ int64) error {
				p.Parent, p.Street, p.ApprovedBeds, p.ClosedOn = next.parent, next.street, next.beds, ""
				if next.closed {
					p.ClosedOn = "2024-12-31"
				}
				return nil
			})
			if err != nil {
				t.Fatalf("turn %d: %v", turn, err)
			}
			if next != last { // what is said again changes nothing
				for d := day; d < cal.days; d++ {
					change(&cal.of[id][d])
				}
			}
			now := seen{w.Now(), map[kernel.OrganizationID]map[int][]kernel.OrganizationID{}}
			for range 12 {
				d := dice.IntN(today + 1)
				cards, err := w.CardsOn(w.ctx, all, cal.first.AddDays(d))
				if err != nil {
					t.Fatal(err)
				}
				under, err := w.UnderOn(w.ctx, offices[0], "institution", cal.first.AddDays(d))
				if err != nil {
					t.Fatal(err)
				}
				var want, got []kernel.OrganizationID
				for _, o := range all {
					path := cal.path(o, d)
					if now.paths[o] == nil {
						now.paths[o] = map[int][]kernel.OrganizationID{}
					}
					now.paths[o][d] = path
					if diff := cmp.Diff(path, cards[o].Path); diff != "" {
						t.Fatalf("turn %d: path of %s on %s: %s", turn, cards[o].Name, cal.first.AddDays(d), diff)
					}
					if cards[o].ApprovedBeds != cal.of[o][d].beds {
						t.Fatalf("turn %d: beds of %s on %s: %d, want %d", turn, cards[o].Name, cal.first.AddDays(d), cards[o].ApprovedBeds, cal.of[o][d].beds)
					}
					if cards[o].Kind == "institution" && slices.Contains(path, offices[0]) {
						want = append(want, o)
					}
				}
				for _, c := range under {
					got = append(got, c.ID)
				}
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(want, got) {
					t.Fatalf("turn %d: under %s on %s: %v, want %v", turn, offices[0], cal.first.AddDays(d), got, want)
				}
			}
			past = append(past, now)
		}
		cards, err := w.Cards(w.ctx, all)
		if err != nil {
			t.Fatal(err)
		}
		for _, then := range past {
			for o, days := range then.paths {
				for d, want := range days {
					got := cards[o].Path
					for _, s := range kernel.Timeline(cards[o].Stood, then.at) {
						if s.From <= cal.first.AddDays(d) {
							got = s.Path
						}
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("%s on %s as known at %s: %s", cards[o].Name, cal.first.AddDays(d), then.at, diff)
					}
				}
			}
		}
		// A page on a day, the day itself, and tomorrow.
		_, err = w.Amend(w.admin(), homes[0], organizations.Days{From: kernel.DateOf(w.Now()).AddDays(1)}, func(p *organizations.Particulars, _ int64) error { p.Grade = "三级"; return nil })
		if f, ok := fault.From(err); !ok || len(f.Fields) != 1 || f.Fields[0].Code != "organizations.from_in_future" {
			t.Errorf("from tomorrow: %v", err)
		}
	})
}

// The first day of a change is the first on which it holds.
// What nobody had said is filled in for ever, unless a day is named; a change of
// what was said holds from its day on.
func TestWhatWasUnknownIsFilledIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		home := w.register(t, organizations.Institution, "淀山湖福利院", "310118", "310118001")
		beds := func(n int) {
			t.Helper()
			if _, err := w.Amend(w.admin(), home, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.ApprovedBeds = n; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		at := func(on kernel.Date) int {
			t.Helper()
			o, err := w.Find(w.admin(), home)
			if err != nil {
				t.Fatal(err)
			}
			return o.On(on).ApprovedBeds
		}
		beds(200)
		if then, now := at("2020-01-01"), at(kernel.DateOf(w.Now())); then != 200 || now != 200 {
			t.Errorf("filled in: %d and %d", then, now)
		}
		beds(400)
		if then, now := at("2020-01-01"), at(kernel.DateOf(w.Now())); then != 200 || now != 400 {
			t.Errorf("changed: %d and %d", then, now)
		}
	})
}

func TestTermsAtTheirFirstDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		home := w.register(t, organizations.Institution, "淀山湖福利院", "310118", "310118001")
		for _, beds := range []int{200, 400} {
			_, err := w.Amend(w.admin(), home, organizations.Days{From: map[int]kernel.Date{200: "2025-03-01", 400: "2025-09-01"}[beds]}, func(p *organizations.Particulars, _ int64) error {
				p.ApprovedBeds, p.Grade = beds, fmt.Sprint(beds, "级")
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			on    kernel.Date
			beds  int
			grade string
		}{
			{"2025-02-28", 0, ""},
			{"2025-03-01", 200, "200级"},
			{"2025-08-31", 200, "200级"},
			{"2025-09-01", 400, "400级"},
		} {
			o, err := w.Find(w.admin(), home)
			if err != nil {
				t.Fatal(err)
			}
			if was := o.On(c.on); was.ApprovedBeds != c.beds || was.Grade != c.grade {
				t.Errorf("on %s: %d beds, %q", c.on, was.ApprovedBeds, was.Grade)
			}
		}
		if _, err := w.Find(w.ctx, home); !errors.Is(err, organizations.ErrUnknown) {
			t.Errorf("out of reach: %v", err)
		}
	})
}
