package rule_test

import (
	"testing"

	"carecert/modules/organizations/rule"
)

func TestCreditCode(t *testing.T) {
	for _, c := range []struct {
		name, code string
		valid      bool
	}{
		{"the standard's worked example", "91350100M000100Y43", true},
		{"a non-enterprise unit of Qingpu", "52310118MJ4950000F", true},
		{"a public institution of Changning", "12310105425000000Y", true},
		{"remainder 0 gives 0", "52310118MJ49500150", true},
		{"another check character", "91350100M000100Y44", false},
		{"a letter that the standard leaves out", "9I350100M000100Y43", false},
		{"17 characters", "91350100M000100Y4", false},
		{"lower case is normalised before", "52310118mj4950000f", false},
		{"nothing", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rule.CreditCode(c.code); got != c.valid {
				t.Errorf("%s: %v", c.code, got)
			}
		})
	}
}

func TestAssessmentCode(t *testing.T) {
	for code, valid := range map[string]bool{
		"S000031000012": true, "Y000123456789": true, "S00003100001": false, "s000031000012": false, "S00003100001X": false,
	} {
		if got := rule.AssessmentCode(code); got != valid {
			t.Errorf("%s: %v", code, got)
		}
	}
}
