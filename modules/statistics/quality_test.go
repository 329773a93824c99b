package statistics_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/statistics"
	"carecert/modules/statistics/rule"
)

func qualityRow() rule.QualityRow {
	return rule.QualityRow{
		RuleHead: kernel.RuleHead{ID: "quality", Version: "1", From: "2000-01-01", Document: "平台", Clause: "口径"},
		Weights:  map[string]int64{rule.Completeness: 4000, rule.Timeliness: 3000, rule.Accuracy: 3000},
		Kinds: []rule.QualityKind{
			{Kind: "missingCertificate", Dimension: rule.Completeness},
			{Kind: "missingPhone", Dimension: rule.Completeness},
			{Kind: "lateStart", Dimension: rule.Timeliness},
			{Kind: "refusedRows", Dimension: rule.Timeliness},
			{Kind: "overlappingPosts", Dimension: rule.Accuracy},
		},
	}
}

func mark(kind string, org kernel.OrganizationID, from, to kernel.Date) rule.Mark {
	m := rule.Mark{Kind: kind, Organization: org, Path: []kernel.OrganizationID{org, "district"}, From: from, To: to, Since: from}
	for _, k := range qualityRow().Kinds {
		if k.Kind == kind {
			m.Dimension = k.Dimension
		}
	}
	return m
}

func filed(kind, ref string, org kernel.OrganizationID, from, to kernel.Date, days int) rule.Mark {
	m := mark(kind, org, from, to)
	m.Ref, m.Days = ref, days
	return m
}

// tester is a test, or a round of a property.
type tester interface {
	Helper()
	Fatal(args ...any)
	Context() context.Context
}

