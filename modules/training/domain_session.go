package training

import (
	"math"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// SessionStatus is where a session stands.
type SessionStatus string

// The states of a session.
const (
	SessionPlanned   SessionStatus = "planned"
	SessionHeld      SessionStatus = "closed"
	SessionCancelled SessionStatus = "cancelled"
)

// LongestSession bounds a session; a longer one is a typing error.
const LongestSession = 16 * time.Hour

// Place is where a session is held, with the radius a scan must come from.
type Place struct {
	Lat     float64 `bson:"lat"`
	Lng     float64 `bson:"lng"`
	RadiusM int     `bson:"radiusM"`
}

// Point is where a phone says it is.
type Point struct {
	Lat, Lng float64
}

const earthM = 6_371_000

// Distance to a point in metres, by the haversine formula.
func (p Place) Distance(to Point) float64 {
	rad := func(d float64) float64 { return d * math.Pi / 180 }
	dLat, dLng := rad(to.Lat-p.Lat), rad(to.Lng-p.Lng)
	h := math.Pow(math.Sin(dLat/2), 2) +
		math.Cos(rad(p.Lat))*math.Cos(rad(to.Lat))*math.Pow(math.Sin(dLng/2), 2)
	return 2 * earthM * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Plan is what may be changed of a session until it is held.
type Plan struct {
	StartsAt time.Time
	EndsAt   time.Time
	Minutes  kernel.Minutes
	Venue    string
	Teacher  string
	// TeacherID is theirs on the provider's list, where it was chosen from there;
	// Unqualified tells that none of their qualifications holds on the day.
	TeacherID   string
	Unqualified bool
	Mode        Mode
	Location    *Place
}

// Check refuses a plan that cannot be.
func (p Plan) Check() error {
	span := p.EndsAt.Sub(p.StartsAt)
	switch {
	case span <= 0:
		return ErrTimesReversed.At("body.endsAt", "training.times_reversed", p.EndsAt.Format(time.RFC3339))
	case span > LongestSession:
		return ErrSessionTooLong.At("body.endsAt", "training.session_too_long", p.EndsAt.Format(time.RFC3339))
	case time.Duration(p.Minutes)*time.Minute > span:
		return ErrMinutesExceedSpan.At("body.minutes", "training.minutes_exceed_span", "")
	}
	return nil
}

// named refuses a plan that says not who teaches, or not where one has to go.
func (p Plan) named() error {
	switch {
	case strings.TrimSpace(p.Teacher) == "":
		return ErrTeacherNeeded.At("body.teacher", ErrTeacherNeeded.Code, "")
	case strings.TrimSpace(p.Venue) == "" && p.Mode != ModeRemote:
		return ErrVenueNeeded.At("body.venue", ErrVenueNeeded.Code, "")
	}
	return nil
}

// takes refuses a plan that no session of the class can have, and gives the
// class with the plan in it. None comes before its first day: hours of a year
// that is over would be made up afterwards. A make-up session may come after the
// last day, which then is that of the session; so many days after it, somebody
// typed another date than they meant.
func (c Class) takes(p Plan, makeUpDays int) (Class, error) {
	on := kernel.DateOf(p.StartsAt)
	switch {
	case on < c.StartsOn:
		return c, ErrBeforeClass.With("startsOn", c.StartsOn).At("body.startsAt", ErrBeforeClass.Code, string(on))
	case on > c.EndsOn.AddDays(makeUpDays):
		return c, ErrAfterClass.With("endsOn", c.EndsOn).With("days", makeUpDays).At("body.startsAt", ErrAfterClass.Code, string(on))
	}
	c.EndsOn = max(c.EndsOn, on)
	return c, p.Check()
}

// Move is one change of a session's time, kept so that yesterday's calendar
// can be explained.
type Move struct {
	StartsAt   time.Time     `bson:"startsAt"` // before the move
	EndsAt     time.Time     `bson:"endsAt"`
	By         kernel.UserID `bson:"by"`
	RecordedAt time.Time     `bson:"recordedAt"`
}

// Session is one meeting of a class.
type Session struct {
	ID         kernel.SessionID
	Class      kernel.ClassID
	Title      string
	Provider   []kernel.OrganizationID // the provider's path
	SeenBy     []kernel.OrganizationID
	Region     kernel.RegionCode
	Plan       Plan
	Status     SessionStatus
	Moves      []Move
	Reason     string // of the cancellation
	Revision   int    // counts what was announced of the attendance
	RecordedAt time.Time
	ClosedAt   time.Time
	Base       kernel.OrganizationID // where it is held
	Learners   int                   // whose presence stands, once it is closed
	Attended   kernel.Minutes        // of those presences
	Video      *Video                // of a remote session
	Mentor     *Mentor               // of one on the job
	Draft      bool                  // of a class that a bureau has yet to approve
	Gates      int                   // that its proofs are written through
	Stored     int64
}

// Date is the day in Shanghai that the session counts for.
func (s Session) Date() kernel.Date { return kernel.DateOf(s.Plan.StartsAt) }

// Span is the session as the rules see it.
func (s Session) Span() rule.Session {
	return rule.Session{StartsAt: s.Plan.StartsAt, EndsAt: s.Plan.EndsAt, Minutes: s.Plan.Minutes}
}

// Held tells whether the session was closed.
func (s Session) Held() bool { return s.Status == SessionHeld }

// convened refuses what only happens in a session of a class that is open.
func (s Session) convened() error {
	if s.Draft {
		return ErrClassNotOpen
	}
	return nil
}

func (s Session) stillPlanned() error {
	switch s.Status {
	case SessionHeld:
		return ErrSessionClosed
	case SessionCancelled:
		return ErrSessionCancelled
	case SessionPlanned:
	}
	return nil
}

// Replan changes the plan; the time and the way of teaching, by which minutes
// are told apart, stay once somebody has checked in.
func (s Session) Replan(p Plan, checkedIn bool, by kernel.UserID, at time.Time) (Session, error) {
	if err := s.stillPlanned(); err != nil {
		return s, err
	}
	if err := p.Check(); err != nil {
		return s, err
	}
	if err := s.Video.covers(p.Minutes); err != nil {
		return s, err
	}
	moved := !p.StartsAt.Equal(s.Plan.StartsAt) || !p.EndsAt.Equal(s.Plan.EndsAt)
	if checkedIn && (moved || p.Mode != s.Plan.Mode) {
		return s, ErrHasCheckIns
	}
	if moved {
		s.Moves = append(s.Moves[:len(s.Moves):len(s.Moves)],
			Move{StartsAt: s.Plan.StartsAt, EndsAt: s.Plan.EndsAt, By: by, RecordedAt: at})
	}
	s.Plan = p
	return s, nil
}

// Cancel calls the session off.
func (s Session) Cancel(reason string) (Session, error) {
	if err := s.stillPlanned(); err != nil {
		return s, err
	}
	s.Status, s.Reason = SessionCancelled, reason
	return s, nil
}

// Close ends the session, once; closing again changes nothing.
func (s Session) Close(at time.Time) (Session, error) {
	if s.Held() {
		return s, nil
	}
	if err := s.convened(); err != nil {
		return s, err
	}
	if err := s.stillPlanned(); err != nil {
		return s, err
	}
	if at.Before(s.Plan.StartsAt) {
		return s, ErrSessionNotStarted
	}
	s.Status, s.ClosedAt, s.Revision = SessionHeld, at, 1
	return s, nil
}
