package sheet_test

import (
	"testing"

	"carecert/modules/kit/sheet"
)

func TestTimesOfDayAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		text string
		kind sheet.Type
		want int
	}{
		{"9:00", sheet.String, 540},
		{"09:00", sheet.String, 540},
		{"９：３０", sheet.String, 570},
		{"09:30:00", sheet.String, 570},
		{"9点", sheet.String, 540},
		{"9点半", sheet.String, 570},
		{"9时30分", sheet.String, 570},
		{"下午2:30", sheet.String, 870},
		{"下午 2:30", sheet.String, 870},
		{"2:30 pm", sheet.String, 870},
		{"12:00 AM", sheet.String, 0},
		{"中午12点", sheet.String, 720},
		{"24:00", sheet.String, 1440},
		{"2025-03-01 13:30:00", sheet.Day, 810},
		{"0.375", sheet.Number, 540},
		{"45717.5625", sheet.Number, 810},
		{"24:01", sheet.String, -1},
		{"9:60", sheet.String, -1},
		{"25:00", sheet.String, -1},
		{"上午", sheet.String, -1},
		{"9", sheet.String, -1},
		{"-0.5", sheet.Number, -1},
		{"NaN", sheet.Number, -1},
		{"", sheet.String, -1},
	} {
		got, ok := sheet.ParseClock(sheet.Cell{Text: c.text, Type: c.kind})
		if !ok {
			got = -1
		}
		if got != c.want {
			t.Errorf("%q: %d, want %d", c.text, got, c.want)
		}
	}
}

func TestDatesInChineseNumerals(t *testing.T) {
	for text, want := range map[string]string{
		"二〇二〇年一月三十一日":  "2020-01-31",
		"二零二五年十月八日":    "2025-10-08",
		"二○二五年十二月二十号":  "2025-12-20",
		"二〇二五年〇三月〇一日":  "2025-03-01",
		"二OO九年五月十日":    "2009-05-10",
		"贰零贰伍年壹拾月廿三日":  "2025-10-23",
		"二〇二五年 三月 卅一日": "2025-03-31",
		"二〇二五年二月三十日":   "",
		"二五年三月一日":      "",
		"二〇二五年三月":      "",
		"年月日":          "",
		"二〇二五年十三月一日":   "",
		"二〇二五年零月一日":    "",
		"二〇二五年三月二三四日":  "",
	} {
		got, ok := sheet.ParseDay(sheet.Cell{Text: text})
		if string(got) != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", text, got, ok, want)
		}
	}
}
