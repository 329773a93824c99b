package hours

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// The refusals of this module. What is out of reach is unknown.
var (
	ErrPersonUnknown       = fault.New(fault.NotFound, "hours.person_unknown")
	ErrOrganizationUnknown = fault.New(fault.NotFound, "hours.organization_unknown")
)

// Held is a closed session as training announces it. The highest revision of
// one session is the truth.
type Held struct {
	Session               kernel.SessionID
	Revision              int
	Class                 kernel.ClassID
	Course                kernel.CourseID
	CourseTitle           string
	Provider              kernel.OrganizationID
	Region                kernel.RegionCode
	Category              string
	Mode                  string
	OrganiserTier         string
	CountsTowardInService bool
	Date                  kernel.Date
	StartsAt, EndsAt      time.Time
	Minutes               kernel.Minutes
	Presences             []Attended
	RecordedAt            time.Time
}

// Attended is one person in it; Flaw says why it proves nothing.
type Attended struct {
	Person    kernel.PersonID
	As        kernel.PersonID // the record they sat there under, where it was merged since
	In, Out   time.Time
	Stretches []rule.Stretch // instead of In and Out, where there are several
	Source    string
	MarkedBy  kernel.UserID
	Reason    string
	Flaw      string
}

// Refusal reverses the credit of one presence.
type Refusal struct {
	Session    kernel.SessionID
	Person     kernel.PersonID
	As         kernel.PersonID
	By         kernel.UserID
	Reason     string
	Finding    string // that it rests on; empty for a second person's no
	RecordedAt time.Time
}

// Holding is a certificate that gives a skill level.
type Holding struct {
	Level      kernel.SkillLevel `bson:"level"`
	IssuedOn   kernel.Date       `bson:"issuedOn"`
	VerifiedAt time.Time         `bson:"verifiedAt"`
	RevokedOn  kernel.Date       `bson:"revokedOn"`
}

// levelOn is the highest verified level held on the day.
func levelOn(holdings []Holding, on kernel.Date) kernel.SkillLevel {
	best := kernel.NoLevel
	for _, h := range holdings {
		held := h.IssuedOn <= on && !h.VerifiedAt.IsZero() && (h.RevokedOn == "" || on < h.RevokedOn)
		if held && h.Level.Above(best) {
			best = h.Level
		}
	}
	return best
}

// Line is what one session is worth in somebody's year, with where it leads.
type Line struct {
	Session     kernel.SessionID      `bson:"session"`
	Class       kernel.ClassID        `bson:"class"`
	Course      kernel.CourseID       `bson:"course"`
	CourseTitle string                `bson:"courseTitle"`
	Provider    kernel.OrganizationID `bson:"provider"`
	Category    string                `bson:"category"`
	Mode        string                `bson:"mode,omitempty"`
	Date        kernel.Date           `bson:"date"`
	StartsAt    time.Time             `bson:"startsAt"`
	Planned     kernel.Minutes        `bson:"planned"`
	Attended    kernel.Minutes        `bson:"attended"`
	Credited    kernel.Minutes        `bson:"credited"`
	Reason      *kernel.Reason        `bson:"reason"`
	Warnings    []kernel.Reason       `bson:"warnings"`
	Source      string                `bson:"source"`
	Entries     int                   `bson:"entries"` // of the ledger on this session
	Imported    *Provenance           `bson:"imported,omitempty"`
}

func (l Line) code() string {
	if l.Reason == nil {
		return ""
	}
	return l.Reason.Code
}

// EntryKind is what a ledger entry does.
type EntryKind string

// The kinds of entries. A note credits nothing and says why.
const (
	Credit   EntryKind = "credit"
	Reversal EntryKind = "reversal"
	Note     EntryKind = "note"
)

// Entry is one line of the ledger, never changed once written.
type Entry struct {
	ID         string
	Person     kernel.PersonID
	Year       int
	Kind       EntryKind
	Minutes    kernel.Minutes // negative in a reversal
	Line       Line           // as it stood
	Cause      string         // the fact that led to it
	RecordedAt time.Time
}

// Standing is where a year stands, whatever the day: "open" reads as in
// progress while the year runs and as short afterwards.
type Standing string

// The standings.
const (
	StandingMet        Standing = "met"
	StandingOpen       Standing = "open"
	StandingNotSubject Standing = "notSubject"
)