func (w *world) quality(t tester, org kernel.OrganizationID, on kernel.Date) statistics.Quality {
	t.Helper()
	q, err := w.DataQuality(everywhere(t.Context()), org, on)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// 200 people of whom 5 have no certificate number, and one entry that is three
// days late.
func TestDataQualityOfTwoHundred(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		var all []statistics.Judgement
		for i := range 200 {
			j := statistics.Judgement{Person: kernel.PersonID(fmt.Sprintf("q%03d", i)), On: "2023-06-01", Marks: []rule.Mark{mark(rule.MarkOnPost, "home", "2023-06-01", kernel.Forever)}}
			if i < 5 {
				j.Marks = append(j.Marks, mark("missingCertificate", "home", "2023-06-01", kernel.Forever))
			}
			if i == 7 {
				j.Marks = append(j.Marks, filed(rule.MarkFiled, "s:start", "home", "2023-06-01", "2024-05-31", 0), filed("lateStart", "s:start", "home", "2023-06-01", "2024-05-31", 3))
			}
			all = append(all, j)
		}
		for range 2 { // hearing a fact twice changes nothing
			must(t, w.HearQuality(t.Context(), all))
		}
		q := w.quality(t, "district", "2023-06-01")
		if r := q.Ratio(rule.Completeness); r.Numerator != 195 || r.Denominator != 200 || r.Percent() != "97.50" {
			t.Errorf("complete: %+v %s", r, r.Percent())
		}
		if r := q.Ratio(rule.Timeliness); r.Numerator != 0 || r.Denominator != 1 {
			t.Errorf("in time: %+v", r)
		}
		if got := *q.Score(); got != (4000*9750+3000*10000)/10000 {
			t.Errorf("score %d", got)
		}
		late, err := w.WantingPeople(everywhere(t.Context()), statistics.WantingQuery{Organization: "district", AsOf: "2023-06-01", Kind: "lateStart", Limit: 10})
		must(t, err)
		if late.Total != 1 || len(late.Items) != 1 || late.Items[0].Card.ID != "q007" || late.Items[0].Found[0].Days != 3 {
			t.Errorf("late: %+v", late)
		}
		named, cursor := []kernel.PersonID{}, ""
		for {
			page, err := w.WantingPeople(everywhere(t.Context()), statistics.WantingQuery{Organization: "home", AsOf: "2023-06-01", Limit: 4, Cursor: cursor})
			must(t, err)
			if page.Total != 6 {
				t.Fatalf("total %d", page.Total)
			}
			for _, p := range page.Items {
				named = append(named, p.Card.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		slices.Sort(named)
		if len(slices.Compact(named)) != 6 {
			t.Errorf("named %v", named)
		}
		if n, err := w.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
	})
}

// What is mended today does not change yesterday; a frozen figure stays.
func TestDataQualityOverTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		on := mark(rule.MarkOnPost, "home", "2023-03-10", kernel.Forever)
		must(t, w.HearQuality(t.Context(), []statistics.Judgement{{Person: "a", On: "2023-03-10", Marks: []rule.Mark{on, mark("missingPhone", "home", "2023-03-10", kernel.Forever)}}}))
		w.now = kernel.Date("2023-05-20").Start()
		ctx := everywhere(t.Context())
		if _, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorQuality, Organization: "home", AsOf: "2023-05-20"}); !errors.Is(err, statistics.ErrDayNotOver) {
			t.Errorf("a day that is not over: %v", err)
		}
		snap, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorQuality, Organization: "home", AsOf: "2023-05-19"})
		must(t, err)
		on.From = "2023-05-20"
		must(t, w.HearQuality(t.Context(), []statistics.Judgement{{Person: "a", On: "2023-05-20", Marks: []rule.Mark{on}}}))
		trend, err := w.QualityTrend(ctx, "home", "2023-06-05", 5)
		must(t, err)
		var got []string
		for _, q := range trend {
			r := q.Ratio(rule.Completeness)
			got = append(got, fmt.Sprintf("%s %d/%d", q.AsOf, r.Numerator, r.Denominator))
		}
		want := []string{"2023-02-28 0/0", "2023-03-31 0/1", "2023-04-30 0/1", "2023-05-31 1/1", "2023-06-05 1/1"}
		if !slices.Equal(got, want) {
			t.Errorf("trend %v, want %v", got, want)
		}
		again, err := w.Recompute(ctx, snap.ID)
		must(t, err)
		if !again.Same || again.Snapshot.Quality == nil || again.Snapshot.Quality.Kinds["missingPhone"] != 1 {
			t.Errorf("recomputed: %+v", again)
		}
		past, err := w.WantingPeople(ctx, statistics.WantingQuery{Organization: "home", AsOf: "2023-05-19", Limit: 10})
		must(t, err)
		if past.Total != 1 || len(past.Items) != 1 || past.Items[0].Found[0].Kind != "missingPhone" {
			t.Errorf("the day before: %+v", past)
		}
		if out := kernel.WithReach(t.Context(), kernel.Reach{Roots: []kernel.OrganizationID{"other"}}); true {
			if _, err := w.DataQuality(out, "home", "2023-06-01"); !errors.Is(err, statistics.ErrUnknownOrganization) {
				t.Errorf("a neighbour's quality: %v", err)
			}
		}
	})
}

func TestCompareQuality(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		must(t, w.HearQuality(t.Context(), []statistics.Judgement{
			{Person: "a", On: "2023-06-01", Marks: []rule.Mark{mark(rule.MarkOnPost, "home", "2023-06-01", kernel.Forever), mark("missingPhone", "home", "2023-06-01", kernel.Forever)}},
			{Person: "b", On: "2023-06-01", Marks: []rule.Mark{mark(rule.MarkOnPost, "other", "2023-06-01", kernel.Forever)}},
		}))
		ctx := everywhere(t.Context())
		first, next, total, err := w.CompareQuality(ctx, "district", "2023-06-01", statistics.SortScore, 1, "")
		must(t, err)
		if total != 2 || next == "" || first[0].Card.ID != "home" {
			t.Errorf("the lowest first: %+v %q %d", first, next, total)
		}
		second, next, _, err := w.CompareQuality(ctx, "district", "2023-06-01", statistics.SortScore, 1, next)
		must(t, err)
		if next != "" || second[0].Card.ID != "other" || *second[0].Quality.Score() != 10000 {
			t.Errorf("then the other: %+v %q", second, next)
		}
		// A home that has closed, with nobody on post and one late entry, is no worst one.
		w.closed["home"] = true
		must(t, w.HearQuality(t.Context(), []statistics.Judgement{{Person: "a", On: "2023-07-01", Marks: []rule.Mark{
			{Kind: rule.MarkFiled, Dimension: rule.Timeliness, Ref: "s", Organization: "home", Path: []kernel.OrganizationID{"home", "district"}, From: "2023-06-20", To: "2024-06-19"},
			{Kind: "lateStart", Dimension: rule.Timeliness, Ref: "s", Organization: "home", Path: []kernel.OrganizationID{"home", "district"}, From: "2023-06-20", To: "2024-06-19"},
		}}}))
		w.now = kernel.Date("2023-07-05").Start()
		last, _, _, err := w.CompareQuality(ctx, "district", "2023-07-02", statistics.SortScore, 10, "")
		must(t, err)
		if last[1].Card.ID != "home" || last[1].Quality.Score() == nil || *last[1].Quality.Score() != 0 {
			t.Errorf("a closed home stands last: %+v", last)
		}
		// What a reminder named is counted apart from what came up since.
		for _, c := range []struct {
			on   kernel.Date
			want int64
		}{{"2023-06-19", 0}, {"2023-06-20", 1}} {
			if found, err := w.FindingsSince(ctx, "home", []string{"lateStart", "missingPhone"}, c.on); err != nil || found["lateStart"] != c.want || found["missingPhone"] != 0 {
				t.Errorf("standing since %s: %v %v", c.on, found, err)
			}
		}
	})
}

