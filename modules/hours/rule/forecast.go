package rule

import (
	"slices"

	"carecert/modules/kernel"
)

// Forecast is what a year would come to if somebody also sat through all that is
// planned for them: two sessions at one time count once, a day and a mode give no
// more than they may, and what does not count adds nothing. credited are the
// lines of the year so far.
func Forecast(rows func(kernel.Date) Row, credited []Line, planned []Presence) (sum kernel.Minutes) {
	days := map[kernel.Date]*day{}
	for _, l := range credited {
		if days[l.Date] == nil {
			days[l.Date] = &day{}
		}
		days[l.Date].credited += l.Credited
	}
	lines := append(slices.Clone(credited), value(rows, planned, days)...)
	limitYears(rows, lines)
	for _, l := range lines {
		sum += l.Credited
	}
	return sum
}
