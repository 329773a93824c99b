package training

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// ClassStatus is where a class stands.
type ClassStatus string

// The states of a class.
const (
	ClassInDraft   ClassStatus = "draft"    // to be reviewed, being written
	ClassApplied   ClassStatus = "applied"  // with the bureau
	ClassReturned  ClassStatus = "returned" // sent back, being mended
	ClassOpen      ClassStatus = "open"
	ClassCompleted ClassStatus = "completed"
	ClassArchived  ClassStatus = "archived"
)

// SeatState is how somebody belongs to a class.
type SeatState string

// The states of a seat.
const (
	SeatEnrolled   SeatState = "enrolled"
	SeatWaitlisted SeatState = "waitlisted"
	SeatWithdrawn  SeatState = "withdrawn" // on enrolment documents only
)

// WaitingLimit bounds the waiting list of a class.
const WaitingLimit = 500

// Outcome is what an enrolment came to (CONTRACT §3).
type Outcome string

// The outcomes.
const (
	OutcomeEnrolled   Outcome = "enrolled"
	OutcomeAlready    Outcome = "alreadyEnrolled"
	OutcomeWaitlisted Outcome = "waitlisted"
	OutcomeRefused    Outcome = "refused"
)

// Seat is one learner's place, in order of enrolment.
type Seat struct {
	Person      kernel.PersonID      `bson:"person"`
	State       SeatState            `bson:"state"`
	By          kernel.UserID        `bson:"by"`
	RecordedAt  time.Time            `bson:"recordedAt"`
	Score       *int                 `bson:"score"` // hundredths of a point; of a test in two parts the lower one
	Parts       *Parts               `bson:"parts,omitempty"`
	Result      string               `bson:"result"`
	Certificate kernel.CertificateID `bson:"certificate"`
	Reasons     []kernel.Reason      `bson:"reasons"`
	MovedUpAt   time.Time            `bson:"movedUpAt,omitempty"` // from the waiting list
	Scorings    []Scoring            `bson:"scorings,omitempty"`  // from the first that a table brought on
}

// Parts are what a test in two parts came to, in hundredths of a point. Each has
// to reach the pass mark (理论知识考试、技能考核各满60分).
type Parts struct {
	Theory   int `bson:"theory"`
	Practice int `bson:"practice"`
}

// lower is the part that decides.
func (p Parts) lower() int { return min(p.Theory, p.Practice) }

// Scoring is one setting of a score: a table can be withdrawn while its word
// is the last.
type Scoring struct {
	Import      string `bson:"import"` // "" by hand
	Before      *int   `bson:"before,omitempty"`
	PartsBefore *Parts `bson:"partsBefore,omitempty"`
}

// Class is one run of a course for a group of learners. Its sessions lie between
// StartsOn and EndsOn.
type Class struct {
	ID            kernel.ClassID
	Course        kernel.CourseID
	CourseVersion int
	Terms         Terms
	Programme     string
	Provider      kernel.OrganizationID
	ProviderName  string
	ProviderPath  []kernel.OrganizationID
	Region        kernel.RegionCode
	Tier          OrganiserTier
	Base          kernel.OrganizationID
	BaseName      string
	Reach         []kernel.OrganizationID // provider's path and base's path
	SeenBy        []kernel.OrganizationID // Reach, who commissioned the provider, and where the learners work
	StartsOn      kernel.Date
	EndsOn        kernel.Date
	Capacity      int
	Status        ClassStatus
	Seats         []Seat
	Application   *Application // where a bureau reviews it
	OpenedBy      kernel.UserID
	RecordedAt    time.Time
	CompletedAt   time.Time
	ArchivedAt    time.Time
	Withdrawal    *Withdrawal // of its certificates
	Stored        int64
}

// Withdrawal marks a class whose certificates were withdrawn: its results keep
// what was.
type Withdrawal struct {
	On     kernel.Date `bson:"on"`
	Reason string      `bson:"reason"`
}

