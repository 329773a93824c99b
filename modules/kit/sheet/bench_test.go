package sheet_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"

	"carecert/modules/kit/sheet"
)

// roster is a workbook as Excel would hold it, of so many people.
func roster(b *testing.B, people int) []byte {
	b.Helper()
	var out bytes.Buffer
	w, err := sheet.NewWorkbook(&out, sheet.Style{Headers: 1})
	if err != nil {
		b.Fatal(err)
	}
	rows := [][]string{{"序号", "姓名", "性别", "身份证号", "联系电话", "学历", "岗位", "入职日期", "备注"}}
	for i := range people {
		rows = append(rows, []string{fmt.Sprint(i), "王小兰", "女", fmt.Sprintf("3101181985%08d", i), "13800138000", "高中", "养老护理员", "2024-03-01", ""})
	}
	for _, r := range rows {
		if err := w.Row(r...); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkRead reads 20,000 people, as the import does and with excelize.
func BenchmarkRead(b *testing.B) {
	raw := roster(b, 20_000)
	b.Run("table", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			book, err := sheet.Open(bytes.NewReader(raw), int64(len(raw)))
			if err != nil {
				b.Fatal(err)
			}
			table, err := sheet.Find(book, people())
			if err != nil {
				b.Fatal(err)
			}
			if n, err := table.Count(); err != nil || n != 20_000 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true})
			if err != nil {
				b.Fatal(err)
			}
			rows, err := f.Rows("Sheet1")
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
				if _, err := rows.Columns(); err != nil {
					b.Fatal(err)
				}
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
