package kernel

import (
	"fmt"
	"time"
	_ "time/tzdata" // calendar logic must work in a container without zone files
)

// Clock tells the time; services receive one, rules receive the time itself.
type Clock interface{ Now() time.Time }

// ClockFunc makes a function a Clock.
type ClockFunc func() time.Time

// Now implements Clock.
func (f ClockFunc) Now() time.Time { return f() }

var shanghai = func() *time.Location {
	l, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return time.FixedZone("Asia/Shanghai", 8*3600)
	}
	return l
}()

// Shanghai is the zone of every calendar decision.
func Shanghai() *time.Location { return shanghai }

// Date is a calendar day "YYYY-MM-DD" in Asia/Shanghai. It compares and sorts
// as a string. The empty Date means "none".
type Date string

// Forever is later than every date; open-ended periods are stored with it so
// that an index can range over them.
const Forever Date = "9999-12-31"

// ParseDate reads "YYYY-MM-DD" and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", fmt.Errorf("date %q: %w", s, err)
	}
	if t.Year() < 1900 || t.Year() > 9999 {
		return "", fmt.Errorf("date %q: year out of range", s)
	}
	return Date(s), nil
}

// DateOf is the day in Shanghai on which the instant falls.
func DateOf(t time.Time) Date { return Date(t.In(shanghai).Format(time.DateOnly)) }

// NewDate builds a date; out-of-range values are normalised as time.Date does.
func NewDate(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

func (d Date) utc() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// Valid tells whether the date is a real day.
func (d Date) Valid() bool { _, err := ParseDate(string(d)); return err == nil }

// Start is the first instant of the day in Shanghai.
func (d Date) Start() time.Time {
	t := d.utc()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, shanghai)
}

// End is the first instant of the next day: snapshots are taken at the end of
// their day (CONTRACT §4).
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// Year of the date.
func (d Date) Year() int { return d.utc().Year() }

// Month of the date.
func (d Date) Month() time.Month { return d.utc().Month() }

// YearDay counts from 1.
func (d Date) YearDay() int { return d.utc().YearDay() }

// AddDays moves by days; Forever stays.
func (d Date) AddDays(n int) Date {
	if d == Forever || d == "" {
		return d
	}
	return Date(d.utc().AddDate(0, 0, n).Format(time.DateOnly))
}

// AddMonths moves by calendar months and stays in the target month: 31 January
// plus one month is the last day of February.
func (d Date) AddMonths(n int) Date {
	if d == Forever || d == "" {
		return d
	}
	t := d.utc()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date(time.Date(first.Year(), first.Month(), min(t.Day(), last), 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

// Sub counts the days from e to d.
func (d Date) Sub(e Date) int { return int(d.utc().Sub(e.utc()).Hours() / 24) }

// Period is a run of days, both ends included; To is Forever when open.
type Period struct {
	From Date `json:"from" bson:"from"`
	To   Date `json:"to" bson:"to"`
}

// Holds tells whether the day lies inside.
func (p Period) Holds(d Date) bool { return p.From <= d && d <= p.To }

// Overlaps tells whether the two share a day.
func (p Period) Overlaps(q Period) bool { return p.From <= q.To && q.From <= p.To }
