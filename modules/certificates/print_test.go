package certificates

import (
	"os"
	"strings"
	"testing"

	"carecert/modules/kit/web"
)

// A certificate says that a test was passed only where one was.
func TestTheClosingSpeaksOfATestOnlyWhereOneWasPassed(t *testing.T) {
	words, err := web.LoadWords(os.DirFS("../../policies"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		family      Family
		tested      bool
		says, says2 string
	}{
		{FamilyTraining, true, "准予结业", "考核合格"},
		{FamilyTraining, false, "准予结业", ""},
		{FamilyInServiceYear, false, "达到年度在岗培训要求", ""},
	} {
		ctx := web.WithVoice(t.Context(), words, web.English) // certificates are printed in Chinese, whoever prints them
		text := strings.Join(sheetOf(ctx, Certificate{Family: c.family, Tested: c.tested, Title: "压疮预防", IssuedOn: "2025-10-18", Minutes: 540, PerHour: 45}).Body, " ")
		if !strings.Contains(text, c.says) || !strings.Contains(text, c.says2) || c.says2 == "" && strings.Contains(text, "考核") {
			t.Errorf("%s tested=%v: %q", c.family, c.tested, text)
		}
	}
}
