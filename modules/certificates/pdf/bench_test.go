package pdf_test

import (
	"compress/gzip"
	"crypto/ed25519"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/signintech/gopdf"
	qr "github.com/skip2/go-qrcode"

	"carecert/modules/certificates/pdf"
)

// BenchmarkCertificate is everything that one certificate costs: signature, QR
// code, page.
func BenchmarkCertificate(b *testing.B) {
	r := pdf.New()
	s, key := sheet("王秀兰"), ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	for b.Loop() {
		ed25519.Sign(key, []byte(s.QRText))
		if err := r.Render(io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBare is the least that gives a page with the same words, the same
// QR code and a signature: what BenchmarkCertificate is measured against.
func BenchmarkBare(b *testing.B) {
	s, key := sheet("王秀兰"), ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	packed, err := os.Open("../../kit/pdf/font/base.ttf.gz")
	if err != nil {
		b.Fatal(err)
	}
	defer packed.Close()
	unzip, err := gzip.NewReader(packed)
	if err != nil {
		b.Fatal(err)
	}
	font := &gopdf.FontContainer{}
	if err := font.AddTTFFontByReader("font", unzip); err != nil {
		b.Fatal(err)
	}
	var words []string
	for _, e := range s.Content.Elements {
		for _, text := range []string{e.Text, e.Bottom} {
			if text != "" {
				words = append(words, strings.Split(s.Values.Fill(e.Language, text), "\n")...)
			}
		}
	}
	for b.Loop() {
		if err := bare(font, words, s.QRText); err != nil {
			b.Fatal(err)
		}
		ed25519.Sign(key, []byte(s.QRText))
	}
}

func bare(font *gopdf.FontContainer, words []string, text string) error {
	p := &gopdf.GoPdf{}
	p.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4Landscape})
	if err := p.AddTTFFontFromFontContainer("font", font); err != nil {
		return err
	}
	p.AddPage()
	if err := p.SetFont("font", "", 14); err != nil {
		return err
	}
	for i, word := range words {
		p.SetXY(100, 50+float64(i)*20)
		if err := p.Text(word); err != nil {
			return err
		}
	}
	code, err := qr.New(text, qr.Medium)
	if err != nil {
		return err
	}
	for y, row := range code.Bitmap() {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				p.RectFromUpperLeftWithStyle(600+2*float64(from), 400+2*float64(y), 2*float64(x-from), 2, "F")
			}
		}
	}
	_, err = p.WriteTo(io.Discard)
	return err
}
