package people

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/people/rule"
)

// The refusals around requests for correction.
var (
	ErrCorrectionUnknown  = fault.New(fault.NotFound, "people.correction_unknown")
	ErrCorrectionDecided  = fault.New(fault.Conflict, "people.correction_decided")
	ErrCorrectionOwn      = fault.New(fault.Forbidden, "people.correction_own")
	ErrCorrectionSame     = fault.New(fault.Conflict, "people.correction_same")
	ErrCorrectionTwice    = fault.New(fault.Conflict, "people.correction_twice")
	ErrCorrectionMany     = fault.New(fault.Conflict, "people.correction_many")
	ErrCorrectionByHand   = fault.New(fault.Conflict, "people.correction_by_hand")
	ErrCorrectionReason   = fault.New(fault.Invalid, "people.correction_reason")
	ErrCorrectionNoWanted = fault.New(fault.Invalid, "people.correction_no_wanted")
)

// CorrectionField is what a request is about.
type CorrectionField string

// The fields. Employment is a spell of the register; other is anything else,
// which is always done by hand.
const (
	CorrectName       CorrectionField = "name"
	CorrectIDNumber   CorrectionField = "idNumber"
	CorrectPhone      CorrectionField = "phone"
	CorrectEducation  CorrectionField = "education"
	CorrectMajor      CorrectionField = "major"
	CorrectEmployment CorrectionField = "employment"
	CorrectOther      CorrectionField = "other"
)

// CorrectionState is where a request stands.
type CorrectionState string

// The states.
const (
	CorrectionOpen      CorrectionState = "open"
	CorrectionAccepted  CorrectionState = "accepted"
	CorrectionRejected  CorrectionState = "rejected"
	CorrectionWithdrawn CorrectionState = "withdrawn"
)

// WantedSpell is what a spell should say; empty fields stay. Still means that
// there is no last day.
type WantedSpell struct {
	Spell     string           `bson:"spell"`
	Role      kernel.StaffRole `bson:"role,omitempty"`
	StartedOn kernel.Date      `bson:"startedOn,omitempty"`
	EndedOn   kernel.Date      `bson:"endedOn,omitempty"`
	Still     bool             `bson:"still,omitempty"`
}

// SpellBefore is what a spell said when its correction was asked for.
type SpellBefore struct {
	Organization kernel.OrganizationID `bson:"organization"`
	Role         kernel.StaffRole      `bson:"role"`
	StartedOn    kernel.Date           `bson:"startedOn"`
	EndedOn      kernel.Date           `bson:"endedOn,omitempty"` // "" while on post
}

// CorrectionRequest is what somebody asks to be put right about them (PIPL
// article 46: the handler verifies it and corrects it in good time). Text is in
// clear on the way in only.
type CorrectionRequest struct {
	Field  CorrectionField
	Text   string      // what it should say
	IDType rule.IDType // with a number
	Spell  WantedSpell
	Reason string
}

// Correction is a request with its state.
type Correction struct {
	ID        string
	Person    kernel.PersonID
	Name      string
	IDMasked  string
	Field     CorrectionField
	IDType    rule.IDType
	Current   string // what the register said, masked
	Wanted    string // what it should say, masked
	Spell     *WantedSpell
	Before    *SpellBefore
	Reason    string
	State     CorrectionState
	AskedAt   time.Time
	DueOn     kernel.Date
	Rule      string // stamp of the row that set the day
	DecidedAt *time.Time
	DecidedBy string
	Answer    string // why it was decided so
	ByHand    bool   // accepted, and done outside this request
}

// decidable refuses whoever must not decide: a request is never decided twice,
// nor by the one who asked.
func (d correctionDoc) decidable(by kernel.Actor) error {
	switch {
	case d.State != CorrectionOpen:
		return ErrCorrectionDecided
	case d.By == string(by.User) || (by.Person != "" && string(by.Person) == d.Person):
		return ErrCorrectionOwn
	default:
		return nil
	}
}

// end closes a request.
func (d correctionDoc) end(state CorrectionState, by kernel.Actor, answer string, at time.Time) correctionDoc {
	d.State, d.Open, d.Answer = state, false, answer
	d.DecidedAt, d.DecidedBy, d.DecidedByName = &at, string(by.User), by.Name
	return d
}
