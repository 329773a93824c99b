package people

import "carecert/modules/kernel"

// Registered is announced of everybody who enters the register.
type Registered struct {
	Person       kernel.PersonID       `bson:"person"`
	Kinds        []Kind                `bson:"kinds"`
	Organization kernel.OrganizationID `bson:"organization"` // who registered them
}

// FactName implements event.Fact.
func (Registered) FactName() string { return "people.registered" }

// CareerChanged carries the whole career, superseded versions too.
type CareerChanged struct {
	Person kernel.PersonID `bson:"person"`
	Spells []kernel.Spell  `bson:"spells"`
}

// FactName implements event.Fact.
func (CareerChanged) FactName() string { return "people.career_changed" }

// FactKey implements event.Keyed: the latest career wins.
func (f CareerChanged) FactKey() string { return string(f.Person) }
