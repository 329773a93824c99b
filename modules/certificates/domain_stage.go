package certificates

import (
	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
)

// Stage is how far a registered certificate has come: what somebody says, what
// fits the rules for numbers, what somebody has compared, and what was found
// wrong.
type Stage string

// The stages. A certificate that was issued here, revoked or withdrawn has none.
const (
	StageClaimed     Stage = "claimed"     // the check of the number leaves something to look at
	StageFormatValid Stage = "formatValid" // the number passed every check
	StageVerified    Stage = "verified"
	StageRejected    Stage = "rejected"
)

// FormatCheck is what the check of the number came to, by which rules.
type FormatCheck struct {
	Verdict rule.Verdict
	Rule    string // version of the rules for numbers
}

// Stage of a registered certificate; "" for none.
func (c Certificate) Stage() Stage {
	if c.Issued() {
		return ""
	}
	switch c.Status {
	case StatusValid:
		return StageVerified
	case StatusRejected:
		return StageRejected
	case StatusClaimed:
		if c.fitsFormat() {
			return StageFormatValid
		}
		return StageClaimed
	default:
		return ""
	}
}

// fitsFormat tells whether the number passed; of what was registered before
// the outcome was kept, the findings tell.
func (c Certificate) fitsFormat() bool {
	if c.Format.Verdict != "" {
		return c.Format.Verdict == rule.Accepted
	}
	return rule.Class(c.Findings) == rule.ClassNone
}

// Withdraw takes a registration back that nobody has verified; ErrIssuedHere,
// ErrVerified, ErrNotValid.
func (c Certificate) Withdraw(w Change) (Certificate, error) {
	switch {
	case c.Issued():
		return c, ErrIssuedHere
	case c.Status == StatusValid || c.Status == StatusRejected:
		return c, ErrVerified
	case c.Status != StatusClaimed:
		return c, ErrNotValid.With("status", c.Status)
	}
	c.Status, c.Withdrawal, c.Disputed = StatusWithdrawn, &w, false
	return c, nil
}

// registeredBy tells whether somebody registered it, or acts for the office
// that did; whoever reaches everything may as well.
func (c Certificate) registeredBy(actor kernel.Actor, reach kernel.Reach) bool {
	return c.RecordedBy == actor.User || reach.Everywhere || reach.Covers(c.Offices)
}
