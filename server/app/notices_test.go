package app

import (
	"testing"

	"carecert/policies"
)

// TestNotices: every version of the privacy notice says the same in both
// languages, and no two versions begin on one day.
func TestNotices(t *testing.T) {
	r, err := loadRules(policies.Files)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, n := range r.notices {
		if n.Version == "" || !n.On.Valid() || seen[n.Version] || seen[string(n.On)] {
			t.Errorf("version %q of %q: a version and a day of its own", n.Version, n.On)
		}
		seen[n.Version], seen[string(n.On)] = true, true
		zh, en := n.Texts["zh-CN"], n.Texts["en"]
		if zh.Title == "" || en.Title == "" || len(zh.Sections) == 0 || len(zh.Sections) != len(en.Sections) {
			t.Fatalf("version %s: %d sections in Chinese, %d in English", n.Version, len(zh.Sections), len(en.Sections))
		}
		for i, s := range zh.Sections {
			o := en.Sections[i]
			if s.Heading == "" || o.Heading == "" || len(s.Paragraphs) == 0 || len(s.Paragraphs) != len(o.Paragraphs) {
				t.Errorf("version %s, section %d: %q and %q differ in shape", n.Version, i+1, s.Heading, o.Heading)
			}
		}
	}
	if len(r.notices) == 0 || len(r.privacy) == 0 {
		t.Error("no notice or no row for corrections")
	}
}
