package statistics_test

import (
	"fmt"
	"slices"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/statistics"
	"carecert/modules/statistics/rule"
)

func standards() rule.Catalogue {
	c, err := rule.NewCatalogue([]rule.Standard{
		{ID: "gb38600", Code: "GB 38600—2019", Title: "养老机构服务安全基本规范"},
		{ID: "db31t685", Code: "DB31/T 685—2019", Title: "养老机构设施与服务要求"},
		{ID: "db31t1402", Code: "DB31/T 1402—2023", Title: "养老机构认知障碍照护单元设置和服务要求"},
		{ID: "gbt35796", Code: "GB/T 35796—2017", Title: "养老机构服务质量基本规范"},
	})
	if err != nil {
		panic(err)
	}
	return c
}

func coverageRows() rule.CoverageRows {
	care := []kernel.StaffRole{kernel.StaffCaregiver, kernel.StaffCare}
	head := kernel.RuleHead{ID: "coverage", Version: "1", Region: "310105", From: "2023-01-01", Document: "文", Clause: "照护人员培训覆盖率100%"}
	second := head
	second.ID, second.Region = "coverage.35796", "" // the whole country
	return rule.CoverageRows{
		{RuleHead: head, Standards: []string{"gb38600", "db31t685", "db31t1402"}, Roles: care, TargetBP: target(10000)},
		{RuleHead: second, Standards: []string{"gbt35796"}, Roles: []kernel.StaffRole{kernel.StaffManager, kernel.StaffService}, TargetBP: target(10000)},
	}
}

func socialRows() []rule.SocialRow {
	return []rule.SocialRow{{
		RuleHead: kernel.RuleHead{ID: "social", Version: "1", Region: "310105", From: "2023-01-01", Document: "文", Clause: "社工人才"},
		Bands:    []rule.Band{{FromBeds: 1, ToBeds: 300, Required: 1, Clause: "以下"}, {FromBeds: 300, Required: 2, Clause: "以上"}},
	}}
}

func serves(person kernel.PersonID, org kernel.OrganizationID, role kernel.StaffRole, from, to kernel.Date) kernel.Career {
	s := spell(person, org, from, to)
	s.Role = role
	return kernel.Career{Person: person, Spells: []kernel.Spell{s}}
}

func completed(person kernel.PersonID, class kernel.ClassID, on kernel.Date, codes ...string) statistics.Completed {
	return statistics.Completed{Person: person, Class: class, Standards: codes, On: on, At: on.Start()}
}

