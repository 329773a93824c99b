package organizations

import (
	"time"

	"carecert/modules/kernel"
)

// Commission is an institution's word that a school may import and enrol its
// people during a period.
type Commission struct {
	ID          string
	Institution kernel.OrganizationID
	School      kernel.OrganizationID
	Period      kernel.Period
	RecordedAt  time.Time
}

// endedBefore is the commission with its last day before the given one; false
// when nothing of it is left.
func (c Commission) endedBefore(on kernel.Date) (Commission, bool) {
	c.Period.To = min(c.Period.To, on.AddDays(-1))
	return c, c.Period.From <= c.Period.To
}
