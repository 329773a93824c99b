package pdf_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/pdf"
	"carecert/modules/certificates/signature"
	"carecert/modules/kernel"
	kit "carecert/modules/kit/pdf"
)

// The pictures that are measured: a page of 150 dots per inch, as an office
// prints it, and what a phone of 300 pixels shows.
const (
	dpi   = 150
	phone = 300
	codes = 200
)

// gozxingLeast is what gozxing has to read, in per cent. It takes groups of
// modules inside a code for its corners, the same ones at every size and however
// they are drawn: it missed 10 of 300 before codes got the mask with the fewest
// of them (modules/kit/pdf/mask.go), and misses 4 now. zxing-cpp, which the phone
// and the public page use, has to read every code.
const gozxingLeast = 98

// random is the text of some certificate.
func random(t *testing.T, r *rand.Rand) string {
	t.Helper()
	word := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteRune(rune(0x4e00 + r.IntN(0x5000)))
		}
		return b.String()
	}
	code := make([]byte, 10)
	for i := range code {
		code[i] = byte(r.IntN(256))
	}
	f := v1.Facts{
		Key: uint32(1 + r.IntN(9)), Code: code, Family: uint8(1 + r.IntN(5)), NameMasked: word(1) + "*" + word(1), Issuer: word(4 + r.IntN(12)),
		IssuedOn: v1.Days(kernel.NewDate(2024, 1, 1).AddDays(r.IntN(1500))), Title: word(4 + r.IntN(10)), Level: uint8(r.IntN(6)), Minutes: uint16(r.IntN(5000)),
		Identity: r.Uint32N(1 << 20), Status: r.Uint32N(1 << 22), Serial: 1 + r.Uint32N(500), Sequence: 1 + r.Uint32N(20000),
	}
	if r.IntN(3) == 0 {
		f.ExpiresOn = f.IssuedOn + 1095
	}
	key, err := signature.ReadPrivate(signature.Ed25519, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	text, err := v1.Sign(t.Context(), key, "https://cert.qingpu.example.gov.cn", f.Fitted())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// canvas is a grey picture whose dark parts cover their pixels in part.
type canvas struct {
	width, height int
	ink           []float64
}

func newCanvas(width, height int) *canvas {
	return &canvas{width, height, make([]float64, width*height)}
}

// fill covers a rectangle, as a renderer that smooths edges does.
func (c *canvas) fill(x, y, w, h float64) {
	for py := max(0, int(y)); py < min(c.height, int(math.Ceil(y+h))); py++ {
		dy := min(y+h, float64(py+1)) - max(y, float64(py))
		for px := max(0, int(x)); px < min(c.width, int(math.Ceil(x+w))); px++ {
			c.ink[py*c.width+px] += dy * (min(x+w, float64(px+1)) - max(x, float64(px)))
		}
	}
}

func (c *canvas) grey() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, c.width, c.height))
	for i, ink := range c.ink {
		g.Pix[i] = uint8(255 * (1 - min(1, ink)))
	}
	return g
}

