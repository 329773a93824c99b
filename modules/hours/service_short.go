package hours

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Short is somebody who lacks minutes of the running year on a day on which
// the rule row asks for a reminder.
type Short struct {
	Person  kernel.PersonID
	Year    int
	On      string // the day of the reminder, MM-DD
	Missing kernel.Minutes
	PerHour kernel.Minutes
}

// reminded is how long after its day a reminder is still given: the program
// may have stood still.
const reminded = 3

// EachShort tells who is to be reminded today of what the year still asks.
// Most days nobody is, and nothing is read.
func (s *Service) EachShort(ctx context.Context, today kernel.Date, tell func(Short) error) error {
	year := today.Year()
	type reminder struct {
		on      string
		perHour kernel.Minutes
	}
	days := map[string]reminder{} // by rule stamp
	for _, row := range s.Rules {
		for _, on := range row.RemindOn {
			first := today[:5] + kernel.Date(on)
			if first <= today && today < first.AddDays(reminded) {
				days[row.Stamp()] = reminder{on, row.MinutesPerClassHour}
			}
		}
	}
	if len(days) == 0 {
		return nil
	}
	q := store.Query{Index: "by_year", Equal: []any{year, string(StandingOpen)}}
	return s.docs.years.Each(ctx, q, func(d yearDoc) error {
		due, asked := days[d.RuleVersion]
		if !asked || d.Missing == 0 || d.OnPost == nil || d.OnPost.To < today {
			return nil
		}
		return tell(Short{Person: d.Person, Year: year, On: due.on, Missing: d.Missing, PerHour: due.perHour})
	})
}
