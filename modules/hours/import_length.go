package hours

import (
	"slices"
	"strconv"
	"time"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
)

// length works out how long the row says it took: minutes, class hours, or a
// beginning and an end; where it says it twice it must not contradict itself.
func (l *line) length(on kernel.Date, row rule.Row) (minutes kernel.Minutes, from, to time.Time) {
	if on == "" {
		return 0, from, to // its row of rules is not known
	}
	from, to, sound := l.span(on)
	span := kernel.Minutes(to.Sub(from) / time.Minute)
	minutes = kernel.Minutes(l.Row.Cell(colMinutes).Integer)
	hours := l.Row.Cell(colClassHours)
	told := minutes != 0 || l.Row.Text(colMinutes) != ""
	if hours.Text != "" {
		taught := kernel.Minutes(hours.Integer) * row.MinutesPerClassHour / 100
		if told && minutes != taught {
			l.Refuse(colMinutes, "hours.import_lengths_differ", "minutes", strconv.Itoa(int(minutes)), "taught", strconv.Itoa(int(taught)),
				"perHour", strconv.Itoa(int(row.MinutesPerClassHour)))
			return 0, from, to
		}
		minutes, told = taught, true
	}
	column := colMinutes
	if l.Row.Text(colMinutes) == "" {
		column = colClassHours
	}
	flawed := !sound || slices.ContainsFunc([]string{colMinutes, colClassHours, colStart, colEnd}, func(key string) bool { return l.Row.Cell(key).Flawed })
	switch {
	case flawed: // the engine has said what
	case !told && span == 0:
		l.Refuse(column, "hours.import_no_length")
	case !told:
		minutes = span
	case minutes <= 0:
		l.Refuse(column, "hours.import_no_minutes")
	case minutes > wholeDay:
		l.Refuse(column, "hours.import_over_a_day", "minutes", strconv.Itoa(int(minutes)))
	case span > 0 && minutes > span:
		l.Refuse(column, "hours.import_exceeds_span", "minutes", strconv.Itoa(int(minutes)), "span", strconv.Itoa(int(span)))
	}
	return minutes, from, to
}

const wholeDay kernel.Minutes = 24 * 60

// span is the time between beginning and end; none where neither is told. What
// is no span is refused and not sound.
func (l *line) span(on kernel.Date) (from, to time.Time, sound bool) {
	start, end := l.Row.Cell(colStart), l.Row.Cell(colEnd)
	switch {
	case start.Flawed || end.Flawed:
	case (start.Text == "") != (end.Text == ""):
		column := colStart
		if end.Text == "" {
			column = colEnd
		}
		l.Refuse(column, "hours.import_half_a_span")
	case start.Text == "":
		return from, to, true
	case end.Integer <= start.Integer:
		l.Refuse(colEnd, "hours.import_times_reversed")
	default:
		day := on.Start()
		return day.Add(time.Duration(start.Integer) * time.Minute).UTC(), day.Add(time.Duration(end.Integer) * time.Minute).UTC(), true
	}
	return from, to, false
}

// remind warns of what is taken and may not have been meant.
func (l *line) remind(c Claim, row rule.Row) {
	if !c.Counts {
		l.Warn(colCategory, "hours.import_does_not_count")
	}
	if c.Tier == "" {
		l.Warn(colTier, "hours.import_tier_missing")
	}
	if row.Imported.DoubtMinutes > 0 && c.Minutes > row.Imported.DoubtMinutes {
		column := colMinutes
		if l.Row.Text(colMinutes) == "" {
			column = colClassHours
		}
		l.Warn(column, "hours.import_long_day", "minutes", strconv.Itoa(int(c.Minutes)))
	}
}

// clockOf shows the time of day of an instant in Shanghai.
func clockOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(kernel.Shanghai()).Format("15:04")
}
