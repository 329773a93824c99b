package kernel

// RuleHead is what every dated rule row carries (policies/rules/*.yaml): where
// and when it holds and where it is written. Version goes into every verdict.
type RuleHead struct {
	ID       string     `yaml:"id" json:"id"`
	Version  string     `yaml:"version" json:"version"`
	Region   RegionCode `yaml:"region" json:"region"` // "" is the whole country
	From     Date       `yaml:"from" json:"from"`
	To       Date       `yaml:"to" json:"to"` // "" is open
	Document string     `yaml:"document" json:"document"`
	Clause   string     `yaml:"clause" json:"clause"`
}

// Head makes every row that embeds a RuleHead a Ruled.
func (h RuleHead) Head() RuleHead { return h }

// Stamp is the rule version that a verdict stores: "id@version".
func (h RuleHead) Stamp() string { return h.ID + "@" + h.Version }

// Source is the clause as shown to a reader.
func (h RuleHead) Source() string { return h.Document + " " + h.Clause }

// InForce tells whether the row holds on the day.
func (h RuleHead) InForce(on Date) bool {
	return h.From <= on && (h.To == "" || on <= h.To)
}

// Ruled is a dated rule row.
type Ruled interface{ Head() RuleHead }

// Nearest picks the row of the nearest region upward that is in force on the
// day; of several in one region the one that began last. False when none is:
// a missing figure is never invented.
func Nearest[R Ruled](rows []R, region RegionCode, on Date) (best R, found bool) {
	for _, around := range region.Upward() {
		for _, r := range rows {
			h := r.Head()
			if h.Region == around && h.InForce(on) && (!found || best.Head().From < h.From) {
				best, found = r, true
			}
		}
		if found {
			return best, true
		}
	}
	return best, false
}
