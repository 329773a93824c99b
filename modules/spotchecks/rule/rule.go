// Package rule counts what was found at an inspection on the spot: a roster and
// what was entered in, figures out. The inspector's phone counts by the same
// rule (frontend/src/phone/spotcheck/count.ts; testdata is read by both). Pure.
package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// Row holds the house's figures for inspections on the spot; no document sets
// any (policies/rules/spot-checks.yaml).
type Row struct {
	kernel.RuleHead `yaml:",inline" bson:",inline"`
	CarryHours      int      `yaml:"carryHours" bson:"carryHours"`   // a roster is used for so long
	RosterMost      int      `yaml:"rosterMost" bson:"rosterMost"`   // people on a roster that is carried
	EntriesMost     int      `yaml:"entriesMost" bson:"entriesMost"` // of one result
	SkewMinutes     int      `yaml:"skewMinutes" bson:"skewMinutes"` // the phone's clock may be off by so much, unremarked
	SendHours       int      `yaml:"sendHours" bson:"sendHours"`     // after the roster's time is over; what comes later is named late
	AnswersMost     int      `yaml:"answersMost" bson:"answersMost"` // remarks of the institution on one check
	House           []string `yaml:"house" bson:"house"`
}

// Check refuses figures that cannot hold together.
func (r Row) Check() error {
	if r.CarryHours < 1 || r.RosterMost < 1 || r.EntriesMost < r.RosterMost || r.SkewMinutes < 0 || r.SendHours < 0 || r.AnswersMost < 1 {
		return fmt.Errorf("%s: a roster is carried for hours, and everybody on it can be entered", r.ID)
	}
	return nil
}

// Until is when a roster's time is over.
func (r Row) Until(at time.Time) time.Time { return at.Add(time.Duration(r.CarryHours) * time.Hour) }

// Skew is how far a phone's clock may be off, unremarked.
func (r Row) Skew() time.Duration { return time.Duration(r.SkewMinutes) * time.Minute }

// SendUntil is when a result is late.
func (r Row) SendUntil(until time.Time) time.Time {
	return until.Add(time.Duration(r.SendHours) * time.Hour)
}

// Member is one of the roster. Counted says that the certification rate counts
// the post; who serves in another is on the books, and none of its figures.
type Member struct {
	Person    kernel.PersonID `json:"person"`
	Counted   bool            `json:"counted"`
	Certified bool            `json:"certified"`
	Codes     []string        `json:"codes"` // public codes of their certificates
}

// How an entry was made.
type How string

// The ways.
const (
	Scanned How = "scanned" // a QR code, by camera or pasted
	Tapped  How = "tapped"  // known on the roster, without a code
	Added   How = "added"   // neither on the roster nor with a code
)

// Verdicts of a scan: those of verification, and Undecided where a phone has
// not the key that it would take.
const (
	Genuine    = "genuine"
	Expired    = "expired"
	Superseded = "superseded"
	Revoked    = "revoked"
	Forged     = "forged"
	Unknown    = "unknown"
	Undecided  = "undecided"
)

// Verdicts lists them.
func Verdicts() []string {
	return []string{Genuine, Expired, Superseded, Revoked, Forged, Unknown, Undecided}
}

// Entry is one thing that was entered, as far as it is counted.
type Entry struct {
	How     How             `json:"how"`
	Person  kernel.PersonID `json:"person,omitempty"`  // tapped: of the roster; scanned: whose the register says the certificate is, where that is known
	Text    string          `json:"text,omitempty"`    // scanned
	Code    string          `json:"code,omitempty"`    // scanned: the public code that the text has signed
	Verdict string          `json:"verdict,omitempty"` // scanned
	Called  string          `json:"called,omitempty"`  // added: what they call themselves
}

// Counts are the figures of a check. Present are OnRoster and NotOnBooks
// together; Certified are of OnRoster; Others are on the books in a post that
// the rate does not count. Showings count texts by verdict, each text once.
type Counts struct {
	Roster     int64            `json:"roster" bson:"roster"`
	Present    int64            `json:"present" bson:"present"`
	OnRoster   int64            `json:"onRoster" bson:"onRoster"`
	Certified  int64            `json:"certified" bson:"certified"`
	NotOnBooks int64            `json:"notOnBooks" bson:"notOnBooks"`
	Absent     int64            `json:"absent" bson:"absent"`
	Others     int64            `json:"others" bson:"others"`
	Showings   map[string]int64 `json:"showings" bson:"showings"`
}

