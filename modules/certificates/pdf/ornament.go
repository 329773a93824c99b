package pdf

import (
	"math"

	"github.com/signintech/gopdf"

	"carecert/modules/certificates/layout"
)

// frame draws a double rule with stepped corners.
func (s *sheet) frame(e layout.Element, at rect) {
	const inset, step = layout.FrameInset * point, layout.FrameStep * point
	c := colour(e.Colour)
	s.Stroke(c, e.Stroke)
	s.RectFromUpperLeftWithStyle(at.x, at.y, at.w, at.h, "D")
	s.Stroke(c, e.Stroke*0.29)
	left, top, right, bottom := at.x+inset, at.y+inset, at.x+at.w-inset, at.y+at.h-inset
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

// seal draws a round stamp; its measures were drawn for a radius of 56 points.
func (s *sheet) seal(e layout.Element, at rect) {
	ring, bottom := s.in.Values.Fill(e.Language, e.Text), s.in.Values.Fill(e.Language, e.Bottom)
	scale := at.w / 112
	x, y, radius := at.x+at.w/2, at.y+at.h/2, at.w/2
	s.Fail(s.SetTransparency(gopdf.Transparency{Alpha: 0.82, BlendModeType: gopdf.NormalBlendMode}))
	defer s.ClearTransparency()
	c := colour(e.Colour)
	s.Stroke(c, 2.4*scale)
	s.SetFillColor(c[0], c[1], c[2])
	s.Paint(c)
	s.Oval(x-radius, y-radius, x+radius, y+radius)
	star := make([]gopdf.Point, 0, 10)
	for i := range 10 {
		r := 16.0 * scale
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
	size *= scale
	for i, letter := range letters {
		turn := 0.0
		if len(letters) > 1 {
			turn = -span/2 + span*float64(i)/float64(len(letters)-1)
		}
		s.Rotate(-turn, x, y)
		s.At(x-size/2, y-radius+6*scale+size, size, 0, string(letter))
		s.RotateReset()
	}
	if bottom != "" {
		s.Centre(x, y+40*scale, 10.5*scale, 0, 60*scale, bottom)
	}
}
