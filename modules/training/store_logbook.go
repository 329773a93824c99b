package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

// logEntryDoc is one entry of the logbook.
type logEntryDoc struct {
	store.Doc  `bson:",inline"`
	Session    kernel.SessionID `bson:"session"`
	Class      kernel.ClassID   `bson:"class"`
	Title      string           `bson:"title"`
	Person     kernel.PersonID  `bson:"person"`
	As         kernel.PersonID  `bson:"as,omitempty"`
	From       time.Time        `bson:"from"`
	To         time.Time        `bson:"to"`
	Topic      Practised        `bson:"topic"`
	Remark     string           `bson:"remark"`
	State      EntryState       `bson:"state"`
	Written    Signature        `bson:"written"`
	Answered   *Signature       `bson:"answered,omitempty"`
	Replaces   string           `bson:"replaces,omitempty"`
	ReplacedBy string           `bson:"replacedBy,omitempty"`
	ChangedAt  time.Time        `bson:"changedAt"`
}

func logbookSpec() store.Spec {
	return store.Spec{Name: "training_logbook", Indexes: []store.Index{
		{Name: "by_session", Fields: []string{"session", "from"}},
		{Name: "by_person", Fields: []string{"person", "from"}},
		{Name: "by_class", Fields: []string{"class", "person", "from"}},
		{Name: "by_start", Fields: []string{"from"}},
	}}
}

func (d logEntryDoc) read() LogEntry {
	return LogEntry{
		ID: d.ID, Session: d.Session, Class: d.Class, Title: d.Title, Person: d.Person, As: d.As, When: rule.Stretch{From: d.From, To: d.To},
		Topic: d.Topic, Remark: d.Remark, State: d.State, Written: d.Written, Answered: d.Answered, Replaces: d.Replaces,
		ReplacedBy: d.ReplacedBy, ChangedAt: d.ChangedAt, Stored: d.Version,
	}
}

func docOfLogEntry(e LogEntry) logEntryDoc {
	return logEntryDoc{
		Doc: store.Doc{ID: e.ID, Version: e.Stored}, Session: e.Session, Class: e.Class, Title: e.Title, Person: e.Person, As: e.As,
		From: e.When.From, To: e.When.To, Topic: e.Topic, Remark: e.Remark, State: e.State, Written: e.Written, Answered: e.Answered,
		Replaces: e.Replaces, ReplacedBy: e.ReplacedBy, ChangedAt: e.ChangedAt,
	}
}

func (c collections) logEntry(ctx context.Context, id string) (LogEntry, error) {
	doc, err := c.logbook.Get(ctx, id)
	return doc.read(), unknown(err, ErrEntryUnknown)
}

func (c collections) saveLogEntry(ctx context.Context, e LogEntry) error {
	doc := docOfLogEntry(e)
	if e.Stored == 0 {
		doc.Version = 1
		return c.logbook.Insert(ctx, doc)
	}
	return c.logbook.Replace(ctx, &doc)
}

func (c collections) logEntries(ctx context.Context, q store.Query) (out []LogEntry, err error) {
	err = c.logbook.Each(ctx, q, func(d logEntryDoc) error {
		out = append(out, d.read())
		return nil
	})
	return out, err
}

// onlyOneLogs makes transactions that enter times of one person wait for each
// other: two overlapping times cannot both be entered.
func (c collections) onlyOneLogs(ctx context.Context, p kernel.PersonID) error {
	return c.gates.Increment(ctx, "logbook:"+string(p), map[string]int64{"passed": 1})
}
