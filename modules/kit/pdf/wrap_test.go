package pdf_test

import (
	"slices"
	"testing"

	"github.com/signintech/gopdf"

	"carecert/modules/kit/pdf"
)

func TestLinesBreakBetweenWords(t *testing.T) {
	p := pdf.NewFonts().Begin(*gopdf.PageSizeA4, gopdf.PdfInfo{})
	for _, c := range []struct {
		text   string
		widest float64
		want   []string
	}{
		{"养老护理员", 45, []string{"养老护理", "员"}},
		{"养老护理。", 45, []string{"养老护理。"}},
		{"one two three", 50, []string{"one two", "three"}},
		{"vocational", 30, []string{"vocati", "onal"}}, // no room for the word at all
		{"达到Level 4等级", 55, []string{"达到Level 4", "等级"}},
	} {
		if got := p.Wrapped(c.text, 10, c.widest); !slices.Equal(got, c.want) {
			t.Errorf("%s at %v: %q, want %q", c.text, c.widest, got, c.want)
		}
	}
}
