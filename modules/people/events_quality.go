package people

import (
	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

// Changed is announced of every record that was entered, changed or taken
// back.
type Changed struct {
	Person kernel.PersonID `bson:"person"`
}

// FactName implements event.Fact.
func (Changed) FactName() string { return "people.changed" }

// FactKey implements event.Keyed.
func (f Changed) FactKey() string { return string(f.Person) }

// QualityChanged carries everything that counts of a person in data quality
// from a day on; what was announced before holds until the day before.
type QualityChanged struct {
	Person kernel.PersonID `bson:"person"`
	On     kernel.Date     `bson:"on"`
	Marks  []rule.Mark     `bson:"marks"`
}

// FactName implements event.Fact.
func (QualityChanged) FactName() string { return "people.quality_changed" }

// FactKey implements event.Keyed: the latest judgement wins.
func (f QualityChanged) FactKey() string { return string(f.Person) }
