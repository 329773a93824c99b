package oversight

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/oversight/rule"
)

// Held is a closed session as it stands now.
type Held struct {
	Session   kernel.SessionID
	Class     kernel.ClassID
	Title     string
	Provider  kernel.OrganizationID
	Path      []kernel.OrganizationID
	Base      kernel.OrganizationID
	Region    kernel.RegionCode
	Counts    bool // toward in-service hours: its learners are somebody's employees
	Date      kernel.Date
	StartsAt  time.Time
	EndsAt    time.Time
	Teacher   string
	Listed    string // the teacher on the provider's list; empty where only a name was typed
	Venue     string
	Remote    bool
	Enrolled  int
	Presences []Presence
}

// Presence is one person in a closed session.
type Presence struct {
	Person  kernel.PersonID `bson:"person"`
	In      time.Time       `bson:"in"`
	Out     time.Time       `bson:"out"`
	Scanned bool            `bson:"scanned,omitempty"`
	Device  string          `bson:"device,omitempty"`
	By      kernel.UserID   `bson:"by,omitempty"` // whose word it is, where a teacher vouched
	Flaw    string          `bson:"flaw,omitempty"`
}

// span is somebody's time inside the session; false where none stands.
func (h Held) span(p Presence) (rule.Span, bool) {
	from, to := p.In, p.Out
	if from.Before(h.StartsAt) {
		from = h.StartsAt
	}
	if to.After(h.EndsAt) {
		to = h.EndsAt
	}
	return rule.Span{Session: h.Session, Class: h.Class, From: from, To: to}, p.Flaw == "" && to.After(from)
}

// teacherKey is the day of the session's teacher in the district; empty where
// nobody is named. It goes by the name, since whoever teaches at two schools is
// on two lists; the rule tells namesakes of one list apart.
func (h Held) teacherKey() string {
	name := rule.Name(h.Teacher)
	if name == "" {
		return ""
	}
	return string(h.Region[:min(6, len(h.Region))]) + "/" + string(h.Date) + "/" + name
}

func (h Held) lesson() rule.Span {
	s := rule.Span{Session: h.Session, Class: h.Class, From: h.StartsAt, To: h.EndsAt, Remote: h.Remote, Lister: h.Provider, Listed: h.Listed}
	if venue := rule.Name(h.Venue); venue != "" {
		at := h.Base
		if at == "" {
			at = h.Provider
		}
		s.Place = string(at) + "/" + venue
	}
	return s
}

// room is everybody who checked in. Those who did with somebody else's phone, or
// without a network, are looked at before a teacher confirms them as well.
func (h Held) room() rule.Session {
	s := rule.Session{ID: h.Session}
	for _, p := range h.Presences {
		if p.Flaw == "" || p.Flaw == "shared" || p.Flaw == "offline" {
			s.Presences = append(s.Presences, rule.Presence{Person: p.Person, In: p.In, Out: p.Out, Scanned: p.Scanned, Device: p.Device})
		}
	}
	return s
}

func (h Held) present() (n int) {
	for _, p := range h.Presences {
		if p.Flaw == "" {
			n++
		}
	}
	return n
}
