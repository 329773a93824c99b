package pdf

import (
	"io"
	"math"

	"github.com/signintech/gopdf"

	kit "carecert/modules/kit/pdf"
)

// Sheet is what stands on a certificate, in the words to print.
type Sheet struct {
	Title, Subtitle string
	Name, IDMasked  string
	Body            []string    // sentences, one a line
	Lines           [][2]string // number, issuer, date: label and value
	Seal            struct{ Ring, Bottom string }
	QRText          string
	Hint, Code      string // under the QR code: what it is for, and what to type without a camera
	Number          string // for the file's own title
}

// Renderer prints certificates; it is safe for use by many at once.
type Renderer struct{ fonts *kit.Fonts }

// New makes a renderer. The font is read with the first certificate.
func New() *Renderer { return &Renderer{fonts: kit.NewFonts()} }

// A4 landscape, in points.
const (
	pageWidth  = 841.89
	pageHeight = 595.28
	middle     = pageWidth / 2
	textWidth  = pageWidth - 200
)

func ink() kit.Colour   { return kit.Colour{29, 42, 44} }
func faint() kit.Colour { return kit.Colour{102, 115, 114} }
func gold() kit.Colour  { return kit.Colour{169, 119, 42} }
func red() kit.Colour   { return kit.Colour{189, 30, 30} }

// sheet is a certificate being printed.
type sheet struct{ *kit.Page }

// Render prints one certificate. MissingGlyphError where a character of it
// cannot be printed.
func (r *Renderer) Render(w io.Writer, in Sheet) error {
	info := gopdf.PdfInfo{Title: in.Title + " " + in.Number, Subject: in.Number, Author: in.Seal.Ring, Creator: "CareCert"}
	s := &sheet{r.fonts.Begin(*gopdf.PageSizeA4Landscape, info)}
	s.frame()
	s.words(in)
	s.foot(in)
	s.seal(in.Seal.Ring, in.Seal.Bottom)
	return s.Finish(w)
}

// frame draws a double rule with stepped corners.
func (s *sheet) frame() {
	const outer, inner, step = 24.0, 34.0, 16.0
	s.Stroke(gold(), 2.4)
	s.RectFromUpperLeftWithStyle(outer, outer, pageWidth-2*outer, pageHeight-2*outer, "D")
	s.Stroke(gold(), 0.7)
	left, top, right, bottom := inner, inner, pageWidth-inner, pageHeight-inner
	corners := []gopdf.Point{
		{X: left + step, Y: top},
		{X: right - step, Y: top},
		{X: right - step, Y: top + step},
		{X: right, Y: top + step},
		{X: right, Y: bottom - step},
		{X: right - step, Y: bottom - step},
		{X: right - step, Y: bottom},
		{X: left + step, Y: bottom},
		{X: left + step, Y: bottom - step},
		{X: left, Y: bottom - step},
		{X: left, Y: top + step},
		{X: left + step, Y: top + step},
	}
	s.Polygon(corners, "D")
	for _, x := range []float64{left, right - step} {
		for _, y := range []float64{top, bottom - step} {
			s.RectFromUpperLeftWithStyle(x+4, y+4, step-8, step-8, "D")
		}
	}
}

// words prints title, holder and sentences.
func (s *sheet) words(in Sheet) {
	s.Paint(red())
	s.Centre(middle, 122, 44, 8, textWidth, in.Title)
	s.Paint(faint())
	s.Centre(middle, 150, 13, 0.6, textWidth, in.Subtitle)
	s.Stroke(gold(), 0.7)
	s.Line(middle-150, 168, middle+150, 168)
	s.Paint(ink())
	s.Centre(middle, 222, 34, 4, textWidth, in.Name)
	s.Paint(faint())
	s.Centre(middle, 248, 13, 0, textWidth, in.IDMasked)
	s.Paint(ink())
	y := 298.0
	for _, sentence := range in.Body {
		for _, line := range s.wrapped(sentence, 18, textWidth) {
			s.Centre(middle, y, 18, 0, textWidth, line)
			y += 30
		}
	}
}

// wrapped breaks a sentence in two where it is too wide for a line.
func (s *sheet) wrapped(sentence string, size, widest float64) []string {
	if s.Width(sentence, size, 0) <= widest {
		return []string{sentence}
	}
	letters := []rune(sentence)
	half := len(letters) / 2
	return []string{string(letters[:half]), string(letters[half:])}
}

// foot prints the lines at the left and the QR code at the right.
func (s *sheet) foot(in Sheet) {
	const left, labels, top, leading = 92.0, 66.0, 430.0, 25.0
	for i, line := range in.Lines {
		y := top + leading*float64(i)
		s.Paint(faint())
		s.At(left, y, 12, 0, line[0])
		s.Paint(ink())
		size, _ := s.Fitting(line[1], 14, 0, 300)
		s.At(left+labels, y, size, 0, line[1])
	}
	const side = 112.0
	x := pageWidth - 92 - side
	s.QR(in.QRText, x, 384, side)
	s.Paint(faint())
	s.Centre(x+side/2, 513, 10.5, 1, side+40, in.Hint)
	s.Centre(x+side/2, 528, 9.5, 0.4, side+40, in.Code)
}

// seal draws the issuer's round stamp over the end of the lines.
func (s *sheet) seal(ring, bottom string) {
	const x, y, radius = 520.0, 462.0, 56.0
	s.Fail(s.SetTransparency(gopdf.Transparency{Alpha: 0.82, BlendModeType: gopdf.NormalBlendMode}))
	defer s.ClearTransparency()
	c := red()
	s.Stroke(c, 2.4)
	s.SetFillColor(c[0], c[1], c[2])
	s.Paint(c)
	s.Oval(x-radius, y-radius, x+radius, y+radius)
	star := make([]gopdf.Point, 0, 10)
	for i := range 10 {
		r := 16.0
		if i%2 == 1 {
			r *= 0.382 // the inner points of a five-pointed star
		}
		a := -math.Pi/2 + float64(i)*math.Pi/5
		star = append(star, gopdf.Point{X: x + r*math.Cos(a), Y: y + r*math.Sin(a)})
	}
	s.Polygon(star, "F")
	letters := []rune(ring)
	size := min(14, 215/float64(max(1, len(letters)))) // all of them on the arc
	span := min(260, 24*float64(len(letters)-1)*size/14)
	for i, letter := range letters {
		turn := 0.0
		if len(letters) > 1 {
			turn = -span/2 + span*float64(i)/float64(len(letters)-1)
		}
		s.Rotate(-turn, x, y)
		s.At(x-size/2, y-radius+6+size, size, 0, string(letter))
		s.RotateReset()
	}
	s.Centre(x, y+40, 10.5, 0, 60, bottom)
}
