package training

import (
	"time"

	"carecert/modules/kernel"
)

// SeatChange is what became of somebody's place in a class.
type SeatChange string

// The changes.
const (
	SeatGiven   SeatChange = "enrolled"
	SeatWaits   SeatChange = "waitlisted"
	SeatMovedUp SeatChange = "movedUp" // from the waiting list
	SeatTaken   SeatChange = "takenOut"
)

// SeatChanged tells that somebody got or lost a place in a class.
type SeatChanged struct {
	Class        kernel.ClassID  `bson:"class"`
	Title        string          `bson:"title"`
	ProviderName string          `bson:"providerName"`
	StartsOn     kernel.Date     `bson:"startsOn"`
	Person       kernel.PersonID `bson:"person"`
	Change       SeatChange      `bson:"change"`
	Reason       string          `bson:"reason,omitempty"`
	RecordedAt   time.Time       `bson:"recordedAt"`
}

// FactName implements event.Fact.
func (SeatChanged) FactName() string { return "training.seat_changed" }

// FactKey implements event.Keyed: what is told of one class comes in order.
func (e SeatChanged) FactKey() string { return string(e.Class) }

// SessionChanged tells that a session is held at another time or place, or not
// at all.
type SessionChanged struct {
	Session    kernel.SessionID  `bson:"session"`
	Class      kernel.ClassID    `bson:"class"`
	Title      string            `bson:"title"`
	Before     time.Time         `bson:"before"` // when it would have begun
	StartsAt   time.Time         `bson:"startsAt"`
	Venue      string            `bson:"venue"`
	Cancelled  bool              `bson:"cancelled"`
	Reason     string            `bson:"reason,omitempty"`
	Learners   []kernel.PersonID `bson:"learners"`
	RecordedAt time.Time         `bson:"recordedAt"`
}

// FactName implements event.Fact.
func (SessionChanged) FactName() string { return "training.session_changed" }

// FactKey implements event.Keyed: what is told of one session comes in order.
func (e SessionChanged) FactKey() string { return string(e.Session) }

// seatFact is what became of somebody's place.
func (c Class) seatFact(p kernel.PersonID, change SeatChange, reason string, at time.Time) SeatChanged {
	return SeatChanged{
		Class: c.ID, Title: c.Terms.Title, ProviderName: c.ProviderName, StartsOn: c.StartsOn, Person: p, Change: change, Reason: reason, RecordedAt: at,
	}
}

// changeOf is how a seat is told of.
func changeOf(state SeatState) SeatChange {
	if state == SeatWaitlisted {
		return SeatWaits
	}
	return SeatGiven
}

// sessionFact is that a session was moved or called off; false where there is
// nobody to tell, as in a class that a bureau has yet to approve.
func (c Class) sessionFact(before Plan, x Session, at time.Time) (SessionChanged, bool) {
	moved := !before.StartsAt.Equal(x.Plan.StartsAt) || !before.EndsAt.Equal(x.Plan.EndsAt) || before.Venue != x.Plan.Venue
	if x.Draft || (!moved && x.Status != SessionCancelled) {
		return SessionChanged{}, false
	}
	e := SessionChanged{
		Session: x.ID, Class: c.ID, Title: c.Terms.Title, Before: before.StartsAt, StartsAt: x.Plan.StartsAt, Venue: x.Plan.Venue,
		Cancelled: x.Status == SessionCancelled, Reason: x.Reason, RecordedAt: at, Learners: c.learners(),
	}
	return e, len(e.Learners) > 0
}

// learners are who holds a seat.
func (c Class) learners() (ids []kernel.PersonID) {
	for _, s := range c.Seats {
		if s.State == SeatEnrolled {
			ids = append(ids, s.Person)
		}
	}
	return ids
}
