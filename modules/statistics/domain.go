package statistics

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/statistics/rule"
)

// Refusals.
var (
	ErrUnknownOrganization = fault.New(fault.NotFound, "statistics.organization_unknown")
	ErrUnknownRule         = fault.New(fault.Invalid, "statistics.rule_unknown")
	ErrUnknownIndicator    = fault.New(fault.Invalid, "statistics.indicator_unknown")
	ErrFuture              = fault.New(fault.Invalid, "statistics.future")
	ErrUnknownSnapshot     = fault.New(fault.NotFound, "statistics.snapshot_unknown")
)

// Certification is the rate on a date, with everything needed to check it.
type Certification struct {
	Organization kernel.OrganizationID
	AsOf         kernel.Date
	Row          rule.Row // zero where no row is in force
	Ratio        kernel.Ratio
	ByLevel      map[kernel.SkillLevel]int64
	Uncounted    map[string]int64 // why → people on post
}

// Met tells whether the target is reached; nil without a target.
func (c Certification) Met() *bool {
	if c.Row.TargetBP == nil {
		return nil
	}
	met := c.Ratio.AtLeast(*c.Row.TargetBP)
	return &met
}

// Gap is how many more people must be certified; nil without a target.
func (c Certification) Gap() *int64 {
	if c.Row.TargetBP == nil {
		return nil
	}
	gap := c.Ratio.Gap(*c.Row.TargetBP)
	return &gap
}

// MidHigh counts 四级 and above.
func (c Certification) MidHigh() int64 {
	var n int64
	for l := kernel.Level1; l <= kernel.Level4; l++ {
		n += c.ByLevel[l]
	}
	return n
}

// HoursYear is how the caregivers of an organisation stand in a year.
type HoursYear struct {
	Organization kernel.OrganizationID
	Year         int
	Required     kernel.Minutes // 0 where no rule asks for any
	Subject      int64          // caregivers on post at the end of the year
	Met          int64          // of them, with the required minutes
	Buckets      []int64        // people by class hours: 0, >0–5, …, see bucketOf
	Over         bool           // the year has ended: the rest are short, not in progress
	RuleVersion  string
}

// Missing counts those who have not met the year; nobody where none has to.
func (h HoursYear) Missing() int64 {
	if h.Required == 0 {
		return 0
	}
	return h.Subject - h.Met
}

// Buckets of the histogram: none, under 5, 10, 15, 20, 25, 30, 35, 40, and 40 up.
const buckets = 10

// bucketOf finds the histogram column of a number of minutes.
func bucketOf(m, perHour kernel.Minutes) int {
	if m <= 0 || perHour <= 0 {
		return 0
	}
	return min(buckets-1, int(m/perHour)/5+1)
}

// YearHours is what hours announced of a person's year.
type YearHours struct {
	Minutes  kernel.Minutes `bson:"minutes"`
	Required kernel.Minutes `bson:"required"`
	PerHour  kernel.Minutes `bson:"perHour"`
	Rule     string         `bson:"rule"`
}

// Snapshot is a frozen figure: later entries never change it, and the facts as
// they were known at KnownAt give the same integers again (DESIGN §3.11).
type Snapshot struct {
	ID           string
	Indicator    string
	Organization kernel.OrganizationID
	Path         []kernel.OrganizationID
	Name         string // of the organisation on that day
	AsOf         kernel.Date
	KnownAt      time.Time
	By           string
	Figure       Certification
	Quality      *Quality        // of IndicatorQuality; Figure then holds the ratio of completeness only
	Coverage     *Coverage       // of IndicatorCoverage; Figure then holds the ratio of the whole set
	Homes        []SocialWorkers // of IndicatorSocial; Figure then holds the homes that meet what they need
	Heads        *Heads          // of IndicatorHeads; Figure then holds the heads of the target
	PeopleHash   string          // SHA-256 over the sorted person ids with their levels
	People       int64
}
