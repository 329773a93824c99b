package oversight

import (
	"context"
	"errors"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/oversight/rule"
)

// sessionDoc is what the radar keeps of a closed session: enough to judge it
// again and to lay its evidence side by side.
type sessionDoc struct {
	store.Doc `bson:",inline"`
	Class     kernel.ClassID          `bson:"class"`
	Title     string                  `bson:"title"`
	Provider  kernel.OrganizationID   `bson:"provider"`
	Path      []kernel.OrganizationID `bson:"path"`
	Base      kernel.OrganizationID   `bson:"base,omitempty"`
	Region    kernel.RegionCode       `bson:"region"`
	Counts    bool                    `bson:"counts,omitempty"`
	Date      kernel.Date             `bson:"date"`
	StartsAt  time.Time               `bson:"startsAt"`
	EndsAt    time.Time               `bson:"endsAt"`
	Teacher   string                  `bson:"teacher,omitempty"`
	Listed    string                  `bson:"listed,omitempty"`
	Venue     string                  `bson:"venue,omitempty"`
	Remote    bool                    `bson:"remote,omitempty"`
	Enrolled  int                     `bson:"enrolled"`
	Presences []Presence              `bson:"presences"`

	TurnedAway []TurnedAway `bson:"turnedAway,omitempty"`
}

// spanDoc is a rule.Span as it is kept.
type spanDoc struct {
	Session kernel.SessionID      `bson:"session"`
	Class   kernel.ClassID        `bson:"class"`
	From    time.Time             `bson:"from"`
	To      time.Time             `bson:"to"`
	Place   string                `bson:"place,omitempty"`
	Remote  bool                  `bson:"remote,omitempty"`
	Lister  kernel.OrganizationID `bson:"lister,omitempty"`
	Listed  string                `bson:"listed,omitempty"`
}

// dayDoc is everything a person attended on a day; _id "person:date".
type dayDoc struct {
	store.Doc `bson:",inline"`
	Person    kernel.PersonID `bson:"person"`
	Date      kernel.Date     `bson:"date"`
	Spans     []spanDoc       `bson:"spans"`
}

// teacherDoc is everything a teacher gave in a district on a day; its _id is
// Held.teacherKey.
type teacherDoc struct {
	store.Doc `bson:",inline"`
	Spans     []spanDoc `bson:"spans"`
}

// tallyDoc is how one session of a class went, and who in it had left their
// employer or was past the pension age; Phones are those that somebody checked in
// with, or was turned away with.
type tallyDoc struct {
	Session  kernel.SessionID  `bson:"session"`
	Date     kernel.Date       `bson:"date"`
	Enrolled int               `bson:"enrolled"`
	Present  int               `bson:"present"`
	Left     []leaver          `bson:"left,omitempty"`
	Over     []kernel.PersonID `bson:"over,omitempty"`
	Phones   []phoneDoc        `bson:"phones,omitempty"`
}

type phoneDoc struct {
	Device string          `bson:"device"`
	Person kernel.PersonID `bson:"person"`
	Away   bool            `bson:"away,omitempty"`
}

type leaver struct {
	Person kernel.PersonID `bson:"person"`
	On     kernel.Date     `bson:"on"` // the last day on post
}

// classDoc tallies a class.
type classDoc struct {
	store.Doc `bson:",inline"`
	Region    kernel.RegionCode `bson:"region"`
	Counts    bool              `bson:"counts,omitempty"`
	Tallies   []tallyDoc        `bson:"tallies"`
}

type findingDoc struct {
	store.Doc   `bson:",inline"`
	Scope       string                  `bson:"scope"` // where it is judged
	Kind        rule.Kind               `bson:"kind"`
	Severity    rule.Severity           `bson:"severity"`
	Status      Status                  `bson:"status"`
	Date        kernel.Date             `bson:"date"`
	People      []kernel.PersonID       `bson:"people"`
	Sessions    []kernel.SessionID      `bson:"sessions"`
	Classes     []kernel.ClassID        `bson:"classes"`
	Providers   []kernel.OrganizationID `bson:"providers"`
	Over        []kernel.OrganizationID `bson:"over"`
	Teacher     string                  `bson:"teacher,omitempty"`
	Figures     map[string]string       `bson:"figures"`
	RuleVersion string                  `bson:"ruleVersion"`
	Clause      string                  `bson:"clause"`
	FirstSeenAt time.Time               `bson:"firstSeenAt"`
	ChangedAt   time.Time               `bson:"changedAt"`
	GoneAt      time.Time               `bson:"goneAt,omitempty"`
	Decisions   []Decision              `bson:"decisions,omitempty"`
	Statements  []Statement             `bson:"statements,omitempty"`
	Shelves     []string                `bson:"shelves"`
}

// everywhere is the shelf of who reaches everywhere.
const everywhere kernel.OrganizationID = "*"

// shelf is where findings of an organisation's tree stand, of one status and of
// one kind; empty for any.
func shelf(o kernel.OrganizationID, s Status, k rule.Kind) string {
	return string(o) + "/" + string(s) + "/" + string(k)
}

type repository struct {
	db       *store.DB
	sessions *store.Collection[sessionDoc]
	days     *store.Collection[dayDoc]
	teachers *store.Collection[teacherDoc]
	classes  *store.Collection[classDoc]
	findings *store.Collection[findingDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		sessions: store.Open[sessionDoc](db, store.Spec{Name: "oversight_sessions", Indexes: []store.Index{
			{Name: "held", Fields: []string{"path", "date"}, Many: "path"},
		}}),
		days: store.Open[dayDoc](db, store.Spec{Name: "oversight_days", Indexes: []store.Index{
			{Name: "person", Fields: []string{"person", "date"}},
		}}),
		teachers: store.Open[teacherDoc](db, store.Spec{Name: "oversight_teachers"}),
		classes:  store.Open[classDoc](db, store.Spec{Name: "oversight_classes"}),
		findings: store.Open[findingDoc](db, store.Spec{Name: "oversight_findings", Indexes: []store.Index{
			{Name: "scope", Fields: []string{"scope"}},
			{Name: "shelf", Fields: []string{"shelves", "firstSeenAt"}, Many: "shelves"},
			{Name: "people", Fields: []string{"people", "status"}, Many: "people"},
		}}),
	}
}

func missing[T any](doc T, err error) (T, error) {
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return doc, err
}

func (r *repository) finding(ctx context.Context, id string) (findingDoc, error) {
	d, err := r.findings.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrUnknown
	}
	return d, err
}

// sessionsOf reads what is kept of sessions, by id.
func (r *repository) sessionsOf(ctx context.Context, ids []kernel.SessionID) (map[kernel.SessionID]Held, error) {
	docs, err := r.sessions.GetMany(ctx, texts(ids))
	out := make(map[kernel.SessionID]Held, len(docs))
	for _, d := range docs {
		out[kernel.SessionID(d.ID)] = d.held()
	}
	return out, err
}

func texts[T ~string](ids []T) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

func distinct[T ~string](ids []T) []T {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}
