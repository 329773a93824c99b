package sheet_test

import (
	"bytes"
	"os"
	"testing"

	"carecert/modules/kit/sheet"
)

func open(t *testing.T, name string) sheet.Book {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := sheet.Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// people is how rosters name their columns.
func people() sheet.Vocabulary {
	return sheet.Vocabulary{
		Columns: []sheet.Heading{
			{Key: "name", Texts: []string{"姓名", "护理员姓名"}, Required: true},
			{Key: "idNumber", Texts: []string{"身份证号", "身份证号码"}, Required: true},
			{Key: "phone", Texts: []string{"联系电话", "手机"}},
			{Key: "hiredOn", Texts: []string{"入职日期", "入职时间"}},
			{Key: "remark", Texts: []string{"备注"}},
		},
		Footers: []string{"填表人", "合计"},
	}
}

func lines(t *testing.T, table *sheet.Table) map[int][]sheet.Cell {
	t.Helper()
	out := map[int][]sheet.Cell{}
	if err := table.Each(func(r sheet.Row) error {
		out[r.Number] = append([]sheet.Cell(nil), r.Cells...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRosterRowByRow(t *testing.T) {
	for _, file := range []struct {
		name                           string
		type18                         sheet.Type
		raw18                          string
		date34, minority, rare, remark string
	}{
		{"roster-sample.xlsx", sheet.Number, "6.40522197603162e+17", "2023-11-13", "", "", "+86转分机"},
		{"roster-sample.csv", sheet.String, "3.41221E+17", "2024-05-11", "迪丽努尔·阿卜杜拉", "刘㛃", "+86转分机"},
	} {
		t.Run(file.name, func(t *testing.T) {
			table, err := sheet.Find(open(t, file.name), people())
			if err != nil {
				t.Fatal(err)
			}
			if table.Header != 3 {
				t.Errorf("header in row %d, want 3", table.Header)
			}
			rows := lines(t, table)
			if len(rows) != 60 {
				t.Errorf("%d people, want 60", len(rows))
			}
			at := func(row int, key string) sheet.Cell {
				if i := table.Places[key]; i < len(rows[row]) {
					return rows[row][i]
				}
				return sheet.Cell{}
			}
			for _, row := range []int{44, 65, 66} {
				if rows[row] != nil {
					t.Errorf("row %d is taken for a person", row)
				}
			}
			if n := at(7, "name").Text; len([]rune(n)) <= 3 || len([]rune(sheet.TidyName(n))) != 3 {
				t.Errorf("row 7: %q should have blanks that TidyName removes", n)
			}
			for _, row := range []int{10, 14} {
				if raw := at(row, "idNumber").Text; len(raw) == 18 || len(sheet.TidyNumber(raw)) != 18 {
					t.Errorf("row %d: %q should become 18 digits", row, raw)
				}
			}
			if c := at(18, "idNumber"); c.Type != file.type18 || c.Text != file.raw18 {
				t.Errorf("row 18: %+v", c)
			}
			if d, ok := sheet.ParseDay(at(34, "hiredOn")); !ok || string(d) != file.date34 {
				t.Errorf("row 34: %s, want %s", d, file.date34)
			}
			if _, ok := sheet.ParseDay(at(37, "hiredOn")); !ok {
				t.Errorf("row 37: %q is a date", at(37, "hiredOn").Text)
			}
			if _, ok := sheet.ParseDay(at(41, "hiredOn")); ok {
				t.Errorf("row 41: 29 February 2021 does not exist")
			}
			if n := at(47, "name").Text; n != "" {
				t.Errorf("row 47 has a name: %s", n)
			}
			if n := at(58, "name").Text; file.minority != "" && sheet.TidyName(n) != file.minority {
				t.Errorf("row 58: %s", sheet.TidyName(n))
			}
			if n := at(60, "name").Text; file.rare != "" && sheet.TidyName(n) != file.rare {
				t.Errorf("row 60: %s", n)
			}
			if r := at(62, "remark").Text; r != file.remark {
				t.Errorf("row 62: %q", r)
			}
		})
	}
}
