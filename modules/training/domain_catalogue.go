package training

import (
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
)

// Unit is a part of a course's syllabus.
type Unit struct {
	Title   string         `json:"title" bson:"title" minLength:"1" maxLength:"120"`
	Minutes kernel.Minutes `json:"minutes" bson:"minutes" minimum:"1" maximum:"6000"`
	Mode    Mode           `json:"mode,omitempty" bson:"mode,omitempty" enum:"classroom,remote,onTheJob" doc:"the course's, unless stated"`
}

// Material is a file that a version of a course hands out.
type Material struct {
	ID          string        `bson:"id"`
	Name        string        `bson:"name"`
	ContentType string        `bson:"contentType"`
	Size        int64         `bson:"size"`
	SHA256      string        `bson:"sha256"`
	By          kernel.UserID `bson:"by"`
	ByName      string        `bson:"byName"`
	At          time.Time     `bson:"at"`
}

// MaterialsMost bounds the files of a course.
const MaterialsMost = 30

// taught adds up the syllabus.
func (t Terms) taught() (sum kernel.Minutes) {
	for _, u := range t.Syllabus {
		sum += u.Minutes
	}
	return sum
}

func (t Terms) material(id string) (Material, bool) {
	i := slices.IndexFunc(t.Materials, func(m Material) bool { return m.ID == id })
	if i < 0 {
		return Material{}, false
	}
	return t.Materials[i], true
}

// Qualification is what allows somebody to teach.
type Qualification struct {
	Title  string      `json:"title" bson:"title" minLength:"1" maxLength:"120"`
	Number string      `json:"number,omitempty" bson:"number,omitempty" maxLength:"60"`
	Issuer string      `json:"issuer,omitempty" bson:"issuer,omitempty" maxLength:"120"`
	From   kernel.Date `json:"from,omitempty" bson:"from,omitempty" format:"date"`
	To     kernel.Date `json:"to,omitempty" bson:"to,omitempty" format:"date" doc:"the last day it holds; always when left out"`
}

func (q Qualification) holds(on kernel.Date) bool { return q.From <= on && (q.To == "" || on <= q.To) }

// Instructor is a teacher of a provider, with what allows them to teach.
type Instructor struct {
	ID             string
	Provider       kernel.OrganizationID
	ProviderPath   []kernel.OrganizationID
	Name           string
	Subject        string
	Qualifications []Qualification
	Left           bool // teaches there no more
	By             kernel.UserID
	RecordedAt     time.Time
	Stored         int64
}

// Check refuses dates that contradict each other.
func (i Instructor) Check() error {
	for n, q := range i.Qualifications {
		if q.To != "" && q.To < q.From {
			return ErrQualificationReversed.At("body.qualifications["+strconv.Itoa(n)+"].to", ErrQualificationReversed.Code, string(q.To))
		}
	}
	return nil
}

// Qualified tells whether any qualification holds on the day; true for whom
// none is entered, of whom nothing is known.
func (i Instructor) Qualified(on kernel.Date) bool {
	return len(i.Qualifications) == 0 || slices.ContainsFunc(i.Qualifications, func(q Qualification) bool { return q.holds(on) })
}
