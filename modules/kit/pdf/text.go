package pdf

import (
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/signintech/gopdf"
)

// Page is a document being printed, page after page. What fails first is told
// by Finish; everything after it does nothing.
type Page struct {
	*gopdf.GoPdf
	fonts fonts
	added map[string]bool
	err   error
}

// Begin starts a document on its first page.
func (f *Fonts) Begin(size gopdf.Rect, info gopdf.PdfInfo) *Page {
	p := &Page{GoPdf: &gopdf.GoPdf{}, fonts: f.parts, added: map[string]bool{}}
	p.Start(gopdf.Config{PageSize: size})
	p.SetCompressLevel(zlib.BestSpeed) // a third of the time goes here; a tenth more bytes
	p.SetInfo(info)
	p.AddPage()
	return p
}

// Finish writes the document. MissingGlyphError where a character of it cannot
// be printed.
func (p *Page) Finish(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	if _, err := p.WriteTo(w); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return nil
}

// Colour is red, green, blue.
type Colour [3]uint8

// Paint sets the colour of text.
func (p *Page) Paint(c Colour) { p.SetTextColor(c[0], c[1], c[2]) }

// Stroke sets the colour and width of lines.
func (p *Page) Stroke(c Colour, width float64) {
	p.SetStrokeColor(c[0], c[1], c[2])
	p.SetLineWidth(width)
}

// run is a stretch of text in one part of the font.
type run struct {
	face *face
	text string
}

// runs splits a text by the parts of the font that print it.
func (p *Page) runs(text string) []run {
	var out []run
	for _, r := range text {
		f, err := p.fonts.find(r)
		if err != nil {
			p.Fail(err)
			return nil
		}
		if n := len(out); n > 0 && out[n-1].face == f {
			out[n-1].text += string(r)
			continue
		}
		out = append(out, run{f, string(r)})
	}
	return out
}

// Fail keeps the first error.
func (p *Page) Fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *Page) face(f *face, size float64) {
	if !p.added[f.family] {
		p.added[f.family] = true
		p.Fail(p.AddTTFFontFromFontContainer(f.family, f.container))
	}
	p.Fail(p.SetFont(f.family, "", size))
}

// Width of a text at a size, letters set apart by spacing.
func (p *Page) Width(text string, size, spacing float64) (w float64) {
	for _, r := range p.runs(text) {
		p.face(r.face, size)
		part, err := p.MeasureTextWidth(r.text)
		p.Fail(err)
		w += part
	}
	return w + spacing*float64(max(0, len([]rune(text))-1))
}

// At prints a text from a point on its base line.
func (p *Page) At(x, y, size, spacing float64, text string) {
	for _, r := range p.runs(text) {
		p.face(r.face, size)
		if spacing == 0 {
			p.SetXY(x, y)
			p.Fail(p.Text(r.text))
			x = p.GetX()
			continue
		}
		for _, c := range r.text {
			p.SetXY(x, y)
			p.Fail(p.Text(string(c)))
			x = p.GetX() + spacing
		}
	}
}

// Fitting is the size at which a text is no wider than it may be.
func (p *Page) Fitting(text string, size, spacing, widest float64) (float64, float64) {
	if w := p.Width(text, size, spacing); w > widest {
		return size * widest / w, spacing * widest / w
	}
	return size, spacing
}

// Centre prints a text around x, smaller where it would be too wide.
func (p *Page) Centre(x, y, size, spacing, widest float64, text string) {
	size, spacing = p.Fitting(text, size, spacing, widest)
	p.At(x-p.Width(text, size, spacing)/2, y, size, spacing, text)
}

// Wrapped breaks a text into lines that are no wider than they may be: between
// any two Chinese characters, between the words of other languages, and never
// before a mark that ends a phrase.
func (p *Page) Wrapped(text string, size, widest float64) []string {
	var lines []string
	line, width, word := []rune{}, 0.0, 0 // word is where the last one begins
	for _, r := range text {
		w := p.Width(string(r), size, 0)
		if !joins(r) || len(line) == 0 || !joins(line[len(line)-1]) {
			word = len(line)
		}
		if width+w > widest && len(line) > 0 && !closing(r) && r != ' ' {
			rest := []rune{}
			if word > 0 && word < len(line) {
				rest = append(rest, line[word:]...)
				line = line[:word]
			}
			lines = append(lines, strings.TrimRight(string(line), " "))
			line, word = append([]rune{}, rest...), 0
			width = p.Width(string(line), size, 0)
		}
		line, width = append(line, r), width+w
	}
	if len(line) > 0 || len(lines) == 0 {
		lines = append(lines, strings.TrimRight(string(line), " "))
	}
	return lines
}

// joins tells letters that make one word with their neighbours.
func joins(r rune) bool {
	return r < 0x2e80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-'’./:_@", r))
}

// closing tells marks that never begin a line.
func closing(r rune) bool {
	switch r {
	case '，', '。', '、', '；', '：', '）', '》', '”', ',', '.', ';', ':', ')', '%':
		return true
	}
	return false
}