func (c Class) seat(p kernel.PersonID) int {
	return slices.IndexFunc(c.Seats, func(s Seat) bool { return s.Person == p })
}

// Enrolled counts the seats taken.
func (c Class) Enrolled() int { return c.count(SeatEnrolled) }

// Waiting counts the waiting list.
func (c Class) Waiting() int { return c.count(SeatWaitlisted) }

func (c Class) count(state SeatState) (n int) {
	for _, s := range c.Seats {
		if s.State == state {
			n++
		}
	}
	return n
}

// Learns tells whether the person holds a seat (the waiting list does not).
func (c Class) Learns(p kernel.PersonID) bool {
	i := c.seat(p)
	return i >= 0 && c.Seats[i].State == SeatEnrolled
}

// Enrol gives the person a seat, or a place on the waiting list.
func (c Class) Enrol(p kernel.PersonID, by kernel.UserID, at time.Time) (Class, Outcome, error) {
	if err := c.editable(); err != nil {
		return c, OutcomeRefused, err
	}
	if c.seat(p) >= 0 {
		return c, OutcomeAlready, nil
	}
	state, outcome := SeatEnrolled, OutcomeEnrolled
	if c.Enrolled() >= c.Capacity {
		state, outcome = SeatWaitlisted, OutcomeWaitlisted
		if c.Waiting() >= WaitingLimit {
			return c, OutcomeRefused, nil
		}
	}
	c.Seats = append(slices.Clone(c.Seats), Seat{Person: p, State: state, By: by, RecordedAt: at})
	return c, outcome, nil
}

// Place on the waiting list, from 1; 0 for who does not wait.
func (c Class) Place(p kernel.PersonID) (place int) {
	for _, s := range c.Seats {
		if s.State != SeatWaitlisted {
			continue
		}
		place++
		if s.Person == p {
			return place
		}
	}
	return 0
}

// Withdraw frees the person's place; the head of the waiting list moves up and
// is named.
func (c Class) Withdraw(p kernel.PersonID, at time.Time) (Class, kernel.PersonID, error) {
	if err := c.editable(); err != nil {
		return c, "", err
	}
	i := c.seat(p)
	if i < 0 {
		return c, "", ErrNotEnrolled
	}
	c.Seats = slices.Delete(slices.Clone(c.Seats), i, i+1)
	return c.moveUp(at)
}

// Swap gives somebody's place, seat or waiting, to a colleague. Where the
// colleague waits already, that place is given up.
func (c Class) Swap(out, in kernel.PersonID, by kernel.UserID, at time.Time) (Class, error) {
	if err := c.editable(); err != nil {
		return c, err
	}
	if c.seat(out) < 0 {
		return c, ErrNotEnrolled
	}
	if c.Learns(in) {
		return c, ErrSeatedAlready
	}
	c.Seats = slices.DeleteFunc(slices.Clone(c.Seats), func(s Seat) bool { return s.Person == in && in != out })
	i := c.seat(out)
	c.Seats[i] = Seat{Person: in, State: c.Seats[i].State, By: by, RecordedAt: at}
	return c, nil
}

func (c Class) moveUp(at time.Time) (Class, kernel.PersonID, error) {
	next := slices.IndexFunc(c.Seats, func(s Seat) bool { return s.State == SeatWaitlisted })
	if next < 0 || c.Enrolled() >= c.Capacity {
		return c, "", nil
	}
	c.Seats[next].State, c.Seats[next].MovedUpAt = SeatEnrolled, at
	return c, c.Seats[next].Person, nil
}

// Grade enters a test result in hundredths of a point.
func (c Class) Grade(p kernel.PersonID, score int) (Class, error) {
	return c.grade("", p, score, nil)
}

// GradeParts enters what both parts of a test came to: the lower one decides.
func (c Class) GradeParts(p kernel.PersonID, parts Parts) (Class, error) {
	return c.grade("", p, parts.lower(), &parts)
}