// Year is one person's calendar year.
type Year struct {
	Person      kernel.PersonID
	Year        int
	Credited    kernel.Minutes
	Region      kernel.RegionCode
	RuleVersion string
	OnPost      *kernel.Period
	Employers   []kernel.OrganizationID // of the last day on post
	Offices     []kernel.OrganizationID // the employers and all offices above them
	Standing    Standing
	Missing     kernel.Minutes
	Lines       []Line
	Retired     map[kernel.SessionID]int // entries on sessions that no longer are a line
	Proof       *Proof                   // that was issued and stands
	RecordedAt  time.Time
	Stored      int64
}

// judge takes the measure of the year under the row.
func (y Year) judge(row rule.Row, spells []kernel.Spell) Year {
	y.RuleVersion, y.OnPost = row.Stamp(), row.Subject(y.Year, spells)
	y.Employers, y.Offices = nil, nil
	for _, s := range rule.Employers(y.OnPost, row.Roles, spells) {
		y.Employers = append(y.Employers, s.Organization)
		for _, o := range s.Path {
			if !slices.Contains(y.Offices, o) {
				y.Offices = append(y.Offices, o)
			}
		}
	}
	y.Credited = 0
	for _, l := range y.Lines {
		y.Credited += l.Credited
	}
	v := row.Judge(y.Year, rule.Standing{Credited: y.Credited, OnPost: y.OnPost})
	y.Standing, y.Missing = StandingOpen, max(0, row.Required()-y.Credited)
	switch v.Outcome {
	case rule.Met:
		y.Standing = StandingMet
	case rule.NotSubject:
		y.Standing, y.Missing = StandingNotSubject, 0
	}
	return y
}

// enter compares the lines with those before and returns them with the ledger
// entries that lead from one to the other.
func (y Year) enter(before []Line, cause string, at time.Time) (Year, []Entry) {
	var entries []Entry
	old := map[kernel.SessionID]Line{}
	for _, l := range before {
		old[l.Session] = l
	}
	add := func(l *Line, kind EntryKind, minutes kernel.Minutes) {
		l.Entries++
		entries = append(entries, Entry{
			ID:     string(y.Person) + ":" + string(l.Session) + ":" + strconv.Itoa(l.Entries),
			Person: y.Person, Year: y.Year, Kind: kind, Minutes: minutes, Line: *l, Cause: cause, RecordedAt: at,
		})
	}
	y.Lines = slices.Clone(y.Lines)
	for i := range y.Lines {
		l := &y.Lines[i]
		was, known := old[l.Session]
		delete(old, l.Session)
		l.Entries = max(was.Entries, y.Retired[l.Session])
		if known && was.Credited == l.Credited && was.code() == l.code() {
			continue
		}
		if was.Credited > 0 {
			add(l, Reversal, -was.Credited)
		}
		if l.Credited > 0 {
			add(l, Credit, l.Credited)
		} else if was.Credited == 0 {
			add(l, Note, 0)
		}
	}
	y.Retired = maps.Clone(y.Retired)
	for _, was := range before {
		gone, left := old[was.Session]
		if !left {
			continue
		}
		if gone.Credited > 0 {
			add(&gone, Reversal, -gone.Credited)
		}
		if y.Retired == nil {
			y.Retired = map[kernel.SessionID]int{}
		}
		y.Retired[gone.Session] = gone.Entries
	}
	return y, entries
}

// sameAs tells whether nothing that is shown differs.
func (y Year) sameAs(z Year) bool {
	return y.Credited == z.Credited && y.Standing == z.Standing && y.Missing == z.Missing &&
		y.RuleVersion == z.RuleVersion && y.Region == z.Region && samePeriod(y.OnPost, z.OnPost) &&
		slices.Equal(y.Employers, z.Employers) && slices.Equal(y.Offices, z.Offices) &&
		slices.EqualFunc(y.Lines, z.Lines, sameLine)
}

func samePeriod(a, b *kernel.Period) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}

func sameLine(a, b Line) bool {
	return a.Session == b.Session && a.Mode == b.Mode && a.Credited == b.Credited && a.Attended == b.Attended && a.code() == b.code() &&
		a.Source == b.Source && a.Entries == b.Entries && len(a.Warnings) == len(b.Warnings) && sameProvenance(a.Imported, b.Imported)
}
