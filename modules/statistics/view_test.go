package statistics

import (
	"encoding/json"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

// FACTS §12, S0-5: of 1 901 certified and 2 501 on post, 501 of 四级 and above;
// and without a target nothing is met or missed.
func TestHowARateIsShown(t *testing.T) {
	c := Certification{
		Organization: "district", AsOf: "2023-12-31", Ratio: kernel.Ratio{Numerator: 1901, Denominator: 2501},
		ByLevel: map[kernel.SkillLevel]int64{kernel.Level5: 1400, kernel.Level4: 380, kernel.Level3: 110, kernel.Level2: 10, kernel.Level1: 1},
	}
	v := viewCertification(t.Context(), c)
	if v.Percent != "76.00" || v.MidHigh != (midHighView{Count: 501, OfOnPost: "20.03", OfCertified: "26.35"}) {
		t.Errorf("%s %+v", v.Percent, v.MidHigh)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, null := range []string{`"target":null`, `"met":null`, `"gap":null`, `"ruleVersion":null`} {
		if !strings.Contains(string(raw), null) {
			t.Errorf("without a rule: no %s in %s", null, raw)
		}
	}
	target := int64(7600)
	c.Row = rule.Row{RuleHead: kernel.RuleHead{ID: "r", Version: "1"}, TargetBP: &target}
	for _, x := range []struct {
		certified, gap int64
		percent        string
		met            bool
	}{{1900, 1, "75.96", false}, {1901, 0, "76.00", true}} {
		c.Ratio.Numerator = x.certified
		v := viewCertification(t.Context(), c)
		if v.Met == nil || v.Gap == nil || *v.Met != x.met || *v.Gap != x.gap || v.Percent != x.percent {
			t.Errorf("%d: %+v", x.certified, v)
		}
	}
}