// model is the slow way: the judgement that held on a day, person by person.
type model map[kernel.PersonID][]statistics.Judgement

func (m model) count(org kernel.OrganizationID, on kernel.Date, kinds func(rule.Mark) bool, each bool) (n int64) {
	for _, all := range m {
		var held []rule.Mark
		for _, j := range all {
			if j.On <= on {
				held = j.Marks
			}
		}
		refs := map[string]bool{}
		for _, k := range held {
			if kinds(k) && slices.Contains(k.Path, org) && k.From <= on && on <= k.To {
				refs[k.Ref] = true
			}
		}
		switch {
		case each:
			n += int64(len(refs))
		case len(refs) > 0:
			n++
		}
	}
	return n
}

// After whatever was judged in whatever order, the counters are what counting
// from scratch gives, on every day; and where nobody works at two homes, the
// homes make the district.
func TestQualityCountersAreARecount(t *testing.T) {
	homes := []kernel.OrganizationID{"home", "other"}
	first := kernel.Date("2023-01-01")
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w, round := begin(t, db), 0
		rapid.Check(t, func(t *rapid.T) {
			round++
			if round > 12 { // of both engines; the database keeps what the rounds before left
				return
			}
			seen, day := model{}, first
			base := map[string]int64{}
			for _, org := range append(homes, "district") {
				for _, d := range []int{0, 20, 40, 60, 80, 100} {
					q := w.quality(t, org, first.AddDays(d))
					base[fmt.Sprint(org, d)] = q.People*1_000_000 + q.Lacks[rule.Completeness]*10_000 + q.Filed*100 + q.Wanting
				}
			}
			for range rapid.IntRange(1, 12).Draw(t, "judgements") {
				day = day.AddDays(rapid.IntRange(0, 15).Draw(t, "later"))
				p := kernel.PersonID(fmt.Sprintf("r%d-%d", round, rapid.IntRange(0, 3).Draw(t, "person")))
				j := statistics.Judgement{Person: p, On: day, Marks: []rule.Mark{}}
				if rapid.IntRange(0, 5).Draw(t, "there") > 0 {
					org := rapid.SampledFrom(homes).Draw(t, "at")
					from, to := day.AddDays(rapid.IntRange(0, 20).Draw(t, "from")), kernel.Forever
					if rapid.Bool().Draw(t, "ends") {
						to = from.AddDays(rapid.IntRange(0, 40).Draw(t, "stay"))
					}
					j.Marks = append(j.Marks, mark(rule.MarkOnPost, org, from, to))
					for _, k := range []string{"missingPhone", "missingCertificate", "overlappingPosts"} {
						if rapid.Bool().Draw(t, k) {
							j.Marks = append(j.Marks, mark(k, org, from, to))
						}
					}
					if rapid.Bool().Draw(t, "filed") {
						ref := fmt.Sprint(org, from)
						j.Marks = append(j.Marks, filed(rule.MarkFiled, ref, org, day, day.AddDays(30), 0), filed("lateStart", ref, org, day, day.AddDays(30), 2))
					}
				}
				seen[p] = append(seen[p], j)
				if err := w.HearQuality(t.Context(), []statistics.Judgement{j}); err != nil {
					t.Fatal(err)
				}
			}
			sums := map[int]int64{}
			for _, org := range append(slices.Clone(homes), "district") {
				for _, d := range []int{0, 20, 40, 60, 80, 100} {
					on := first.AddDays(d)
					q := w.quality(t, org, on)
					got := q.People*1_000_000 + q.Lacks[rule.Completeness]*10_000 + q.Filed*100 + q.Wanting
					want := base[fmt.Sprint(org, d)] +
						seen.count(org, on, func(m rule.Mark) bool { return m.Kind == rule.MarkOnPost }, false)*1_000_000 +
						seen.count(org, on, func(m rule.Mark) bool { return m.Dimension == rule.Completeness }, false)*10_000 +
						seen.count(org, on, func(m rule.Mark) bool { return m.Kind == rule.MarkFiled }, true)*100 +
						seen.count(org, on, rule.Mark.Finding, false)
					if got != want {
						t.Fatalf("%s on %s: %d, a recount gives %d", org, on, got, want)
					}
					if org == "district" {
						sums[d] -= q.People
					} else {
						sums[d] += q.People
					}
				}
			}
			for d, left := range sums {
				if left != 0 {
					t.Fatalf("day %d: the homes and the district differ by %d", d, left)
				}
			}
		})
		if n, err := w.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
	})
}

