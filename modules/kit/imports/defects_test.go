package imports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// book writes the workbook that has every defect people send, one a row.
type book struct {
	t *testing.T
	*excelize.File
	sheet string
}

func (b book) set(at string, v any) {
	b.t.Helper()
	if err := b.SetCellValue(b.sheet, at, v); err != nil {
		b.t.Fatal(err)
	}
}

func (b book) row(at string, cells ...any) {
	b.t.Helper()
	if err := b.SetSheetRow(b.sheet, at, &cells); err != nil {
		b.t.Fatal(err)
	}
}

func (b book) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// everyDefect is on its second sheet; a hidden one and one behind it hold such
// a table too.
func everyDefect(t *testing.T) []byte {
	b := book{t: t, File: excelize.NewFile(), sheet: "Sheet1"}
	defer b.Close()
	b.row("A1", "姓名", "身份证号") // the hidden sheet
	b.row("A2", "不该导入", "900001")
	b.sheet = "花名册"
	for _, name := range []string{"花名册", "上年"} {
		if _, err := b.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	b.must(b.SetSheetRow("上年", "A1", &[]any{"姓名", "身份证号"}))
	b.must(b.SetSheetRow("上年", "A2", &[]any{"也不该导入", "900002"}))
	b.SetActiveSheet(1)
	b.must(b.SetSheetVisible("Sheet1", false))

	b.set("A1", "某某养老院 2025 年花名册") // a title over all
	b.must(b.MergeCell(b.sheet, "A1", "F1"))
	// A header of two rows: single columns merged downward, one group across.
	b.row("A3", "序号", "姓 名（必填）", "身份证号码", "任职情况", nil, "备注")
	b.must(b.MergeCell(b.sheet, "D3", "E3"))
	b.row("A4", nil, nil, nil, "入职时间", "手机")
	for _, column := range []string{"A", "B", "C", "F"} {
		b.must(b.MergeCell(b.sheet, column+"3", column+"4"))
	}
	b.row("A5", 1, "王小兰", "１００００５", "2024年3月1日", "13800138000", "full-width number")
	b.row("A6", 2, "李　红", "100006", 45352, nil, "serial date, wide blank in the name")
	b.row("A7", 3, "张丽", "100007", "二〇二四年三月一日", nil, "Chinese numerals")
	b.row("A8", 4, "赵敏", 310118198506150005.0, nil, nil, "number that lost digits")
	b.row("A9", 5, "孙芳", "100009", "2021-02-29", nil, "day that does not exist")
	b.row("A10", 6, nil, "100010", nil, nil, "no name")
	b.row("A11", 7, "周静", nil, nil, nil, "formula never worked out")
	b.must(b.SetCellFormula(b.sheet, "C11", "A11+100000"))
	b.row("A12", 8, "吴燕", "100012", nil, nil, "error value")
	b.must(b.SetCellFormula(b.sheet, "D12", "1/0"))
	b.row("A13", 9, "郑华", "100013", nil, nil, "hidden row")
	b.must(b.SetRowVisible(b.sheet, 13, false))
	b.row("A14", 10, "冯英", "100014", "2024-05-01", nil, "day merged over two rows")
	b.row("A15", 11, "陈洁", "100015", nil, nil, nil)
	b.must(b.MergeCell(b.sheet, "D14", "D15"))
	b.row("A16", 12, "褚艳", "100005", nil, nil, "number of row 5, other name")
	b.row("A17", 13, "卫红", "100017", "下个月", nil, "words for a day")
	b.row("A18", 14, strings.Repeat("长", longestText+1), "100018")
	b.row("A19", nil, nil, nil) // an empty row
	b.row("A20", 15, "蒋梅", "100020", nil, "1.3800138E10", nil)
	b.row("A21", "合计", nil, nil, nil, nil, nil)
	b.row("A22", "填表人：沈老师", nil, nil, "审核：", nil, nil)
	b.must(b.MergeCell(b.sheet, "A22", "C22"))
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheWorkbookOfEveryDefect(t *testing.T) {
	raw := everyDefect(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		report := r.run(t, raw, false)
		if diff := cmp.Diff([]string{
			"10 姓 名(必填) imports.required",
			"11 身份证号码 imports.not_calculated",
			"12 入职时间 imports.not_calculated",
			"16 身份证号码 test.twice_in_file",
			"17 入职时间 imports.date_invalid",
			"18 姓 名(必填) imports.text_too_long",
			"20 手机 imports.number_lost_digits",
			"8 身份证号码 imports.number_lost_digits",
			"9 入职时间 imports.date_invalid",
		}, findings(report, report.Errors)); diff != "" {
			t.Errorf("refused:\n%s", diff)
		}
		if diff := cmp.Diff([]string{"13  imports.row_hidden"}, findings(report, report.Warnings)); diff != "" {
			t.Errorf("warned of:\n%s", diff)
		}
		if report.Total != 15 || report.Counts.Created != 6 || report.Counts.Rejected != 9 {
			t.Errorf("%d rows: %+v", report.Total, report.Counts)
		}
		if diff := cmp.Diff(map[string]string{
			"100005": "王小兰", "100006": "李红", "100007": "张丽", "100013": "郑华", "100014": "冯英", "100015": "陈洁",
		}, r.register.names(t)); diff != "" {
			t.Errorf("registered:\n%s", diff)
		}
		if diff := cmp.Diff(map[string]kernel.Date{
			"100005": "2024-03-01", "100006": "2024-03-01", "100007": "2024-03-01", "100013": "", "100014": "2024-05-01", "100015": "2024-05-01",
		}, r.register.hired); diff != "" {
			t.Errorf("hired:\n%s", diff)
		}
		if diff := cmp.Diff([]Problem{
			Because("", codeUnreadHidden, "sheet", "Sheet1", "read", "花名册"), Because("", codeUnread, "sheet", "上年", "read", "花名册"),
		}, report.Notes); diff != "" {
			t.Errorf("said of the file:\n%s", diff)
		}
		var mended bytes.Buffer
		if err := r.ErrorWorkbook(r.ctx, report.ID, silent{}, &mended); err != nil {
			t.Fatal(err)
		}
		again := r.run(t, mended.Bytes(), true)
		if again.Total != 9 || again.Counts.Created != 1 { // row 12, whose formula is gone
			t.Errorf("the error workbook sent back: %d rows, %+v %v", again.Total, again.Counts, findings(again, again.Errors))
		}
	})
}

func TestTwoColumnsOfOneMeaning(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		report := r.run(t, []byte("姓名,身份证号,入职日期,身份证号码\n王小兰,100001,2024-03-01,100009\n"), false)
		if diff := cmp.Diff([]Problem{
			Because("", codeTwice, "used", "身份证号", "usedAt", "B", "left", "身份证号码", "leftAt", "D"),
		}, report.Notes); diff != "" {
			t.Errorf("said of the file:\n%s", diff)
		}
		if diff := cmp.Diff(map[string]string{"100001": "王小兰"}, r.register.names(t)); diff != "" {
			t.Errorf("registered:\n%s", diff)
		}
	})
}

func TestTextTablesAsTheyAreSaved(t *testing.T) {
	const table = "某某养老院\n姓名;身份证号;入职日期\n王小兰;100001;2024/3/1\n\"李;红\";100002;二〇二四年三月二日\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(table)
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"UTF-8, semicolons":            table,
		"UTF-8 with its mark":          "\ufeff" + table,
		"GB18030":                      gb,
		"GB18030, tabs":                strings.ReplaceAll(strings.ReplaceAll(gb, "\";", "\"\x00"), ";", "\t"),
		"UTF-8, commas, CR LF":         strings.NewReplacer(";红", "；红", ";", ",", "\n", "\r\n").Replace(table),
		"lines that end in CR LF, tab": strings.NewReplacer(";红", "；红", ";", "\t", "\n", "\r\n").Replace(table),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, storetest.SQLite(t))
			report := r.run(t, []byte(strings.ReplaceAll(raw, "\x00", "\t")), false)
			if report.Total != 2 || report.Counts.Created != 2 || r.register.hired["100001"] != "2024-03-01" || r.register.hired["100002"] != "2024-03-02" {
				t.Errorf("%+v %v %v", report.Counts, findings(report, report.Errors), r.register.hired)
			}
		})
	}
}
