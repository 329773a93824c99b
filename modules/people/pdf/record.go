// Package pdf prints career records: A4 upright, as many pages as there is to
// tell, on kit/pdf. What it prints is handed to it in words; it decides
// nothing.
package pdf

import (
	"io"

	"github.com/signintech/gopdf"

	kit "carecert/modules/kit/pdf"
)

// Record is what is printed, in the words to print.
type Record struct {
	Title, Subtitle string
	Name            string
	Facts           [][2]string // label and value, under the name
	Sections        []Section
	QRText          string
	Hints           []string         // under the QR code, centred
	Foot            string           // on every page, at the left
	Page            func(int) string // says the number of a page
	Info            string           // subject of the file
}

// Section is a chapter of it; Empty says that there is nothing.
type Section struct {
	Title, Count, Empty string
	Lines               []Line
}

// Line is an item of a chapter.
type Line struct {
	When, Title, State, Tone string
	Details                  []string
}

// Printer prints records; it is safe for use by many at once.
type Printer struct{ fonts *kit.Fonts }

// New makes a printer. The font is read with the first record.
func New() *Printer { return &Printer{fonts: kit.NewFonts()} }

// A4 upright, in points.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	left       = 52.0
	right      = pageWidth - 52
	top        = 58.0
	bottom     = pageHeight - 62
	dates      = 112.0 // width of the column of dates
)

func ink() kit.Colour   { return kit.Colour{29, 42, 44} }
func faint() kit.Colour { return kit.Colour{102, 115, 114} }
func gold() kit.Colour  { return kit.Colour{169, 119, 42} }
func line() kit.Colour  { return kit.Colour{227, 225, 216} }

func toneOf(tone string) kit.Colour {
	switch tone {
	case "good":
		return kit.Colour{26, 122, 73}
	case "warn":
		return kit.Colour{143, 90, 0}
	case "bad":
		return kit.Colour{179, 38, 30}
	default:
		return faint()
	}
}

// sheet is a record being printed; y is where the next line stands.
type sheet struct {
	*kit.Page
	in   Record
	y    float64
	page int
}

// Print prints a record. kit.MissingGlyphError where a character of it cannot
// be printed.
func (p *Printer) Print(w io.Writer, in Record) error {
	info := gopdf.PdfInfo{Title: in.Title + " " + in.Name, Subject: in.Info, Creator: "CareCert"}
	s := &sheet{Page: p.fonts.Begin(*gopdf.PageSizeA4, info), in: in, page: 1}
	s.head()
	for _, section := range in.Sections {
		s.section(section)
	}
	s.foot()
	return s.Finish(w)
}

// head prints title, person and QR code.
func (s *sheet) head() {
	const side = 92.0
	s.Stroke(gold(), 2)
	s.Line(left, top-18, right, top-18)
	s.Stroke(gold(), 0.6)
	s.Line(left, top-14, right, top-14)
	s.Paint(ink())
	s.At(left, top+18, 25, 3, s.in.Title)
	s.Paint(faint())
	s.At(left, top+37, 10.5, 0.4, s.in.Subtitle)
	s.Paint(ink())
	size, _ := s.Fitting(s.in.Name, 22, 2, right-left-side-30)
	s.At(left, top+76, size, 2, s.in.Name)
	y := top + 100
	for _, f := range s.in.Facts {
		s.Paint(faint())
		s.At(left, y, 10.5, 0, f[0])
		s.Paint(ink())
		value, _ := s.Fitting(f[1], 10.5, 0, right-left-side-110)
		s.At(left+78, y, value, 0, f[1])
		y += 17
	}
	x := right - side
	s.QR(s.in.QRText, x, top+2, side)
	s.Paint(faint())
	under := top + side + 15
	for _, h := range s.in.Hints {
		s.Centre(x+side/2, under, 8.5, 0, side+34, h)
		under += 12
	}
	s.y = max(y, under) + 8
}

// room begins a new page where a block of so many points does not fit.
func (s *sheet) room(points float64) {
	if s.y+points <= bottom {
		return
	}
	s.foot()
	s.AddPage()
	s.page++
	s.y = top
	s.Paint(faint())
	s.At(left, s.y-16, 9, 0, s.in.Title+"  "+s.in.Name)
}

func (s *sheet) section(in Section) {
	s.room(64)
	s.y += 22
	s.Paint(ink())
	s.At(left, s.y, 14.5, 1, in.Title)
	s.Paint(faint())
	s.At(right-s.Width(in.Count, 10, 0), s.y, 10, 0, in.Count)
	s.Stroke(gold(), 0.8)
	s.Line(left, s.y+7, right, s.y+7)
	s.y += 9
	if len(in.Lines) == 0 {
		s.y += 17
		s.At(left, s.y, 10.5, 0, in.Empty)
		s.y += 6
		return
	}
	for i, l := range in.Lines {
		s.item(l, i > 0)
	}
}

// item prints one line of a chapter: when, what, how it stands.
func (s *sheet) item(l Line, ruled bool) {
	state := s.Width(l.State, 10, 0)
	widest := right - left - dates - state - 14
	titles := s.Wrapped(l.Title, 11.5, widest)
	var details []string
	for _, d := range l.Details {
		details = append(details, s.Wrapped(d, 9.5, right-left-dates)...)
	}
	s.room(float64(len(titles))*16 + float64(len(details))*13.5 + 10)
	if ruled {
		s.Stroke(line(), 0.6)
		s.Line(left, s.y+5, right, s.y+5)
	}
	s.y += 19
	s.Paint(faint())
	when, _ := s.Fitting(l.When, 10, 0, dates-10)
	s.At(left, s.y, when, 0, l.When)
	s.Paint(toneOf(l.Tone))
	s.At(right-state, s.y, 10, 0, l.State)
	s.Paint(ink())
	for i, t := range titles {
		if i > 0 {
			s.y += 16
		}
		s.At(left+dates, s.y, 11.5, 0, t)
	}
	s.Paint(faint())
	for _, d := range details {
		s.y += 13.5
		s.At(left+dates, s.y, 9.5, 0, d)
	}
	s.y += 3
}

func (s *sheet) foot() {
	s.Stroke(line(), 0.6)
	s.Line(left, bottom+14, right, bottom+14)
	s.Paint(faint())
	size, _ := s.Fitting(s.in.Foot, 8.5, 0, right-left-70)
	s.At(left, bottom+28, size, 0, s.in.Foot)
	number := s.in.Page(s.page)
	s.At(right-s.Width(number, 8.5, 0), bottom+28, 8.5, 0, number)
}
