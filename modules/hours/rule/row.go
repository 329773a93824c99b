// Package rule credits presences and judges the yearly duty of in-service
// training: facts and a dated rule row in, credits and a verdict out.
package rule

import (
	"slices"

	"carecert/modules/kernel"
)

// Row holds the figures of one region and period (policies/rules/hours.yaml).
type Row struct {
	kernel.RuleHead     `yaml:",inline"`
	RequiredClassHours  int                            `yaml:"requiredClassHours" json:"requiredClassHours"` // 0: no duty is known here
	MinutesPerClassHour kernel.Minutes                 `yaml:"minutesPerClassHour" json:"minutesPerClassHour"`
	DailyCapMinutes     kernel.Minutes                 `yaml:"dailyCapMinutes" json:"dailyCapMinutes"` // 0: none
	Roles               []kernel.StaffRole             `yaml:"roles" json:"roles"`                     // whose duty it is
	ExcludedCategories  []string                       `yaml:"excludedCategories" json:"excludedCategories"`
	OrganiserTiers      map[kernel.SkillLevel][]string `yaml:"organiserTiers" json:"organiserTiers"` // who may train which level; 0 is "none"
	OrganiserMismatch   Mismatch                       `yaml:"organiserMismatch" json:"organiserMismatch"`
	Modes               map[string]ModeLimit           `yaml:"modes" json:"modes"`                   // by mode of learning
	MaxOnlineShare      *Share                         `yaml:"maxOnlineShare" json:"maxOnlineShare"` // of a year's credit; nil: none
	Imported            Imported                       `yaml:"imported" json:"imported"`
	RemindOn            []string                       `yaml:"remindOn" json:"remindOn"` // days, MM-DD, on which who is short hears of it
	House               []string                       `yaml:"house" json:"house"`       // figures that are ours, not the document's
}

// Imported is how hours that were earned elsewhere, or before this system, are
// taken in. No source says anything about them: all of it is the house's.
type Imported struct {
	Credit       Crediting      `yaml:"credit" json:"credit"`
	Untimed      Untimed        `yaml:"untimed" json:"untimed"`
	Categories   []string       `yaml:"categories" json:"categories"`     // that count toward the duty
	DoubtMinutes kernel.Minutes `yaml:"doubtMinutes" json:"doubtMinutes"` // more on one day is taken with a warning
}

// Crediting is when imported hours count.
type Crediting string

// The ways of crediting imported hours.
const (
	CreditConfirmed Crediting = "onConfirmation" // once a bureau has confirmed them
	CreditAtOnce    Crediting = "atOnce"
)

// Untimed is what becomes of hours of which only the day is known, beside
// others of that day.
type Untimed string

// The readings of a day without times.
const (
	UntimedOverlaps Untimed = "assumeOverlap" // they may have been the same hours: the day counts once
	UntimedCounts   Untimed = "count"
)

// Mismatch is what becomes of a session whose organiser does not fit the
// learner's level.
type Mismatch string

// The readings of a mismatch.
const (
	MismatchWarns   Mismatch = "warn"
	MismatchUncount Mismatch = "noCredit"
)

// Required is the duty of a year in minutes.
func (r Row) Required() kernel.Minutes {
	return kernel.Minutes(r.RequiredClassHours) * r.MinutesPerClassHour
}

func (r Row) allows(level kernel.SkillLevel, tier string) bool {
	tiers, set := r.OrganiserTiers[level]
	return !set || tier == "" || slices.Contains(tiers, tier)
}
