package rule_test

import (
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

func TestStretchesAreWorthTheirUnion(t *testing.T) {
	s := morning() // 90 minutes
	stretch := func(from, to int) rule.Stretch {
		return rule.Stretch{From: s.StartsAt.Add(time.Duration(from) * time.Second), To: s.StartsAt.Add(time.Duration(to) * time.Second)}
	}
	for _, c := range []struct {
		name string
		all  []rule.Stretch
		want kernel.Minutes
	}{
		{"none", nil, 0},
		{"a second short of a minute", []rule.Stretch{stretch(0, 59)}, 0},
		{"seconds add up", []rule.Stretch{stretch(0, 30), stretch(100, 130)}, 1},
		{"overlaps count once, in any order", []rule.Stretch{stretch(600, 1800), stretch(0, 1200)}, 30},
		{"outside the session is nothing", []rule.Stretch{stretch(-600, 600), stretch(5340, 9000)}, 11},
		{"reversed is nothing", []rule.Stretch{stretch(600, 0)}, 0},
	} {
		if got := rule.AttendedIn(s, c.all); got != c.want {
			t.Errorf("%s: %d minutes, want %d", c.name, got, c.want)
		}
	}
	s.Minutes = 45
	if got := rule.AttendedIn(s, []rule.Stretch{stretch(0, 5400)}); got != 45 {
		t.Errorf("more than the session's minutes: %d", got)
	}
}
