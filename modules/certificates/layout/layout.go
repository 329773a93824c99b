package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Kind of an element.
type Kind string

// The kinds.
const (
	Text  Kind = "text"
	Line  Kind = "line"
	Box   Kind = "box"
	Frame Kind = "frame" // a double rule with stepped corners
	Seal  Kind = "seal"  // a round stamp: ring text, star, bottom text
	Image Kind = "image"
	QR    Kind = "qr"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Text, Line, Box, Frame, Seal, Image, QR} }

// The languages in which fields are written out.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Element is one thing on the page. Places and sizes are millimetres from the
// upper left corner, letters and strokes are points. Its JSON is hashed into
// the versions: fields are only ever added, with omitempty.
type Element struct {
	ID       string  `json:"id" yaml:"id" bson:"id" minLength:"1" maxLength:"40" pattern:"^[A-Za-z0-9_-]+$"`
	Kind     Kind    `json:"type" yaml:"type" bson:"type" enum:"text,line,box,frame,seal,image,qr"`
	X        float64 `json:"x" yaml:"x" bson:"x" doc:"mm"`
	Y        float64 `json:"y" yaml:"y" bson:"y" doc:"mm"`
	W        float64 `json:"w" yaml:"w" bson:"w" doc:"mm"`
	H        float64 `json:"h" yaml:"h" bson:"h" doc:"mm"`
	Text     string  `json:"text,omitempty" yaml:"text" bson:"text,omitempty" maxLength:"500" doc:"with {fields}; the ring of a seal"`
	Bottom   string  `json:"bottom,omitempty" yaml:"bottom" bson:"bottom,omitempty" maxLength:"40" doc:"of a seal"`
	Language string  `json:"language,omitempty" yaml:"language" bson:"language,omitempty" enum:"zh-CN,en" doc:"in which fields are written out; Chinese when left out"`
	Size     float64 `json:"size,omitempty" yaml:"size" bson:"size,omitempty" doc:"points"`
	Spacing  float64 `json:"spacing,omitempty" yaml:"spacing" bson:"spacing,omitempty" doc:"points between letters"`
	Leading  float64 `json:"leading,omitempty" yaml:"leading" bson:"leading,omitempty" doc:"line height as a multiple of the size; 1.5 when left out"`
	Colour   string  `json:"colour,omitempty" yaml:"colour" bson:"colour,omitempty" pattern:"^#[0-9a-fA-F]{6}$"`
	Align    string  `json:"align,omitempty" yaml:"align" bson:"align,omitempty" enum:"left,centre,right"`
	Wrap     bool    `json:"wrap,omitempty" yaml:"wrap" bson:"wrap,omitempty" doc:"breaks into lines; otherwise what is too wide is printed smaller"`
	Needs    string  `json:"needs,omitempty" yaml:"needs" bson:"needs,omitempty" maxLength:"40" doc:"printed only where this field has a value"`
	Stroke   float64 `json:"stroke,omitempty" yaml:"stroke" bson:"stroke,omitempty" doc:"points"`
	Image    string  `json:"image,omitempty" yaml:"image" bson:"image,omitempty" maxLength:"64" doc:"SHA-256 of an uploaded picture"`
}

// Orientation of the page.
type Orientation string

// The orientations.
const (
	Portrait  Orientation = "portrait"
	Landscape Orientation = "landscape"
)

// Content is everything of a version that is frozen when it is published.
type Content struct {
	Orientation Orientation `json:"orientation" yaml:"orientation" bson:"orientation" enum:"portrait,landscape"`
	Elements    []Element   `json:"elements" yaml:"elements" bson:"elements" minItems:"1" maxItems:"60"`
	Validity    Validity    `json:"validity" yaml:"validity" bson:"validity"`
}

// A4 in millimetres.
const (
	short = 210.0
	long  = 297.0
)

// Page is width and height in millimetres.
func (c Content) Page() (width, height float64) {
	if c.Orientation == Portrait {
		return short, long
	}
	return long, short
}

// Tidy rounds places to hundredths of a millimetre, so that what is saved,
// hashed and printed is the same number.
func (c Content) Tidy() Content {
	c.Elements = slices.Clone(c.Elements)
	for i := range c.Elements {
		e := &c.Elements[i]
		for _, v := range []*float64{&e.X, &e.Y, &e.W, &e.H, &e.Size, &e.Spacing, &e.Leading, &e.Stroke} {
			*v = math.Round(*v*100) / 100
		}
		e.Colour = strings.ToLower(e.Colour)
	}
	return c
}

// Hash names a content: two that print the same have the same.
func (c Content) Hash() (string, error) {
	raw, err := json.Marshal(c.Tidy())
	if err != nil {
		return "", fmt.Errorf("layout: %w", err)
	}
	sum := sha256.Sum256(append([]byte("carecert/template/v1\n"), raw...))
	return hex.EncodeToString(sum[:]), nil
}

// Images lists the pictures that are used.
func (c Content) Images() (out []string) {
	for _, e := range c.Elements {
		if e.Kind == Image && e.Image != "" && !slices.Contains(out, e.Image) {
			out = append(out, e.Image)
		}
	}
	return out
}
