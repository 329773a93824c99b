package pdf

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"sync"

	"github.com/signintech/gopdf"
	"github.com/signintech/gopdf/fontmaker/core"
)

//go:embed font/base.ttf.gz font/rare.ttf.gz font/more.ttf.gz
var fontFiles embed.FS

// MissingGlyphError names a character that no part of the font has: no
// name is ever printed with a hole in it.
type MissingGlyphError struct{ Character rune }

func (e MissingGlyphError) Error() string {
	return fmt.Sprintf("pdf: no glyph for %q (%U)", e.Character, e.Character)
}

// face is one part of the font, parsed once and shared by every page.
type face struct {
	family    string
	container *gopdf.FontContainer
	covered   map[rune]struct{}
}

func (f *face) has(r rune) bool { _, ok := f.covered[r]; return ok }

// openFace unpacks and parses a part of the font.
func openFace(family string) (*face, error) {
	file, err := fontFiles.Open("font/" + family + ".ttf.gz")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzip, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", family, err)
	}
	var data bytes.Buffer
	if _, err := io.Copy(&data, unzip); err != nil { //nolint:gosec // our own file
		return nil, fmt.Errorf("font %s: %w", family, err)
	}
	f := &face{family: family, container: &gopdf.FontContainer{}}
	if err := f.container.AddTTFFontData(family, data.Bytes()); err != nil {
		return nil, fmt.Errorf("font %s: %w", family, err)
	}
	f.covered, err = coverage(data.Bytes())
	return f, err
}

// coverage lists the characters that a font has glyphs for.
func coverage(data []byte) (map[rune]struct{}, error) {
	var parser core.TTFParser
	if err := parser.ParseFontData(data); err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	covered := make(map[rune]struct{}, len(parser.Chars()))
	for c, glyph := range parser.Chars() {
		if glyph != 0 {
			covered[rune(c)] = struct{}{} //nolint:gosec // a character
		}
	}
	for _, group := range parser.GroupingTables() { // beyond U+FFFF
		for c := group.StartCharCode; c <= group.EndCharCode; c++ {
			covered[rune(c)] = struct{}{} //nolint:gosec // a character
		}
	}
	return covered, nil
}

// fonts are the parts, in the order in which they are asked.
type fonts []func() (*face, error)

// Fonts is the font of all pages; it is safe for use by many at once.
type Fonts struct{ parts fonts }

// NewFonts makes it. Its parts are read with the first page that needs them.
func NewFonts() *Fonts {
	var all fonts
	for _, family := range []string{"base", "rare", "more"} {
		all = append(all, sync.OnceValues(func() (*face, error) { return openFace(family) }))
	}
	return &Fonts{parts: all}
}

// find picks the part that has the character.
func (fs fonts) find(r rune) (*face, error) {
	for _, open := range fs {
		f, err := open()
		if err != nil {
			return nil, err
		}
		if f.has(r) {
			return f, nil
		}
	}
	return nil, MissingGlyphError{r}
}
