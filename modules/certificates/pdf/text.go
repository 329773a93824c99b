package pdf

import (
	"github.com/signintech/gopdf"
)

// sheet is a page being printed.
type sheet struct {
	*gopdf.GoPdf
	fonts fonts
	added map[string]bool
	err   error // the first that happened; everything after it does nothing
}

// run is a stretch of text in one part of the font.
type run struct {
	face *face
	text string
}

// runs splits a text by the parts of the font that print it.
func (s *sheet) runs(text string) []run {
	var out []run
	for _, r := range text {
		f, err := s.fonts.find(r)
		if err != nil {
			s.fail(err)
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

func (s *sheet) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *sheet) face(f *face, size float64) {
	if !s.added[f.family] {
		s.added[f.family] = true
		s.fail(s.AddTTFFontFromFontContainer(f.family, f.container))
	}
	s.fail(s.SetFont(f.family, "", size))
}

// width of a text at a size, letters set apart by spacing.
func (s *sheet) width(text string, size, spacing float64) (w float64) {
	for _, r := range s.runs(text) {
		s.face(r.face, size)
		part, err := s.MeasureTextWidth(r.text)
		s.fail(err)
		w += part
	}
	return w + spacing*float64(max(0, len([]rune(text))-1))
}

// at prints a text from a point on its base line.
func (s *sheet) at(x, y, size, spacing float64, text string) {
	for _, r := range s.runs(text) {
		s.face(r.face, size)
		if spacing == 0 {
			s.SetXY(x, y)
			s.fail(s.Text(r.text))
			x = s.GetX()
			continue
		}
		for _, c := range r.text {
			s.SetXY(x, y)
			s.fail(s.Text(string(c)))
			x = s.GetX() + spacing
		}
	}
}

// fitting is the size at which a text is no wider than it may be.
func (s *sheet) fitting(text string, size, spacing, widest float64) (float64, float64) {
	if w := s.width(text, size, spacing); w > widest {
		return size * widest / w, spacing * widest / w
	}
	return size, spacing
}

// centre prints a text around x, smaller where it would be too wide.
func (s *sheet) centre(x, y, size, spacing, widest float64, text string) {
	size, spacing = s.fitting(text, size, spacing, widest)
	s.at(x-s.width(text, size, spacing)/2, y, size, spacing, text)
}
