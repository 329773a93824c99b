package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// quiet is the margin around a QR code, in modules.
const quiet = 4

// QRPNG draws a QR code of so many pixels, its modules whole ones and the rest
// margin; of a pixel a module, where there are too few.
func QRPNG(text string, size int) ([]byte, error) {
	modules, err := bitmap(text)
	if err != nil {
		return nil, err
	}
	side := len(modules) + 2*quiet
	size = max(size, side)
	module := size / side
	margin := (size - len(modules)*module) / 2
	picture := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	bars(modules, func(x, y, width int) {
		for py := margin + y*module; py < margin+(y+1)*module; py++ {
			for px := margin + x*module; px < margin+(x+width)*module; px++ {
				picture.SetColorIndex(px, py, 1)
			}
		}
	})
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("qr code: %w", err)
	}
	return out.Bytes(), nil
}

// QRSVG draws a QR code that scales.
func QRSVG(text string) (string, error) {
	modules, err := bitmap(text)
	if err != nil {
		return "", err
	}
	side := len(modules) + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, side, side)
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side)
	bars(modules, func(x, y, width int) { fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, width, width) })
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}

func bitmap(text string) ([][]bool, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("qr code: %w", err)
	}
	code.DisableBorder = true
	return unmistakable(code.Bitmap()), nil
}

// QRModules is how many modules wide the code of a text is.
func QRModules(text string) (int, error) {
	modules, err := bitmap(text)
	return len(modules), err
}

// bars joins the dark modules of each row that touch.
func bars(modules [][]bool, draw func(x, y, width int)) {
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				draw(from, y, x-from)
			}
		}
	}
}

// QR draws a QR code as vectors, its dark part size points wide.
func (p *Page) QR(text string, x, y, size float64) {
	modules, err := bitmap(text)
	if err != nil {
		p.Fail(err)
		return
	}
	module := size / float64(len(modules))
	p.SetFillColor(0, 0, 0)
	bars(modules, func(mx, my, width int) {
		p.RectFromUpperLeftWithStyle(x+float64(mx)*module, y+float64(my)*module, float64(width)*module, module, "F")
	})
}
