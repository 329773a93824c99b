package imports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestErrorWorkbookIsMendedAndSentAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		first := r.run(t, sample(t, "roster-sample.xlsx"), false)
		var out bytes.Buffer
		if err := r.ErrorWorkbook(r.ctx, first.ID, silent{}, &out); err != nil {
			t.Fatal(err)
		}
		if unmended := r.run(t, out.Bytes(), false); unmended.Counts != (Counts{Rejected: 4}) {
			t.Errorf("sent again unmended: %+v", unmended.Counts)
		}
		f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"序号", "姓名", "性别", "身份证号", "联系电话", "学历", "岗位", "入职日期", "备注", "imports.workbook.row", "imports.workbook.reason"}, rows[0]); d != "" {
			t.Error(d)
		}
		if len(rows) != 5 || rows[1][1] != "卫文红" || rows[1][3] != "6.40522197603162e+17" || rows[1][9] != "18" || rows[1][10] != "imports.number_lost_digits" {
			t.Errorf("%d rows, %v", len(rows), rows[1])
		}
		for at, v := range map[string]string{"D2": "640522197603162147", "D3": "110105194912310021", "H4": "2021.2.28", "B5": "李四"} {
			if err := f.SetCellStr(f.GetSheetName(0), at, v); err != nil {
				t.Fatal(err)
			}
		}
		var mended bytes.Buffer
		if err := f.Write(&mended); err != nil {
			t.Fatal(err)
		}
		if again := r.run(t, mended.Bytes(), false); again.Counts.Rejected != 0 || again.Total != 4 {
			t.Errorf("mended: %+v %v", again.Counts, findings(again, again.Errors))
		}
	})
}

func TestTemplateCanBeSentBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		var out bytes.Buffer
		if err := r.Template(t.Context(), "people", "", silent{}, &out); err != nil {
			t.Fatal(err)
		}
		if report := r.run(t, out.Bytes(), false); report.Total != 0 {
			t.Errorf("the example was taken for a person: %+v", report.Import)
		}
		f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.SetSheetRow("花名册", "A3", &[]string{"李四", "110105194912310021", "女"}); err != nil {
			t.Fatal(err)
		}
		var filled bytes.Buffer
		if err := f.Write(&filled); err != nil {
			t.Fatal(err)
		}
		if report := r.run(t, filled.Bytes(), false); report.Counts.Created != 1 {
			t.Errorf("%+v %s", report.Import, strings.Join(findings(report, report.Errors), "; "))
		}
	})
}

func TestDaysOfAWorkbookThatCountsFrom1904AreWrittenOut(t *testing.T) {
	number := sheet.Cell{Text: "43781", Type: sheet.Number, From1904: true}
	if day, beds := asSent(number, true), asSent(number, false); day != "2023-11-13" || beds != "43781" {
		t.Errorf("%s, %s", day, beds)
	}
}
