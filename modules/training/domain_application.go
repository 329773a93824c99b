package training

import (
	"slices"
	"time"

	"carecert/modules/kernel"
)

// Teacher is who is to teach a class that is applied for.
type Teacher struct {
	Name          string `json:"name" bson:"name" minLength:"1" maxLength:"60"`
	Qualification string `json:"qualification,omitempty" bson:"qualification" maxLength:"120" doc:"certificate or title"`
	Subject       string `json:"subject,omitempty" bson:"subject" maxLength:"120"`
}

// Particulars of an application: what a class is to be.
type Particulars struct {
	Plan      string    `bson:"plan"` // the teaching plan
	Teachers  []Teacher `bson:"teachers"`
	Resources string    `bson:"resources"` // rooms, equipment, material
	TestPlan  string    `bson:"testPlan"`
}

// Step is one thing that happened to an application.
type Step struct {
	What   string        `bson:"what"`
	By     kernel.UserID `bson:"by"`
	ByName string        `bson:"byName"`
	Reason string        `bson:"reason"`
	At     time.Time     `bson:"at"`
}

// The steps.
const (
	StepSubmitted = "submitted"
	StepSentBack  = "sentBack"
	StepApproved  = "approved"
	StepRecalled  = "recalled"
)

// Application is the request to open a class that a bureau reviews (开班申请).
type Application struct {
	Particulars `bson:",inline"`
	RuleVersion string `bson:"ruleVersion"`
	Steps       []Step `bson:"steps"` // the oldest first
}

// editable refuses changes of the plan or the roster of a class that is with
// the bureau, or done with.
func (c Class) editable() error {
	switch c.Status {
	case ClassApplied:
		return ErrClassInReview
	case ClassCompleted, ClassArchived:
		return ErrClassCompleted
	case ClassOpen, ClassInDraft, ClassReturned:
	}
	return nil
}

// running refuses what only happens in a class that is open.
func (c Class) running() error {
	switch c.Status {
	case ClassOpen:
		return nil
	case ClassCompleted, ClassArchived:
		return ErrClassCompleted
	case ClassInDraft, ClassReturned, ClassApplied:
	}
	return ErrClassNotOpen
}

// Opened tells whether the class is or was open.
func (c Class) Opened() bool {
	switch c.Status {
	case ClassInDraft, ClassReturned, ClassApplied:
		return false
	case ClassOpen, ClassCompleted, ClassArchived:
	}
	return true
}

// Describe writes what the application says; not while it is with the bureau.
func (c Class) Describe(p Particulars) (Class, error) {
	if c.Application == nil {
		return c, ErrNoReview
	}
	if c.Status != ClassInDraft && c.Status != ClassReturned {
		return c, ErrClassInReview
	}
	a := *c.Application
	a.Particulars = p
	c.Application = &a
	return c, nil
}

// Submit hands the application to the bureau.
func (c Class) Submit(by Step) (Class, error) {
	switch {
	case c.Application == nil:
		return c, ErrNoReview
	case c.Status == ClassApplied:
		return c, nil // handed in already
	case c.Status != ClassInDraft && c.Status != ClassReturned:
		return c, ErrClassInReview
	}
	by.What = StepSubmitted
	return c.step(by, ClassApplied), nil
}

// Recall takes the application back from the bureau.
func (c Class) Recall(by Step) (Class, error) {
	if c.Application == nil || c.Status != ClassApplied {
		return c, ErrNotInReview
	}
	by.What = StepRecalled
	return c.step(by, ClassInDraft), nil
}

// Approve opens the class; never by who submitted the application or wrote it.
func (c Class) Approve(by Step) (Class, error) {
	if err := c.reviewable(by.By); err != nil {
		return c, err
	}
	by.What = StepApproved
	return c.step(by, ClassOpen), nil
}

// SendBack returns the application with the reason.
func (c Class) SendBack(by Step) (Class, error) {
	if err := c.reviewable(by.By); err != nil {
		return c, err
	}
	if by.Reason == "" {
		return c, ErrReasonNeeded.At("body.reason", "training.reason_needed", "")
	}
	by.What = StepSentBack
	return c.step(by, ClassReturned), nil
}

func (c Class) reviewable(by kernel.UserID) error {
	if c.Application == nil || c.Status != ClassApplied {
		return ErrNotInReview
	}
	if slices.ContainsFunc(c.Application.Steps, func(s Step) bool { return s.What == StepSubmitted && s.By == by }) || c.OpenedBy == by {
		return ErrOwnApplication
	}
	return nil
}

func (c Class) step(s Step, to ClassStatus) Class {
	a := *c.Application
	a.Steps = append(slices.Clone(a.Steps), s)
	c.Application, c.Status = &a, to
	return c
}

// Archive closes the file of a completed class.
func (c Class) Archive(at time.Time) (Class, error) {
	switch c.Status {
	case ClassArchived:
		return c, nil
	case ClassCompleted:
		c.Status, c.ArchivedAt = ClassArchived, at
		return c, nil
	case ClassOpen, ClassInDraft, ClassReturned, ClassApplied:
	}
	return c, ErrNotCompleted
}

// Phase is where a class stands for people: by its plan while it is open.
func (c Class) Phase(today kernel.Date) string {
	switch {
	case c.Status != ClassOpen:
		return string(c.Status)
	case c.StartsOn > today:
		return "coming"
	case c.EndsOn < today:
		return "over"
	}
	return "running"
}
