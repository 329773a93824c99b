package imports

import "carecert/modules/kernel"

// RefusalsChanged tells how many refused rows of a file are still to be mended.
type RefusalsChanged struct {
	Import       string                `bson:"import"`
	Kind         string                `bson:"kind"`
	Organization kernel.OrganizationID `bson:"organization"`
	Since        kernel.Date           `bson:"since"` // the file was read
	Rows         int                   `bson:"rows"`  // 0 when nothing is left
}

// FactName implements event.Fact.
func (RefusalsChanged) FactName() string { return "imports.refusals_changed" }

// FactKey implements event.Keyed: the latest count wins.
func (f RefusalsChanged) FactKey() string { return f.Import }
