package rule_test

import (
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/platforms/rule"
)

func TestLast(t *testing.T) {
	row := rule.Row{PerMinute: 1, AtOnce: 1000, PerDay: 1000, KeyDays: 10, LongestDays: 20}
	for _, c := range []struct {
		name  string
		asked kernel.Date
		last  kernel.Date
		ok    bool
	}{
		{"nothing said is the usual", "", "2026-01-11", true},
		{"today is the shortest", "2026-01-01", "2026-01-01", true},
		{"yesterday is over", "2025-12-31", "2025-12-31", false},
		{"the longest", "2026-01-21", "2026-01-21", true},
		{"a day more", "2026-01-22", "2026-01-22", false},
	} {
		if last, ok := row.Last("2026-01-01", c.asked); last != c.last || ok != c.ok {
			t.Errorf("%s: %s, %v", c.name, last, ok)
		}
	}
}

func TestCheck(t *testing.T) {
	good := rule.Row{PerMinute: 1, AtOnce: 1000, PerDay: 1000, KeyDays: 10, LongestDays: 10}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*rule.Row){
		"no pace": func(r *rule.Row) { r.PerMinute = 0 }, "less at once than a question": func(r *rule.Row) { r.AtOnce = 999 },
		"less a day than a question": func(r *rule.Row) { r.PerDay = 999 }, "no life": func(r *rule.Row) { r.KeyDays = 0 },
		"the usual is longer than the longest": func(r *rule.Row) { r.LongestDays = 9 },
	} {
		bad := good
		spoil(&bad)
		if bad.Check() == nil {
			t.Errorf("%s is let in", name)
		}
	}
}
