package sheet

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

const minutesOfDay = 24 * 60

// clock is a time of day as people write it: 9:00, 09:00:00, 9点, 9时30分,
// 下午2:30, 2:30 PM.
var clock = regexp.MustCompile(`^(上午|下午|中午|晚上|早上|AM|PM)?([0-9]{1,2})(?:(?::|点|时)([0-9]{1,2})?(?:分|:[0-9]{2})?)(半)?(AM|PM)?$`)

// ParseClock reads a time of day as minutes after midnight; 24:00 is the end
// of the day. A day before it is passed over, and an Excel number is the part
// of a day.
func ParseClock(c Cell) (minute int, ok bool) {
	s := strings.ToUpper(Tidy(c.Text))
	if c.Type == Number {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, false
		}
		if v > 1 {
			v -= math.Floor(v)
		}
		return int(math.Round(v * minutesOfDay)), true
	}
	if day, time, spaced := strings.Cut(s, " "); spaced && strings.ContainsAny(day, "-/.年") {
		s = time
	}
	m := clock.FindStringSubmatch(strings.ReplaceAll(s, " ", ""))
	if m == nil {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[2])
	past, _ := strconv.Atoi(m[3]) // empty is the full hour
	if m[4] != "" && m[3] == "" {
		past = 30
	}
	switch half := m[1] + m[5]; {
	case hour < 12 && (half == "下午" || half == "晚上" || half == "PM"):
		hour += 12
	case hour == 12 && (half == "上午" || half == "早上" || half == "AM"):
		hour = 0
	}
	minute = hour*60 + past
	return minute, past < 60 && minute <= minutesOfDay
}
