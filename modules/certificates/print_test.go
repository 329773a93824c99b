package certificates

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"carecert/modules/certificates/layout"
	"carecert/modules/kit/web"
)

// A certificate says that a test was passed only where one was, and prints a
// validity only where it has one; in Chinese, whoever prints it.
func TestWhatTheHouseTemplatesSay(t *testing.T) {
	words, err := web.LoadWords(os.DirFS("../../policies"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("../../policies/rules/certificate_templates.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var house layout.House
	if err := yaml.Unmarshal(raw, &house); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name        string
		certificate Certificate
		says, not   []string
	}{
		{"a test was passed", Certificate{Family: FamilyTraining, Tested: true}, []string{"考核合格，准予结业", "计 12.00 课时"}, []string{"有效期至"}},
		{"there was no test", Certificate{Family: FamilyTraining}, []string{"准予结业"}, []string{"考核", "{"}},
		{"a year", Certificate{Family: FamilyInServiceYear}, []string{"达到年度在岗培训要求"}, []string{"考核"}},
		{"it expires", Certificate{Family: FamilyTraining, ExpiresOn: "2026-10-17"}, []string{"有效期至", "2026年10月17日"}, nil},
		{
			"a level, without a direction",
			Certificate{Family: FamilySkillLevel, Level: 4, IDType: "residentId"},
			[]string{"四级/中级工", "居民身份证", "--", "http://jndj.osta.org.cn", "http://pjjg.osta.org.cn", "Level 4"},
			[]string{"有效期"},
		},
	} {
		c.certificate.Title, c.certificate.IssuedOn, c.certificate.Minutes, c.certificate.PerHour = "压疮预防", "2025-10-18", 540, 45
		family, _ := house.Family(string(c.certificate.Family))
		values, text := valuesOf(wordingOf(words), c.certificate), ""
		for _, e := range family.Versions[0].Elements {
			if e.Needs == "" || values.Of(e.Language, e.Needs) != "" {
				text += values.Fill(e.Language, e.Text) + " "
			}
		}
		for _, says := range c.says {
			if !strings.Contains(text, says) {
				t.Errorf("%s: %q is missing in %q", c.name, says, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q stands in %q", c.name, not, text)
			}
		}
	}
}

// Everything that message files say on certificates is kept with them.
func TestAllPrintedWordsAreKept(t *testing.T) {
	raw, err := os.ReadFile("../../policies/messages/zh-CN/certificates.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		code, _, _ := strings.Cut(line, ":")
		if word, printed := strings.CutPrefix(code, "certificates.print."); printed && !slices.Contains(wordsPrinted(), word) {
			t.Errorf("%s is not kept", code)
		}
	}
}
