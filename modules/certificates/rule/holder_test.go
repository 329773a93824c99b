package rule_test

import (
	"testing"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
)

func TestTheDayOfIssueAndTheHoldersBirth(t *testing.T) {
	numbers := table(t)
	const born kernel.Date = "2004-02-29"
	for _, c := range []struct {
		name     string
		on, born kernel.Date
		want     rule.Verdict
		reason   string
	}{
		{"the day before birth", "2004-02-28", born, rule.Refused, "certificates.issued_before_birth"},
		{"the day of birth", born, born, rule.Manual, "certificates.issued_young"},
		{"the day before the 16th birthday", "2020-02-28", born, rule.Manual, "certificates.issued_young"},
		{"the 16th birthday", "2020-02-29", born, rule.Accepted, ""},
		{"nobody knows the birth", "1923-06-01", "", rule.Accepted, ""},
		{"nobody said a day", "", born, rule.Accepted, ""},
	} {
		f := numbers.JudgeHolder(c.on, c.born)
		found := c.reason == "" && len(f.Reasons) == 0 || len(f.Reasons) == 1 && f.Reasons[0].Code == c.reason
		if f.Verdict != c.want || !found {
			t.Errorf("%s: %+v", c.name, f)
		}
		if c.want == rule.Manual && f.Reasons[0].Params["age"] != "16" {
			t.Errorf("%s: %+v", c.name, f.Reasons[0])
		}
	}
}
