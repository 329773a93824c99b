package imports

import (
	"testing"

	"carecert/modules/kit/sheet"
)

func TestReadCell(t *testing.T) {
	choices := map[string]string{"女": "female", "男": "male"}
	for _, c := range []struct {
		name string
		kind Kind
		cell sheet.Cell
		want string
		code string
	}{
		{"blanks inside a Chinese name go", Name, sheet.Cell{Text: "陶  永静"}, "陶永静", ""},
		{"wide blanks too", Name, sheet.Cell{Text: "陶　永　静"}, "陶永静", ""},
		{"a minority name keeps its dot", Name, sheet.Cell{Text: "迪丽努尔·阿卜杜拉"}, "迪丽努尔·阿卜杜拉", ""},
		{"the dot is written in one way", Name, sheet.Cell{Text: "迪丽努尔•阿卜杜拉"}, "迪丽努尔·阿卜杜拉", ""},
		{"rare characters stay", Name, sheet.Cell{Text: "刘㛃𬍛"}, "刘㛃𬍛", ""},
		{"Latin names keep their blanks", Name, sheet.Cell{Text: "Anna  de Vries"}, "Anna de Vries", ""},
		{"a no-break space behind a number goes", Number, sheet.Cell{Text: "320582196603206934\u00a0"}, "320582196603206934", ""},
		{"full-width digits become digits", Number, sheet.Cell{Text: "３１０１０５１９７３１０１６１５６６"}, "310105197310161566", ""},
		{"an apostrophe before a number goes", Number, sheet.Cell{Text: "'310105197310161566"}, "310105197310161566", ""},
		{"in whatever shape", Number, sheet.Cell{Text: "＇‘310105197310161566"}, "310105197310161566", ""},
		{"so does the formula that keeps its digits", Number, sheet.Cell{Text: `="310105197310161566"`}, "310105197310161566", ""},
		{"a small x becomes X", Number, sheet.Cell{Text: "11010519491231002x"}, "11010519491231002X", ""},
		{"an identity number stored as a number has lost digits", Number, sheet.Cell{Text: "6.40522197603162e+17", Type: sheet.Number}, "", codeLostDigits},
		{"so has one with all its digits written out", Number, sheet.Cell{Text: "640522197603162000", Type: sheet.Number}, "", codeLostDigits},
		{"so has a text that shows an exponent", Number, sheet.Cell{Text: "3.41221E+17"}, "", codeLostDigits},
		{"a telephone number survives as a number", Number, sheet.Cell{Text: "1.3812345678E10", Type: sheet.Number}, "13812345678", ""},
		{"a day as a serial number", Date, sheet.Cell{Text: "45243", Type: sheet.Number}, "2023-11-13", ""},
		{"a day with a date style", Date, sheet.Cell{Text: "2023-11-13 08:30:00", Type: sheet.Day}, "2023-11-13", ""},
		{"a day in eight digits", Date, sheet.Cell{Text: "20200131"}, "2020-01-31", ""},
		{"a day in eight digits stored as a number", Date, sheet.Cell{Text: "20200131", Type: sheet.Number}, "2020-01-31", ""},
		{"a day with dots", Date, sheet.Cell{Text: "2020.1.31"}, "2020-01-31", ""},
		{"a day with strokes", Date, sheet.Cell{Text: "2020/1/31"}, "2020-01-31", ""},
		{"a Chinese day", Date, sheet.Cell{Text: "2020年1月31日"}, "2020-01-31", ""},
		{"a Chinese day in full-width digits", Date, sheet.Cell{Text: "２０２０年１月３１日"}, "2020-01-31", ""},
		{"a day with a time", Date, sheet.Cell{Text: "2020/1/31 0:00:00"}, "2020-01-31", ""},
		{"29 February 2021 does not exist", Date, sheet.Cell{Text: "2021年2月29日"}, "", codeDate},
		{"a month is not a day", Date, sheet.Cell{Text: "2020年1月"}, "", codeDate},
		{"a year is not a day", Date, sheet.Cell{Text: "2020", Type: sheet.Number}, "", codeDate},
		{"a thirteenth month is not a day", Date, sheet.Cell{Text: "20201301"}, "", codeDate},
		{"the year last may be of either order", Date, sheet.Cell{Text: "3/1/2024"}, "", codeYearLast},
		{"words are not a day", Date, sheet.Cell{Text: "长期"}, "", codeDate},
		{"#N/A is an error", Text, sheet.Cell{Text: "#N/A", Type: sheet.Fault}, "", codeCellError},
		{"a formula without a value", Text, sheet.Cell{Type: sheet.Uncalculated}, "", codeNotCalculated},
		{"a neutralised text is itself again", Text, sheet.Cell{Text: "'+86转分机"}, "+86转分机", ""},
		{"a choice becomes its code", Choice, sheet.Cell{Text: " 女 "}, "female", ""},
		{"another word is no choice", Choice, sheet.Cell{Text: "妇"}, "", codeChoice},
		{"a whole number", Integer, sheet.Cell{Text: "３"}, "3", ""},
		{"points with a fraction that Excel keeps inexactly", Decimal, sheet.Cell{Text: "59.899999999999999", Type: sheet.Number}, "59.899999999999999", ""},
		{"class hours with their unit", Decimal, sheet.Cell{Text: "1.5 课时"}, "1.5", ""},
		{"three decimals are too many", Decimal, sheet.Cell{Text: "1.555"}, "", codeDecimal},
		{"a word is no number", Decimal, sheet.Cell{Text: "缺考"}, "", codeDecimal},
		{"infinity is no number", Decimal, sheet.Cell{Text: "1e999"}, "", codeDecimal},
		{"a time of day", Clock, sheet.Cell{Text: "下午2点半"}, "14:30", ""},
		{"a time of day as Excel keeps it", Clock, sheet.Cell{Text: "0.375", Type: sheet.Number}, "09:00", ""},
		{"no time of day", Clock, sheet.Cell{Text: "全天"}, "", codeClock},
		{"an amount of several rows", Decimal, sheet.Cell{Text: "6", Type: sheet.Merged}, "", codeMerged},
		{"a half is not whole", Integer, sheet.Cell{Text: "3.5", Type: sheet.Number}, "", codeInteger},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, code := read(c.kind, c.cell, reading{choices: choices, units: []string{"课时"}})
			if got.Text != c.want || code != c.code {
				t.Errorf("got %q %s, want %q %s", got.Text, code, c.want, c.code)
			}
		})
	}
}

// A value of a column that a file lacks is told with the proper header.
func TestHeadersThatAFileLacks(t *testing.T) {
	w := Words{Kinds: map[string]KindWords{"people": {Columns: []ColumnWords{
		{Key: "name", Header: map[string]string{chinese: "姓名", "en": "Name"}}, {Key: "role", Header: map[string]string{chinese: "岗位", "en": "Post"}},
	}}}}
	got := w.headers("people", map[string]string{"name": "护理员姓名"}, "en")
	if got["name"] != "护理员姓名" || got["role"] != "Post" {
		t.Errorf("%v", got)
	}
}