// Refused rows of a file are entries that are owed: as many as there are, of
// nobody; mended ones lower only the days before.
func TestRefusedRowsCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		file := func(rows int) (out []rule.Mark) {
			for _, kind := range []string{rule.MarkFiled, "refusedRows"} {
				m := filed(kind, "i", "home", "2023-06-01", kernel.Forever, 0)
				m.Rows = rows
				out = append(out, m)
			}
			return out
		}
		hear := func(on kernel.Date, marks []rule.Mark) {
			t.Helper()
			for range 2 { // facts may come twice
				for i := range marks {
					marks[i].From = on
				}
				must(t, w.HearQuality(t.Context(), []statistics.Judgement{{Person: statistics.OfFile("i"), On: on, Marks: marks}}))
			}
		}
		must(t, w.HearQuality(t.Context(), []statistics.Judgement{{Person: "a", On: "2023-06-01", Marks: []rule.Mark{
			mark(rule.MarkOnPost, "home", "2023-06-01", kernel.Forever), filed(rule.MarkFiled, "a:start", "home", "2023-06-01", "2024-05-31", 0),
		}}}))
		hear("2023-06-01", file(7))
		hear("2023-06-03", file(2))
		hear("2023-06-05", nil)
		for _, c := range []struct {
			on           kernel.Date
			rows, intime int64
		}{{"2023-05-31", 0, 0}, {"2023-06-01", 7, 1}, {"2023-06-02", 7, 1}, {"2023-06-03", 2, 1}, {"2023-06-04", 2, 1}, {"2023-06-05", 0, 1}} {
			for _, org := range []kernel.OrganizationID{"home", "district"} {
				q := w.quality(t, org, c.on)
				r := q.Ratio(rule.Timeliness)
				if q.Kinds["refusedRows"] != c.rows || r.Numerator != c.intime || r.Denominator != c.intime+c.rows || q.Wanting != 0 {
					t.Errorf("%s on %s: %+v, in time %+v", org, c.on, q, r)
				}
			}
		}
		page, err := w.WantingPeople(everywhere(t.Context()), statistics.WantingQuery{Organization: "home", AsOf: "2023-06-01", Kind: "refusedRows", Limit: 10})
		must(t, err)
		if page.Total != 0 || len(page.Items) != 0 {
			t.Errorf("people behind a file: %+v", page)
		}
		w.now = kernel.Date("2023-07-01").Start()
		snap, err := w.Freeze(everywhere(t.Context()), statistics.FreezeQuery{Indicator: statistics.IndicatorQuality, Organization: "home", AsOf: "2023-06-01"})
		must(t, err)
		again, err := w.Recompute(everywhere(t.Context()), snap.ID)
		must(t, err)
		if !again.Same {
			t.Errorf("recomputed: %+v", again)
		}
		if n, err := w.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
	})
}
