package certificates

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Refusals of class withdrawals.
var (
	ErrClassUnknown   = fault.New(fault.NotFound, "certificates.class_unknown")
	ErrClassWithdrawn = fault.New(fault.Conflict, "certificates.class_withdrawn")
)

// Withdrawal is one decision that ends all certificates of a class. It stands
// at once; the certificates follow one by one, each with its own entry in the
// issuance log.
type Withdrawal struct {
	Class   kernel.ClassID
	Issuer  kernel.OrganizationID
	Reason  string
	By      kernel.UserID
	ByName  string
	On      kernel.Date
	At      time.Time
	Total   int64 // certificates that were valid then
	Done    int64 // of them, ended by now
	EndedAt *time.Time
	Stored  int64
}

// Withdrawn tells that the certificates of a class are withdrawn.
type Withdrawn struct {
	Class  kernel.ClassID `bson:"class"`
	On     kernel.Date    `bson:"on"`
	Reason string         `bson:"reason"`
}

// FactName implements event.Fact.
func (Withdrawn) FactName() string { return "certificates.withdrawn" }

// FactKey keeps the facts of one class in order.
func (f Withdrawn) FactKey() string { return string(f.Class) }
