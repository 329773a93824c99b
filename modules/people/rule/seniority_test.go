package rule_test

import (
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

func TestSeniority(t *testing.T) {
	p := func(from, to kernel.Date) kernel.Period { return kernel.Period{From: from, To: to} }
	for _, c := range []struct {
		name    string
		periods []kernel.Period
		months  int
		asOf    kernel.Date
		want    string
		service rule.Service
	}{
		{"23 months and 5 days are not 24", []kernel.Period{p("2023-01-01", "2024-12-05")}, 24, "2025-09-01", rule.NotReached, rule.Service{Months: 23, Days: 5}},
		{"a day short of two years", []kernel.Period{p("2023-01-01", kernel.Forever)}, 24, "2024-12-30", rule.NotReached, rule.Service{Months: 23, Days: 30}},
		{"two years on their last day", []kernel.Period{p("2023-01-01", kernel.Forever)}, 24, "2024-12-31", rule.Reached, rule.Service{Months: 24}},
		{"from the 29th of February", []kernel.Period{p("2024-02-29", kernel.Forever)}, 12, "2025-02-28", rule.Reached, rule.Service{Months: 12}},
		{"ten overlapping days do not make the month full", []kernel.Period{p("2024-01-01", "2024-06-30"), p("2024-06-21", "2024-12-20")}, 12, "2025-09-01", rule.NotReached, rule.Service{Months: 11, Days: 20}},
		{"what comes later does not count", []kernel.Period{p("2025-08-01", kernel.Forever)}, 1, "2025-08-30", rule.NotReached, rule.Service{Days: 30}},
		{"nobody is asked for nothing", nil, 0, "2025-09-01", "", rule.Service{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, v := rule.Seniority(c.periods, c.months, c.asOf)
			if s != c.service || v.Outcome != c.want || (len(v.Reasons) == 1) != (c.months > 0) || v.RuleVersion == "" {
				t.Errorf("%+v %+v", s, v)
			}
		})
	}
}

// A longer career is never shorter, and a later day never takes service away.
func TestServiceOnlyGrows(t *testing.T) {
	total := func(s rule.Service) int { return s.Months*31 + s.Days }
	rapid.Check(t, func(t *rapid.T) {
		var periods []kernel.Period
		for range rapid.IntRange(1, 5).Draw(t, "spells") {
			from := kernel.Date("2020-01-01").AddDays(rapid.IntRange(0, 1000).Draw(t, "from"))
			periods = append(periods, kernel.Period{From: from, To: from.AddDays(rapid.IntRange(0, 700).Draw(t, "days"))})
		}
		day := kernel.Date("2020-06-01").AddDays(rapid.IntRange(0, 1500).Draw(t, "day"))
		today, tomorrow := rule.ServiceTime(periods, day), rule.ServiceTime(periods, day.AddDays(1))
		if total(tomorrow) < total(today) && tomorrow.Months <= today.Months {
			t.Fatalf("%+v on %s, %+v the day after", today, day, tomorrow)
		}
		inside := kernel.Period{From: periods[0].From, To: periods[0].From}
		if rule.ServiceTime(append(periods, inside), day) != today {
			t.Fatal("a spell inside another adds service")
		}
	})
}
