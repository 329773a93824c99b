package pdf

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/signintech/gopdf"

	"carecert/modules/certificates/layout"
	kit "carecert/modules/kit/pdf"
)

// Sheet is a certificate to print: its template's content and what is filled in.
type Sheet struct {
	Content  layout.Content
	Values   layout.Values
	QRText   string
	Images   map[string][]byte // PNG by SHA-256
	Title    string            // of the file, as are number and author
	Number   string
	Author   string
	Specimen string // printed across what is no certificate
}

// Renderer prints certificates; it is safe for use by many at once.
type Renderer struct{ fonts *kit.Fonts }

// New makes a renderer. The font is read with the first certificate.
func New() *Renderer { return &Renderer{fonts: kit.NewFonts()} }

// point is how many points a millimetre has.
const point = 72 / 25.4

// sheet is a certificate being printed.
type sheet struct {
	*kit.Page
	in Sheet
}

// Render prints one certificate. MissingGlyphError where a character of it
// cannot be printed.
func (r *Renderer) Render(w io.Writer, in Sheet) error {
	width, height := in.Content.Page()
	info := gopdf.PdfInfo{Title: strings.TrimSpace(in.Title + " " + in.Number), Subject: in.Number, Author: in.Author, Creator: "CareCert"}
	s := &sheet{r.fonts.Begin(gopdf.Rect{W: width * point, H: height * point}, info), in}
	if in.Specimen != "" {
		s.specimen(width*point, height*point)
	}
	for _, e := range in.Content.Elements {
		if e.Needs == "" || in.Values.Of(e.Language, e.Needs) != "" {
			s.element(e)
		}
	}
	return s.Finish(w)
}

func (s *sheet) element(e layout.Element) {
	at := rect{e.X * point, e.Y * point, e.W * point, e.H * point}
	switch e.Kind {
	case layout.Text:
		s.words(e, at)
	case layout.Line:
		s.Stroke(colour(e.Colour), e.Stroke)
		s.Line(at.x, at.y, at.x+at.w, at.y+at.h)
	case layout.Box:
		s.Stroke(colour(e.Colour), e.Stroke)
		s.RectFromUpperLeftWithStyle(at.x, at.y, at.w, at.h, "D")
	case layout.Frame:
		s.frame(e, at)
	case layout.Seal:
		s.seal(e, at)
	case layout.Image:
		s.picture(e, at)
	case layout.QR:
		s.QR(s.in.QRText, at.x, at.y, at.w)
	}
}

// rect is a place in points.
type rect struct{ x, y, w, h float64 }

// colour reads "#rrggbb"; ink where there is none.
func colour(text string) kit.Colour {
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 24)
	if err != nil || len(text) != 7 {
		return kit.Colour{29, 42, 44}
	}
	return kit.Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)} //nolint:gosec // 24 bits
}

// ascent is where the base line stands below the upper edge, as a part of the
// size.
const ascent = 0.88

// words prints a text: on one line, smaller where it would be too wide, or
// broken into lines, smaller until they fit into the box.
func (s *sheet) words(e layout.Element, at rect) {
	text := s.in.Values.Fill(e.Language, e.Text)
	if text == "" {
		return
	}
	s.Paint(colour(e.Colour))
	base := at.y + ascent*e.Size // stays where it is when the letters get smaller
	if !e.Wrap {
		s.line(e, at, base, e.Size, strings.ReplaceAll(text, "\n", " "))
		return
	}
	size, leading := e.Size, e.Leading
	if leading == 0 {
		leading = 1.5
	}
	lines := s.broken(text, size, at.w)
	for float64(len(lines))*size*leading > at.h+size*(leading-1) && size > 6 { // the last line needs no leading
		size *= 0.95
		lines = s.broken(text, size, at.w)
	}
	for i, l := range lines {
		s.line(e, at, base+float64(i)*size*leading, size, l)
	}
}

func (s *sheet) line(e layout.Element, at rect, base, size float64, text string) {
	spacing := e.Spacing
	width := s.Width(text, size, spacing)
	if width > at.w {
		size, spacing, width = size*at.w/width, spacing*at.w/width, at.w
	}
	x := at.x
	switch e.Align {
	case "centre":
		x += (at.w - width) / 2
	case "right":
		x += at.w - width
	}
	s.At(x, base, size, spacing, text)
}

func (s *sheet) broken(text string, size, widest float64) (lines []string) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		if s.Width(paragraph, size, 0) <= widest {
			lines = append(lines, paragraph)
			continue
		}
		lines = append(lines, s.Wrapped(paragraph, size, widest)...)
	}
	return lines
}

func (s *sheet) picture(e layout.Element, at rect) {
	raw, known := s.in.Images[e.Image]
	if !known {
		s.Fail(fmt.Errorf("certificate: picture %s is missing", e.Image))
		return
	}
	holder, err := gopdf.ImageHolderByBytes(raw)
	if err != nil {
		s.Fail(fmt.Errorf("certificate: picture %s: %w", e.Image, err))
		return
	}
	s.Fail(s.ImageByHolder(holder, at.x, at.y, &gopdf.Rect{W: at.w, H: at.h}))
}

// specimen says across the page, under everything else, that it is none.
func (s *sheet) specimen(width, height float64) {
	s.Paint(kit.Colour{222, 228, 238})
	s.Rotate(30, width/2, height/2)
	s.Centre(width/2, height/2+24, 96, 16, width*0.8, s.in.Specimen)
	s.RotateReset()
}
