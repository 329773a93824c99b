package rule_test

import (
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
)

// registered knows one body, the one of FACTS §12.
func registered(code string, on kernel.Date) bool {
	return code == "S000031000012" && on >= "2020-01-01"
}

// table is the one that the program reads.
func table(t *testing.T) rule.Table {
	t.Helper()
	raw, err := os.ReadFile("../../../policies/rules/certificates.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rules rule.Rules
	if err := yaml.Unmarshal(raw, &rules); err != nil {
		t.Fatal(err)
	}
	if rules, err = rules.Ready(); err != nil {
		t.Fatal(err)
	}
	return rules.Numbers
}

func TestNumbers(t *testing.T) {
	numbers := table(t)
	for _, c := range []struct {
		name, text, family string
		level              kernel.SkillLevel
		on                 kernel.Date
		want               rule.Verdict
		reason             string
	}{
		{"everything fits", "S000031000012234000123", "skillLevel", 4, "2023-06-01", rule.Accepted, ""},
		{"full-width characters are the same number", "Ｓ０００0３1000012234000123", "skillLevel", 4, "2023-06-01", rule.Accepted, ""},
		{"blanks, dashes and lower case are the same number", "s0000 3100-0012\u00a0234000123", "skillLevel", 4, "2023-06-01", rule.Accepted, ""},
		{"the level digit is another", "S000031000012234000123", "skillLevel", 3, "2023-06-01", rule.Refused, "certificates.number_level"},
		{"the year is another", "S000031000012234000123", "skillLevel", 4, "2024-06-01", rule.Refused, "certificates.number_year"},
		{"a year that two digits do not tell from another", "S000031000012234000123", "skillLevel", 4, "1923-06-01", rule.Refused, "certificates.number_before_rule"},
		{"the day before numbers read so", "S000031000012184000123", "skillLevel", 4, "2018-12-31", rule.Manual, "certificates.number_before_rule"},
		{"the first day on which they do", "S000031000012194000123", "skillLevel", 4, "2019-01-01", rule.Manual, "certificates.number_issuer_unknown"},
		{"older numbers are older", "1009000000400123", "qualification", 4, "2018-12-31", rule.Manual, "certificates.number_manual"},
		{"there is no such province", "S000099000012234000123", "skillLevel", 4, "2023-06-01", rule.Refused, "certificates.number_province"},
		{"one character short", "S00003100001223400012", "skillLevel", 4, "2023-06-01", rule.Refused, "certificates.number_length"},
		{"one character more", "S0000310000122340001234", "skillLevel", 4, "2023-06-01", rule.Refused, "certificates.number_length"},
		{"a letter among the digits", "S00003100001223400O123", "skillLevel", 4, "2023-06-01", rule.Refused, "certificates.number_shape"},
		{"the body is not registered: somebody looks", "Y000131000099234000123", "skillLevel", 4, "2023-06-01", rule.Manual, "certificates.number_issuer_unknown"},
		{"the body was not registered yet on that day", "S000031000012194000123", "skillLevel", 4, "2019-06-01", rule.Manual, "certificates.number_issuer_unknown"},
		{"a new number under the old family", "S000031000012234000123", "qualification", 4, "2023-06-01", rule.Manual, "certificates.number_other_family"},
		{"no number at all, of an old kind", "???", "qualification", 4, "2010-06-01", rule.Refused, "certificates.number_no_characters"},
		{"16 digits of the old kind", "1009000000400123", "qualification", 4, "2010-06-01", rule.Manual, "certificates.number_manual"},
		{"16 digits with another level digit", "1009000000300123", "qualification", 4, "2010-06-01", rule.Manual, "certificates.number_level_manual"},
		{"13 digits of the old Shanghai kind", "0001234567890", "qualification", 5, "2008-06-01", rule.Manual, "certificates.number_manual"},
		{"two letters of the special grades", "ST00310000122310001234", "skillLevel", 1, "2023-06-01", rule.Manual, "certificates.number_manual"},
		{"three letters of a local kind", "RSN20230000040001234", "skillLevel", 4, "2023-06-01", rule.Manual, "certificates.number_manual"},
		{"three letters with the level at place 15", "RSN20230000000401234", "skillLevel", 4, "2023-06-01", rule.Manual, "certificates.number_manual"},
		{"three letters with another level at place 15", "RSN20230000040001234", "skillLevel", 4, "2023-06-01", rule.Manual, "certificates.number_level_manual"},
		{"a letter that is in no table yet", "T000031000012234000123", "skillLevel", 4, "2023-06-01", rule.Manual, "certificates.number_kind_unknown"},
		{"a grade of the civil service has no published shape", "沪工勤 2016-0417", "civilServiceGrade", 4, "2016-06-01", rule.Manual, "certificates.number_manual"},
		{"nor is it refused when it looks like another", "S000031000012234000123", "civilServiceGrade", 3, "2023-06-01", rule.Manual, "certificates.number_other_family"},
		{"but a number it must have", "", "civilServiceGrade", 4, "2016-06-01", rule.Refused, "certificates.number_length"},
		{"nor has the old kind one for all", "100900000040012", "qualification", 4, "2010-06-01", rule.Manual, "certificates.number_manual"},
		{"14 digits", "10090000004001", "qualification", 4, "2010-06-01", rule.Manual, "certificates.number_manual"},
		{"12 digits", "100900000040", "qualification", 4, "2010-06-01", rule.Manual, "certificates.number_manual"},
		{"17 digits", "10090000004001234", "qualification", 4, "2010-06-01", rule.Manual, "certificates.number_manual"},
		{"10 digits", "0012345678", "qualification", 4, "1998-06-01", rule.Manual, "certificates.number_manual"},
		{"one with characters", "沪鉴第001234号", "qualification", 4, "1998-06-01", rule.Manual, "certificates.number_manual"},
		{"a letter and a few digits", "A12345", "qualification", 4, "1998-06-01", rule.Manual, "certificates.number_manual"},
		{"22 characters with another year under the old kind", "S000031000012234000123", "qualification", 3, "2010-06-01", rule.Manual, "certificates.number_other_family"},
		{"but a number the old kind must have", "", "qualification", 4, "2010-06-01", rule.Refused, "certificates.number_length"},
		{"16 digits under the new kind", "1009000000400123", "skillLevel", 4, "2010-06-01", rule.Manual, "certificates.number_manual"},
		{"13 digits under the new kind", "0001234567890", "skillLevel", 5, "2008-06-01", rule.Manual, "certificates.number_manual"},
		{"15 digits are no shape that the new kind has", "100900000040012", "skillLevel", 4, "2023-06-01", rule.Refused, "certificates.number_length"},
		{"nothing at all", "", "skillLevel", 4, "2023-06-01", rule.Refused, "certificates.number_length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := numbers.Judge(rule.Number{Text: c.text, Family: c.family, Level: c.level, IssuedOn: c.on}, registered)
			if f.Verdict != c.want {
				t.Fatalf("%s, want %s: %v", f.Verdict, c.want, f.Reasons)
			}
			found := c.reason == "" && len(f.Reasons) == 0
			for _, r := range f.Reasons {
				found = found || r.Code == c.reason && r.Clause != ""
			}
			if !found {
				t.Errorf("%v, want %q", f.Reasons, c.reason)
			}
		})
	}
}

// A number is refused when its level or year is mistyped, whatever the rest.
func TestMistypedDigitsAreFound(t *testing.T) {
	const number = "S000031000012234000123"
	numbers := table(t)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SampledFrom([]int{13, 14, 15}).Draw(t, "at")
		digit := rapid.SampledFrom(strings.Split("0123456789", "")).Draw(t, "digit")
		mistyped := number[:at] + digit + number[at+1:]
		f := numbers.Judge(rule.Number{Text: mistyped, Family: "skillLevel", Level: 4, IssuedOn: "2023-06-01"}, registered)
		if (f.Verdict == rule.Accepted) != (mistyped == number) {
			t.Fatalf("%s is %s", mistyped, f.Verdict)
		}
	})
}
