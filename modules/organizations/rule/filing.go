package rule

import (
	"slices"

	"carecert/modules/kernel"
)

// FilingRow is one dated row of policies/rules/organizations.yaml.
type FilingRow struct {
	kernel.RuleHead `yaml:",inline"`
	MostPerProvince int    `yaml:"mostPerProvince"`
	MainOccupation  string `yaml:"mainOccupation"`
}

// Filing is an assessment body that is filed for an occupation in a province.
type Filing struct {
	ID     kernel.OrganizationID
	Name   string
	Period kernel.Period // empty ends are open
}

func (f Filing) holds(on kernel.Date) bool {
	return f.Period.From <= on && (f.Period.To == "" || on <= f.Period.To)
}

// TooMany tells the bodies that are filed together with one on its fullest
// day, itself included, where they are more than the row allows; nil
// otherwise. Days before the row do not count.
func (r FilingRow) TooMany(one Filing, others []Filing) []Filing {
	days := []kernel.Date{max(one.Period.From, r.From)}
	for _, o := range others {
		if o.Period.From > days[0] {
			days = append(days, o.Period.From) // they only become more on the day that one begins
		}
	}
	var most []Filing
	for _, day := range days {
		if !one.holds(day) || !r.InForce(day) {
			continue
		}
		together := []Filing{one}
		for _, o := range others {
			if o.ID != one.ID && o.holds(day) {
				together = append(together, o)
			}
		}
		if len(together) > len(most) {
			most = together
		}
	}
	if len(most) <= r.MostPerProvince {
		return nil
	}
	slices.SortFunc(most[1:], func(a, b Filing) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return most
}
