package training

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

// learningDoc is one per session and person; _id "session:person".
type learningDoc struct {
	store.Doc     `bson:",inline"`
	Session       kernel.SessionID `bson:"session"`
	Class         kernel.ClassID   `bson:"class"`
	Person        kernel.PersonID  `bson:"person"`
	As            kernel.PersonID  `bson:"as,omitempty"`
	Run           string           `bson:"run"`
	Devices       []string         `bson:"devices"`
	rule.Learning `bson:"learning"`
	StartedAt     time.Time `bson:"startedAt"`
	ChangedAt     time.Time `bson:"changedAt"`
}

func learningSpec() store.Spec {
	return store.Spec{Name: "training_learning", Indexes: []store.Index{
		{Name: "by_session", Fields: []string{"session", "person"}},
		{Name: "by_class", Fields: []string{"class", "person"}},
		{Name: "by_person", Fields: []string{"person", "startedAt"}},
		{Name: "by_start", Fields: []string{"startedAt"}},
	}}
}

// watchingDoc says which run of a person counts, wherever they learn: there is
// one at a time. _id is the person.
type watchingDoc struct {
	store.Doc `bson:",inline"`
	Run       string           `bson:"run"`
	Session   kernel.SessionID `bson:"session"`
}

func watchingSpec() store.Spec { return store.Spec{Name: "training_watching"} }

func (d learningDoc) read() Learning {
	return Learning{
		Learning: d.Learning, Session: d.Session, Class: d.Class, Person: d.Person, As: d.As, Run: d.Run, Devices: d.Devices,
		StartedAt: d.StartedAt, ChangedAt: d.ChangedAt, Stored: d.Version,
	}
}

func docOfLearning(l Learning) learningDoc {
	return learningDoc{
		Doc: store.Doc{ID: attendanceID(l.Session, l.Person), Version: l.Stored}, Session: l.Session, Class: l.Class, Person: l.Person,
		As: l.As, Run: l.Run, Devices: l.Devices, Learning: l.Learning, StartedAt: l.StartedAt, ChangedAt: l.ChangedAt,
	}
}

// learned reads how somebody learns in a session; an empty one before they
// begin.
func (c collections) learned(ctx context.Context, s Session, p kernel.PersonID) (Learning, error) {
	doc, err := c.learning.Get(ctx, attendanceID(s.ID, p))
	if !errors.Is(err, store.ErrNotFound) {
		return doc.read(), err
	}
	seat, err := c.enrolments.Get(ctx, enrolmentID(s.Class, p))
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return Learning{Session: s.ID, Class: s.Class, Person: p, As: seat.enrolled()}, err
}

func (c collections) saveLearning(ctx context.Context, l *Learning) error {
	doc := docOfLearning(*l)
	write := c.learning.Replace
	if l.Stored == 0 {
		write = c.learning.Put // the gate keeps a second first run out
	}
	err := write(ctx, &doc)
	l.Stored = doc.Version
	return err
}

// learnedBy reads how somebody learns in all sessions, the latest first.
func (c collections) learnedBy(ctx context.Context, p kernel.PersonID) (out []Learning, err error) {
	q := store.Query{Index: "by_person", Equal: []any{string(p)}, Desc: true}
	err = c.learning.Each(ctx, q, func(d learningDoc) error {
		out = append(out, d.read())
		return nil
	})
	return out, err
}

// learners reads how everybody learns in a session.
func (c collections) learners(ctx context.Context, s kernel.SessionID) ([]Learning, error) {
	var out []Learning
	err := c.learning.Each(ctx, store.Query{Index: "by_session", Equal: []any{string(s)}}, func(d learningDoc) error {
		out = append(out, d.read())
		return nil
	})
	return out, err
}
