package training

import (
	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// attended is what the presence is worth before the ledger sees what else the
// person did at the time.
func (p Presence) attended(x Session) kernel.Minutes {
	if len(p.Stretches) > 0 {
		return rule.AttendedIn(x.Span(), p.Stretches)
	}
	return rule.Attended(x.Span(), p.In, p.Out)
}
