package hours

import (
	"context"
	"errors"
	"strconv"
	"time"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// presenceDoc is one person in one closed session; _id "session:person", the
// person being the record that sat there: a merge changes whose it is, never
// which one it is.
type presenceDoc struct {
	store.Doc     `bson:",inline"`
	Session       kernel.SessionID      `bson:"session"`
	Person        kernel.PersonID       `bson:"person"`        // in whose year it counts
	Was           kernel.Trail          `bson:"was,omitempty"` // whose it was before merges, the last at the end
	Revision      int                   `bson:"revision"`
	Class         kernel.ClassID        `bson:"class"`
	Course        kernel.CourseID       `bson:"course"`
	CourseTitle   string                `bson:"courseTitle"`
	Provider      kernel.OrganizationID `bson:"provider"`
	Region        kernel.RegionCode     `bson:"region"`
	Category      string                `bson:"category"`
	Mode          string                `bson:"mode,omitempty"`
	OrganiserTier string                `bson:"organiserTier"`
	Counts        bool                  `bson:"counts"`
	Date          kernel.Date           `bson:"date"`
	StartsAt      time.Time             `bson:"startsAt"`
	EndsAt        time.Time             `bson:"endsAt"`
	Minutes       kernel.Minutes        `bson:"minutes"`
	In            time.Time             `bson:"in"`
	Out           time.Time             `bson:"out"`
	Stretches     []rule.Stretch        `bson:"stretches,omitempty"`
	Source        string                `bson:"source"`
	MarkedBy      kernel.UserID         `bson:"markedBy"`
	Reason        string                `bson:"reason"`
	Flaw          string                `bson:"flaw"`
	RefusedBy     kernel.UserID         `bson:"refusedBy"`
	RefusedWhy    string                `bson:"refusedWhy"`
	RefusedFor    string                `bson:"refusedFor,omitempty"` // the finding that it rests on
	RefusedAt     time.Time             `bson:"refusedAt"`
	RecordedAt    time.Time             `bson:"recordedAt"`
	Claims        []Claim               `bson:"claims,omitempty"`  // of hours earned elsewhere, oldest first
	Imports       []string              `bson:"imports,omitempty"` // that left a claim
	Queue         []string              `bson:"queue,omitempty"`   // "office/state": the bureaus' work
}

func presenceSpec() store.Spec {
	return store.Spec{Name: "hours_presences", Indexes: []store.Index{
		{Name: "by_person", Fields: []string{"person", "date"}},
		{Name: "by_session", Fields: []string{"session", "person"}},
		{Name: "by_import", Fields: []string{"imports"}, Many: "imports"},
		{Name: "queue", Fields: []string{"queue", "date"}, Many: "queue"},
	}}
}

// entryDoc is one ledger entry, never written again; _id "person:session:n".
type entryDoc struct {
	store.Doc  `bson:",inline"`
	Person     kernel.PersonID `bson:"person"`
	Year       int             `bson:"year"`
	Kind       EntryKind       `bson:"kind"`
	Minutes    kernel.Minutes  `bson:"minutes"`
	Line       Line            `bson:"line"`
	Cause      string          `bson:"cause"`
	RecordedAt time.Time       `bson:"recordedAt"`
}

func entrySpec() store.Spec {
	return store.Spec{Name: "hours_entries", Indexes: []store.Index{
		{Name: "by_year", Fields: []string{"person", "year", "recordedAt"}},
	}}
}

// yearDoc is the read model of a person's year; _id "person:year".
type yearDoc struct {
	store.Doc   `bson:",inline"`
	Person      kernel.PersonID         `bson:"person"`
	Year        int                     `bson:"year"`
	Credited    kernel.Minutes          `bson:"credited"`
	Region      kernel.RegionCode       `bson:"region"`
	RuleVersion string                  `bson:"ruleVersion"`
	OnPost      *kernel.Period          `bson:"onPost"`
	Employers   []kernel.OrganizationID `bson:"employers"`
	Offices     []kernel.OrganizationID `bson:"offices"`
	Standing    Standing                `bson:"standing"`
	Missing     kernel.Minutes          `bson:"missing"`
	Lines       []Line                  `bson:"lines"`
	Retired     map[string]int          `bson:"retired,omitempty"`
	Proof       *Proof                  `bson:"proof,omitempty"`
	RecordedAt  time.Time               `bson:"recordedAt"`
}

func yearSpec() store.Spec {
	return store.Spec{Name: "hours_years", Indexes: []store.Index{
		{Name: "by_person", Fields: []string{"person", "year"}},
		{Name: "by_year", Fields: []string{"year", "standing", "missing"}},
		{Name: "by_office", Fields: []string{"offices", "year", "standing", "missing"}, Many: "offices"},
		{Name: "by_office_missing", Fields: []string{"offices", "year", "missing"}, Many: "offices"},
		{Name: "by_year_missing", Fields: []string{"year", "missing"}},
	}}
}

// levelDoc keeps a person's skill certificates; _id is the person.
type levelDoc struct {
	store.Doc `bson:",inline"`
	Holdings  []Holding `bson:"holdings"`
}

func levelSpec() store.Spec { return store.Spec{Name: "hours_levels"} }

type collections struct {
	presences *store.Collection[presenceDoc]
	entries   *store.Collection[entryDoc]
	years     *store.Collection[yearDoc]
	levels    *store.Collection[levelDoc]
}

func open(db *store.DB) collections {
	return collections{
		presences: store.Open[presenceDoc](db, presenceSpec()),
		entries:   store.Open[entryDoc](db, entrySpec()),
		years:     store.Open[yearDoc](db, yearSpec()),
		levels:    store.Open[levelDoc](db, levelSpec()),
	}
}

func presenceID(s kernel.SessionID, p kernel.PersonID) string { return string(s) + ":" + string(p) }

func yearID(p kernel.PersonID, year int) string { return string(p) + ":" + strconv.Itoa(year) }

// year reads a person's year; an empty one when nothing is kept.
func (c collections) year(ctx context.Context, p kernel.PersonID, year int) (Year, error) {
	doc, err := c.years.Get(ctx, yearID(p, year))
	if errors.Is(err, store.ErrNotFound) {
		return Year{Person: p, Year: year}, nil
	}
	return doc.read(), err
}

func (c collections) saveYear(ctx context.Context, y *Year) error {
	doc := docOfYear(*y)
	write := c.years.Replace
	if y.Stored == 0 {
		write = c.years.Put
	}
	err := write(ctx, &doc)
	y.Stored = doc.Version
	return err
}

func (c collections) dropYear(ctx context.Context, y Year) error {
	return c.years.Delete(ctx, yearID(y.Person, y.Year), y.Stored)
}

// beginYears keeps years that have no ledger yet.
func (c collections) beginYears(ctx context.Context, fresh []Year) error {
	docs := make([]yearDoc, 0, len(fresh))
	for _, y := range fresh {
		docs = append(docs, docOfYear(y))
	}
	return c.years.PutMany(ctx, docs)
}

// mostYears is more than a working life has.
const mostYears = 100

// yearsOf lists the years kept of a person.
func (c collections) yearsOf(ctx context.Context, p kernel.PersonID) ([]Year, error) {
	out, err := c.yearsOfMany(ctx, []kernel.PersonID{p})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// yearsOfMany lists the years kept of each of many people.
func (c collections) yearsOfMany(ctx context.Context, people []kernel.PersonID) ([][]Year, error) {
	keys := make([][]string, len(people))
	for i, p := range people {
		keys[i] = []string{string(p)}
	}
	found, err := c.years.Match(ctx, "by_person", keys, mostYears)
	if err != nil {
		return nil, err
	}
	out := make([][]Year, len(people))
	for i, docs := range found {
		for _, d := range docs {
			out[i] = append(out[i], d.read())
		}
	}
	return out, nil
}

// presencesOf lists a person's presences, from..to.
func (c collections) presencesOf(ctx context.Context, p kernel.PersonID, from, to kernel.Date) ([]presenceDoc, error) {
	var out []presenceDoc
	q := store.Query{Index: "by_person", Equal: []any{string(p)}, From: string(from), Until: string(to.AddDays(1))}
	err := c.presences.Each(ctx, q, func(d presenceDoc) error {
		out = append(out, d)
		return nil
	})
	return out, err
}

func (c collections) holdings(ctx context.Context, p kernel.PersonID) ([]Holding, error) {
	doc, err := c.levels.Get(ctx, string(p))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return doc.Holdings, err
}

// holdingsOf are the certificates of many people; who has none is left out.
func (c collections) holdingsOf(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID][]Holding, error) {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = string(p)
	}
	docs, err := c.levels.GetMany(ctx, ids)
	out := make(map[kernel.PersonID][]Holding, len(docs))
	for _, d := range docs {
		out[kernel.PersonID(d.ID)] = d.Holdings
	}
	return out, err
}

