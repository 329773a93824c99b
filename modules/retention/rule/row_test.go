package rule

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
)

func days(n int) *int { return &n }

func TestBefore(t *testing.T) {
	now := time.Date(2026, 8, 31, 4, 0, 0, 0, time.UTC) // noon in Shanghai
	for _, c := range []struct {
		name string
		row  Row
		want time.Time
	}{
		{"thirty days are thirty times a day", Row{Days: days(30)}, now.Add(-720 * time.Hour)},
		{"no days: at once", Row{Days: days(0)}, now},
		{"six months end with the month's last day", Row{Months: 6}, kernel.Date("2026-02-28").Start()},
		{"thirty years", Row{Years: 30}, kernel.Date("1996-08-31").Start()},
		{"no period: nothing is past it", Row{}, time.Time{}},
	} {
		if got := c.row.Before(now); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestRemovable(t *testing.T) {
	for _, c := range []struct {
		name string
		row  Row
		want bool
	}{
		{"an end is carried out", Row{Keep: AtMost, Days: days(7)}, true},
		{"a floor never is", Row{Keep: AtLeast, Months: 6}, false},
		{"nor what has no end", Row{Keep: AtMost}, false},
	} {
		if got := c.row.Removable(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Whatever the period, nothing younger than it is past it.
func TestNothingIsPastItsTimeEarly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := Row{Keep: AtMost, Years: rapid.IntRange(0, 30).Draw(t, "years"), Months: rapid.IntRange(0, 11).Draw(t, "months"), Days: days(rapid.IntRange(0, 400).Draw(t, "days"))}
		now := time.Unix(rapid.Int64Range(1_600_000_000, 2_000_000_000).Draw(t, "now"), 0).UTC()
		before := row.Before(now)
		if before.After(now) {
			t.Fatalf("%s is after %s", before, now)
		}
		if end := kernel.DateOf(before).AddMonths(12*row.Years + row.Months); row.Years+row.Months > 0 && end > kernel.DateOf(now) {
			t.Fatalf("%s is cut on %s, before its time is over on %s", before, kernel.DateOf(now), end)
		}
	})
}
