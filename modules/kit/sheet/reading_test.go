package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"carecert/modules/kernel/fault"
	"carecert/modules/kit/sheet"
)

func want(t *testing.T, raw []byte, row int, texts ...string) {
	t.Helper()
	rows, err := readAll(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[row], "|"); got != strings.Join(texts, "|") {
		t.Errorf("row %d is %s", row, got)
	}
}

func TestWorkbooksAsPeopleMakeThem(t *testing.T) {
	t.Run("a header under merged titles, on the second sheet, the first being hidden", func(t *testing.T) {
		want(t, book(t, excelize.Options{}, func(f *excelize.File) {
			header(f)
			_, _ = f.NewSheet("花名册")
			_ = f.SetCellStr("花名册", "A1", "某某养老院花名册")
			_ = f.MergeCell("花名册", "A1", "D1")
			_ = f.SetSheetRow("花名册", "A3", &[]any{"姓 名（必填）", "身份证号码*", "入职时间"})
			_ = f.SetSheetRow("花名册", "A4", &[]any{"李四", "1", "2"})
			f.SetActiveSheet(1)
			_ = f.SetSheetVisible("Sheet1", false)
		}), 4, "李四", "1", "2")
	})
	t.Run("a table on a hidden sheet alone is not read, and told of", func(t *testing.T) {
		raw := book(t, excelize.Options{}, func(f *excelize.File) {
			_ = f.SetCellStr("Sheet1", "A1", "说明")
			_, _ = f.NewSheet("花名册")
			_ = f.SetSheetRow("花名册", "A1", &[]any{"姓名", "身份证号"})
			_ = f.SetSheetVisible("花名册", false)
		})
		_, err := readAll(raw)
		if refusal, _ := fault.From(err); !errors.Is(err, sheet.ErrHidden) || refusal.Params["sheet"] != "花名册" {
			t.Errorf("%v", err)
		}
	})
	t.Run("formulas give the value they had", func(t *testing.T) {
		want(t, parts(t, strings.NewReader(fmt.Sprintf(mini, inline("姓名", "身份证号")+
			`<row><c t="str"><f>A1&amp;"x"</f><v>李四</v></c><c><f>1+1</f><v>2</v></c></row>`)), nil), 2, "李四", "2")
	})
	t.Run("rich text is joined, readings above it are not", func(t *testing.T) {
		want(t, parts(t, strings.NewReader(fmt.Sprintf(mini, inline("姓名", "身份证号")+`<row><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row>`)), map[string]string{
			"xl/sharedStrings.xml": `<sst><si><t>7</t></si><si><r><t>王</t></r><r><t>小_x4E00_</t></r><rPh><t>wang</t></rPh></si></sst>`,
		}), 2, "王小一", "7")
	})
	t.Run("names with a prefix, rows without numbers", func(t *testing.T) {
		want(t, parts(t, strings.NewReader(strings.NewReplacer("</", "</x:", "<", "<x:").Replace(
			fmt.Sprintf(mini, inline("姓名", "身份证号")+inline("李四", "1")))), nil), 2, "李四", "1")
	})
	t.Run("dates since 1904", func(t *testing.T) {
		raw := parts(t, strings.NewReader(fmt.Sprintf(mini, inline("姓名", "身份证号", "入职日期")+
			`<row><c t="inlineStr"><is><t>李四</t></is></c><c><v>1</v></c><c s="1"><v>43781</v></c></row>`+
			`<row><c t="inlineStr"><is><t>王五</t></is></c><c><v>2</v></c><c s="0"><v>43781</v></c></row>`)), map[string]string{
			"xl/workbook.xml":            `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/></cellXfs></styleSheet>`,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/styles" Target="styles.xml"/></Relationships>`,
		})
		want(t, raw, 2, "李四", "1", "2023-11-13")
		bare, err := cells(raw)
		if err != nil {
			t.Fatal(err)
		}
		if day, ok := sheet.ParseDay(bare[3][2]); !ok || day != "2023-11-13" {
			t.Errorf("without a date style: %s of %+v", day, bare[3])
		}
	})
	t.Run("a total with figures beside it is none either, somebody of that name is", func(t *testing.T) {
		rows, err := readAll([]byte("姓名,身份证号,备注\n李四,1,\n合计,38,2人\n合计,310118198506150005,\n合计,1,转岗\n"))
		if err != nil || len(rows) != 3 || rows[2] == nil || rows[4] == nil || rows[5] == nil {
			t.Errorf("%v %v", rows, err)
		}
	})
	t.Run("the header printed again on the next page, totals and signatures are no data", func(t *testing.T) {
		rows, err := readAll([]byte("姓名,身份证号,备注\n李四,1,\n姓名,身份证号,备注\n,,\n王五,2,\n合计：,,2人\n填表人：钱敏,,审核人：\n"))
		if err != nil || len(rows) != 2 || rows[2] == nil || rows[5] == nil {
			t.Errorf("%v %v", rows, err)
		}
	})
}