func (c collections) enter(ctx context.Context, entries []Entry) error {
	docs := make([]entryDoc, 0, len(entries))
	for _, e := range entries {
		docs = append(docs, entryDoc{
			Doc: store.Doc{ID: e.ID}, Person: e.Person, Year: e.Year, Kind: e.Kind, Minutes: e.Minutes, Line: e.Line,
			Cause: e.Cause, RecordedAt: e.RecordedAt,
		})
	}
	return c.entries.Insert(ctx, docs...)
}

// entriesOf reads the ledger of a year as it was known at an instant.
func (c collections) entriesOf(ctx context.Context, p kernel.PersonID, year int, knownAt time.Time) ([]Entry, error) {
	var out []Entry
	q := store.Query{Index: "by_year", Equal: []any{string(p), year}, Until: knownAt.Add(time.Millisecond)}
	err := c.entries.Each(ctx, q, func(d entryDoc) error {
		out = append(out, d.read())
		return nil
	})
	return out, err
}

func (d entryDoc) read() Entry {
	return Entry{
		ID: d.ID, Person: d.Person, Year: d.Year, Kind: d.Kind, Minutes: d.Minutes, Line: d.Line, Cause: d.Cause,
		RecordedAt: d.RecordedAt,
	}
}

func (d yearDoc) read() Year {
	return Year{
		Person: d.Person, Year: d.Year, Credited: d.Credited, Region: d.Region, RuleVersion: d.RuleVersion, OnPost: d.OnPost,
		Employers: d.Employers, Offices: d.Offices, Standing: d.Standing, Missing: d.Missing, Lines: d.Lines,
		Retired: rekeyed[kernel.SessionID](d.Retired), Proof: d.Proof, RecordedAt: d.RecordedAt, Stored: d.Version,
	}
}

