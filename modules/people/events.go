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

// Merged is announced when two records turned out to be one person. The
// career of the record that is kept is announced as well.
type Merged struct {
	Kept kernel.PersonID `bson:"kept"`
	Gone kernel.PersonID `bson:"gone"`
}

// FactName implements event.Fact.
func (Merged) FactName() string { return "people.merged" }

// FactKey implements event.Keyed.
func (f Merged) FactKey() string { return string(f.Gone) }

// Unmerged is announced when a merge was undone: the two are two again. The
// careers of both are announced as well.
type Unmerged struct {
	Kept kernel.PersonID `bson:"kept"`
	Gone kernel.PersonID `bson:"gone"`
}

// FactName implements event.Fact.
func (Unmerged) FactName() string { return "people.unmerged" }

// FactKey implements event.Keyed.
func (f Unmerged) FactKey() string { return string(f.Gone) }