// GradeFrom writes what a table brings: a score, or both parts that it is the
// lower of.
func (c Class) GradeFrom(importID string, p kernel.PersonID, score int, parts *Parts) (Class, error) {
	return c.grade(importID, p, score, parts)
}

func (c Class) grade(importID string, p kernel.PersonID, score int, parts *Parts) (Class, error) {
	if err := c.running(); err != nil {
		return c, err
	}
	if !c.Learns(p) {
		return c, ErrNotEnrolled
	}
	c.Seats = slices.Clone(c.Seats)
	seat := &c.Seats[c.seat(p)]
	same := seat.Score != nil && *seat.Score == score && (parts == nil) == (seat.Parts == nil) && (parts == nil || *parts == *seat.Parts)
	if importID != "" || len(seat.Scorings) > 0 && !same {
		seat.Scorings = append(slices.Clone(seat.Scorings), Scoring{Import: importID, Before: seat.Score, PartsBefore: seat.Parts})
	}
	seat.Score, seat.Parts = &score, parts
	return c, nil
}

// Ungrade gives back the scores that a table replaced, and tells how many.
// ErrClassCompleted, ErrScoreChanged where one was set again since.
func (c Class) Ungrade(importID string) (Class, int, error) {
	if c.Status != ClassOpen {
		return c, 0, ErrClassCompleted.With("class", c.Terms.Title)
	}
	n := 0
	c.Seats = slices.Clone(c.Seats)
	for i, s := range c.Seats {
		at := slices.IndexFunc(s.Scorings, func(x Scoring) bool { return x.Import == importID })
		if at < 0 {
			continue
		}
		if at < len(s.Scorings)-1 {
			return c, 0, ErrScoreChanged.With("class", c.Terms.Title)
		}
		n++
		c.Seats[i].Score, c.Seats[i].Parts, c.Seats[i].Scorings = s.Scorings[at].Before, s.Scorings[at].PartsBefore, s.Scorings[:at:at]
	}
	return c, n, nil
}

// scoredBy are the tables that scores came with.
func (c Class) scoredBy() (ids []string) {
	for _, s := range c.Seats {
		for _, x := range s.Scorings {
			if x.Import != "" && !slices.Contains(ids, x.Import) {
				ids = append(ids, x.Import)
			}
		}
	}
	return ids
}

// Tested tells whether a test decides: the course has one, or results stand.
func (c Class) Tested() bool {
	return c.Terms.HasTest || slices.ContainsFunc(c.Seats, func(s Seat) bool { return s.Score != nil })
}

// Complete ends the class; seats are judged one by one with Decide before.
func (c Class) Complete(at time.Time) (Class, error) {
	if err := c.running(); err != nil {
		return c, err
	}
	c.Status, c.CompletedAt = ClassCompleted, at
	return c, nil
}

// Decide writes a verdict, and the certificate of who completed, into the seat.
func (c Class) Decide(p kernel.PersonID, v kernel.Verdict, cert kernel.CertificateID) Class {
	c.Seats = slices.Clone(c.Seats)
	s := &c.Seats[c.seat(p)]
	s.Result, s.Reasons, s.Certificate = v.Outcome, v.Reasons, cert
	return c
}

// Results lists the seats that got a certificate, and those that did not.
func (c Class) Results() (completed, refused []Seat) {
	for _, s := range c.Seats {
		switch s.Result {
		case rule.Completed:
			completed = append(completed, s)
		case rule.Refused:
			refused = append(refused, s)
		}
	}
	return completed, refused
}

// Widen lets more organisations see the class; false when they all did.
func (c Class) Widen(path []kernel.OrganizationID) (Class, bool) {
	wide := union(c.SeenBy, path)
	grew := len(wide) > len(c.SeenBy)
	c.SeenBy = wide
	return c, grew
}

func union(a, b []kernel.OrganizationID) []kernel.OrganizationID {
	out := slices.Clone(a)
	for _, o := range b {
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}
