package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carecert/modules/kernel/fault"
	"carecert/modules/kit/sheet"
)

// readAll opens a file, finds the table and reads it to its end.
func readAll(raw []byte) (map[int][]string, error) {
	all, err := cells(raw)
	out := make(map[int][]string, len(all))
	for row, cells := range all {
		for _, c := range cells {
			out[row] = append(out[row], c.Text)
		}
	}
	return out, err
}

// cells reads the rows of a table as they are stored.
func cells(raw []byte) (map[int][]sheet.Cell, error) {
	b, err := sheet.Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	table, err := sheet.Find(b, people())
	if err != nil {
		return nil, err
	}
	out := map[int][]sheet.Cell{}
	err = table.Each(func(r sheet.Row) error {
		out[r.Number] = slices.Clone(r.Cells)
		return nil
	})
	return out, err
}

// book makes a workbook with excelize.
func book(t *testing.T, save excelize.Options, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var out bytes.Buffer
	if err := f.Write(&out, save); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func header(f *excelize.File) {
	_ = f.SetSheetRow("Sheet1", "A1", &[]any{"姓名", "身份证号", "入职日期"})
	_ = f.SetSheetRow("Sheet1", "A2", &[]any{"王小兰", "310118198506150005", "2024-03-01"})
}

const mini = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>`

// parts zips a minimal workbook around the XML of a sheet.
func parts(t *testing.T, worksheet io.Reader, more map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	all := map[string]string{
		"_rels/.rels":                `<Relationships xmlns="r"><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
	}
	for name, body := range more {
		all[name] = body
	}
	for name, body := range all {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, body); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, worksheet); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func inline(cells ...string) string {
	var b strings.Builder
	for _, c := range cells {
		fmt.Fprintf(&b, `<c t="inlineStr"><is><t>%s</t></is></c>`, c)
	}
	return "<row>" + b.String() + "</row>"
}

// swollen is a workbook whose sheet says that it unpacks to so many bytes.
func swollen(t *testing.T, bytesUnpacked uint64) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	packed := make([]byte, 4096)
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: bytesUnpacked,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(packed); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRefusals(t *testing.T) {
	good := book(t, excelize.Options{}, header)
	sound := inline("姓名", "身份证号") + inline("王小兰", "310118198506150005")
	oldXLS := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 2000)...)
	for _, c := range []struct {
		name string
		raw  []byte
		want *fault.Fault
	}{
		{"an empty file", nil, sheet.ErrEmpty},
		{"half a workbook", good[:len(good)/2], sheet.ErrBroken},
		{"a workbook with a password", book(t, excelize.Options{Password: "geheim"}, header), sheet.ErrEncrypted},
		{"an old .xls", oldXLS, sheet.ErrOldFormat},
		{"a web page called .xls", []byte("<html><table><tr><td>姓名</td></tr></table></html>"), sheet.ErrOldFormat},
		{"a PDF", []byte("%PDF-1.7\n1 0 obj"), sheet.ErrNotWorkbook},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00"), sheet.ErrNotWorkbook},
		{"bytes of a program", []byte("\x7fELF\x02\x01\x01\x00\x00\x00"), sheet.ErrNotWorkbook},
		{"a zip that is no workbook", zipOf(t, "readme.txt", "hello"), sheet.ErrNotWorkbook},
		{"a sheet that swells to 600 MB", swollen(t, 600<<20), sheet.ErrBomb},
		{"a sheet of 80 MB in 4 kB", swollen(t, 80<<20), sheet.ErrBomb},
		{"one cell of 3 MB", parts(t, strings.NewReader(fmt.Sprintf(mini, sound+inline(strings.Repeat("a", 3<<20)))), nil), sheet.ErrBomb},
		{"a sheet whose XML breaks off", parts(t, strings.NewReader(fmt.Sprintf(mini, sound)[:200]), nil), sheet.ErrBroken},
		{"a sheet whose XML is wrong", parts(t, strings.NewReader(fmt.Sprintf(mini, sound+"<row><c></v></row>")), nil), sheet.ErrBroken},
		{"a text that is not in the table of texts", parts(t, strings.NewReader(fmt.Sprintf(mini, sound+`<row><c t="s"><v>7</v></c></row>`)), nil), sheet.ErrBroken},
		{"entities that multiply", parts(t, strings.NewReader(`<!DOCTYPE x [<!ENTITY a "aaaa">]>`+fmt.Sprintf(mini, inline("姓名", "&a;"))), nil), sheet.ErrBroken},
		{"a column far to the right", parts(t, strings.NewReader(fmt.Sprintf(mini, sound+`<row><c r="XFD3"><v>1</v></c></row>`)), nil), sheet.ErrTooWide},
		{"no header at all", []byte("甲,乙\n丙,丁\n"), sheet.ErrNoHeader},
		{"a header without the number", []byte("姓名,手机\n王小兰,13800138000\n"), sheet.ErrNoColumns},
		{"a quote that is never closed", []byte("姓名,身份证号\n\"王小兰,310118198506150005\n李四,1\n"), sheet.ErrOpenQuote},
		{"more rows than allowed", []byte("姓名,身份证号\n" + strings.Repeat("王,1\n", sheet.MaxRows+1)), sheet.ErrTooManyRows},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := readAll(c.raw); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	t.Run("over 50 MB", func(t *testing.T) {
		if _, err := sheet.Open(bytes.NewReader(nil), sheet.MaxBytes+1); !errors.Is(err, sheet.ErrTooLarge) {
			t.Error(err)
		}
	})
	t.Run("what is missing is named", func(t *testing.T) {
		_, err := readAll([]byte("标题\n姓名,手机\n"))
		if f, ok := fault.From(err); !ok || f.Params["columns"] != "身份证号" || f.Params["row"] != "2" {
			t.Error(err)
		}
	})
}

func zipOf(t *testing.T, name, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestDamagedFiles: whatever the bytes, the answer is rows or a refusal.
func TestDamagedFiles(t *testing.T) {
	var seeds [][]byte
	for _, name := range []string{"roster-sample.xlsx", "roster-sample.csv", "certificates-sample.xlsx"} {
		raw, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, raw)
	}
	random := rand.New(rand.NewPCG(4, 2026))
	for i := range 1000 {
		raw := bytes.Clone(seeds[i%len(seeds)])
		switch i % 4 {
		case 0: // cut off
			raw = raw[:random.IntN(len(raw))]
		case 1: // altered
			for range 1 + random.IntN(20) {
				raw[random.IntN(len(raw))] = byte(random.UintN(256))
			}
		case 2: // random
			raw = raw[:random.IntN(len(raw))]
			for k := range raw {
				raw[k] = byte(random.UintN(256))
			}
		case 3: // random behind a true beginning
			for k := 4 + random.IntN(40); k < len(raw); k++ {
				raw[k] = byte(random.UintN(256))
			}
		}
		_, err := readAll(raw)
		if _, refused := fault.From(err); err != nil && !refused {
			t.Fatalf("file %d: %v is no refusal", i, err)
		}
	}
}