func (w *world) coverage(t tester, org kernel.OrganizationID, on kernel.Date, codes ...string) statistics.Coverage {
	t.Helper()
	c, err := w.Coverage(everywhere(t.Context()), org, on, codes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) sound(t *testing.T, when string) {
	t.Helper()
	if n, err := w.Rebuild(t.Context()); err != nil || n != 0 {
		t.Errorf("%s: rebuild found %d differences, %v", when, n, err)
	}
}

// pages reads a list in pages of a size, and wants its total to be true.
func pages(t *testing.T, size int, read func(limit int, cursor string) (statistics.ListedPage, error)) (ids []string) {
	t.Helper()
	for cursor, total := "", int64(-1); ; {
		page, err := read(size, cursor)
		must(t, err)
		if total >= 0 && total != page.Total {
			t.Errorf("total %d, then %d", total, page.Total)
		}
		total = page.Total
		for _, l := range page.Items {
			ids = append(ids, string(l.Card.ID))
		}
		if cursor = page.Next; cursor == "" {
			if int64(len(ids)) != total {
				t.Errorf("%d named of a total of %d", len(ids), total)
			}
			slices.Sort(ids)
			return ids
		}
	}
}

// FACTS §12 S4-2: 40 care staff, of whom 40, 40 and 39 are trained; who left on
// 30 December drops out of both.
func TestCoverageOfThreeStandards(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		var careers []kernel.Career
		var done []statistics.Completed
		for i := range 41 {
			p, role, to := kernel.PersonID(fmt.Sprintf("p%02d", i)), kernel.StaffCaregiver, kernel.Forever
			if i%5 == 0 {
				role = kernel.StaffCare
			}
			if i == 40 { // untrained, and gone the day before the date
				careers = append(careers, serves(p, "home", role, "2023-01-01", "2023-12-30"))
				continue
			}
			careers = append(careers, serves(p, "home", role, "2023-01-01", to))
			done = append(done, completed(p, "k1", "2023-03-01", "GB 38600—2019", "DB31/T 685—2019"))
			if i != 7 {
				done = append(done, completed(p, "k2", "2023-06-01", "DB31T1402—2023"))
			}
		}
		careers = append(careers, serves("boss", "home", kernel.StaffManager, "2023-01-01", kernel.Forever))
		must(t, w.HearCareers(t.Context(), careers))
		for range 2 { // hearing a fact twice changes nothing
			must(t, w.HearCompletions(t.Context(), done))
		}
		for _, org := range []kernel.OrganizationID{"home", "district"} {
			c := w.coverage(t, org, "2023-12-31")
			var shown []string
			for i, r := range c.Each {
				shown = append(shown, fmt.Sprintf("%s %d/%d %s", c.Needs[i].Asked, r.Numerator, r.Denominator, r.Percent()))
			}
			if want := []string{"GB 38600—2019 40/40 100.00", "DB31/T 685—2019 40/40 100.00", "DB31/T 1402—2023 39/40 97.50"}; !slices.Equal(shown, want) {
				t.Errorf("%s: %v", org, shown)
			}
			if c.All.Percent() != "97.50" || c.All.AtLeast(*c.Target()) {
				t.Errorf("%s: the set %s of %d", org, c.All.Percent(), *c.Target())
			}
		}
		if c := w.coverage(t, "home", "2023-12-30"); c.All.Denominator != 41 || c.All.Numerator != 39 {
			t.Errorf("a day earlier: %+v", c.All)
		}
		if c := w.coverage(t, "home", "2023-05-31", "DB31/T 1402-2023"); c.All.Numerator != 0 || c.Needs[0].Asked != "DB31/T 1402-2023" {
			t.Errorf("before the class: %+v", c)
		}
		missing := pages(t, 1, func(limit int, cursor string) (statistics.ListedPage, error) {
			return w.CoveragePeople(everywhere(t.Context()), statistics.StandingQuery{Organization: "district", AsOf: "2023-12-30", State: "missing", Limit: limit, Cursor: cursor})
		})
		if !slices.Equal(missing, []string{"p07", "p40"}) {
			t.Errorf("missing: %v", missing)
		}
		met := pages(t, 7, func(limit int, cursor string) (statistics.ListedPage, error) {
			return w.CoveragePeople(everywhere(t.Context()), statistics.StandingQuery{Organization: "home", AsOf: "2023-12-31", State: "met", Limit: limit, Cursor: cursor})
		})
		if len(met) != 39 {
			t.Errorf("met: %v", met)
		}
		lines, _, total, err := w.CompareCoverage(everywhere(t.Context()), "district", "2023-12-31", nil, 10, "")
		must(t, err)
		if total != 2 || lines[0].Card.ID != "home" || lines[0].Coverage.All.Numerator != 39 || lines[1].Coverage.All.Denominator != 0 {
			t.Errorf("compared: %+v", lines)
		}
		if _, err := w.CoveragePeople(everywhere(t.Context()), statistics.StandingQuery{Organization: "home", AsOf: "2023-12-31", State: "missing", Limit: 5, Cursor: "forged"}); err == nil {
			t.Error("a forged cursor was read")
		}
		w.sound(t, "after all")
	})
}

// FACTS §12 S3-2: 60 managers and service staff, 58 trained, two named.
func TestCoverageOfManagersAndServiceStaff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		var careers []kernel.Career
		var done []statistics.Completed
		for i := range 60 {
			p, role := kernel.PersonID(fmt.Sprintf("s%02d", i)), kernel.StaffService
			if i < 12 {
				role = kernel.StaffManager
			}
			careers = append(careers, serves(p, "home", role, "2023-01-01", kernel.Forever))
			if i != 3 && i != 33 {
				done = append(done, completed(p, "k", "2023-09-01", "GB/T 35796-2017"))
			}
		}
		careers = append(careers, serves("carer", "home", kernel.StaffCaregiver, "2023-01-01", kernel.Forever))
		must(t, w.HearCareers(t.Context(), careers))
		must(t, w.HearCompletions(t.Context(), done))
		if c := w.coverage(t, "district", "2023-12-31", "GB/T 35796—2017"); c.All.Percent() != "96.66" || c.All.Denominator != 60 {
			t.Errorf("%+v %s", c.All, c.All.Percent())
		}
		missing := pages(t, 10, func(limit int, cursor string) (statistics.ListedPage, error) {
			return w.CoveragePeople(everywhere(t.Context()), statistics.StandingQuery{Organization: "home", AsOf: "2023-12-31", Standards: []string{"GB/T 35796—2017"}, State: "missing", Limit: limit, Cursor: cursor})
		})
		if !slices.Equal(missing, []string{"s03", "s33"}) {
			t.Errorf("named %v", missing)
		}
	})
}

