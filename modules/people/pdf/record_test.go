package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	kit "carecert/modules/kit/pdf"
	"carecert/modules/people/pdf"
)

func record(lines int) pdf.Record {
	r := pdf.Record{
		Title: "涉老职业生涯全记录", Subtitle: "Career record in elder care", Name: "欧阳䶮", QRText: "HTTPS://CERT.EXAMPLE.CN/R/7QK4M2XW9DHCT3VN",
		Facts: [][2]string{{"证件号码", "310118********0005"}, {"从业年限", "23个月又5天"}}, Hints: []string{"扫码核对脱敏摘要"},
		Foot: "打印于 2025.09.01 09:00　青浦区民政局 王老师", Page: func(n int) string { return fmt.Sprintf("第%d页", n) },
		Sections: []pdf.Section{{Title: "补贴", Count: "0条", Empty: "没有补贴记录。"}},
	}
	s := pdf.Section{Title: "从业经历", Count: fmt.Sprint(lines, "条")}
	for i := range lines {
		s.Lines = append(s.Lines, pdf.Line{
			When: "2024.01.01—2024.12.31", Title: strings.Repeat("养老护理员", 1+i%9), State: "已离岗", Tone: []string{"good", "warn", "bad", ""}[i%4],
			Details: []string{strings.Repeat("上海市青浦区某某养老院，", 1+i%7)},
		})
	}
	r.Sections = append(r.Sections, s)
	return r
}

func TestRecordsOfEveryLengthArePrinted(t *testing.T) {
	p := pdf.New()
	for lines, pages := range map[int]int{0: 1, 3: 1, 80: 5} {
		var out bytes.Buffer
		if err := p.Print(&out, record(lines)); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(out.Bytes(), []byte("/Type /Page\n")); n < pages || !bytes.HasPrefix(out.Bytes(), []byte("%PDF-")) {
			t.Errorf("%d lines on %d pages, want %d at least", lines, n, pages)
		}
	}
}

func TestAHoleInANameIsRefused(t *testing.T) {
	r := record(1)
	r.Name = "王ئا" // Uyghur letters
	var missing kit.MissingGlyphError
	if err := pdf.New().Print(io.Discard, r); !errors.As(err, &missing) {
		t.Errorf("printed with a hole: %v", err)
	}
}
