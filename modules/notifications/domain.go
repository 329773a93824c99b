package notifications

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// ErrUnknown answers for what is unknown or another person's alike.
var ErrUnknown = fault.New(fault.NotFound, "notifications.unknown")

// Kind is what happened.
type Kind string

// The kinds.
const (
	Enrolled           Kind = "enrolled"
	Waitlisted         Kind = "waitlisted"
	MovedUp            Kind = "movedUp"
	TakenOut           Kind = "takenOut"
	SessionMoved       Kind = "sessionMoved"
	SessionCancelled   Kind = "sessionCancelled"
	SessionSoon        Kind = "sessionSoon"
	PresenceRefused    Kind = "presenceRefused"
	ClassCompleted     Kind = "classCompleted"
	CertificateRevoked Kind = "certificateRevoked"
	YearShort          Kind = "yearShort"
	SurveyOpen         Kind = "surveyOpen"
)

// Draft is something to be told to people.
type Draft struct {
	Key    string // of what happened, fit for a path: told once to each, however often it is said
	Kind   Kind
	Params map[string]string // of the text notifications.<kind>
	Href   string            // page of the phone where it is seen in full
	To     []kernel.PersonID
}

// Notification is what one person was told.
type Notification struct {
	ID     string
	Kind   Kind
	Params map[string]string
	Href   string
	At     time.Time
	ReadAt time.Time // zero: not yet
}
