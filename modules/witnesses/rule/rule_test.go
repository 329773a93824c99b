package rule_test

import (
	"testing"
	"time"

	"carecert/modules/witnesses/rule"
)

func TestSilent(t *testing.T) {
	row := rule.Row{SilentDays: 3}
	now := time.Date(2026, 6, 18, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		since time.Time
		want  bool
	}{
		{"it has just acknowledged", now, false},
		{"three days are borne", now.Add(-72 * time.Hour), false},
		{"a second more is silence", now.Add(-72*time.Hour - time.Second), true},
	} {
		if got := row.Silent(c.since, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if (rule.Row{}).Check() == nil || row.Check() != nil {
		t.Error("the figure is not checked")
	}
}
