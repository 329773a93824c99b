package hours

import (
	"strconv"
	"time"

	"carecert/modules/kernel"
)

// YearChanged tells where a person's year stands after its credit, duty or
// employers changed. A year without credit is announced only once something
// in it changes: whoever counts takes an unannounced year as zero.
type YearChanged struct {
	Person      kernel.PersonID         `bson:"person"`
	Year        int                     `bson:"year"`
	Minutes     kernel.Minutes          `bson:"minutes"`
	Required    kernel.Minutes          `bson:"required"`
	Subject     bool                    `bson:"subject"`
	Met         bool                    `bson:"met"`
	Employers   []kernel.OrganizationID `bson:"employers"`
	RuleVersion string                  `bson:"ruleVersion"`
	RecordedAt  time.Time               `bson:"recordedAt"`
}

// FactName implements event.Fact.
func (YearChanged) FactName() string { return "hours.year_changed" }

// FactKey implements event.Keyed: the years of one person come in order.
func (e YearChanged) FactKey() string { return string(e.Person) + ":" + strconv.Itoa(e.Year) }