var (
	streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)endstream`)
	paints  = regexp.MustCompile(`(?m)^(?:([\d.]+) ([\d.]+) ([\d.]+) rg|([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re)`)
	sheetOf = regexp.MustCompile(`/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+)`)
)

// drawn is the part of a page around its code, as a renderer draws it: the black
// rectangles of the page's own content stream.
func drawn(t *testing.T, file []byte) *image.Gray {
	t.Helper()
	size := sheetOf.FindSubmatch(file)
	if size == nil {
		t.Fatal("no page")
	}
	height, _ := strconv.ParseFloat(string(size[2]), 64)
	type bar struct{ x, y, w, h float64 }
	var bars []bar
	left, right, top, bottom := math.Inf(1), 0.0, math.Inf(1), 0.0
	for _, s := range streams.FindAllSubmatch(file, -1) {
		raw := s[1]
		if r, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
			if plain, err := io.ReadAll(r); err == nil || len(plain) > 0 {
				raw = plain
			}
		}
		black := false
		for _, p := range paints.FindAllSubmatch(raw, -1) {
			if len(p[1]) > 0 {
				black = string(p[1])+string(p[2])+string(p[3]) == "0.0000.0000.000" || string(p[1]) == "0" && string(p[2]) == "0" && string(p[3]) == "0"
				continue
			}
			var v [4]float64
			for i := range v {
				v[i], _ = strconv.ParseFloat(string(p[4+i]), 64)
			}
			if !black {
				continue
			}
			y := v[1]
			if v[3] < 0 {
				y, v[3] = v[1]+v[3], -v[3]
			}
			b := bar{v[0], height - y - v[3], v[2], v[3]}
			bars = append(bars, b)
			left, right, top, bottom = min(left, b.x), max(right, b.x+b.w), min(top, b.y), max(bottom, b.y+b.h)
		}
	}
	if len(bars) < 400 {
		t.Fatalf("%d black bars on the page", len(bars))
	}
	const margin, scale = 14, dpi / 72.0
	c := newCanvas(int((right-left+2*margin)*scale), int((bottom-top+2*margin)*scale))
	// The page's own grid of pixels: the code does not begin at a whole one.
	x0, y0 := math.Floor((left-margin)*scale), math.Floor((top-margin)*scale)
	for _, b := range bars {
		c.fill(b.x*scale-x0, b.y*scale-y0, b.w*scale, b.h*scale)
	}
	return c.grey()
}

// shown is the drawing of the phone on so many pixels, edges unsmoothed.
func shown(t *testing.T, text string, pixels int) *image.Gray {
	t.Helper()
	svg, err := kit.QRSVG(text)
	if err != nil {
		t.Fatal(err)
	}
	var side int
	if _, err := fmt.Sscanf(svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d`, &side); err != nil {
		t.Fatal(err)
	}
	scale := float64(pixels) / float64(side)
	g := image.NewGray(image.Rect(0, 0, pixels, pixels))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	_, path, _ := strings.Cut(svg, `<path d="`)
	for _, b := range strings.Split(path, "M")[1:] {
		var x, y, w int
		if _, err := fmt.Sscanf(b, "%d %dh%dv1", &x, &y, &w); err != nil {
			t.Fatal(err)
		}
		edge := func(n int) int { return int(math.Round(float64(n) * scale)) }
		for py := edge(y); py < edge(y+1); py++ {
			for px := edge(x); px < edge(x+w); px++ {
				g.Pix[py*g.Stride+px] = 0
			}
		}
	}
	return g
}

func picture(t *testing.T, text string, pixels int) *image.Gray {
	t.Helper()
	raw, err := kit.QRPNG(text, pixels)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(img.Bounds())
	for y := range pixels {
		for x := range pixels {
			g.Set(x, y, img.At(x, y))
		}
	}
	return g
}

// first reads with gozxing; "" where it does not.
func first(g *image.Gray) string {
	bits, err := gozxing.NewBinaryBitmapFromImage(g)
	if err != nil {
		return ""
	}
	found, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		return ""
	}
	return found.GetText()
}

// second reads with zxing-cpp, the decoder of the phone and the public page.
func second(t *testing.T, all []*image.Gray) []string {
	t.Helper()
	tool, err := filepath.Abs("../../../frontend/tests/tools/read-codes.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(tool), "../../node_modules/zxing-wasm")); err != nil {
		t.Fatal("the packages of the web pages are not installed: scripts/test does it")
	}
	var in bytes.Buffer
	for _, g := range all {
		_ = binary.Write(&in, binary.LittleEndian, [2]uint32{uint32(g.Rect.Dx()), uint32(g.Rect.Dy())}) //nolint:gosec // pixels
		in.Write(g.Pix)
	}
	cmd := exec.CommandContext(t.Context(), "node", tool)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func TestCodesAreReadByTwoDecoders(t *testing.T) {
	r := rand.New(rand.NewPCG(310118, 7))
	renderer := pdf.New()
	var texts []string
	pictures := map[string][]*image.Gray{}
	for range codes {
		text := random(t, r)
		texts = append(texts, text)
		in, out := sheet("王秀兰"), bytes.Buffer{}
		in.QRText = text
		if err := renderer.Render(&out, in); err != nil {
			t.Fatal(err)
		}
		pictures["page"] = append(pictures["page"], drawn(t, out.Bytes()))
		pictures["phone"] = append(pictures["phone"], shown(t, text, phone))
		pictures["picture"] = append(pictures["picture"], picture(t, text, phone))
	}
	for name, all := range pictures {
		by := second(t, all)
		var read [2]int
		for i, text := range texts {
			one, two := first(all[i]) == text, by[i] == text
			if one {
				read[0]++
			}
			if two {
				read[1]++
			}
			if !one && !two {
				t.Errorf("%s: nothing reads %s", name, text)
			}
		}
		t.Logf("%s of %d pixels: gozxing reads %d of %d, zxing-cpp %d", name, all[0].Rect.Dx(), read[0], codes, read[1])
		if read[0]*100 < codes*gozxingLeast || read[1] < codes {
			t.Errorf("%s: gozxing reads %d of %d, zxing-cpp %d", name, read[0], codes, read[1])
		}
	}
}
