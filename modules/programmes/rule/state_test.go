package rule_test

import (
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/programmes/rule"
)

func TestStateOfAProgramme(t *testing.T) {
	year := rule.Plan{StartsOn: "2023-01-01", EndsOn: "2023-12-31"}
	for _, c := range []struct {
		name string
		on   kernel.Date
		want rule.State
	}{
		{"the day before it is planned", "2022-12-31", rule.Planned},
		{"the first day belongs to it", "2023-01-01", rule.Running},
		{"the last day belongs to it", "2023-12-31", rule.Running},
		{"the day after it is over", "2024-01-01", rule.Ended},
	} {
		if got := year.StateOn(c.on); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestOverdueToBegin(t *testing.T) {
	due := rule.Plan{StartsOn: "2023-04-01", EndsOn: "2023-12-31", StartDueOn: "2023-04-30"}
	begun := due
	begun.StartedOn = "2023-05-08"
	free := due
	free.StartDueOn = ""
	for _, c := range []struct {
		name string
		plan rule.Plan
		on   kernel.Date
		want bool
	}{
		{"on the last day it is in time", due, "2023-04-30", false},
		{"the day after it is red", due, "2023-05-01", true},
		{"once begun, however late, it is not", begun, "2023-05-09", false},
		{"nothing says when", free, "2023-06-01", false},
	} {
		if got := c.plan.Overdue(c.on); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