// Completions move with a merge and back, frozen figures do not; a revoked
// completion counts until the day before.
func TestCompletionsOfTwins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		ctx := everywhere(t.Context())
		must(t, w.HearCareers(t.Context(), []kernel.Career{serves("kept", "home", kernel.StaffCaregiver, "2023-01-01", kernel.Forever), serves("gone", "other", kernel.StaffCaregiver, "2023-01-01", kernel.Forever)}))
		must(t, w.HearCompletions(t.Context(), []statistics.Completed{completed("gone", "k1", "2023-03-01", "GB 38600—2019")}))
		count := func(when string, home, district string) {
			t.Helper()
			for org, want := range map[kernel.OrganizationID]string{"home": home, "district": district} {
				r := w.coverage(t, org, "2024-01-10", "GB 38600—2019").All
				if got := fmt.Sprintf("%d/%d", r.Numerator, r.Denominator); got != want {
					t.Errorf("%s, %s: %s, want %s", when, org, got, want)
				}
			}
			w.sound(t, when)
		}
		count("apart", "0/1", "1/2")
		snap, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorCoverage, Organization: "district", AsOf: "2023-12-31", Standards: []string{"GB 38600—2019"}})
		must(t, err)

		w.now = w.now.AddDate(0, 0, 1)
		at := w.now
		moved := spell("gone", "other", "2023-01-01", kernel.Forever)
		moved.SupersededAt = &at
		stayed := spell("gone", "other", "2023-01-01", kernel.Forever)
		stayed.RecordedAt = at
		merged := []kernel.Career{
			{Person: "gone", Spells: []kernel.Spell{moved}},
			{Person: "kept", Spells: []kernel.Spell{spell("kept", "home", "2023-01-01", kernel.Forever), stayed}},
		}
		must(t, w.HearCareers(t.Context(), merged))
		for range 2 {
			must(t, w.FollowMerge(t.Context(), "kept", "gone"))
		}
		count("merged", "1/1", "1/1")
		if again, err := w.Recompute(ctx, snap.ID); err != nil || !again.Same || again.Now.Ratio.Denominator != 2 {
			t.Errorf("frozen before the merge: %+v %v", again.Now.Ratio, err)
		}
		// What is heard late of the record that went counts for the one who stayed.
		must(t, w.HearCompletions(t.Context(), []statistics.Completed{completed("gone", "k2", "2023-04-01", "DB31/T 685—2019")}))
		if r := w.coverage(t, "home", "2024-01-10", "DB31/T 685—2019").All; r.Numerator != 1 {
			t.Errorf("heard late: %+v", r)
		}
		must(t, w.HearRevocation(t.Context(), statistics.Revoked{Person: "gone", Class: "k2", On: "2024-01-11", At: w.now}))
		if a, b := w.coverage(t, "home", "2024-01-10", "DB31/T 685—2019").All, w.coverage(t, "home", "2024-01-11", "DB31/T 685—2019").All; a.Numerator != 1 || b.Numerator != 0 {
			t.Errorf("revoked: %+v then %+v", a, b)
		}

		w.now = w.now.AddDate(0, 0, 1)
		must(t, w.HearCareers(t.Context(), []kernel.Career{serves("gone", "other", kernel.StaffCaregiver, "2023-01-01", kernel.Forever), serves("kept", "home", kernel.StaffCaregiver, "2023-01-01", kernel.Forever)}))
		for range 2 {
			must(t, w.FollowUnmerge(t.Context(), "kept", "gone"))
		}
		count("parted", "0/1", "1/2")
		must(t, w.HearCompletions(t.Context(), []statistics.Completed{completed("gone", "k1", "2023-03-01", "GB 38600—2019")}))
		count("redelivered", "0/1", "1/2")
	})
}

func TestFrozenCoverage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		ctx := everywhere(t.Context())
		must(t, w.HearCareers(t.Context(), []kernel.Career{serves("a", "home", kernel.StaffCaregiver, "2023-01-01", kernel.Forever), serves("b", "other", kernel.StaffCaregiver, "2023-01-01", kernel.Forever)}))
		must(t, w.HearCompletions(t.Context(), []statistics.Completed{completed("a", "k", "2023-03-01", "GB 38600—2019", "DB31/T 685—2019")}))
		snap, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorCoverage, Organization: "district", AsOf: "2023-12-31"})
		must(t, err)
		late := completed("b", "k", "2023-06-01", "GB 38600—2019")
		late.At = w.now.AddDate(0, 0, 3) // entered later, for a day before
		must(t, w.HearCompletions(t.Context(), []statistics.Completed{late}))
		if c := w.coverage(t, "district", "2023-12-31"); c.Each[0].Numerator != 2 {
			t.Errorf("computed anew: %+v", c.Each)
		}
		read, err := w.Snapshot(ctx, snap.ID)
		must(t, err)
		if read.Coverage == nil || read.Coverage.Each[0] != (kernel.Ratio{Numerator: 1, Denominator: 2}) || read.Coverage.Needs[2].Asked != "DB31/T 1402—2023" || read.People != 2 {
			t.Errorf("frozen: %+v", read.Coverage)
		}
		if again, err := w.Recompute(ctx, snap.ID); err != nil || !again.Same {
			t.Errorf("recomputed: %+v %v", again.Now.Ratio, err)
		}
		if _, err := w.Coverage(ctx, "home", "2022-12-31", nil); !isFault(err, statistics.ErrNoStandards) {
			t.Errorf("no row, no standards: %v", err)
		}
		if c := w.coverage(t, "home", "2022-12-31", "GB 38600—2019"); c.Needs[0].Ruled || c.Target() != nil {
			t.Errorf("no row is in force: %+v", c)
		}
	})
}

func isFault(err error, want *fault.Fault) bool {
	f, ok := fault.From(err)
	return ok && f.Code == want.Code
}
