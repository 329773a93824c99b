package statistics

import (
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/statistics/rule"
)

// The indicators of training: coverage of standards (贯标培训覆盖率), trained
// social workers, heads of a programme.
const (
	IndicatorCoverage = "coverage"
	IndicatorSocial   = "social-workers"
	IndicatorHeads    = "heads"
)

// Refusals of these indicators.
var (
	ErrNoStandards = fault.New(fault.Invalid, "statistics.no_standards")
	ErrNoProgramme = fault.New(fault.Invalid, "statistics.no_programme")
)

// Coverage is who of an organisation's people is trained on standards at the
// end of a day.
type Coverage struct {
	Organization kernel.OrganizationID
	AsOf         kernel.Date
	Needs        []rule.Need
	Each         []kernel.Ratio // by need
	All          kernel.Ratio   // of those who have all that is asked of them
}

// Target of the whole set: the highest of its standards'; nil where none has.
func (c Coverage) Target() (target *int64) {
	for _, n := range c.Needs {
		if n.Row.TargetBP != nil && (target == nil || *target < *n.Row.TargetBP) {
			target = n.Row.TargetBP
		}
	}
	return target
}

// CoverageStanding is one organisation's line in a comparison.
type CoverageStanding struct {
	Card     kernel.OrganizationCard
	Coverage Coverage
}

// SocialWorkers is how a home stands with its trained social workers.
type SocialWorkers struct {
	Card     kernel.OrganizationCard
	AsOf     kernel.Date
	Row      rule.SocialRow
	Required *int64 // nil where no row tells
	Clause   string
	Social   rule.Social
	Flags    []string
}

// Met tells whether there are enough; nil where nothing is required.
func (s SocialWorkers) Met() *bool {
	if s.Required == nil {
		return nil
	}
	met := s.Social.Trained >= *s.Required
	return &met
}

// Short is how many are missing.
func (s SocialWorkers) Short() int64 {
	if s.Required == nil {
		return 0
	}
	return max(0, *s.Required-s.Social.Trained)
}

// SocialSum is a tree's homes.
type SocialSum struct {
	Homes, Met, Short  int64 // of homes with a requirement: all, those that meet it, those that do not
	Undecided          int64 // homes of which no row tells
	MissingPeople      int64
	Trained, Untrained int64
}

// Heads is who took part in a programme by the end of a day: people (人数) and
// completions (人次).
type Heads struct {
	Programme    kernel.ProgrammeCard
	Organization kernel.OrganizationID // whose people; empty for everybody
	AsOf         kernel.Date           // no later than the programme's last day
	Heads        int64
	Attendances  int64
	ByKind       []HeadsOfKind
}

// HeadsOfKind is the part of one kind of participants, by their post on the day.
type HeadsOfKind struct {
	Kind               kernel.StaffRole
	Heads, Attendances int64
}

// Target in heads; nil where the programme sets none, or where a part of its
// people is asked for.
func (h Heads) Target() *int64 {
	if h.Organization != "" {
		return nil
	}
	return h.Programme.Target
}

// HeadsStanding is one home's part in a programme.
type HeadsStanding struct {
	Card   kernel.OrganizationCard
	Heads  Heads
	OnPost int64 // people on post that day
}
