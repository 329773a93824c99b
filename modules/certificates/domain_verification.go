package certificates

import (
	"strconv"
	"time"

	"carecert/modules/kernel"
)

// The results of a comparison, and its withdrawal.
const (
	ResultConfirmed = "confirmed"
	ResultRefuted   = "refuted"
	ResultWithdrawn = "withdrawn"
)

// Verification is the word of whoever compared a registered certificate. One
// that corrects an earlier word says why.
type Verification struct {
	Method   string // "ostaQuery", "originalSeen", "issuerLetter"; "" of a withdrawal
	Result   string
	Note     string
	Reason   string   // of a correction
	Evidence []string // ids of Files
	By       kernel.UserID
	ByName   string
	At       time.Time
}

// File is what was seen: a picture or a PDF, kept sealed.
type File struct {
	ID          string
	Name        string
	ContentType string // as its bytes say
	Size        int64
	SHA256      string
	By          kernel.UserID
	ByName      string
	At          time.Time
}

// Verify takes in the word of whoever compared it. Whoever registered it may
// not where a second person is asked for.
func (c Certificate) Verify(v Verification, secondPerson bool) (Certificate, error) {
	switch {
	case c.Issued():
		return c, ErrNotOurs
	case c.Status != StatusClaimed:
		return c, ErrDecided
	case secondPerson && v.By == c.RecordedBy:
		return c, ErrSecondPerson
	}
	return c.say(v), nil
}

// Correct replaces the word that stands by another, or withdraws it. It takes
// a second person; what was said before stays, with its time.
func (c Certificate) Correct(v Verification) (Certificate, error) {
	switch {
	case c.Issued():
		return c, ErrNotOurs
	case c.Status != StatusValid && c.Status != StatusRejected && c.Status != StatusClaimed:
		return c, ErrNotValid.With("status", c.Status)
	case c.Verification == nil:
		return c, ErrNoWord
	case v.By == c.Verification.By:
		return c, ErrSecondPerson
	case v.Result == c.Verification.Result:
		return c, ErrSameWord
	}
	return c.say(v), nil
}

// say makes a word the one that stands.
func (c Certificate) say(v Verification) Certificate {
	c.Words = append(c.Words[:len(c.Words):len(c.Words)], v)
	c.Verification = &v
	switch v.Result {
	case ResultConfirmed:
		c.Status = StatusValid
	case ResultRefuted:
		c.Status = StatusRejected
	default:
		c.Status, c.Verification = StatusClaimed, nil
	}
	return c
}

// leaves tells whether its number is free for another claim: it was refuted,
// and the same is not merely said again.
func (c Certificate) leaves(next Certificate) bool {
	same := c.Person == next.Person && c.Level == next.Level && c.IssuedOn == next.IssuedOn && c.Family == next.Family
	return c.Status == StatusRejected && !same
}

// touched tells whether anybody has ever said a word on it.
func (c Certificate) touched() bool { return c.Status != StatusClaimed || len(c.Words) > 0 }

// placeOf is where a certificate waits to be compared.
func placeOf(level kernel.SkillLevel, class string) string {
	return strconv.Itoa(int(level)) + "|" + class
}

// holding is the certificate as neighbours count it.
func (c Certificate) holding() Holding {
	h := Holding{
		Certificate: c.ID, Family: c.Family, Level: c.Level, IssuedOn: c.IssuedOn, RecordedAt: c.RecordedAt,
	}
	if c.Issued() {
		h.VerifiedAt = &c.RecordedAt
	}
	if v := c.Verification; v != nil {
		if v.Result == ResultRefuted {
			h.RejectedAt = &v.At
		} else {
			h.VerifiedAt = &v.At
		}
	}
	if len(c.Words) > 1 { // a single word is the two times above
		for _, w := range c.Words {
			h.Words = append(h.Words, Word{Result: w.Result, At: w.At})
		}
	}
	if c.Revocation != nil {
		h.RevokedOn, h.RevokedAt = c.Revocation.On, &c.Revocation.At
	}
	if c.Replacement != nil { // its successor counts from its own issue
		h.RevokedOn, h.RevokedAt = c.Replacement.On, &c.Replacement.At
	}
	return h
}
