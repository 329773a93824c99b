package statistics_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/statistics"
	"carecert/modules/statistics/rule"
)

// The little world: a home and another in one district.
type world struct {
	*statistics.Service
	db     *store.DB
	now    time.Time
	closed map[kernel.OrganizationID]bool
}

// places are the organisations; those that have closed are said so.
type places struct {
	closed map[kernel.OrganizationID]bool
}

func (p places) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	cards := map[kernel.OrganizationID]kernel.OrganizationCard{
		"home":     {ID: "home", Name: "淀山湖福利院", Kind: "institution", ApprovedBeds: 299, Region: "310105", Path: []kernel.OrganizationID{"home", "district"}},
		"other":    {ID: "other", Name: "徐泾镇养护院", Kind: "institution", ApprovedBeds: 300, Region: "310105", Path: []kernel.OrganizationID{"other", "district"}},
		"district": {ID: "district", Name: "长宁区民政局", Kind: "districtBureau", Region: "310105", Path: []kernel.OrganizationID{"district"}},
	}
	card, ok := cards[id]
	if !ok {
		return card, statistics.ErrUnknownOrganization
	}
	card.Closed = p.closed[id]
	return card, nil
}

func (p places) Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	out := map[kernel.OrganizationID]kernel.OrganizationCard{}
	for _, id := range ids {
		if c, err := p.Card(ctx, id); err == nil {
			out[id] = c
		}
	}
	return out, nil
}

// CardsOn: the home was renamed on 1 June 2023.
func (p places) CardsOn(ctx context.Context, ids []kernel.OrganizationID, on kernel.Date) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	cards, err := p.Cards(ctx, ids)
	if c, ok := cards["home"]; ok && on < "2023-06-01" {
		c.Name = "更名前的福利院"
		cards["home"] = c
	}
	return cards, err
}

func (p places) UnderOn(ctx context.Context, _ kernel.OrganizationID, _ string, on kernel.Date) ([]kernel.OrganizationCard, error) {
	cards, err := p.CardsOn(ctx, []kernel.OrganizationID{"other", "home"}, on)
	return []kernel.OrganizationCard{cards["other"], cards["home"]}, err
}

type register struct{}

func (register) Cards(_ context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	out := map[kernel.PersonID]kernel.PersonCard{}
	for _, id := range ids {
		out[id] = kernel.PersonCard{ID: id, Name: "名" + string(id)}
	}
	return out, nil
}

type silent struct{}

func (silent) Record(context.Context, kernel.Act) error { return nil }

// A report on a day shows the names of that day, whenever it is made.
func TestOldReportsShowOldNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		ctx := kernel.WithReach(t.Context(), kernel.Reach{Everywhere: true})
		for on, want := range map[kernel.Date]string{"2023-05-31": "更名前的福利院", "2023-06-01": "淀山湖福利院"} {
			snap, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorCertification, Organization: "home", AsOf: on})
			if err != nil {
				t.Fatal(err)
			}
			if snap, err = w.Snapshot(ctx, snap.ID); err != nil || snap.Name != want {
				t.Errorf("frozen for %s: %s %v", on, snap.Name, err)
			}
			lines, err := w.Compare(ctx, "district", on)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				if l.Card.ID == "home" && l.Card.Name != want {
					t.Errorf("compared on %s: %s", on, l.Card.Name)
				}
			}
		}
	})
}

func target(bp int64) *int64 { return &bp }

