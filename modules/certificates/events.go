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
	Words       []Word               `bson:"words,omitempty"`
	Occupation  string               `bson:"occupation,omitempty"` // "" is 养老护理员: a level of another occupation is none of theirs
	RevokedOn   kernel.Date          `bson:"revokedOn,omitempty"`
	RevokedAt   *time.Time           `bson:"revokedAt,omitempty"`
	LeftAt      *time.Time           `bson:"leftAt,omitempty"` // a merge, or its undoing, moved it to another record then
}

// OfCaregiver tells a level in the occupation itself: a grade of the civil
// service, or a certificate of another occupation, counts only where a counting
// rule names it.
func (h Holding) OfCaregiver() bool { return h.Occupation == "" && h.Family != FamilyCivilService }

// Word is what was said of a registered certificate at a time. All of them are
// told, so that a figure frozen before a correction can be reached again.
type Word struct {
	Result string    `bson:"result"` // confirmed, refuted, withdrawn
	At     time.Time `bson:"at"`
}

// Contested tells the open conflicts over certificate numbers that put a person
// in doubt, all of them, after one was opened or closed: those of a number that
// was claimed for them, and of one that they hold and nobody has verified.
type Contested struct {
	Person    kernel.PersonID `bson:"person"`
	Conflicts []string        `bson:"conflicts"` // ids, sorted
}

// FactName implements event.Fact.
func (Contested) FactName() string { return "certificates.contested" }

// FactKey keeps the facts of one person in order.
func (f Contested) FactKey() string { return string(f.Person) }

// HoldingsChanged tells the certificates with a level that a person holds, all
// of them, after one was registered, verified, issued, revoked or replaced.
type HoldingsChanged struct {
	Person   kernel.PersonID `bson:"person"`
	Holdings []Holding       `bson:"holdings"`
}

// FactName implements event.Fact.
func (HoldingsChanged) FactName() string { return "certificates.holdings_changed" }

// Revoked tells that a certificate we issued was withdrawn for good: what it
// certified counts no longer, from that day on. Class is the class completed,
// of a completion certificate.
type Revoked struct {
	Certificate kernel.CertificateID `bson:"certificate"`
	Family      Family               `bson:"family"`
	Person      kernel.PersonID      `bson:"person"`
	Class       kernel.ClassID       `bson:"class,omitempty"`
	On          kernel.Date          `bson:"on"`
	RecordedAt  time.Time            `bson:"recordedAt"`
}

// FactName implements event.Fact.
func (Revoked) FactName() string { return "certificates.revoked" }

// FactKey keeps the facts of one person in order.
func (f Revoked) FactKey() string { return string(f.Person) }

// FactKey keeps the facts of one person in order.
func (f HoldingsChanged) FactKey() string { return string(f.Person) }
