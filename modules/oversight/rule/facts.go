package rule

import (
	"time"

	"carecert/modules/kernel"
)

// Scan is one check-in by phone.
type Scan struct {
	Session kernel.SessionID
	Date    kernel.Date
	Person  kernel.PersonID
	At      time.Time
	Offline bool   // without a network: when is known to half a minute
	Device  string // "" where it is not known

	TurnedAway bool // refused: the phone was somebody else's in the session
}

// Span is somebody's time in one session: a learner's presence, or the whole
// session of its teacher.
type Span struct {
	Session  kernel.SessionID
	Class    kernel.ClassID
	From, To time.Time
	Place    string // where, for teachers: two classes in one room are one lesson
	Remote   bool
	Lister   kernel.OrganizationID // whose list the teacher was chosen from
	Listed   string                // on that list; empty where only a name was typed
}

// namesakes tells that one list has both teachers: two people of one name.
func (s Span) namesakes(o Span) bool {
	return s.Listed != "" && o.Listed != "" && s.Lister == o.Lister && s.Listed != o.Listed
}

// minutes is how long the two have in common.
func (s Span) common(o Span) kernel.Minutes {
	from, to := s.From, s.To
	if o.From.After(from) {
		from = o.From
	}
	if o.To.Before(to) {
		to = o.To
	}
	if !to.After(from) {
		return 0
	}
	return kernel.Minutes(to.Sub(from) / time.Minute)
}

// Tally is how full one session of a class was.
type Tally struct {
	Session           kernel.SessionID
	Enrolled, Present int
}

// Hit is something odd, and what it rests on. Key tells it from others of its
// kind in the same place, whenever it is judged.
type Hit struct {
	Kind     Kind
	Key      string
	People   []kernel.PersonID
	Sessions []kernel.SessionID
	Figures  map[string]string
}
