package oversight

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/oversight/rule"
)

// The refusals of inspections.
var (
	ErrInspectionUnknown = fault.New(fault.NotFound, "oversight.inspection_unknown")
	ErrItemUnknown       = fault.New(fault.NotFound, "oversight.item_unknown")
	ErrNobodyToDraw      = fault.New(fault.Conflict, "oversight.nobody_to_draw")
	ErrTooManyToDraw     = fault.New(fault.Conflict, "oversight.too_many_to_draw")
	ErrDrawnAlready      = fault.New(fault.Conflict, "oversight.drawn_already")
	ErrWithdrawn         = fault.New(fault.Conflict, "oversight.withdrawn")
	ErrSizeNeeded        = fault.New(fault.Invalid, "oversight.size_needed")
	ErrNoteNeeded        = fault.New(fault.Invalid, "oversight.note_needed")
)

// Subject is what is inspected.
type Subject string

// The subjects.
const (
	OfPeople       Subject = "people"       // on post on the day of the draw
	OfInstitutions Subject = "institutions" // that are not closed
	OfSessions     Subject = "sessions"     // closed ones of the year
)

// largest population that one draw takes; a city of more draws by district.
const largest = 300_000

// Result is how a drawn item turned out.
type Result string

// The results.
const (
	ToInspect Result = "toInspect"
	Fine      Result = "fine"
	Deviation Result = "deviation"
)

// Withdrawal says that a draw is not used, and why; it stays visible.
type Withdrawal struct {
	Reason string        `bson:"reason"`
	By     kernel.UserID `bson:"by"`
	ByName string        `bson:"byName"`
	At     time.Time     `bson:"at"`
}

// Inspection is a random sample of a frozen population. It is drawn once: the
// seed rests on the published head of the issuance log and on the inspection's
// own id.
type Inspection struct {
	ID           string
	Organization kernel.OrganizationID
	Path         []kernel.OrganizationID
	Year         int
	Subject      Subject
	Stratified   bool
	Note         string
	Population   int
	Digest       string // of the population
	Head         string // the signed head, as it was published
	Seed         string
	Size         int
	By           kernel.UserID
	ByName       string
	DrawnAt      time.Time
	Withdrawal   *Withdrawal
	Stored       int64
}

// Item is one drawn member and what was found there.
type Item struct {
	Rank   int
	Member rule.Member
	Key    string
	Result Result
	Note   string
	Link   string // to what was seen
	ByName string
	At     time.Time
	Stored int64
}

// Withdraw gives the draw up; its list stays.
func (i Inspection) Withdraw(w Withdrawal) (Inspection, error) {
	if i.Withdrawal != nil {
		return i, ErrWithdrawn
	}
	i.Withdrawal = &w
	return i, nil
}

// Find enters what was found; a deviation says what.
func (x Item) Find(r Result, note, link, by string, at time.Time) (Item, error) {
	if r == Deviation && note == "" {
		return x, ErrNoteNeeded.At("body.note", ErrNoteNeeded.Code, "")
	}
	x.Result, x.Note, x.Link, x.ByName, x.At = r, note, link, by, at
	return x, nil
}
