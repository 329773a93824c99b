// Package rule holds the periods of retention.
package rule

import (
	"time"

	"carecert/modules/kernel"
)

// Keep says which way a period binds.
type Keep string

// A floor is not cut; an end is carried out.
const (
	AtLeast Keep = "atLeast"
	AtMost  Keep = "atMost"
)

// Row is the period of one kind of records.
type Row struct {
	kernel.RuleHead `yaml:",inline"`
	Kind            string   `yaml:"kind"`
	Keep            Keep     `yaml:"keep"`
	Years           int      `yaml:"years"`
	Months          int      `yaml:"months"`
	Days            *int     `yaml:"days"`
	PaperYears      int      `yaml:"paperYears"` // of the same on paper
	House           []string `yaml:"house"`      // figures that are the house's, not a document's
}

// Ends tells whether there is an end at all: a row without a period has none.
func (r Row) Ends() bool { return r.Years > 0 || r.Months > 0 || r.Days != nil }

// Before is the instant at which what is just past its time began: the end of
// a period of years or months falls on the same day of the calendar.
func (r Row) Before(now time.Time) time.Time {
	if r.Years > 0 || r.Months > 0 {
		return kernel.DateOf(now).AddMonths(-12*r.Years - r.Months).Start()
	}
	if r.Days == nil {
		return time.Time{}
	}
	return now.Add(-time.Duration(*r.Days) * 24 * time.Hour)
}

// Removable tells whether records before the instant of Before are removed.
func (r Row) Removable() bool { return r.Keep == AtMost && r.Ends() }
