package rule

import (
	"time"

	"carecert/modules/kernel"
)

// Session is the planned time of a session.
type Session struct {
	StartsAt, EndsAt time.Time
	Minutes          kernel.Minutes
}

// Presence is when somebody was there; a zero time is "not known".
type Presence struct {
	In, Out   time.Time
	Stretches []Stretch // proved without a check-in: learned online, practised on the job
	Vouched   bool      // by the teacher's word
	Refused   bool      // by a second person
	Withdrew  bool      // the teacher says: was not there
	Confirmed bool      // what was scanned, by the teacher's word
	Offline   bool      // by a scan that was sent later
	Shared    bool      // by a phone that was somebody else's in the session
}

// Flaw says why a presence credits nothing; empty when it stands.
type Flaw string

// The flaws of a presence.
const (
	FlawNone       Flaw = ""
	FlawAbsent     Flaw = "absent"     // never came
	FlawLate       Flaw = "late"       // came too late, and nobody vouched
	FlawNoCheckOut Flaw = "noCheckOut" // never checked out, and nobody vouched
	FlawRefused    Flaw = "refused"    // a second person refused the teacher's word
	FlawOffline    Flaw = "offline"    // scanned without a network, and nobody vouched
	FlawShared     Flaw = "shared"     // scanned by somebody else's phone, and nobody vouched
)

// Examine tells whether the presence stands at close (CONTRACT §4).
func (r Row) Examine(s Session, p Presence) Flaw {
	switch {
	case p.Refused:
		return FlawRefused
	case p.Withdrew || (p.In.IsZero() && p.Out.IsZero() && len(p.Stretches) == 0):
		return FlawAbsent
	case p.Vouched, len(p.Stretches) > 0:
		return FlawNone
	case p.Shared && !p.Confirmed:
		return FlawShared
	case p.Offline && r.OfflineNeedsWord && !p.Confirmed:
		return FlawOffline
	case r.Late(s, p.In) && !p.Confirmed:
		return FlawLate
	case p.Out.IsZero():
		return FlawNoCheckOut
	}
	return FlawNone
}

// Confirmable tells whether somebody scanned, and it stands as soon as the
// teacher says so: not what merely lacks its check-out yet.
func (f Flaw) Confirmable() bool { return f == FlawLate || f == FlawOffline || f == FlawShared }

// Late tells whether a check-in at that instant needs the teacher's word.
func (r Row) Late(s Session, in time.Time) bool {
	return in.After(r.LateFrom(s))
}

// LateFrom is the instant after which a check-in needs the teacher's word.
func (r Row) LateFrom(s Session) time.Time {
	return s.StartsAt.Add(time.Duration(r.LateAfterMinutes) * time.Minute)
}

// Opens is the instant from which check-ins are taken.
func (r Row) Opens(s Session) time.Time {
	return s.StartsAt.Add(-time.Duration(r.CheckInOpensMinutes) * time.Minute)
}

// OfflineUntil is the instant until which a scan without a network is taken,
// by when its code left the screen.
func (r Row) OfflineUntil(shown time.Time) time.Time {
	return shown.Add(time.Duration(r.OfflineHours) * time.Hour)
}

// RefusesShared tells whether a phone that was somebody else's in the session
// is refused rather than left to the teacher's word.
func (r Row) RefusesShared() bool { return r.SharedDevice != "word" }

// Attended is the overlap of presence and session to the second, floored to
// minutes and capped at the session's minutes.
func Attended(s Session, in, out time.Time) kernel.Minutes {
	from, to := in, out
	if from.Before(s.StartsAt) {
		from = s.StartsAt
	}
	if to.After(s.EndsAt) {
		to = s.EndsAt
	}
	if in.IsZero() || out.IsZero() || !to.After(from) {
		return 0
	}
	return min(kernel.Minutes(to.Sub(from)/time.Minute), s.Minutes)
}
