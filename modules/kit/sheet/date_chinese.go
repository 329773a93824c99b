package sheet

import (
	"strconv"
	"strings"
)

// numeral reads one figure of a Chinese date; 〇 is written in four ways.
func numeral(r rune) (int, bool) {
	for _, figures := range []string{"〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "○"} {
		for n, f := range []rune(figures) {
			if f == r {
				return n, true
			}
		}
	}
	return 0, false
}

// arabic turns a date in Chinese numerals into figures: 二〇二〇年一月三十一日
// is 2020年1月31日. What is no such date stays as it is.
func arabic(s string) string {
	year, rest, ok := strings.Cut(s, "年")
	if !ok || strings.ContainsAny(s, "0123456789") {
		return s
	}
	month, day, ok := strings.Cut(rest, "月")
	if !ok {
		return s
	}
	y, yearRead := digitwise(year)
	m, monthRead := tens(strings.TrimSpace(month))
	d, dayRead := tens(strings.TrimRight(strings.TrimSpace(day), "日号"))
	if !yearRead || !monthRead || !dayRead {
		return s
	}
	return strconv.Itoa(y) + "年" + strconv.Itoa(m) + "月" + strconv.Itoa(d) + "日"
}

// digitwise reads a year figure by figure: 二〇二五.
func digitwise(s string) (n int, ok bool) {
	count := 0
	for _, r := range strings.TrimSpace(s) {
		d, known := numeral(r)
		if r == 'O' || r == 'o' { // typed for 〇
			d, known = 0, true
		}
		if !known {
			return 0, false
		}
		n, count = n*10+d, count+1
	}
	return n, count == 4
}

// tens reads 1 to 99 as months and days are spoken: 十, 十二, 二十, 三十一; 廿 and
// 卅 are twenty and thirty.
func tens(s string) (n int, ok bool) {
	s = strings.NewReplacer("廿", "二十", "卅", "三十", "拾", "十").Replace(s)
	before, after, spoken := strings.Cut(s, "十")
	if !spoken {
		before, after = "", s
	}
	figure := func(s string, empty int) (int, bool) {
		runes := []rune(s)
		switch len(runes) {
		case 0:
			return empty, true
		case 1:
			return numeral(runes[0])
		case 2: // 〇一
			zero, first := numeral(runes[0])
			d, known := numeral(runes[1])
			return d, first && known && zero == 0
		default:
			return 0, false
		}
	}
	if !spoken {
		n, ok = figure(after, 0)
		return n, ok && n > 0
	}
	high, ok1 := figure(before, 1)
	low, ok2 := figure(after, 0)
	return high*10 + low, ok1 && ok2
}
