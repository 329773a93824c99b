package rule

import "carecert/modules/kernel"

// LinkRow says how long a link to somebody's career record opens
// (policies/rules/record_links.yaml).
type LinkRow struct {
	kernel.RuleHead `yaml:",inline"`
	PrintedDays     int      `yaml:"printedDays" json:"printedDays"`
	SharedDays      int      `yaml:"sharedDays" json:"sharedDays"`
	LongestDays     int      `yaml:"longestDays" json:"longestDays"`
	House           []string `yaml:"house" json:"house"`
}

// Days is how long a shared link opens when so many days are asked for (0: the
// usual); false when that is too long.
func (r LinkRow) Days(asked int) (int, bool) {
	if asked == 0 {
		asked = r.SharedDays
	}
	return asked, asked > 0 && asked <= r.LongestDays
}
