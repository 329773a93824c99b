package layout_test

import (
	"os"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"carecert/modules/certificates/layout"
	"carecert/modules/kernel"
)

func house(t *testing.T) layout.House {
	t.Helper()
	raw, err := os.ReadFile("../../../policies/rules/certificate_templates.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var h layout.House
	if err := yaml.Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	if h, err = h.Ready(61); err != nil { // the densest code of an ordinary address
		t.Fatal(err)
	}
	return h
}

// What certificates were printed from is never changed: a new look is a new
// version behind the old one. These are the hashes of what is out there.
func TestTheHouseVersionsAreFrozen(t *testing.T) {
	frozen := map[string][]string{
		"trainingCompletion": {"985a46459bf1b03f635fa967b639ff5168f7a369ae7d67c1446deef2d959fa13"},
		"inServiceYear":      {"d93777bf350aeef9fc37dada15e052b27b10b4d66ab017fb6dba6c99b85dc86d"},
		"contestAward":       {"1cb25ea0423996399bb8197210b94d0b367683fc48e41ea02011bca0c5e44240"},
		"honour":             {"3a534ebd93ae9b6b0779a2fa2f55e18dafcbc6a86abd6e603a4072f6a2ce948f"},
		"skillLevel":         {"6ddf1c15954f23060e57924226d53edf7cf9b49a0ddbffa7ba56e96a835af2d6"},
	}
	for _, f := range house(t).Families {
		for n, want := range frozen[f.ID] {
			got, err := f.Versions[n].Hash()
			if err != nil || got != want {
				t.Errorf("%s version %d is %s (%v), it was published as %s", f.ID, n+1, got, err, want)
			}
		}
	}
}

// change is the house's training certificate with one thing changed.
func change(t *testing.T, how func(*layout.Content, func(string) *layout.Element)) (layout.Content, layout.Family) {
	t.Helper()
	family, _ := house(t).Family("trainingCompletion")
	c := family.Versions[0]
	c.Elements = slices.Clone(c.Elements)
	how(&c, func(id string) *layout.Element {
		i := slices.IndexFunc(c.Elements, func(e layout.Element) bool { return e.ID == id })
		if i < 0 {
			t.Fatalf("no element %s", id)
		}
		return &c.Elements[i]
	})
	return c, family
}

func TestWhatALayoutMustNotBe(t *testing.T) {
	type pick = func(string) *layout.Element
	for _, c := range []struct {
		name, element, code string // no code: nothing is wrong
		how                 func(*layout.Content, pick)
	}{
		{"the house's own", "", "", func(*layout.Content, pick) {}},
		{"at the very edge", "", "", func(_ *layout.Content, e pick) { e("hint").X, e("hint").W = 297-53.62, 53.62 }},
		{"a tenth beyond it", "hint", "outside", func(_ *layout.Content, e pick) { e("hint").X, e("hint").W = 297-53.52, 53.62 }},
		{"above it", "title", "outside", func(_ *layout.Content, e pick) { e("title").Y = -0.1 }},
		{"the page turned", "frame", "outside", func(c *layout.Content, _ pick) { c.Orientation = layout.Portrait }},
		{"a code of 25 mm", "", "", func(_ *layout.Content, e pick) { e("qr").W, e("qr").H = 25, 25 }},
		{"a code of 24.9 mm", "qr", "code_small", func(_ *layout.Content, e pick) { e("qr").W, e("qr").H = 24.9, 24.9 }},
		{"a code that is no square", "qr", "square", func(_ *layout.Content, e pick) { e("qr").H = 30 }},
		{"words on the code", "hint", "on_code", func(_ *layout.Content, e pick) { e("hint").Y = 170 }},
		{"words in the white around it", "hint", "on_code", func(_ *layout.Content, e pick) { e("hint").Y = 176 }},
		{"a box around the code", "", "", func(c *layout.Content, _ pick) {
			c.Elements = append(c.Elements, layout.Element{ID: "box", Kind: layout.Box, X: 220, Y: 130, W: 50, H: 50, Stroke: 1})
		}},
		{"a box through the code", "box", "on_code", func(c *layout.Content, _ pick) {
			c.Elements = append(c.Elements, layout.Element{ID: "box", Kind: layout.Box, X: 240, Y: 120, W: 50, H: 30, Stroke: 1})
		}},
		{"two codes", "", "one_code", func(c *layout.Content, e pick) {
			c.Elements = append(c.Elements, layout.Element{ID: "qr2", Kind: layout.QR, X: 20, Y: 20, W: 30, H: 30})
		}},
		{"letters of 4 points", "hint", "size", func(_ *layout.Content, e pick) { e("hint").Size = 4 }},
		{"a field there is not", "hint", "field_unknown", func(_ *layout.Content, e pick) { e("hint").Text = "{salary}" }},
		{"no number on it", "", "field_missing", func(_ *layout.Content, e pick) { e("number").Text = "无" }},
		{"the same name twice", "title", "twice", func(_ *layout.Content, e pick) { e("subtitle").ID = "title" }},
		{"a line without length", "rule", "empty", func(_ *layout.Content, e pick) { e("rule").W = 0 }},
		{"no picture chosen", "logo", "pictureless", func(c *layout.Content, _ pick) {
			c.Elements = append(c.Elements, layout.Element{ID: "logo", Kind: layout.Image, X: 20, Y: 20, W: 20, H: 20})
		}},
		{"240 months", "", "", func(c *layout.Content, _ pick) { c.Validity.Months = 240 }},
		{"241 months", "", "validity_months", func(c *layout.Content, _ pick) { c.Validity.Months = 241 }},
		{"a day that most years lack", "", "validity_day", func(c *layout.Content, _ pick) { c.Validity.Until = "02-29" }},
		{"both", "", "validity_twice", func(c *layout.Content, _ pick) { c.Validity = layout.Validity{Months: 12, Until: "12-31"} }},
		{"it ends, and nothing says so", "", "field_missing", func(c *layout.Content, e pick) {
			c.Validity.Months, e("validTo").Text = 12, "长期"
		}},
	} {
		content, family := change(t, c.how)
		wrong := content.Check(family, 61)
		if c.code == "" {
			if len(wrong) > 0 {
				t.Errorf("%s: %+v", c.name, wrong)
			}
			continue
		}
		if !slices.ContainsFunc(wrong, func(p layout.Problem) bool {
			return p.Code == "certificates.template_"+c.code && p.Element == c.element
		}) {
			t.Errorf("%s: want %s of %q, got %+v", c.name, c.code, c.element, wrong)
		}
	}
}

func TestALevelNeverExpires(t *testing.T) {
	family, _ := house(t).Family("skillLevel")
	c := family.Versions[0]
	c.Validity.Months = 36
	wrong := c.Check(family, 61)
	if !slices.ContainsFunc(wrong, func(p layout.Problem) bool { return p.Code == "certificates.template_never_expires" }) {
		t.Errorf("%+v", wrong)
	}
}

// A module of 0.4 mm is what a cheap phone reads: a denser code has to be wider.
func TestADenserCodeHasToBeWider(t *testing.T) {
	for modules, want := range map[int]float64{41: 25, 61: 25, 62: 25, 63: 25.2, 73: 29.2, 85: 34} {
		if got := layout.SmallestQR(modules); got != want {
			t.Errorf("%d modules: %v mm, want %v", modules, got, want)
		}
	}
}

func TestTheLastValidDay(t *testing.T) {
	for _, c := range []struct {
		name     string
		validity layout.Validity
		issued   kernel.Date
		want     kernel.Date
	}{
		{"none", layout.Validity{}, "2026-01-05", ""},
		{"three years", layout.Validity{Months: 36}, "2026-11-21", "2029-11-20"},
		{"a calendar year", layout.Validity{Months: 12}, "2026-01-01", "2026-12-31"},
		{"the month lacks the day", layout.Validity{Months: 1}, "2026-01-31", "2026-02-28"},
		{"from a leap day", layout.Validity{Months: 12}, "2024-02-29", "2025-02-28"},
		{"from the last of February", layout.Validity{Months: 12}, "2026-02-28", "2027-02-27"},
		{"until the end of the year", layout.Validity{Until: "12-31"}, "2026-03-01", "2026-12-31"},
		{"issued on that very day", layout.Validity{Until: "12-31"}, "2026-12-31", "2027-12-31"},
		{"the day is over this year", layout.Validity{Until: "06-30"}, "2026-07-01", "2027-06-30"},
	} {
		if got := c.validity.LastDay(c.issued); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// The hash is of what is printed: hundredths of a millimetre count, less does not.
func TestTheHashIsOfWhatIsPrinted(t *testing.T) {
	family, _ := house(t).Family("honour")
	rapid.Check(t, func(r *rapid.T) {
		a := family.Versions[0]
		before, err := a.Hash()
		if err != nil {
			r.Fatal(err)
		}
		b := a
		b.Elements = slices.Clone(a.Elements)
		n := rapid.IntRange(0, len(b.Elements)-1).Draw(r, "element")
		moved := rapid.IntRange(-500, 500).Draw(r, "hundredths")
		b.Elements[n].X += float64(moved)/100 + 0.001
		after, err := b.Hash()
		if err != nil || (after == before) != (moved == 0) {
			r.Fatalf("moved by %d: %s, %s, %v", moved, before, after, err)
		}
	})
}
