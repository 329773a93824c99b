package rule

import (
	"strconv"

	"carecert/modules/kernel"
)

// The outcomes of Seniority.
const (
	Reached    = "reached"
	NotReached = "notReached"
)

// Seniority judges whether so many months of service are full at the end of a
// day: 23 months and 5 days are not 24, however near. Who asks with 0 months
// asks for the length alone.
func Seniority(periods []kernel.Period, months int, asOf kernel.Date) (Service, kernel.Verdict) {
	s := ServiceTime(periods, asOf)
	if months == 0 {
		return s, kernel.Verdict{RuleVersion: "people.service@1", Reasons: []kernel.Reason{}}
	}
	code, outcome := "people.service_reached", Reached
	if !s.AtLeast(months) {
		code, outcome = "people.service_not_reached", NotReached
	}
	return s, kernel.Verdict{Outcome: outcome, RuleVersion: "people.service@1", Reasons: []kernel.Reason{kernel.Because(code, "",
		"asOf", string(asOf), "months", strconv.Itoa(s.Months), "days", strconv.Itoa(s.Days), "required", strconv.Itoa(months))}}
}