// Standing is what an entry counts for.
type Standing string

// The standings.
const (
	OnRoster   Standing = "onRoster"
	NotOnBooks Standing = "notOnBooks"
	Other      Standing = "other"
	Nobody     Standing = "nobody" // a showing that names nobody: forged, unknown, undecided
)

// names tells whether a showing says who somebody is: what this house signed
// does, also when it counts no more.
func names(verdict string) bool {
	return slices.Contains([]string{Genuine, Expired, Superseded, Revoked}, verdict)
}

// Roster finds its members.
type Roster struct {
	members map[kernel.PersonID]Member
	codes   map[string]kernel.PersonID
	counted int64
}

// NewRoster of members; a person twice is one.
func NewRoster(members []Member) Roster {
	r := Roster{members: map[kernel.PersonID]Member{}, codes: map[string]kernel.PersonID{}}
	for _, m := range members {
		if _, twice := r.members[m.Person]; !twice && m.Counted {
			r.counted++
		}
		r.members[m.Person] = m
		for _, c := range m.Codes {
			r.codes[c] = m.Person
		}
	}
	return r
}

// Has tells whether a person is on it.
func (r Roster) Has(p kernel.PersonID) bool { _, on := r.members[p]; return on }

// Subject names the human being of an entry, and what they count for; "" for a
// showing that names nobody.
func (r Roster) Subject(e Entry) (string, Standing) {
	var person kernel.PersonID
	switch e.How {
	case Tapped:
		person = e.Person
	case Added:
		return "added:" + Tidy(e.Called), NotOnBooks
	case Scanned:
		if !names(e.Verdict) {
			return "", Nobody
		}
		if person = r.codes[e.Code]; person == "" {
			person = e.Person
		}
		if person == "" {
			return "code:" + e.Code, NotOnBooks
		}
	}
	m, on := r.members[person]
	switch {
	case !on:
		return "person:" + string(person), NotOnBooks
	case m.Counted:
		return "person:" + string(person), OnRoster
	default:
		return "person:" + string(person), Other
	}
}

// Tidy is a name as it is compared.
func Tidy(name string) string { return strings.Join(strings.Fields(name), " ") }

// Count adds the entries up: nobody twice, whatever their order and however
// often and by whatever certificates they were entered.
func (r Roster) Count(entries []Entry) Counts {
	met, texts := map[string]Standing{}, map[string]string{}
	c := Counts{Roster: r.counted, Showings: map[string]int64{}}
	for _, e := range entries {
		if e.How == Scanned {
			// One text has one verdict; should it have several, the order must not matter.
			texts[e.Text] = max(texts[e.Text], e.Verdict)
		}
		if subject, standing := r.Subject(e); subject != "" {
			met[subject] = standing
		}
	}
	for _, verdict := range texts {
		c.Showings[verdict]++
	}
	for subject, standing := range met {
		switch standing {
		case OnRoster:
			c.OnRoster++
			if r.members[kernel.PersonID(strings.TrimPrefix(subject, "person:"))].Certified {
				c.Certified++
			}
		case NotOnBooks:
			c.NotOnBooks++
		case Other:
			c.Others++
		case Nobody:
		}
	}
	c.Present, c.Absent = c.OnRoster+c.NotOnBooks, c.Roster-c.OnRoster
	return c
}

// Absent names the members that the rate counts and nobody met.
func (r Roster) Absent(entries []Entry) []kernel.PersonID {
	met := map[string]bool{}
	for _, e := range entries {
		subject, _ := r.Subject(e)
		met[subject] = true
	}
	var out []kernel.PersonID
	for id, m := range r.members {
		if m.Counted && !met["person:"+string(id)] {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// Same tells whether two counts agree.
func (c Counts) Same(d Counts) bool {
	same := len(c.Showings) == len(d.Showings)
	for v, n := range c.Showings {
		same = same && d.Showings[v] == n
	}
	return same && c.Roster == d.Roster && c.Present == d.Present && c.OnRoster == d.OnRoster && c.Certified == d.Certified &&
		c.NotOnBooks == d.NotOnBooks && c.Absent == d.Absent && c.Others == d.Others
}