func begin(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{db: db, now: kernel.Date("2024-01-10").Start(), closed: map[kernel.OrganizationID]bool{}}
	m := statistics.New(statistics.Deps{
		DB: db, Clock: kernel.ClockFunc(func() time.Time { return w.now }), Log: slog.New(slog.DiscardHandler), Audit: silent{},
		Organizations: places{w.closed}, People: register{},
		Quality: []rule.QualityRow{qualityRow()}, Standards: standards(), Coverage: coverageRows(), SocialWorkers: socialRows(),
		Rows: []rule.Row{{
			RuleHead: kernel.RuleHead{ID: "changning-2023", Version: "1", Region: "310105", From: "2023-04-28", To: "2023-12-31"},
			Roles:    []kernel.StaffRole{kernel.StaffCaregiver}, Families: []string{"skillLevel"}, VerifiedOnly: true, TargetBP: target(7600),
		}},
		Requirement: func(_ kernel.RegionCode, on kernel.Date) (kernel.Minutes, string) {
			if on < "2022-07-01" { // in the middle of a year
				return 0, "hours@0"
			}
			return 900, "hours@1"
		},
	})
	w.Service = m.Service
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func everywhere(ctx context.Context) context.Context {
	return kernel.WithReach(ctx, kernel.Reach{Everywhere: true})
}

func spell(person kernel.PersonID, org kernel.OrganizationID, from, to kernel.Date) kernel.Spell {
	return kernel.Spell{
		ID: string(person) + string(org), Person: person, Organization: org, Path: []kernel.OrganizationID{org, "district"}, Role: kernel.StaffCaregiver,
		Period: kernel.Period{From: from, To: to}, RecordedAt: from.Start(),
	}
}

func holds(level kernel.SkillLevel, issued kernel.Date) []rule.Holding {
	at := issued.Start()
	return []rule.Holding{{Family: "skillLevel", Level: level, IssuedOn: issued, RecordedAt: at, VerifiedAt: &at}}
}

// staff hires n people of whom certified hold a certificate.
func (w *world) staff(t *testing.T, n, certified int) {
	t.Helper()
	for i := range n {
		id := kernel.PersonID(fmt.Sprintf("p%03d", i))
		must(t, w.HearCareers(t.Context(), []kernel.Career{{Person: id, Spells: []kernel.Spell{spell(id, "home", "2023-01-01", kernel.Forever)}}}))
		if i < certified {
			must(t, w.HearHoldings(t.Context(), []statistics.Holdings{{Person: id, Holdings: holds(kernel.SkillLevel(5-i%3), "2022-01-01")}}))
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) rate(t *testing.T, org kernel.OrganizationID, on kernel.Date) statistics.Certification {
	t.Helper()
	c, err := w.Certification(everywhere(t.Context()), org, on, "")
	must(t, err)
	return c
}

// 2,501 on post and 1,900 certified, one hundredth the size: the edge of 76 %.
func TestRateAtTheEdge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		w.staff(t, 25, 18)
		c := w.rate(t, "district", "2023-12-31")
		if c.Ratio.Percent() != "72.00" || *c.Met() || *c.Gap() != 1 {
			t.Errorf("18 of 25: %s, met %v, gap %d", c.Ratio.Percent(), *c.Met(), *c.Gap())
		}
		must(t, w.HearHoldings(t.Context(), []statistics.Holdings{{Person: "p020", Holdings: holds(4, "2023-12-31")}}))
		c = w.rate(t, "district", "2023-12-31")
		if c.Ratio.Percent() != "76.00" || !*c.Met() || *c.Gap() != 0 {
			t.Errorf("19 of 25: %s, met %v", c.Ratio.Percent(), *c.Met())
		}
		if before := w.rate(t, "district", "2023-12-30"); before.Ratio.Numerator != 18 {
			t.Errorf("the day before its issue the certificate counts: %d", before.Ratio.Numerator)
		}
		if later := w.rate(t, "district", "2024-01-01"); later.Met() != nil || later.Gap() != nil || later.Ratio.Denominator != 25 {
			t.Errorf("where no rule is in force: %+v", later)
		}
	})
}

func TestOnceInTheDistrict(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		both := []kernel.Spell{spell("p", "home", "2023-01-01", kernel.Forever), spell("p", "other", "2023-06-01", "2023-09-30")}
		for range 2 { // hearing a fact twice changes nothing
			must(t, w.HearCareers(t.Context(), []kernel.Career{{Person: "p", Spells: both}}))
		}
		for _, c := range []struct {
			org  kernel.OrganizationID
			on   kernel.Date
			want int64
		}{{"district", "2023-07-01", 1}, {"home", "2023-07-01", 1}, {"other", "2023-07-01", 1}, {"other", "2023-10-01", 0}, {"district", "2022-12-31", 0}} {
			if got := w.rate(t, c.org, c.on).Ratio.Denominator; got != c.want {
				t.Errorf("%s on %s: %d, want %d", c.org, c.on, got, c.want)
			}
		}
		must(t, w.HearCareers(t.Context(), []kernel.Career{{Person: "p", Spells: both[1:]}}))
		if got := w.rate(t, "home", "2023-07-01").Ratio.Denominator; got != 0 {
			t.Errorf("after the spell was taken back: %d", got)
		}
	})
}

func TestMissingAreNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		w.staff(t, 30, 10)
		var names []kernel.PersonID
		q := statistics.ListQuery{Organization: "district", AsOf: "2023-06-30", State: "missing", Limit: 7}
		for {
			p, err := w.People(everywhere(t.Context()), q)
			must(t, err)
			if p.Total != 20 {
				t.Fatalf("total %d", p.Total)
			}
			for _, l := range p.Items {
				names = append(names, l.Card.ID)
				if l.Why != rule.WhyNone {
					t.Errorf("%s is missing because %s", l.Card.ID, l.Why)
				}
			}
			if q.Cursor = p.Next; q.Cursor == "" {
				break
			}
		}
		if len(names) != 20 {
			t.Errorf("%d named of 20", len(names))
		}
	})
}

func TestFrozenStaysFrozen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		w.staff(t, 10, 5)
		ctx := everywhere(t.Context())
		if _, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorCertification, Organization: "district", AsOf: "2199-12-31"}); !errors.Is(err, statistics.ErrFuture) {
			t.Errorf("a day to come: %v", err)
		}
		snap, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorCertification, Organization: "district", AsOf: "2023-06-30"})
		must(t, err)
		w.now = w.now.Add(24 * time.Hour)
		late := spell("late", "home", "2023-06-20", kernel.Forever)
		late.RecordedAt = w.now
		must(t, w.HearCareers(t.Context(), []kernel.Career{{Person: "late", Spells: []kernel.Spell{late}}}))
		again, err := w.Recompute(ctx, snap.ID)
		must(t, err)
		if !again.Same || again.Now.Ratio.Denominator != 10 || again.Snapshot.Figure.Ratio.Denominator != 10 {
			t.Errorf("recomputed: %+v", again)
		}
		if now := w.rate(t, "district", "2023-06-30").Ratio.Denominator; now != 11 {
			t.Errorf("the figure of today leaves the late entry out: %d", now)
		}
		if _, err := w.Snapshot(kernel.WithReach(t.Context(), kernel.Reach{Roots: []kernel.OrganizationID{"other"}}), snap.ID); !errors.Is(err, statistics.ErrUnknownSnapshot) {
			t.Errorf("a foreign snapshot: %v", err)
		}
	})
}

func TestHoursOfAYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		w.staff(t, 4, 0)
		for person, minutes := range map[kernel.PersonID]kernel.Minutes{"p000": 900, "p001": 899, "p002": 2000} {
			y := statistics.YearHours{Minutes: minutes, Required: 900, PerHour: 45}
			for range 2 {
				must(t, w.HearYear(t.Context(), person, 2023, y))
			}
		}
		h, err := w.Hours(everywhere(t.Context()), "district", 2023)
		must(t, err)
		if h.Subject != 4 || h.Met != 2 || !h.Over || h.Buckets[0] != 1 || h.Buckets[4] != 1 || h.Buckets[5] != 1 || h.Buckets[9] != 1 {
			t.Errorf("%+v", h)
		}
		// The people behind the same numbers; who left before the end is not one.
		left := spell("left", "home", "2023-01-01", "2023-12-30")
		must(t, w.HearCareers(t.Context(), []kernel.Career{{Person: "left", Spells: []kernel.Spell{left}}}))
		for state, want := range map[string][]string{"missing": {"p001 899 short", "p003 0 short"}, "met": {"p000 900 ", "p002 2000 "}} {
			var got []string
			q := statistics.HoursQuery{Organization: "home", Year: 2023, State: state, Limit: 1}
			for {
				page, err := w.HoursPeople(everywhere(t.Context()), q)
				must(t, err)
				if page.Total != 2 {
					t.Errorf("%s: total %d", state, page.Total)
				}
				for _, l := range page.Items {
					got = append(got, fmt.Sprintf("%s %d %s", l.Card.ID, l.Hours.Minutes, l.Why))
					if l.Hours.Required != 900 || len(l.Places) != 1 || l.From != "2023-01-01" {
						t.Errorf("%+v", l)
					}
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s: %v", state, got)
			}
		}
		foreign := kernel.WithReach(t.Context(), kernel.Reach{Roots: []kernel.OrganizationID{"other"}})
		if _, err := w.HoursPeople(foreign, statistics.HoursQuery{Organization: "home", Year: 2023, Limit: 1}); !errors.Is(err, statistics.ErrUnknownOrganization) {
			t.Errorf("a foreign home: %v", err)
		}
	})
}

