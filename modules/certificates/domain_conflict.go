package certificates

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Refusals of conflicts.
var (
	ErrConflictUnknown = fault.New(fault.NotFound, "certificates.conflict_unknown")
	ErrConflictDecided = fault.New(fault.Conflict, "certificates.conflict_decided")
	ErrOneSideOnly     = fault.New(fault.Forbidden, "certificates.conflict_one_side")
)

// ConflictStatus of a conflict.
type ConflictStatus string

// The statuses.
const (
	ConflictOpen    ConflictStatus = "open"
	ConflictDecided ConflictStatus = "decided"
)

// Conflict is a number that is on the books for one person and was claimed
// for another. The claim is refused and kept, so that whoever oversees both
// sides can decide who holds the certificate.
type Conflict struct {
	ID       string
	Number   string
	Held     Side // on the books
	Claimed  Side
	Claim    Claim // as it was made
	Times    int   // so often
	By       kernel.UserID
	ByName   string
	At       time.Time
	LatestAt time.Time
	Status   ConflictStatus
	Ruling   *Ruling
	Reach    []kernel.OrganizationID
	Stored   int64
}

// Side is one of the two people, and where they worked when it came up.
type Side struct {
	Person       kernel.PersonID
	Certificate  kernel.CertificateID // "" of a claim that was refused
	Institutions []Employer
	Reach        []kernel.OrganizationID
}

// Employer is an institution as it was then called.
type Employer struct {
	ID   kernel.OrganizationID
	Name string
}

// The rulings.
const (
	RulingHeld      = "held"    // it belongs to whom the books say
	RulingClaimed   = "claimed" // it belongs to the other
	RulingNeither   = "neither"
	RulingWithdrawn = "withdrawn" // the registration was a mistake and was taken back
	RulingMerged    = "merged"    // both are one person: nobody decided, the register did
)

// Ruling is the decision on a conflict.
type Ruling struct {
	Holder      string
	Method      string
	Reason      string
	By          kernel.UserID
	ByName      string
	At          time.Time
	Certificate kernel.CertificateID // that the claimant got
}

// decide closes the conflict.
func (c Conflict) decide(r Ruling) (Conflict, error) {
	if c.Status != ConflictOpen {
		return c, ErrConflictDecided
	}
	c.Status, c.Ruling = ConflictDecided, &r
	return c, nil
}

// settle closes an open conflict whose sides have become one person, and opens
// it again when they are two after all; false where neither is so.
func (c Conflict) settle(onePerson bool, r Ruling) (Conflict, bool) {
	switch {
	case c.Status == ConflictOpen && onePerson:
		r.Holder = RulingMerged
		c.Status, c.Ruling = ConflictDecided, &r
	case c.Status == ConflictDecided && !onePerson && c.Ruling != nil && c.Ruling.Holder == RulingMerged:
		c.Status, c.Ruling = ConflictOpen, nil
	default:
		return c, false
	}
	return c, true
}

// overseen tells whether somebody oversees a side and is not one of the two
// institutions: to those it is said that there is a conflict, and of the other
// side nothing, or numbers could be claimed to learn who holds them.
func (c Conflict) overseen(reach kernel.Reach) bool {
	if reach.Everywhere {
		return true
	}
	return slices.ContainsFunc(reach.Roots, func(root kernel.OrganizationID) bool {
		party := func(e Employer) bool { return e.ID == root }
		return slices.Contains(c.Reach, root) && !slices.ContainsFunc(c.Held.Institutions, party) && !slices.ContainsFunc(c.Claimed.Institutions, party)
	})
}

// conflictID is the same for the same claim against the same certificate.
func conflictID(held kernel.CertificateID, claimant kernel.PersonID) string {
	sum := sha256.Sum256([]byte(string(held) + "|" + string(claimant)))
	return hex.EncodeToString(sum[:16])
}
