package certificates

import (
	"time"

	"carecert/modules/kernel"
)

// Holding is one certificate as neighbours count it.
type Holding struct {
	Certificate kernel.CertificateID `bson:"certificate"`
	Family      Family               `bson:"family"`
	Level       kernel.SkillLevel    `bson:"level"`
	IssuedOn    kernel.Date          `bson:"issuedOn"`
	RecordedAt  time.Time            `bson:"recordedAt"`
	VerifiedAt  *time.Time           `bson:"verifiedAt,omitempty"`
	RejectedAt  *time.Time           `bson:"rejectedAt,omitempty"`
	RevokedOn   kernel.Date          `bson:"revokedOn,omitempty"`
	RevokedAt   *time.Time           `bson:"revokedAt,omitempty"`
	LeftAt      *time.Time           `bson:"leftAt,omitempty"` // a merge, or its undoing, moved it to another record then
}

// HoldingsChanged tells the certificates with a level that a person holds, all
// of them, after one was registered, verified, issued, revoked or replaced.
type HoldingsChanged struct {
	Person   kernel.PersonID `bson:"person"`
	Holdings []Holding       `bson:"holdings"`
}

// FactName implements event.Fact.
func (HoldingsChanged) FactName() string { return "certificates.holdings_changed" }

// FactKey keeps the facts of one person in order.
func (f HoldingsChanged) FactKey() string { return string(f.Person) }
