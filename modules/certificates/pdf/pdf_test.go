package pdf_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/signintech/gopdf"
	qr "github.com/skip2/go-qrcode"

	"carecert/modules/certificates/pdf"
	kit "carecert/modules/kit/pdf"
)

const qrText = "HTTPS://CERT.QINGPU.EXAMPLE.GOV.CN/V/7QK4M2XW9DHCT3VN#AGVACAICJIAQEAYEAUDAOCAJBIBQCBDH46HIWKXFQWYAK6AY5GTJTZVAXTUYPDHGROE6LH5Z5CXK3ZNNU3TKBIIGDEEEKCDYDPSY5C7HS2XOTIUE5GMLFZFYR3SL3E7EXWG6NCVE46IIMCQZAIOAYGQAA2TX6DIYPNL73RXKXJJ5BP5W3ZLSTFIOSCHTWZBJWQ7QXOGSTZD76AY5UEJD2VXWH3D4VG2YALTDUXA4BKS4QUG3M5SOXPRPHWDMZOHB3IUDZ5QK"

func sheet(name string) pdf.Sheet {
	s := pdf.Sheet{
		Title: "培训合格证书", Subtitle: "Certificate of Completion", Name: name, IDMasked: "310118********0005",
		Body:   []string{"完成“压疮预防与体位护理”规定的培训课程，计 12.00 课时，", "考核合格，准予结业，特发此证。"},
		Lines:  [][2]string{{"证书编号", "310118-0001-2026-00012"}, {"发证机构", "上海市青浦区香樟养老护理职业培训学校"}, {"发证日期", "2026年11月21日"}, {"有效期至", "2029年11月20日"}},
		QRText: qrText, Hint: "扫码查验真伪", Code: "7QK4 M2XW 9DHC T3VN", Number: "310118-0001-2026-00012",
	}
	s.Seal.Ring, s.Seal.Bottom = "上海市青浦区香樟养老护理职业培训学校", "培训专用"
	return s
}

func TestNamesOfEveryKindArePrinted(t *testing.T) {
	r := pdf.New()
	for _, name := range []string{
		"王秀兰", "欧阳䶮𬍛", "阿卜杜拉·热合曼", "㛃喆", "𠮷野", "陳淑貞", "𬭎𬱖𬘘𨱏𣲘𩽾", "Zoë Müller",
		strings.Repeat("长", 40),
	} {
		var out bytes.Buffer
		if err := r.Render(&out, sheet(name)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.HasPrefix(out.Bytes(), []byte("%PDF-")) || out.Len() > 200_000 {
			t.Errorf("%s: %d bytes of something else", name, out.Len())
		}
	}
}

func TestAHoleInANameIsRefused(t *testing.T) {
	var missing kit.MissingGlyphError
	err := pdf.New().Render(io.Discard, sheet("王ئا")) // Uyghur letters
	if !errors.As(err, &missing) || missing.Character != 'ئ' {
		t.Errorf("printed with a hole: %v", err)
	}
}

func TestManyPrintAtOnce(t *testing.T) {
	r := pdf.New()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if err := r.Render(io.Discard, sheet(fmt.Sprint("王", i, "䶮"))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

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
	words := append([]string{s.Title, s.Subtitle, s.Name, s.IDMasked, s.Seal.Ring, s.Seal.Bottom, s.Hint, s.Code}, s.Body...)
	for _, line := range s.Lines {
		words = append(words, line[0], line[1])
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
