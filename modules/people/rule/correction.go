package rule

import "carecert/modules/kernel"

// CorrectionRow says within how many days a request for correction is to be
// decided (policies/rules/privacy.yaml).
type CorrectionRow struct {
	kernel.RuleHead `yaml:",inline"`
	DueDays         int      `yaml:"dueDays"`
	MaxOpen         int      `yaml:"maxOpen"` // of one person at a time
	House           []string `yaml:"house"`   // figures that are the house's, not a document's
}

// Due is the last day on which a request of a day is decided in time.
func (r CorrectionRow) Due(asked kernel.Date) kernel.Date { return asked.AddDays(r.DueDays) }
