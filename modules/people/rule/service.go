package rule

import (
	"cmp"
	"slices"

	"carecert/modules/kernel"
)

// Service is a length of service: whole months and the days beyond.
type Service struct {
	Months int `json:"months"`
	Days   int `json:"days"`
}

// AtLeast tells whether so many months are full: 23 months and 5 days are not
// 24.
func (s Service) AtLeast(months int) bool { return s.Months >= months }

// Union merges periods that overlap or touch; what lies side by side counts
// once.
func Union(periods []kernel.Period) []kernel.Period {
	sorted := slices.SortedFunc(slices.Values(periods), func(a, b kernel.Period) int { return cmp.Compare(a.From, b.From) })
	var out []kernel.Period
	for _, p := range sorted {
		if p.To < p.From {
			continue
		}
		if n := len(out); n > 0 && p.From <= out[n-1].To.AddDays(1) {
			out[n-1].To = max(out[n-1].To, p.To)
			continue
		}
		out = append(out, p)
	}
	return out
}

// daysPerMonth is the house's strict reading: the odd days of broken service
// make a month when there are as many as the longest month has.
const daysPerMonth = 31

// ServiceTime adds up the service until the end of a day, overlaps once. A
// month is full on the day before its date comes round: 15 January to
// 14 February is one month. Where the month has no such date it is full with
// its last day (民法典 article 202): 31 January to 28 February.
func ServiceTime(periods []kernel.Period, until kernel.Date) Service {
	var s Service
	for _, p := range Union(periods) {
		last := min(p.To, until)
		if last < p.From {
			continue
		}
		months := monthsWithin(p.From, last)
		s.Months += months
		s.Days += last.AddDays(1).Sub(after(p.From, months))
	}
	s.Months += s.Days / daysPerMonth
	s.Days %= daysPerMonth
	return s
}

func monthsWithin(from, last kernel.Date) int {
	end := last.AddDays(1)
	n := (end.Year()-from.Year())*12 + int(end.Month()) - int(from.Month())
	for n > 0 && after(from, n) > end {
		n--
	}
	return max(0, n)
}

// after is the first day that so many months from a day do not hold.
func after(from kernel.Date, months int) kernel.Date {
	d := from.AddMonths(months)
	if d[len(d)-2:] < from[len(from)-2:] { // no such date in that month
		d = d.AddDays(1)
	}
	return d
}
