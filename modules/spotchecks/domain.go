package spotchecks

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/spotchecks/rule"
)

// Refusals.
var (
	ErrUnknown             = fault.New(fault.NotFound, "spotchecks.unknown") // or out of reach
	ErrUnknownOrganization = fault.New(fault.NotFound, "spotchecks.unknown_organization")
	ErrOfficeNeeded        = fault.New(fault.Forbidden, "spotchecks.office_needed")
	ErrInstitutionNeeded   = fault.New(fault.Conflict, "spotchecks.institution_needed")
	ErrNoRule              = fault.New(fault.Conflict, "spotchecks.no_rule")
	ErrNobody              = fault.New(fault.Conflict, "spotchecks.nobody_on_post")
	ErrRosterLarge         = fault.New(fault.Conflict, "spotchecks.roster_large")
	ErrMakerNeeded         = fault.New(fault.Forbidden, "spotchecks.maker_needed")
	ErrPhone               = fault.New(fault.Conflict, "spotchecks.phone_signature")
	ErrOtherPhone          = fault.New(fault.Conflict, "spotchecks.other_phone")
	ErrNotGiven            = fault.New(fault.Conflict, "spotchecks.not_given")
	ErrTimeOver            = fault.New(fault.Conflict, "spotchecks.time_over")
	ErrSentAlready         = fault.New(fault.Conflict, "spotchecks.sent_already")
	ErrSignature           = fault.New(fault.Conflict, "spotchecks.signature")
	ErrResult              = fault.New(fault.Invalid, "spotchecks.result")
	ErrOtherPack           = fault.New(fault.Conflict, "spotchecks.other_pack")
	ErrInstants            = fault.New(fault.Conflict, "spotchecks.instants")
	ErrNotSent             = fault.New(fault.Conflict, "spotchecks.not_sent")
	ErrAnswersMost         = fault.New(fault.Conflict, "spotchecks.answers_most")
)

// Stage of a check.
type Stage string

// The stages.
const (
	Prepared Stage = "prepared"
	Lapsed   Stage = "lapsed" // its time was over before anything was signed, as far as is known
	Sent     Stage = "sent"
)

// Place is the institution that is inspected.
type Place struct {
	ID   kernel.OrganizationID `bson:"id" json:"id"`
	Name string                `bson:"name" json:"name"`
}

// Phone is the one that a roster was given to.
type Phone struct {
	ID      string    `bson:"id"`  // a hash of its key
	Key     []byte    `bson:"key"` // public
	Label   string    `bson:"label"`
	GivenAt time.Time `bson:"givenAt"` // first
	PhoneAt time.Time `bson:"phoneAt"` // by its own clock
	Times   int64     `bson:"times"`   // how often, after broken connections
}

// Outcome is what came of a check, without a name.
type Outcome struct {
	Hash        string            `bson:"hash"` // SHA-256 of what was signed
	SignedAt    time.Time         `bson:"signedAt"`
	ReceivedAt  time.Time         `bson:"receivedAt"`
	SkewSeconds int64             `bson:"skewSeconds"` // the phone's clock ahead of the house's
	Told        rule.Counts       `bson:"told"`        // as signed
	Counts      rule.Counts       `bson:"counts"`      // as the house counts
	Differences []rule.Difference `bson:"differences,omitempty"`
	Differing   int64             `bson:"differing"` // entries with differences
}

// Answer is a remark of the institution on a result.
type Answer struct {
	Text   string        `bson:"text"`
	By     kernel.UserID `bson:"by"`
	ByName string        `bson:"byName"`
	At     time.Time     `bson:"at"`
}

// Check is one inspection on the spot.
type Check struct {
	ID        string
	Place     Place
	Path      []kernel.OrganizationID
	By        kernel.UserID
	ByName    string
	At        time.Time // of the roster
	Until     time.Time // it is used until then
	Row       rule.Row  // the house's figures, as they were
	RateRule  string    // by which people are held certified
	PackHash  string
	Counted   int64 // on the roster, of those that the rate counts
	Certified int64 // of them
	Others    int64
	Phone     *Phone
	Outcome   *Outcome
	Answers   []Answer
	Stored    int64
}

// Stage of the check at an instant.
func (c Check) Stage(now time.Time) Stage {
	switch {
	case c.Outcome != nil:
		return Sent
	case now.After(c.Until):
		return Lapsed
	default:
		return Prepared
	}
}

// Give hands the roster to a phone: to one phone of whoever made the check,
// again only after a broken connection.
func (c Check) Give(p Phone, by kernel.UserID, now time.Time) (Check, error) {
	switch {
	case by != c.By:
		return c, ErrMakerNeeded
	case c.Outcome != nil:
		return c, ErrSentAlready
	case now.After(c.Until):
		return c, ErrTimeOver
	case c.Phone != nil && c.Phone.ID != p.ID:
		return c, ErrOtherPhone
	case c.Phone != nil:
		again := *c.Phone
		again.Times++
		c.Phone = &again
		return c, nil
	}
	p.GivenAt, p.Times = now, 1
	c.Phone = &p
	return c, nil
}

// Answered adds a remark of the institution.
func (c Check) Answered(a Answer) (Check, error) {
	if c.Outcome == nil {
		return c, ErrNotSent
	}
	if len(c.Answers) >= c.Row.AnswersMost {
		return c, ErrAnswersMost.With("most", c.Row.AnswersMost)
	}
	c.Answers = append(slices.Clone(c.Answers), a)
	return c, nil
}
