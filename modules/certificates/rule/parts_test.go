package rule_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
)

func TestANumberIsTakenApart(t *testing.T) {
	numbers := table(t)
	for _, c := range []struct {
		name       string
		of         rule.Number
		registered bool
		want       string
	}{
		{
			"all of it fits",
			rule.Number{Text: "S000031000012234000123", Level: 4, IssuedOn: "2023-06-01"},
			true,
			"kind S fits|body 0000 fits|province 31 fits|site 000012 fits|year 23 fits|level 4 fits|serial 000123 free",
		},
		{
			"another level, year and body",
			rule.Number{Text: "T000031000012234000123", Level: 3, IssuedOn: "2024-06-01"},
			false,
			"kind T look|body 0000 look|province 31 fits|site 000012 look|year 23 differs|level 4 differs|serial 000123 free",
		},
		{
			"a year before numbers read so",
			rule.Number{Text: "S000031000012234000123", Level: 4, IssuedOn: "1923-06-01"},
			true,
			"kind S fits|body 0000 fits|province 31 fits|site 000012 fits|year 23 differs|level 4 fits|serial 000123 free",
		},
		{
			"no day of issue",
			rule.Number{Text: "S000031000012184000123", Level: 4},
			true,
			"kind S fits|body 0000 fits|province 31 fits|site 000012 fits|year 18 differs|level 4 fits|serial 000123 free",
		},
		{
			"a year shortly before",
			rule.Number{Text: "S000031000012184000123", Level: 4, IssuedOn: "2018-12-31"},
			true,
			"kind S fits|body 0000 fits|province 31 fits|site 000012 fits|year 18 look|level 4 fits|serial 000123 free",
		},
		{
			"the level of an old one stands at place 11",
			rule.Number{Text: "1009000000400123", Level: 4, IssuedOn: "2010-06-01"},
			false,
			"year 10 fits|region 09 free|city 00 free|bodyType 0 free|body 000 free|level 4 fits|serial 00123 free",
		},
		{"an old Shanghai number says nothing", rule.Number{Text: "0001234567890", Level: 5}, false, ""},
		{"nor does one of no shape", rule.Number{Text: "沪工勤2016"}, false, ""},
	} {
		var got []string
		for _, p := range numbers.Apart(c.of, c.registered) {
			got = append(got, fmt.Sprintf("%s %s %s", p.Key, p.Text, p.Mark))
		}
		if d := cmp.Diff(c.want, strings.Join(got, "|")); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// The parts of a shape are the whole number, in order.
func TestPartsJoinToTheNumber(t *testing.T) {
	numbers := table(t)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[A-Z][0-9]{21}|[0-9]{16}|[A-Z]{3}[0-9]{17}`).Draw(t, "number")
		joined := ""
		for _, p := range numbers.Apart(rule.Number{Text: number, Level: 4, IssuedOn: "2023-06-01"}, false) {
			joined += p.Text
		}
		if joined != number {
			t.Fatalf("%s became %s", number, joined)
		}
	})
}

func TestTheGravestFindingNamesTheClass(t *testing.T) {
	because := func(codes ...string) (out []kernel.Reason) {
		for _, c := range codes {
			out = append(out, kernel.Because("certificates."+c, ""))
		}
		return out
	}
	for want, of := range map[string][]kernel.Reason{
		rule.ClassNone:   nil,
		rule.ClassIssuer: because("issuer_name_differs"),
		rule.ClassMany:   because("number_level_manual", "many_alike"),
		rule.ClassAge:    because("number_manual", "issued_young"),
		rule.ClassShape:  because("number_manual"),
		rule.ClassLevel:  because("number_manual", "number_level_manual"),
		rule.ClassFamily: because("number_issuer_unknown", "number_other_family"),
	} {
		if got := rule.Class(of); got != want {
			t.Errorf("%v is %s, want %s", of, got, want)
		}
	}
}

func TestAnOccupationIsCalledByItsName(t *testing.T) {
	numbers := table(t)
	for _, c := range []struct{ code, language, want string }{
		{"4-10-01-05", "zh-CN", "养老护理员"},
		{"4-10-01-05", "en", "Elderly-care worker"},
		{"4-14-01-03", "zh-CN", "健康照护师"},
		{"4-14-01-03", "fr", "健康照护师"},
		{"保育师", "zh-CN", "保育师"},
		{"保育师", "en", "保育师"},
	} {
		if got := numbers.Called(c.code, c.language); got != c.want {
			t.Errorf("%s in %s: %q, not %q", c.code, c.language, got, c.want)
		}
	}
}

func TestOccupationsAreKnownByCodeAndName(t *testing.T) {
	numbers := table(t)
	for said, want := range map[string]string{"": "4-10-01-05", "养老护理员": "4-10-01-05", "长期照护师": "4-14-01-03", "4-14-01-03": "4-14-01-03"} {
		if got, ok := numbers.Occupation(said); !ok || got != want {
			t.Errorf("%q is %q %v", said, got, ok)
		}
	}
	if _, ok := numbers.Occupation("保育师"); ok {
		t.Error("an occupation that nobody listed is known")
	}
}
