package training

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/training/rule"
)

// The refusals of the logbook.
var (
	ErrNotOnTheJob     = fault.New(fault.Conflict, "training.not_on_the_job")
	ErrNoMentor        = fault.New(fault.Conflict, "training.no_mentor")
	ErrMentorLevel     = fault.New(fault.Conflict, "training.mentor_level")
	ErrMentorLearns    = fault.New(fault.Conflict, "training.mentor_learns")
	ErrEntryUnknown    = fault.New(fault.NotFound, "training.entry_unknown")
	ErrEntryReversed   = fault.New(fault.Invalid, "training.entry_reversed")
	ErrEntryOutside    = fault.New(fault.Invalid, "training.entry_outside")
	ErrEntryAhead      = fault.New(fault.Invalid, "training.entry_ahead")
	ErrEntryOld        = fault.New(fault.Conflict, "training.entry_old")
	ErrEntryOverlaps   = fault.New(fault.Conflict, "training.entry_overlaps")
	ErrEntryTopic      = fault.New(fault.Invalid, "training.entry_topic")
	ErrEntryDecided    = fault.New(fault.Conflict, "training.entry_decided")
	ErrEntryReplaced   = fault.New(fault.Conflict, "training.entry_replaced")
	ErrEntryOwn        = fault.New(fault.Forbidden, "training.entry_own")
	ErrEntryOthersOnly = fault.New(fault.Forbidden, "training.entry_other_side")
)

// Mentor leads learners on the job (带教老师).
type Mentor struct {
	Name   string          `bson:"name"`
	Person kernel.PersonID `bson:"person,omitempty"` // where they are in the register
}

// Side is who speaks in the logbook: the mentor's side is the provider.
type Side string

// The sides.
const (
	SideMentor  Side = "mentor"
	SideLearner Side = "learner"
)

// EntryState is where an entry of the logbook stands.
type EntryState string

// The states of an entry. Only what two people said credits anything.
const (
	EntryWritten   EntryState = "written"
	EntryConfirmed EntryState = "confirmed"
	EntryContested EntryState = "contested"
	EntryCorrected EntryState = "replaced"
)

// Signature is who said something of an entry, and when.
type Signature struct {
	Side   Side            `bson:"side"`
	By     kernel.UserID   `bson:"by"`
	ByName string          `bson:"byName"`
	Person kernel.PersonID `bson:"person,omitempty"`
	Reason string          `bson:"reason,omitempty"`
	At     time.Time       `bson:"at"`
}

// Practised is what was practised: a standard of the course or of the
// catalogue, in words, or both.
type Practised struct {
	Standard string `bson:"standard,omitempty"`
	Text     string `bson:"text,omitempty"`
}

// LogEntry is one time of practice in the logbook. It is never changed: a new
// one takes its place, and the old stays to be read.
type LogEntry struct {
	ID         string
	Session    kernel.SessionID
	Class      kernel.ClassID
	Title      string
	Person     kernel.PersonID
	As         kernel.PersonID
	When       rule.Stretch
	Topic      Practised
	Remark     string
	State      EntryState
	Written    Signature
	Answered   *Signature // by the other side
	Replaces   string
	ReplacedBy string
	ChangedAt  time.Time
	Stored     int64
}

// live tells whether the entry takes its time: nothing else can be entered then.
func (e LogEntry) live() bool { return e.State == EntryWritten || e.State == EntryConfirmed }

// uncredited says why the entry credits nothing; nil when it counts.
func (e LogEntry) uncredited() *kernel.Reason {
	code := ""
	switch e.State {
	case EntryConfirmed:
		return nil
	case EntryWritten:
		code = "training.entry_written"
	case EntryContested:
		code = "training.entry_contested"
	case EntryCorrected:
		code = "training.entry_replaced"
	}
	reason := kernel.Because(code, "")
	return &reason
}

// Answer is the second person's yes or no.
func (e LogEntry) Answer(yes bool, by Signature) (LogEntry, error) {
	switch {
	case e.State == EntryCorrected:
		return e, ErrEntryReplaced
	case e.State != EntryWritten:
		return e, ErrEntryDecided
	case by.By == e.Written.By || by.Person != "" && by.Person == e.Written.Person:
		return e, ErrEntryOwn
	case by.Side == e.Written.Side:
		return e, ErrEntryOthersOnly
	}
	e.State, e.Answered, e.ChangedAt = EntryContested, &by, by.At
	if yes {
		e.State = EntryConfirmed
	}
	return e, nil
}

// practised checks the topic against the standards of the course and those of
// the catalogue: what a day on the ward asks for is not what one course names.
func practised(t Practised, terms Terms, catalogue []Standard) error {
	known := t.Standard == "" || slices.Contains(terms.StandardCodes, t.Standard) ||
		slices.ContainsFunc(catalogue, func(s Standard) bool { return s.Name() == t.Standard })
	if !known || t.Standard == "" && t.Text == "" {
		return ErrEntryTopic.At("body.topic", ErrEntryTopic.Code, t.Standard)
	}
	return nil
}

func refuseEntry(f rule.EntryFlaw, days int) error {
	switch f {
	case rule.EntryReversed:
		return ErrEntryReversed.At("body.to", ErrEntryReversed.Code, "")
	case rule.EntryOutside:
		return ErrEntryOutside.At("body.from", ErrEntryOutside.Code, "")
	case rule.EntryAhead:
		return ErrEntryAhead.At("body.to", ErrEntryAhead.Code, "")
	case rule.EntryOld:
		return ErrEntryOld.With("days", days)
	case rule.EntryFits:
	}
	return nil
}
