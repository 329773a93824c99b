package layout

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A cheap phone reads a printed code from these sizes on (the house's own
// figures, tried with the densest code that a certificate carries).
const (
	smallestQR     = 25.0 // mm, its dark part
	smallestModule = 0.4  // mm
	quiet          = 4    // modules of white around it
)

// Limits of what is laid out.
const (
	mostElements = 60
	smallestType = 5.0
	largestType  = 96.0
)

// Problem is what keeps a content from being published; Element is "" where it
// is about the whole.
type Problem struct {
	Element string
	Code    string
	Params  map[string]string
}

func problem(e Element, code string, params ...string) Problem {
	p := Problem{Element: e.ID, Code: "certificates.template_" + code, Params: map[string]string{"element": e.ID}}
	for i := 0; i+1 < len(params); i += 2 {
		p.Params[params[i]] = params[i+1]
	}
	return p
}

// Check says everything that is wrong with a content of a family. Modules is
// how many modules wide the densest QR code is that it has to carry.
func (c Content) Check(f Family, modules int) []Problem {
	out := []Problem{}
	if len(c.Elements) > mostElements {
		out = append(out, problem(Element{}, "too_many", "most", strconv.Itoa(mostElements)))
	}
	if code := c.Validity.problem(f.NeverExpires); code != "" {
		out = append(out, Problem{Code: code, Params: map[string]string{}})
	}
	seen := map[string]bool{}
	for _, e := range c.Elements {
		if e.ID == "" || seen[e.ID] {
			out = append(out, problem(e, "twice"))
		}
		seen[e.ID] = true
		out = append(out, c.element(e)...)
	}
	out = append(out, c.code(modules)...)
	return append(out, c.needed(f)...)
}

// element checks one by itself.
func (c Content) element(e Element) (out []Problem) {
	width, height := c.Page()
	const slack = 0.01
	switch flat := e.Kind == Line; {
	case !slices.Contains(Kinds(), e.Kind):
		return []Problem{problem(e, "kind")}
	case e.W < 0 || e.H < 0 || flat && e.W == 0 && e.H == 0 || !flat && (e.W == 0 || e.H == 0):
		out = append(out, problem(e, "empty"))
	case e.X < 0 || e.Y < 0 || e.X+e.W > width+slack || e.Y+e.H > height+slack:
		out = append(out, problem(e, "outside", "width", millimetres(width), "height", millimetres(height)))
	}
	switch e.Kind {
	case Text:
		if e.Size < smallestType || e.Size > largestType {
			out = append(out, problem(e, "size", "least", millimetres(smallestType), "most", millimetres(largestType)))
		}
		if e.Text == "" {
			out = append(out, problem(e, "wordless"))
		}
	case Line, Box, Frame:
		if e.Stroke <= 0 || e.Stroke > 10 {
			out = append(out, problem(e, "stroke"))
		}
	case Seal, QR:
		if math.Abs(e.W-e.H) > slack {
			out = append(out, problem(e, "square"))
		}
	case Image:
		if e.Image == "" {
			out = append(out, problem(e, "pictureless"))
		}
	}
	for _, field := range append(named(e.Text), named(e.Bottom)...) {
		if !slices.Contains(Fields(), field) {
			out = append(out, problem(e, "field_unknown", "field", field))
		}
	}
	if e.Needs != "" && !slices.Contains(Fields(), e.Needs) {
		out = append(out, problem(e, "field_unknown", "field", e.Needs))
	}
	return out
}

// code checks that there is one QR code, that a phone reads it, and that
// nothing lies on it or in the white around it.
func (c Content) code(modules int) (out []Problem) {
	var codes []Element
	for _, e := range c.Elements {
		if e.Kind == QR {
			codes = append(codes, e)
		}
	}
	if len(codes) != 1 {
		return []Problem{problem(Element{}, "one_code", "count", strconv.Itoa(len(codes)))}
	}
	qr := codes[0]
	if least := SmallestQR(modules); qr.W < least {
		out = append(out, problem(qr, "code_small", "least", millimetres(least)))
	}
	margin := qr.W / float64(max(1, modules)) * quiet
	around := area{qr.X - margin, qr.Y - margin, qr.X + qr.W + margin, qr.Y + qr.H + margin}
	for _, e := range c.Elements {
		if e.ID != qr.ID && slices.ContainsFunc(e.inked(), around.meets) {
			out = append(out, problem(e, "on_code", "margin", millimetres(math.Ceil(margin*10)/10)))
		}
	}
	return out
}

// SmallestQR is how wide a code of so many modules has to be, in millimetres.
func SmallestQR(modules int) float64 {
	return max(smallestQR, math.Ceil(float64(modules)*smallestModule*10-1e-9)/10)
}

// needed checks that what a certificate of the family has to say stands on it.
func (c Content) needed(f Family) (out []Problem) {
	has := map[string]bool{}
	for _, e := range c.Elements {
		for _, field := range append(named(e.Text), named(e.Bottom)...) {
			has[field] = true
		}
	}
	wanted := slices.Clone(f.Requires)
	if c.Validity.Ends() {
		wanted = append(wanted, FieldValidTo)
	}
	for _, field := range wanted {
		if !has[field] {
			out = append(out, problem(Element{}, "field_missing", "field", field))
		}
	}
	return out
}

// area is left, top, right, bottom.
type area [4]float64

func (a area) meets(b area) bool {
	const touch = 0.005
	return a[0] < b[2]-touch && b[0] < a[2]-touch && a[1] < b[3]-touch && b[1] < a[3]-touch
}

// inked is where an element prints: a box and a frame only along their edges.
func (e Element) inked() []area {
	const edge = 0.4 // mm, wider than any hair
	left, top, right, bottom := e.X, e.Y, e.X+e.W, e.Y+e.H
	rim := edge
	switch e.Kind {
	case Frame:
		rim = frameRim
	case Line:
		return []area{{left - edge/2, top - edge/2, right + edge/2, bottom + edge/2}}
	case Text, Seal, Image, QR:
		return []area{{left, top, right, bottom}}
	case Box:
	}
	return []area{
		{left, top, right, top + rim}, {left, bottom - rim, right, bottom}, {left, top, left + rim, bottom}, {right - rim, top, right, bottom},
	}
}

// frameRim is how far the double rule of a frame reaches inwards: FrameInset
// and the steps at its corners, in millimetres.
const frameRim = FrameInset + FrameStep

// The measures of a frame.
const (
	FrameInset = 3.53
	FrameStep  = 5.64
)

func millimetres(v float64) string { return fmt.Sprintf("%g", math.Round(v*100)/100) }
