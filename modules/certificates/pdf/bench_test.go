package pdf

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"io"
	"os"
	"testing"

	"github.com/signintech/gopdf"
	qrcode "github.com/skip2/go-qrcode"
)

const benchText = "HTTPS://CERT.EXAMPLE.GOV.CN/V/041061050R3GG28A#AGVACAICJLSCNJM44VAVN24XDMBQCBDH46HIWKXFQWYAK6AY5GTJTZVAXTUYPDHGROE6LH5Z5CXK3ZNNU3TKBIIGDEECOCDYDPSY5C7HS2XOTIUE5GMLFZFYR3SL3E7EXWG6NCVE46IIMCQZAOCAYGQABJ2YMDIZAUFSKAA7BGF3V2NVL5YDTLKA75QMHPNDENQ6L6ARIWFK7I4RGSUWGSIFUHHQUP73TLSTWFK7CECYSEZZR2UFEJ76JW5TIJU4TBWPSYCKBE"

func benchSheet() Sheet {
	s := Sheet{
		Title: "培训合格证书", Subtitle: "Certificate of Completion", Name: "王秀兰", IDMasked: "310118********0005", Number: "041061050R3GG28A",
		Body:   []string{"完成“压疮预防与体位护理”规定的培训课程，计 12.00 课时，", "考核合格，准予结业，特发此证。"},
		Lines:  [][2]string{{"证书编号", "0410 6105 0R3G G28A"}, {"发证机构", "香格里拉培训学校"}, {"发证日期", "2025年10月18日"}},
		QRText: benchText, Hint: "扫码查验真伪",
	}
	s.Seal.Ring, s.Seal.Bottom = "香格里拉培训学校", "培训专用"
	return s
}

// BenchmarkCertificate is what issuing a printed certificate costs: signature,
// QR code, page.
func BenchmarkCertificate(b *testing.B) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	r, s := New(), benchSheet()
	if err := r.Render(io.Discard, s); err != nil { // reads the font
		b.Fatal(err)
	}
	for b.Loop() {
		ed25519.Sign(key, []byte(benchText))
		if err := r.Render(io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBare is the least that could do: a gopdf page with the same font,
// the same words in plain lines, the QR code as a picture, one signature.
func BenchmarkBare(b *testing.B) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	packed, err := os.Open("../../kit/pdf/font/base.ttf.gz")
	if err != nil {
		b.Fatal(err)
	}
	defer packed.Close()
	unzip, err := gzip.NewReader(packed)
	if err != nil {
		b.Fatal(err)
	}
	container := &gopdf.FontContainer{}
	if err := container.AddTTFFontByReader("base", unzip); err != nil {
		b.Fatal(err)
	}
	s := benchSheet()
	lines := append([]string{s.Title, s.Subtitle, s.Name, s.IDMasked, s.Hint, s.Seal.Ring, s.Seal.Bottom}, s.Body...)
	for _, l := range s.Lines {
		lines = append(lines, l[0]+l[1])
	}
	for b.Loop() {
		ed25519.Sign(key, []byte(benchText))
		code, err := qrcode.New(benchText, qrcode.Medium)
		if err != nil {
			b.Fatal(err)
		}
		picture, err := code.PNG(512)
		if err != nil {
			b.Fatal(err)
		}
		p := &gopdf.GoPdf{}
		p.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4Landscape})
		if err := p.AddTTFFontFromFontContainer("base", container); err != nil {
			b.Fatal(err)
		}
		p.AddPage()
		if err := p.SetFont("base", "", 17); err != nil {
			b.Fatal(err)
		}
		for n, line := range lines {
			p.SetXY(90, 60+float64(n)*32)
			if err := p.Text(line); err != nil {
				b.Fatal(err)
			}
		}
		holder, err := gopdf.ImageHolderByBytes(picture)
		if err != nil {
			b.Fatal(err)
		}
		if err := p.ImageByHolder(holder, 600, 380, &gopdf.Rect{W: 105, H: 105}); err != nil {
			b.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := p.WriteTo(&out); err != nil {
			b.Fatal(err)
		}
	}
}
