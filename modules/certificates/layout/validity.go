package layout

import (
	"fmt"

	"carecert/modules/kernel"
)

// Validity is how long a certificate is valid: so many months, or until a fixed
// day of the year, or, when both are left out, for ever.
type Validity struct {
	Months int    `json:"months,omitempty" yaml:"months" bson:"months,omitempty" minimum:"1" maximum:"240"`
	Until  string `json:"until,omitempty" yaml:"until" bson:"until,omitempty" pattern:"^\\d{2}-\\d{2}$" doc:"MM-DD: the first such day after the day of issue"`
}

// Ends tells whether it ever does.
func (v Validity) Ends() bool { return v.Months > 0 || v.Until != "" }

// LastDay is the last valid day of what is issued on a day; "" for ever. Twelve
// months from 1 January end with 31 December; a month that lacks the day ends
// with its last.
func (v Validity) LastDay(issued kernel.Date) kernel.Date {
	switch {
	case v.Months > 0:
		last := issued.AddMonths(v.Months) // stays within the month it comes to
		if last[8:] == issued[8:] {
			return last.AddDays(-1)
		}
		return last
	case v.Until != "":
		day := kernel.Date(fmt.Sprintf("%04d-%s", issued.Year(), v.Until))
		if day <= issued {
			day = kernel.Date(fmt.Sprintf("%04d-%s", issued.Year()+1, v.Until))
		}
		return day
	}
	return ""
}

// problem is the code of what is wrong with it; "" for nothing.
func (v Validity) problem(neverExpires bool) string {
	switch {
	case v.Ends() && neverExpires:
		return "certificates.template_never_expires"
	case v.Months != 0 && v.Until != "":
		return "certificates.template_validity_twice"
	case v.Months < 0 || v.Months > 240:
		return "certificates.template_validity_months"
	case v.Until != "" && (len(v.Until) != 5 || v.Until == "02-29" || !kernel.Date("2023-"+v.Until).Valid()):
		return "certificates.template_validity_day"
	}
	return ""
}
