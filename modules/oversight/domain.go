package oversight

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/oversight/rule"
)

// The refusals. What is out of reach is unknown.
var (
	ErrUnknown             = fault.New(fault.NotFound, "oversight.unknown")
	ErrUnknownOrganization = fault.New(fault.NotFound, "oversight.organization_unknown")
	ErrOfficeNeeded        = fault.New(fault.Forbidden, "oversight.office_needed")
	ErrOwnWord             = fault.New(fault.Forbidden, "oversight.own_word")
	ErrProviderOnly        = fault.New(fault.Forbidden, "oversight.provider_only")
	ErrSettled             = fault.New(fault.Conflict, "oversight.settled")
	ErrNotSettled          = fault.New(fault.Conflict, "oversight.not_settled")
	ErrNotOfFinding        = fault.New(fault.Invalid, "oversight.not_of_finding")
	ErrRefusesWithoutGuilt = fault.New(fault.Invalid, "oversight.refuses_without_confirming")
)

// Status is where a finding stands.
type Status string

// The states of a finding.
const (
	Open      Status = "open"
	InReview  Status = "inReview" // an office has taken it up
	Confirmed Status = "confirmed"
	Dismissed Status = "dismissed"
	Gone      Status = "gone" // what it rested on was corrected before anybody decided
)

// Statuses lists them in the order in which they are shown.
func Statuses() []Status { return []Status{Open, InReview, Confirmed, Dismissed, Gone} }

// Todo stands for what waits for an office: open and in review.
const Todo Status = "todo"

func (s Status) waits() bool { return s == Open || s == InReview }

// Word is what an office does with a finding.
type Word string

// The words of an office.
const (
	TakeUp  Word = "takeUp"
	Confirm Word = "confirm"
	Dismiss Word = "dismiss"
	Reopen  Word = "reopen"
)

// Seat is one person in one session.
type Seat struct {
	Session kernel.SessionID `bson:"session"`
	Person  kernel.PersonID  `bson:"person"`
}

// Decision is one word of an office.
type Decision struct {
	Word    Word          `bson:"word"`
	Reason  string        `bson:"reason"`
	Refused []Seat        `bson:"refused,omitempty"` // presences that went with it
	By      kernel.UserID `bson:"by"`
	ByName  string        `bson:"byName"`
	At      time.Time     `bson:"at"`
}

// Statement is the provider's answer.
type Statement struct {
	Text   string        `bson:"text"`
	By     kernel.UserID `bson:"by"`
	ByName string        `bson:"byName"`
	At     time.Time     `bson:"at"`
}

// Finding is something odd that somebody should look at.
type Finding struct {
	ID          string
	Kind        rule.Kind
	Severity    rule.Severity
	Status      Status
	Date        kernel.Date // of the first session it names
	People      []kernel.PersonID
	Sessions    []kernel.SessionID
	Classes     []kernel.ClassID
	Providers   []kernel.OrganizationID
	Over        []kernel.OrganizationID // the offices above the providers
	Teacher     string
	Figures     map[string]string
	RuleVersion string
	Clause      string
	FirstSeenAt time.Time
	ChangedAt   time.Time
	GoneAt      time.Time
	Decisions   []Decision
	Statements  []Statement
	Stored      int64
}

// Names tells whether the finding is about the person in that session.
func (f Finding) Names(s Seat) bool {
	return slices.Contains(f.Sessions, s.Session) && (len(f.People) == 0 || slices.Contains(f.People, s.Person))
}

// Decide takes an office's word.
func (f Finding) Decide(d Decision) (Finding, error) {
	if len(d.Refused) > 0 && d.Word != Confirm {
		return f, ErrRefusesWithoutGuilt
	}
	switch d.Word {
	case TakeUp:
		if f.Status != Open {
			return f, ErrSettled
		}
		f.Status = InReview
	case Confirm, Dismiss:
		if !f.Status.waits() {
			return f, ErrSettled
		}
		if f.Status = Dismissed; d.Word == Confirm {
			f.Status = Confirmed
		}
	case Reopen: // what was confirmed has had its effects
		if f.Status != Dismissed {
			return f, ErrNotSettled
		}
		f.Status = InReview
	}
	f.Decisions, f.ChangedAt = append(slices.Clone(f.Decisions), d), d.At
	return f, nil
}

// See takes in what is seen of the finding now. What was decided on less is
// open again: a dismissal when more people are in it, a confirmation when there
// are more presences that it does not speak of.
func (f Finding) See(now Finding, at time.Time) Finding {
	people, sessions := rule.Grown(f.People, now.People), rule.Grown(f.Sessions, now.Sessions)
	again := f.Status == Gone || (f.Status == Dismissed && people) || (f.Status == Confirmed && len(now.People) > 0 && (people || sessions))
	if again {
		f.Status, f.GoneAt = Open, time.Time{}
	}
	if again || (f.Status.waits() && (people || sessions)) {
		f.ChangedAt = at
	}
	now.ID, now.Status, now.FirstSeenAt, now.ChangedAt, now.GoneAt = f.ID, f.Status, f.FirstSeenAt, f.ChangedAt, f.GoneAt
	now.Decisions, now.Statements, now.Stored = f.Decisions, f.Statements, f.Stored
	return now
}

// Miss closes a finding that no longer holds; what was decided stays.
func (f Finding) Miss(at time.Time) Finding {
	if f.Status.waits() {
		f.Status, f.GoneAt, f.ChangedAt = Gone, at, at
	}
	return f
}
