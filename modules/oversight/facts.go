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

	TurnedAway []TurnedAway
}

// TurnedAway is somebody whose check-in was refused: the phone was another's in
// the session.
type TurnedAway struct {
	Person kernel.PersonID `bson:"person"`
	Device string          `bson:"device"`
	At     time.Time       `bson:"at"`
}

// Presence is one person in a closed session.
type Presence struct {
	Person    kernel.PersonID `bson:"person"`
	In        time.Time       `bson:"in"`
	Out       time.Time       `bson:"out"`
	Scanned   bool            `bson:"scanned,omitempty"` // and no teacher said anything of it
	ScannedAt time.Time       `bson:"scannedAt"`         // the check-in of a phone, whatever was said of it since
	Offline   bool            `bson:"offline,omitempty"` // without a network: known to half a minute
	Device    string          `bson:"device,omitempty"`
	By        kernel.UserID   `bson:"by,omitempty"` // whose word it is, where a teacher vouched
	Flaw      string          `bson:"flaw,omitempty"`
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

// scans are the check-ins of the session, whatever a teacher said of them since:
// whoever confirms what a phone did cannot hide it. What a teacher or an office
// said was not true counts no more.
func (h Held) scans() (out []rule.Scan) {
	for _, p := range h.Presences {
		if !p.ScannedAt.IsZero() && p.Flaw != "absent" && p.Flaw != "refused" {
			out = append(out, rule.Scan{Session: h.Session, Date: h.Date, Person: p.Person, At: p.ScannedAt, Offline: p.Offline, Device: p.Device})
		}
	}
	return out
}

func (h Held) present() (n int) {
	for _, p := range h.Presences {
		if p.Flaw == "" {
			n++
		}
	}
	return n
}
