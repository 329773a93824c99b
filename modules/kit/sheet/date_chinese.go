package sheet

import (
	"strconv"
	"strings"
)

// numerals are the figures of Chinese dates; 〇 is written in four ways.
var numerals = map[rune]int{
	'〇': 0, '零': 0, '○': 0, '一': 1, '壹': 1, '二': 2, '贰': 2, '三': 3, '叁': 3, '四': 4, '肆': 4,
	'五': 5, '伍': 5, '六': 6, '陆': 6, '七': 7, '柒': 7, '八': 8, '捌': 8, '九': 9, '玖': 9,
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
		d, known := numerals[r]
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
			d, known := numerals[runes[0]]
			return d, known
		case 2: // 〇一
			zero, first := numerals[runes[0]]
			d, known := numerals[runes[1]]
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
