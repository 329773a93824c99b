package pdf_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"carecert/modules/kit/pdf"
)

const qrText = "HTTPS://CERT.QINGPU.EXAMPLE.GOV.CN/V/7QK4M2XW9DHCT3VN#AGVACAICJIAQEAYEAUDAOCAJBIBQCBDH46HIWKXFQWYAK6AY5GTJTZVAXTUYPDHGROE6LH5Z5CXK3ZNNU3TKBIIGDEEEKCDYDPSY5C7HS2XOTIUE5GMLFZFYR3SL3E7EXWG6NCVE46IIMCQZAIOAYGQAA2TX6DIYPNL73RXKXJJ5BP5W3ZLSTFIOSCHTWZBJWQ7QXOGSTZD76AY5UEJD2VXWH3D4VG2YALTDUXA4BKS4QUG3M5SOXPRPHWDMZOHB3IUDZ5QK"

func decode(t *testing.T, picture image.Image) string {
	t.Helper()
	bits, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found.GetText()
}

func TestThePictureReadsBack(t *testing.T) {
	for _, size := range []int{300, 512, 1024} {
		raw, err := pdf.QRPNG(qrText, size)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if picture.Bounds().Dx() != size {
			t.Errorf("%d pixels wide, want %d", picture.Bounds().Dx(), size)
		}
		if got := decode(t, picture); got != qrText {
			t.Errorf("%d pixels read %q", size, got)
		}
	}
}

func TestTheDrawingHasTheSameModules(t *testing.T) {
	svg, err := pdf.QRSVG(qrText)
	if err != nil {
		t.Fatal(err)
	}
	var side int
	if _, err := fmt.Sscanf(svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d`, &side); err != nil {
		t.Fatal(err)
	}
	const scale = 6
	picture := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	_, path, _ := strings.Cut(svg, `<path d="`)
	for _, bar := range strings.Split(path, "M")[1:] {
		var x, y, width int
		if _, err := fmt.Sscanf(bar, "%d %dh%dv1", &x, &y, &width); err != nil {
			t.Fatal(err)
		}
		for py := y * scale; py < (y+1)*scale; py++ {
			for px := x * scale; px < (x+width)*scale; px++ {
				picture.Pix[py*picture.Stride+px] = 0
			}
		}
	}
	if got := decode(t, picture); got != qrText {
		t.Errorf("reads %q", got)
	}
}
