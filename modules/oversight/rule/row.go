// Package rule tells what is odd about attendance: facts and dated parameters
// in, findings out. Pure. A finding says what was seen and under which row; it
// never says that anybody cheated.
package rule

import (
	"fmt"
	"slices"

	"carecert/modules/kernel"
)

// Kind is what is odd.
type Kind string

// The kinds of findings.
const (
	TwoRooms         Kind = "twoRooms"         // one person in two sessions at once
	LongDay          Kind = "longDay"          // more hours in a day than anybody sits through
	SharedDevice     Kind = "sharedDevice"     // several people scanned with one phone
	TurnedAway       Kind = "turnedAway"       // people were turned away with a phone that was somebody else's
	SameSecond       Kind = "sameSecond"       // several people scanned within one second
	OverAge          Kind = "overAge"          // a learner past the pension age
	LeftEmployer     Kind = "leftEmployer"     // a learner who had left their employer
	AlwaysFull       Kind = "alwaysFull"       // a class that nobody ever missed
	TeacherTwoPlaces Kind = "teacherTwoPlaces" // a teacher in two places at once
)

// Kinds lists them in the order in which they are shown.
func Kinds() []Kind {
	return []Kind{TwoRooms, TeacherTwoPlaces, SharedDevice, TurnedAway, SameSecond, LongDay, LeftEmployer, OverAge, AlwaysFull}
}

// Severity is how soon somebody should look.
type Severity string

// The severities.
const (
	High   Severity = "high"
	Medium Severity = "medium"
	Low    Severity = "low"
)

// Row holds the figures of the detectors (policies/rules/radar.yaml). A figure
// that is null switches its detector off.
type Row struct {
	kernel.RuleHead `yaml:",inline"`

	OverlapMinutes  *int              `yaml:"overlapMinutes"`  // at least so long in two sessions at once
	DayMinutes      *int              `yaml:"dayMinutes"`      // more than so long in a day
	DevicePeople    *int              `yaml:"devicePeople"`    // at least so many with one device in a class
	TurnedAwayTimes *int              `yaml:"turnedAwayTimes"` // at least so often with one device in a class
	SecondPeople    *int              `yaml:"secondPeople"`    // at least so many within one second of a session …
	SecondPercent   int               `yaml:"secondPercent"`   // … and of those who checked in up to half a minute before or after it
	LeftDays        *int              `yaml:"leftDays"`        // more than so many days after the last day on post
	FullSessions    *int              `yaml:"fullSessions"`    // at least so many sessions …
	FullLearners    *int              `yaml:"fullLearners"`    // … of at least so many learners
	TeacherMinutes  *int              `yaml:"teacherMinutes"`  // at least so long in two places at once
	Severity        map[Kind]Severity `yaml:"severity"`
	House           []string          `yaml:"house"`
}

// Check refuses a row that leaves a kind without its severity.
func (r Row) Check() error {
	for _, k := range Kinds() {
		if !slices.Contains([]Severity{High, Medium, Low}, r.Severity[k]) {
			return fmt.Errorf("%s has no severity for %s", r.ID, k)
		}
	}
	return nil
}

// AgeRow is the statutory pension age of a period, by sex, in months; null
// where no source gives it, which switches the detector off.
type AgeRow struct {
	kernel.RuleHead `yaml:",inline"`

	Male   *int `yaml:"maleMonths"`
	Female *int `yaml:"femaleMonths"`
}

// Months is the pension age of a sex; false where it is not known.
func (r AgeRow) Months(gender string) (int, bool) {
	var m *int
	switch gender {
	case "male":
		m = r.Male
	case "female":
		m = r.Female
	}
	if m == nil {
		return 0, false
	}
	return *m, true
}

// Off tells which detectors look at nothing on a day, in whatever region: no row
// in force gives their figure.
func Off(rows []Row, ages []AgeRow, on kernel.Date) (off []Kind) {
	known := map[Kind]bool{}
	for _, r := range rows {
		if !r.InForce(on) {
			continue
		}
		for kind, figures := range map[Kind][]*int{
			TwoRooms: {r.OverlapMinutes}, LongDay: {r.DayMinutes}, SharedDevice: {r.DevicePeople}, TurnedAway: {r.TurnedAwayTimes}, SameSecond: {r.SecondPeople},
			LeftEmployer: {r.LeftDays}, AlwaysFull: {r.FullSessions, r.FullLearners}, TeacherTwoPlaces: {r.TeacherMinutes},
		} {
			known[kind] = known[kind] || !slices.Contains(figures, nil)
		}
	}
	for _, a := range ages {
		known[OverAge] = known[OverAge] || a.InForce(on) && (a.Male != nil || a.Female != nil)
	}
	for _, k := range Kinds() {
		if !known[k] {
			off = append(off, k)
		}
	}
	return off
}