func TestTextTables(t *testing.T) {
	table := "姓名,身份证号\n\n\"王\n小兰\",1\n李四,2\n"
	gb, _, err := transform.String(simplifiedchinese.GB18030.NewEncoder(), table)
	if err != nil {
		t.Fatal(err)
	}
	utf16, _, err := transform.String(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), strings.ReplaceAll(table, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"UTF-8": table, "UTF-8 with its mark": "\ufeff" + table, "GB18030": gb, "UTF-16 with tabs": utf16,
		"semicolons": strings.ReplaceAll(table, ",", ";"), "Windows line ends": strings.ReplaceAll(table, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) { want(t, []byte(raw), 4, "李四", "2") })
	}
	t.Run("a quote inside a field is a character", func(t *testing.T) { want(t, []byte("姓名,身份证号\n李\"四,2\n"), 2, "李\"四", "2") })
}

func TestWhatIsWrittenCanBeReadAndRunsNothing(t *testing.T) {
	nasty := []string{"=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "310118198506150005", "平常"}
	for name, make := range map[string]func(*bytes.Buffer) (sheet.Writer, error){
		"workbook": func(b *bytes.Buffer) (sheet.Writer, error) {
			return sheet.NewWorkbook(b, sheet.Style{Sheet: "导出", Widths: []float64{12, 20}, Headers: 1, Marked: 3})
		},
		"CSV": func(b *bytes.Buffer) (sheet.Writer, error) { return sheet.NewCSV(b) },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			w, err := make(&out)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Row("姓名", "身份证号", "备注"); err != nil {
				t.Fatal(err)
			}
			for _, s := range nasty {
				if err := w.Row("李四", "1", s); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			rows, err := readAll(out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range nasty {
				stored := rows[i+2][2]
				if strings.IndexAny(stored, "=+-@\t\r") == 0 {
					t.Errorf("%q is stored as %q, which runs", s, stored)
				}
				if got := sheet.Tidy(stored); got != sheet.Tidy(s) && s[0] != '\t' && s[0] != '\r' {
					t.Errorf("%q comes back as %q", s, got)
				}
			}
		})
	}
}

func TestTemplate(t *testing.T) {
	var out bytes.Buffer
	err := sheet.Template{
		Sheet: "花名册", NotesSheet: "填写说明", Notes: []string{"每人一行"}, NoteTitles: []string{"列名", "是否必填", "说明"},
		Columns: []sheet.TemplateColumn{
			{Header: "姓名", Required: "必填", Example: "王小兰"},
			{Header: "身份证号", Required: "必填", Example: "310118198506150005", Note: "文本"},
			{Header: "性别", Choices: []string{"女", "男"}, Example: "女"},
		},
	}.Write(&out)
	if err != nil {
		t.Fatal(err)
	}
	want(t, out.Bytes(), 2, "王小兰", "310118198506150005", "女")
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if lists, err := f.GetDataValidations("花名册"); err != nil || len(lists) != 1 {
		t.Errorf("%d lists to choose from: %v", len(lists), err)
	}
	style, err := f.GetColStyle("花名册", "B")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
		t.Errorf("the number column is not text: %+v %v", s, err)
	}
}
