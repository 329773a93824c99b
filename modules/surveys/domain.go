package surveys

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/surveys/rule"
)

// Refusals.
var (
	ErrUnknown             = fault.New(fault.NotFound, "surveys.unknown") // or out of reach, or not asked
	ErrUnknownOrganization = fault.New(fault.NotFound, "surveys.unknown_organization")
	ErrClosed              = fault.New(fault.Conflict, "surveys.closed")
	ErrAnswers             = fault.New(fault.Invalid, "surveys.answers")
)

// Ended is a class that was completed, with who was there.
type Ended struct {
	Class        kernel.ClassID
	Title        string
	Course       kernel.CourseID
	Provider     kernel.OrganizationID
	ProviderName string
	ProviderPath []kernel.OrganizationID
	Region       kernel.RegionCode
	Teachers     []string
	Learners     []kernel.PersonID
	EndsOn       kernel.Date // the last session
	At           time.Time
}

// Survey is what the learners of one class are asked.
type Survey struct {
	ID       kernel.ClassID // one of each class
	Title    string
	Course   kernel.CourseID
	Provider Provider
	Path     []kernel.OrganizationID
	Teachers []string
	Row      rule.Row // as it was opened
	OpensAt  time.Time
	ClosesAt time.Time
	Asked    int64
	Settled  bool // its answers stand in the totals
}

// Provider held the class.
type Provider struct {
	ID   kernel.OrganizationID `bson:"id"`
	Name string                `bson:"name"`
}

// opened is the survey of a class that ended.
func opened(e Ended, row rule.Row) Survey {
	return Survey{
		ID: e.Class, Title: e.Title, Course: e.Course, Provider: Provider{e.Provider, e.ProviderName}, Path: slices.Clone(e.ProviderPath),
		Teachers: e.Teachers, Row: row, OpensAt: e.At, ClosesAt: e.At.Add(time.Duration(row.OpenDays) * 24 * time.Hour), Asked: int64(len(e.Learners)),
	}
}

// Closed tells whether nobody can answer any more.
func (s Survey) Closed(now time.Time) bool { return !now.Before(s.ClosesAt) }

// State of a survey.
type State string

// The states.
const (
	StateOpen   State = "open"
	StateFew    State = "few"    // closed, with too few answers to be told
	StateClosed State = "closed" // closed, and told
)

// Result is a survey with what may be told of its answers.
type Result struct {
	Survey
	State    State
	Answered int64
	Counts   map[string]map[string]int64 // nil where nothing is told
}

// Mean of the first question in hundredths; 0 where nothing is told.
func (r Result) Mean() int64 {
	m, _ := rule.Mean(r.Counts[rule.Overall])
	return m
}

// told is what may be told of the answers at an instant.
func (s Survey) told(answered int64, counts map[string]map[string]int64, now time.Time) Result {
	r := Result{Survey: s, State: StateOpen, Answered: answered}
	switch closed := s.Closed(now); {
	case s.Row.Tells(closed, answered):
		r.State, r.Counts = StateClosed, counts
	case closed:
		r.State = StateFew
	}
	return r
}

// Total adds up the surveys of a year that were told, by provider, teacher or
// course. Asked and Answered are of these only.
type Total struct {
	By       Dimension
	Key      string
	Name     string
	Provider Provider
	Year     int
	Surveys  int64
	Asked    int64
	Answered int64
	Counts   map[string]map[string]int64
}

// Dimension is what totals are added up by.
type Dimension string

// The dimensions.
const (
	ByProvider Dimension = "provider"
	ByTeacher  Dimension = "teacher" // of one provider: names are nobody's alone
	ByCourse   Dimension = "course"
)
