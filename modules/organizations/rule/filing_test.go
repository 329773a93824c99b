package rule_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/organizations/rule"
)

func filing(id string, from, to kernel.Date) rule.Filing {
	return rule.Filing{ID: kernel.OrganizationID(id), Name: id, Period: kernel.Period{From: from, To: to}}
}

func TestThreeBodiesInAProvince(t *testing.T) {
	row := rule.FilingRow{RuleHead: kernel.RuleHead{From: "2025-04-15"}, MostPerProvince: 3}
	two := []rule.Filing{filing("a", "2020-01-01", "2029-12-31"), filing("b", "2024-01-01", "")}
	for _, c := range []struct {
		name   string
		one    rule.Filing
		others []rule.Filing
		want   int
	}{
		{"the third", filing("x", "2025-05-01", ""), two, 0},
		{"the fourth", filing("x", "2025-05-01", ""), append(two[:2:2], filing("c", "2025-01-01", "")), 4},
		{"the fourth, whose first day is a third's last", filing("x", "2025-12-31", ""), append(two[:2:2], filing("c", "", "2025-12-31")), 4},
		{"after a third's last day", filing("x", "2026-01-01", ""), append(two[:2:2], filing("c", "", "2025-12-31")), 0},
		{"one that comes later makes it too many", filing("x", "2025-05-01", ""), append(two[:2:2], filing("c", "2028-01-01", "")), 4},
		{"but not when this one has ended", filing("x", "2025-05-01", "2027-12-31"), append(two[:2:2], filing("c", "2028-01-01", "")), 0},
		{"before the rule was made", filing("x", "2023-05-01", "2025-04-14"), append(two[:2:2], filing("c", "2020-01-01", "")), 0},
		{"on the day it was made", filing("x", "2023-05-01", "2025-04-15"), append(two[:2:2], filing("c", "2020-01-01", "")), 4},
		{"it is not another to itself", filing("a", "2020-01-01", "2029-12-31"), append(two[:2:2], filing("c", "2025-01-01", "")), 0},
	} {
		if got := row.TooMany(c.one, c.others); len(got) != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// The answer is the greatest number of any day.
func TestTheFullestDay(t *testing.T) {
	row := rule.FilingRow{RuleHead: kernel.RuleHead{From: "2025-01-01"}, MostPerProvince: 0}
	day := func(t *rapid.T, name string) kernel.Date {
		return kernel.Date("2025-01-01").AddDays(rapid.IntRange(0, 40).Draw(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		var all []rule.Filing
		for i := range rapid.IntRange(1, 7).Draw(t, "n") {
			from := day(t, "from")
			all = append(all, filing(fmt.Sprint(i), from, from.AddDays(rapid.IntRange(0, 20).Draw(t, "long"))))
		}
		most := 0
		for i := range 70 {
			on, n := kernel.Date("2025-01-01").AddDays(i), 0
			for _, f := range all {
				if f.Period.Holds(on) {
					n++
				}
			}
			if all[0].Period.Holds(on) {
				most = max(most, n)
			}
		}
		if got := row.TooMany(all[0], all); len(got) != most {
			t.Fatalf("%d together, want %d: %v", len(got), most, all)
		}
	})
}
