package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// Serial dates that are believed without a date style: 1927 to 2173. A year or
// a small count is not a date.
const (
	leastSerial = 10_000
	mostSerial  = 100_000
	lastSerial  = 2_958_466 // 1 January 10000
)

// SerialDay turns an Excel serial number into "2006-01-02", with the time of
// day behind it when it has one.
func SerialDay(text string, is1904 bool) (string, bool) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || v < 61 && !is1904 || v < 0 || v >= lastSerial {
		return "", false
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if is1904 {
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	days, part := math.Modf(v)
	at := first.AddDate(0, 0, int(days)).Add(time.Duration(math.Round(part*86400)) * time.Second)
	if at.Year() > 9999 {
		return "", false
	}
	if at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 {
		return at.Format(time.DateOnly), true
	}
	return at.Format(time.DateTime), true
}

// ParseDay reads a day in the spellings people use: 2020-01-31, 2020/1/31,
// 2020.1.31, 20200131, 2020年1月31日, 二〇二〇年一月三十一日, a day with a time
// behind it, or an Excel serial number. Days that do not exist are refused.
func ParseDay(c Cell) (kernel.Date, bool) {
	s := arabic(Tidy(c.Text))
	if n, err := strconv.ParseFloat(s, 64); err == nil && (c.Type == Number || len(s) == 5) && n >= leastSerial && n < mostSerial {
		day, ok := SerialDay(s, c.From1904)
		if !ok {
			return "", false
		}
		return kernel.Date(day[:len(time.DateOnly)]), true
	}
	if i := strings.IndexAny(s, " T"); i > 0 && strings.Contains(s[i:], ":") {
		s = s[:i]
	}
	digits := [3]int{}
	field, width := 0, 0
	compact := len(s) == 8
	for i, r := range s {
		if r >= '0' && r <= '9' {
			if compact && (width == 4 && field == 0 || width == 2 && field == 1) {
				field, width = field+1, 0
			}
			if field > 2 || width == 4 {
				return "", false
			}
			digits[field] = digits[field]*10 + int(r-'0')
			width++
			continue
		}
		compact = false
		if width == 0 {
			if r == ' ' {
				continue
			}
			return "", false
		}
		switch r {
		case '-', '/', '.', '年', '月', '、', '\\':
			field, width = field+1, 0
		case '日', '号':
			if rest := strings.TrimSpace(s[i+len(string(r)):]); rest != "" || field != 2 {
				return "", false
			}
		case ' ':
		default:
			return "", false
		}
	}
	if field != 2 || digits[0] < 1900 || digits[0] > 9998 || digits[1] < 1 || digits[2] < 1 {
		return "", false
	}
	date := kernel.NewDate(digits[0], time.Month(digits[1]), digits[2])
	if date.Year() != digits[0] || int(date.Month()) != digits[1] {
		return "", false
	}
	return date, true
}
