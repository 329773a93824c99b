// Package pdf prints training files: A4 across, a table with its head on every
// page, on kit/pdf. What it prints is handed to it in words; it decides nothing.
package pdf

import (
	"io"

	"github.com/signintech/gopdf"

	kit "carecert/modules/kit/pdf"
)

// File is what is printed, in the words to print.
type File struct {
	Title, Subtitle string
	Facts           [][2]string // label and value, two a line
	QRText          string      // empty for none
	Hints           []string    // under the QR code
	Tables          []Table
	Signatures      []string // lines to sign on, at the end
	Foot            string
	Page            func(n, of int) string
}

// Table is one of its tables.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]string
	Sums    []string // lines under it
	Empty   string
}

// Column of a table; Share is its part of the width.
type Column struct {
	Title string
	Share float64
	Right bool
}

// Printer prints files; it is safe for use by many at once.
type Printer struct{ fonts *kit.Fonts }

// New makes a printer. The font is read with the first file.
func New() *Printer { return &Printer{fonts: kit.NewFonts()} }

// A4 across, in points.
const (
	left   = 40.0
	right  = 841.89 - 40
	top    = 50.0
	bottom = 595.28 - 46
	size   = 8.5
	leap   = 11.5 // from line to line in a cell
)

func ink() kit.Colour   { return kit.Colour{29, 42, 44} }
func faint() kit.Colour { return kit.Colour{102, 115, 114} }
func gold() kit.Colour  { return kit.Colour{169, 119, 42} }
func rule() kit.Colour  { return kit.Colour{214, 211, 202} }

// sheet is a file being printed; y is where the next line stands.
type sheet struct {
	*kit.Page
	in       File
	y        float64
	page, of int
	begun    func() // what stands again at the head of every page
}

// Print prints a file. It is laid out twice: the first time tells how many
// pages there are.
func (p *Printer) Print(w io.Writer, in File) error {
	pages := p.lay(in, 0).page
	return p.lay(in, pages).Finish(w)
}

func (p *Printer) lay(in File, of int) *sheet {
	info := gopdf.PdfInfo{Title: in.Title + " " + in.Subtitle, Creator: "CareCert"}
	s := &sheet{Page: p.fonts.Begin(gopdf.Rect{W: 841.89, H: 595.28}, info), in: in, page: 1, of: of, begun: func() {}}
	s.head()
	for _, t := range in.Tables {
		s.table(t)
	}
	s.sign()
	s.foot()
	return s
}

func (s *sheet) head() {
	const side = 74.0
	s.Stroke(gold(), 1.6)
	s.Line(left, top-16, right, top-16)
	s.Paint(ink())
	s.At(left, top+10, 20, 2, s.in.Title)
	s.Paint(faint())
	s.At(left, top+28, 10, 0.3, s.in.Subtitle)
	widest := (right - left - side - 30) / 2
	y := top + 48
	for i, f := range s.in.Facts {
		x := left + float64(i%2)*widest
		s.Paint(faint())
		s.At(x, y, 9.5, 0, f[0])
		s.Paint(ink())
		value, _ := s.Fitting(f[1], 9.5, 0, widest-76)
		s.At(x+66, y, value, 0, f[1])
		if i%2 == 1 || i == len(s.in.Facts)-1 {
			y += 15
		}
	}
	s.y = y
	if s.in.QRText == "" {
		return
	}
	s.QR(s.in.QRText, right-side, top-8, side)
	s.Paint(faint())
	under := top + side + 2
	for _, h := range s.in.Hints {
		s.At(right-s.Width(h, 7, 0), under, 7, 0, h)
		under += 9
	}
	s.y = max(s.y, under)
}

// room begins a new page where so many points do not fit.
func (s *sheet) room(points float64) {
	if s.y+points <= bottom {
		return
	}
	s.foot()
	s.AddPage()
	s.page++
	s.y = top
	s.Paint(faint())
	s.At(left, s.y-14, 8.5, 0, s.in.Title+"  "+s.in.Subtitle)
	s.begun()
}

func (s *sheet) table(t Table) {
	s.room(60)
	s.y += 18
	s.Paint(ink())
	s.At(left, s.y, 12, 0.6, t.Title)
	s.y += 8
	widths := make([]float64, len(t.Columns))
	all := 0.0
	for _, c := range t.Columns {
		all += c.Share
	}
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		widths[i], titles[i] = (right-left)*c.Share/all, c.Title
	}
	header := func() { s.row(t.Columns, widths, titles, true) }
	header()
	s.begun = header
	for _, r := range t.Rows {
		s.row(t.Columns, widths, r, false)
	}
	s.begun = func() {}
	if len(t.Rows) == 0 {
		s.y += 14
		s.Paint(faint())
		s.At(left, s.y, 9.5, 0, t.Empty)
	}
	for _, sum := range t.Sums {
		s.room(14)
		s.y += 14
		s.Paint(ink())
		s.At(left, s.y, 9.5, 0, sum)
	}
	s.y += 6
}

func (s *sheet) row(columns []Column, widths []float64, texts []string, head bool) {
	cells := make([][]string, len(texts))
	lines := 1
	for i, t := range texts {
		cells[i] = s.Wrapped(t, size, widths[i]-8)
		lines = max(lines, len(cells[i]))
	}
	height := float64(lines)*leap + 6
	if !head {
		s.room(height)
	}
	s.Paint(ink())
	s.Stroke(rule(), 0.6)
	if head {
		s.Paint(faint())
		s.Stroke(gold(), 0.8)
	}
	x := left
	for i, cell := range cells {
		for n, text := range cell {
			at := x + 3
			if columns[i].Right {
				at = x + widths[i] - 5 - s.Width(text, size, 0)
			}
			s.At(at, s.y+leap*float64(n+1), size, 0, text)
		}
		x += widths[i]
	}
	s.y += height
	s.Line(left, s.y, right, s.y)
}

func (s *sheet) sign() {
	if len(s.in.Signatures) == 0 {
		return
	}
	s.room(54)
	s.y += 40
	each := (right - left) / float64(len(s.in.Signatures))
	for i, who := range s.in.Signatures {
		x := left + float64(i)*each
		s.Paint(faint())
		s.At(x, s.y, 10, 0, who)
		s.Stroke(rule(), 0.8)
		s.Line(x+s.Width(who, 10, 0)+6, s.y+3, x+each-24, s.y+3)
	}
}

func (s *sheet) foot() {
	s.Stroke(rule(), 0.6)
	s.Line(left, bottom+12, right, bottom+12)
	s.Paint(faint())
	fit, _ := s.Fitting(s.in.Foot, 8, 0, right-left-90)
	s.At(left, bottom+24, fit, 0, s.in.Foot)
	number := s.in.Page(s.page, max(s.of, s.page))
	s.At(right-s.Width(number, 8, 0), bottom+24, 8, 0, number)
}