func docOfYear(y Year) yearDoc {
	return yearDoc{
		Doc: store.Doc{ID: yearID(y.Person, y.Year), Version: y.Stored}, Person: y.Person, Year: y.Year,
		Credited: y.Credited, Region: y.Region, RuleVersion: y.RuleVersion, OnPost: y.OnPost, Employers: y.Employers,
		Offices: y.Offices, Standing: y.Standing, Missing: y.Missing, Lines: y.Lines, RecordedAt: y.RecordedAt,
		Retired: rekeyed[string](y.Retired), Proof: y.Proof,
	}
}

// rekeyed gives the keys of a map another string type; nil stays nil.
func rekeyed[To, From ~string](m map[From]int) map[To]int {
	if len(m) == 0 {
		return nil
	}
	out := make(map[To]int, len(m))
	for k, n := range m {
		out[To(k)] = n
	}
	return out
}

func docOfPresence(h Held, a Attended) presenceDoc {
	return presenceDoc{
		Doc: store.Doc{ID: presenceID(h.Session, a.first())}, Session: h.Session, Person: a.Person, Revision: h.Revision,
		Class: h.Class, Course: h.Course, CourseTitle: h.CourseTitle, Provider: h.Provider, Region: h.Region,
		Category: h.Category, Mode: h.Mode, OrganiserTier: h.OrganiserTier, Counts: h.CountsTowardInService, Date: h.Date,
		StartsAt: h.StartsAt, EndsAt: h.EndsAt, Minutes: h.Minutes, In: a.In, Out: a.Out, Stretches: a.Stretches, Source: a.Source,
		MarkedBy: a.MarkedBy, Reason: a.Reason, Flaw: a.Flaw, RecordedAt: h.RecordedAt,
	}
}

// forRule is the presence as the rules see it, refused ones flawed.
func (d presenceDoc) forRule(holdings []Holding) rule.Presence {
	flaw, why := d.Flaw, ""
	if !d.RefusedAt.IsZero() {
		flaw = "refused"
		if d.RefusedFor != "" {
			flaw, why = rule.FlawUntrue, d.RefusedWhy
		}
	}
	return rule.Presence{
		Session: d.Session, Date: d.Date, StartsAt: d.StartsAt, EndsAt: d.EndsAt, Minutes: d.Minutes, In: d.In, Out: d.Out,
		Stretches: d.Stretches, Mode: d.Mode,
		Untimed: len(d.Claims) > 0 && d.In.IsZero(), Flaw: flaw, Why: why, Category: d.Category, CountsTowardInService: d.Counts, OrganiserTier: d.OrganiserTier,
		Level: levelOn(holdings, d.Date),
	}
}

func (d presenceDoc) line(l rule.Line) Line {
	line := Line{
		Session: d.Session, Class: d.Class, Course: d.Course, CourseTitle: d.CourseTitle, Provider: d.Provider,
		Category: d.Category, Mode: l.Mode, Date: d.Date, StartsAt: d.StartsAt, Planned: d.Minutes, Attended: l.Attended,
		Credited: l.Credited, Reason: l.Reason, Warnings: l.Warnings, Source: d.Source,
	}
	if len(d.Claims) > 0 {
		line.Imported = current(d.Claims).provenance()
	}
	return line
}
