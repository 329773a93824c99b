package rule_test

import (
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

func TestScore(t *testing.T) {
	row := rule.QualityRow{Weights: map[string]int64{rule.Completeness: 4000, rule.Timeliness: 3000, rule.Accuracy: 3000}}
	ratio := func(n, d int64) kernel.Ratio { return kernel.Ratio{Numerator: n, Denominator: d} }
	for _, c := range []struct {
		name   string
		ratios map[string]kernel.Ratio
		want   int64
		ok     bool
	}{
		{"all in order", map[string]kernel.Ratio{rule.Completeness: ratio(5, 5), rule.Timeliness: ratio(1, 1), rule.Accuracy: ratio(5, 5)}, 10000, true},
		{"195 of 200, the rest in order", map[string]kernel.Ratio{rule.Completeness: ratio(195, 200), rule.Timeliness: ratio(3, 3), rule.Accuracy: ratio(200, 200)}, 9900, true},
		{"truncated, never rounded up", map[string]kernel.Ratio{rule.Completeness: ratio(2, 3), rule.Timeliness: ratio(1, 1), rule.Accuracy: ratio(3, 3)}, 8666, true},
		{"nothing was filed: the rest is weighed", map[string]kernel.Ratio{rule.Completeness: ratio(1, 2), rule.Accuracy: ratio(2, 2)}, 7142, true},
		{"nobody at all", nil, 0, false},
	} {
		if got, ok := row.Score(c.ratios); got != c.want || ok != c.ok {
			t.Errorf("%s: %d %v, want %d %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestTallies(t *testing.T) {
	mark := func(kind, ref, org string, from, to kernel.Date) rule.Mark {
		return rule.Mark{Kind: kind, Dimension: rule.Completeness, Ref: ref, Organization: kernel.OrganizationID(org), Path: []kernel.OrganizationID{kernel.OrganizationID(org), "district"}, From: from, To: to}
	}
	count := func(all []rule.Tally, org, field string, on kernel.Date) (n int) {
		for _, a := range all {
			if string(a.Organization) == org && a.Field == field && a.From <= on && on <= a.To {
				n++
			}
		}
		return n
	}
	both := []rule.Mark{
		mark(rule.MarkOnPost, "", "home", "2025-01-01", kernel.Forever), mark(rule.MarkOnPost, "", "other", "2025-02-01", kernel.Forever),
		mark("missingPhone", "", "home", "2025-01-01", kernel.Forever), mark("missingPhone", "", "other", "2025-02-01", kernel.Forever),
		mark(rule.MarkFiled, "a:start", "home", "2025-01-01", "2025-12-31"), mark(rule.MarkFiled, "b:start", "other", "2025-02-01", "2026-01-31"),
	}
	now := rule.Tallies(nil, both)
	for _, c := range []struct {
		org, field string
		on         kernel.Date
		want       int
	}{
		{"district", rule.TallyPeople, "2025-03-01", 1}, // a person once
		{"district", rule.TallyKind("missingPhone"), "2025-03-01", 1},
		{"district", rule.TallyLack(rule.Completeness), "2025-03-01", 1},
		{"district", rule.TallyAny, "2025-03-01", 1},
		{"district", rule.TallyFiled, "2025-03-01", 2}, // entries each
		{"other", rule.TallyPeople, "2025-01-31", 0},
		{"home", rule.TallyFiled, "2026-01-01", 0},
	} {
		if got := count(now, c.org, c.field, c.on); got != c.want {
			t.Errorf("%s of %s on %s: %d, want %d", c.field, c.org, c.on, got, c.want)
		}
	}
	// Mended on 1 May: the days before stay as they were seen.
	mended := rule.Tallies(rule.Before(now, "2025-05-01"), []rule.Mark{mark(rule.MarkOnPost, "", "home", "2025-05-01", kernel.Forever)})
	if count(mended, "home", rule.TallyAny, "2025-04-30") != 1 || count(mended, "home", rule.TallyAny, "2025-05-01") != 0 {
		t.Error("mending reaches back, or not at all")
	}
	if count(mended, "home", rule.TallyPeople, "2025-04-30") != 1 || count(mended, "home", rule.TallyPeople, "2025-05-01") != 1 {
		t.Error("a stay is counted other than once across the day of a judgement")
	}
}
