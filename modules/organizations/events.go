package organizations

import "carecert/modules/kernel"

// Registered is announced of every new organisation.
type Registered struct {
	Organization kernel.OrganizationID   `bson:"organization"`
	Kind         Kind                    `bson:"kind"`
	Path         []kernel.OrganizationID `bson:"path"`
}

// FactName implements event.Fact.
func (Registered) FactName() string { return "organizations.registered" }

// Renamed is announced when an organisation takes another name.
type Renamed struct {
	Organization kernel.OrganizationID `bson:"organization"`
	Name         string                `bson:"name"`
	From         kernel.Date           `bson:"from"`
}

// FactName implements event.Fact.
func (Renamed) FactName() string { return "organizations.renamed" }

// FactKey implements event.Keyed: the latest name wins.
func (f Renamed) FactKey() string { return string(f.Organization) }

// Moved is announced when other organisations oversee it than before, or it
// lies in another region. Path is whole.
type Moved struct {
	Organization kernel.OrganizationID   `bson:"organization"`
	Path         []kernel.OrganizationID `bson:"path"`
}

// FactName implements event.Fact.
func (Moved) FactName() string { return "organizations.moved" }

// FactKey implements event.Keyed: the latest path wins.
func (f Moved) FactKey() string { return string(f.Organization) }

// Commissioned is announced when an institution commissions a school.
type Commissioned struct {
	Institution kernel.OrganizationID `bson:"institution"`
	School      kernel.OrganizationID `bson:"school"`
	Period      kernel.Period         `bson:"period"`
}

// FactName implements event.Fact.
func (Commissioned) FactName() string { return "organizations.commissioned" }

// CommissionEnded is announced when a commission is ended before its day.
type CommissionEnded struct {
	Institution kernel.OrganizationID `bson:"institution"`
	School      kernel.OrganizationID `bson:"school"`
	LastDay     kernel.Date           `bson:"lastDay"`
}

// FactName implements event.Fact.
func (CommissionEnded) FactName() string { return "organizations.commission_ended" }