// The row of a year's first day judges it, as in the ledger; where it asks for
// nothing, nobody is short of it.
func TestAYearWithoutARequirement(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		w.staff(t, 3, 0)
		must(t, w.HearYear(t.Context(), "p001", 2022, statistics.YearHours{Minutes: 90, PerHour: 45}))
		h, err := w.Hours(everywhere(t.Context()), "district", 2022)
		must(t, err)
		if h.Required != 0 || h.RuleVersion != "hours@0" || h.Missing() != 0 {
			t.Errorf("%+v", h)
		}
		page, err := w.HoursPeople(everywhere(t.Context()), statistics.HoursQuery{Organization: "home", Year: 2022, State: "missing", Limit: 10})
		must(t, err)
		if page.Total != 0 || len(page.Items) != 0 || page.Next != "" {
			t.Errorf("missing: %+v", page)
		}
		if h, err = w.Hours(everywhere(t.Context()), "district", 2023); err != nil || h.Required != 900 || h.Missing() != 3 {
			t.Errorf("the year after: %+v %v", h, err)
		}
	})
}

func TestRebuildAgrees(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		w.staff(t, 12, 6)
		must(t, w.HearYear(t.Context(), "p001", 2023, statistics.YearHours{Minutes: 900, Required: 900, PerHour: 45}))
		n, err := w.Rebuild(t.Context())
		must(t, err)
		if n != 0 {
			t.Errorf("%d differences in what nobody touched", n)
		}
	})
}

func TestOutOfReachIsUnknown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		ctx := kernel.WithReach(t.Context(), kernel.Reach{Roots: []kernel.OrganizationID{"other"}})
		if _, err := w.Certification(ctx, "home", "2023-06-30", ""); !errors.Is(err, statistics.ErrUnknownOrganization) {
			t.Errorf("a neighbour's rate: %v", err)
		}
		if _, err := w.Certification(ctx, "other", "2023-06-30", "nothing"); !errors.Is(err, statistics.ErrUnknownRule) {
			t.Errorf("a rule that is not there: %v", err)
		}
	})
}

func TestHighestLevels(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		at := w.now
		held := func(level kernel.SkillLevel, verified, rejected, revoked *time.Time) rule.Holding {
			return rule.Holding{Certificate: "c", Family: "skillLevel", Level: level, IssuedOn: "2023-06-01", VerifiedAt: verified, RejectedAt: rejected, RevokedAt: revoked}
		}
		for person, all := range map[kernel.PersonID][]rule.Holding{
			"two":      {held(4, &at, nil, nil), held(3, &at, nil, nil)},
			"claimed":  {held(2, nil, nil, nil)},
			"refuted":  {held(2, nil, &at, nil)},
			"grade":    {{Certificate: "c", Family: "civilServiceGrade", Level: 1, IssuedOn: "2023-06-01", VerifiedAt: &at}},
			"withdrew": {held(1, &at, nil, &at), held(5, &at, nil, nil)},
		} {
			if err := w.HearHoldings(t.Context(), []statistics.Holdings{{Person: person, Holdings: all}}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := w.HighestLevels(t.Context(), []kernel.PersonID{"two", "claimed", "refuted", "withdrew", "grade", "nobody"})
		if err != nil || len(got) != 2 || got["two"] != 3 || got["withdrew"] != 5 {
			t.Errorf("%v %v", got, err)
		}
	})
}
