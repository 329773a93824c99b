package statistics

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// personDoc keeps what statistics heard of a person and what that counts for,
// so that a changed fact is a difference and a fact heard twice changes nothing.
type personDoc struct {
	store.Doc     `bson:",inline"`     // _id: person
	Spells        []kernel.Spell       `bson:"spells"`
	Holdings      []rule.Holding       `bson:"holdings"`
	Years         map[string]YearHours `bson:"years"` // "2025" → minutes
	Organizations []string             `bson:"organizations"`
	Segments      []segmentDoc         `bson:"segments"`
	HourMarks     []hourMark           `bson:"hourMarks"`

	Completions []rule.Completion `bson:"completions,omitempty"`
	Programmes  []string          `bson:"programmes,omitempty"` // that any completion belongs to
	Into        kernel.PersonID   `bson:"into,omitempty"`       // the record that this one was merged into
}

type segmentDoc struct {
	Basis        string `bson:"basis"`
	rule.Segment `bson:",inline"`
	Ref          string `bson:"ref,omitempty"`  // of a filing; Why is then the field it counts in
	Rows         int    `bson:"rows,omitempty"` // of a file: it counts as often
}

// hourMark is one person's place in the histogram of an organisation's year.
type hourMark struct {
	Organization string `bson:"organization"`
	Year         int    `bson:"year"`
	Bucket       int    `bson:"bucket"`
	Met          bool   `bson:"met"`
}

// spanDoc is one segment as a row to list people by.
type spanDoc struct {
	store.Doc    `bson:",inline"`
	Basis        string `bson:"basis"`
	Organization string `bson:"organization"`
	Person       string `bson:"person"`
	State        string `bson:"state"` // "certified" or "missing"
	From         string `bson:"from"`
	To           string `bson:"to"`
	Level        int    `bson:"level"`
	Why          string `bson:"why,omitempty"`
}

// counterDoc keeps changes: the head document (_id basis|organisation) per
// year, the year document (…|2025) per day. Paths: c.<year or day>.<field>.
type counterDoc struct {
	store.Doc `bson:",inline"`
	Changes   map[string]map[string]int64 `bson:"c"`
}

// hoursDoc counts marks (_id organisation|year): met, b1…b9.
type hoursDoc struct {
	store.Doc `bson:",inline"`
	Counts    map[string]int64 `bson:"c"`
}

type snapshotDoc struct {
	store.Doc    `bson:",inline"`
	Indicator    string           `bson:"indicator"`
	Organization string           `bson:"organization"`
	Path         []string         `bson:"path"`
	Name         string           `bson:"name"`
	AsOf         string           `bson:"asOf"`
	KnownAt      time.Time        `bson:"knownAt"`
	By           string           `bson:"by"`
	RuleID       string           `bson:"ruleId"`
	RuleVersion  string           `bson:"ruleVersion"`
	Numerator    int64            `bson:"numerator"`
	Denominator  int64            `bson:"denominator"`
	TargetBP     *int64           `bson:"targetBP,omitempty"`
	ByLevel      map[string]int64 `bson:"byLevel"`
	Uncounted    map[string]int64 `bson:"uncounted"`
	PeopleHash   string           `bson:"peopleHash"`
	People       int64            `bson:"people"`
	Counts       map[string]int64 `bson:"counts,omitempty"` // of data quality and of heads
	Needs        []needDoc        `bson:"needs,omitempty"`  // of coverage
	Homes        []homeDoc        `bson:"homes,omitempty"`  // of social workers
	Programme    *programmeDoc    `bson:"programme,omitempty"`
}

type repository struct {
	db        *store.DB
	people    *store.Collection[personDoc]
	quality   *store.Collection[qualityDoc]
	spans     *store.Collection[spanDoc]
	counters  *store.Collection[counterDoc]
	hours     *store.Collection[hoursDoc]
	snapshots *store.Collection[snapshotDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		people: store.Open[personDoc](db, store.Spec{Name: "statistics_people", Indexes: []store.Index{
			{Name: "organization", Fields: []string{"organizations"}, Many: "organizations"},
			{Name: "programme", Fields: []string{"programmes"}, Many: "programmes"},
		}}),
		quality: store.Open[qualityDoc](db, store.Spec{Name: "statistics_quality", Indexes: []store.Index{
			{Name: "organization", Fields: []string{"organizations"}, Many: "organizations"},
		}}),
		spans: store.Open[spanDoc](db, store.Spec{Name: "statistics_spans", Indexes: []store.Index{
			{Name: "listed", Fields: []string{"basis", "organization", "state", "to"}},
		}}),
		counters: store.Open[counterDoc](db, store.Spec{Name: "statistics_counters"}),
		hours:    store.Open[hoursDoc](db, store.Spec{Name: "statistics_hours"}),
		snapshots: store.Open[snapshotDoc](db, store.Spec{Name: "statistics_snapshots", Indexes: []store.Index{
			{Name: "reach", Fields: []string{"path", "knownAt"}, Many: "path"},
		}}),
	}
}

// persons reads the documents, and begins those that are not there.
func (r *repository) persons(ctx context.Context, ids []kernel.PersonID) ([]personDoc, error) {
	return orBegun(ctx, r.people, ids, func(d personDoc) string { return d.ID }, func(id string) personDoc { return personDoc{Doc: store.Doc{ID: id}} })
}

func orBegun[D any](ctx context.Context, c *store.Collection[D], ids []kernel.PersonID, idOf func(D) string, begin func(id string) D) ([]D, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = string(id)
	}
	docs, err := c.GetMany(ctx, keys)
	if err != nil || len(docs) == len(keys) {
		return docs, err
	}
	known := make(map[string]bool, len(docs))
	for _, d := range docs {
		known[idOf(d)] = true
	}
	for _, k := range keys {
		if !known[k] {
			docs = append(docs, begin(k))
		}
	}
	return docs, nil
}

func (r *repository) save(ctx context.Context, doc *personDoc) error {
	if doc.Version == 0 {
		return r.people.Insert(ctx, *doc)
	}
	return r.people.Replace(ctx, doc)
}

// change is what facts that changed make different: the counts, and the rows
// that people are listed by.
type change struct {
	counts delta
	gone   []string // ids of spans
	fresh  []spanDoc
}

// of adds the difference between what a person counted for and counts for now.
func (c *change) of(person string, before, now []segmentDoc) {
	if c.counts == nil {
		c.counts = delta{}
	}
	gone, fresh := difference(before, now)
	for _, s := range gone {
		c.counts.segment(s, -1)
		if s.listed() {
			c.gone = append(c.gone, spanOf(person, s).ID)
		}
	}
	for _, s := range fresh {
		c.counts.segment(s, 1)
		if s.listed() {
			c.fresh = append(c.fresh, spanOf(person, s))
		}
	}
}

// book saves a change; in the transaction of the facts that made it.
func (r *repository) book(ctx context.Context, c change) error {
	for _, id := range c.gone {
		if err := r.spans.Delete(ctx, id, 0); err != nil {
			return fmt.Errorf("span %s: %w", id, err)
		}
	}
	if err := r.spans.Insert(ctx, c.fresh...); err != nil {
		return fmt.Errorf("spans: %w", err)
	}
	if err := r.counters.IncrementMany(ctx, c.counts.prune()); err != nil {
		return fmt.Errorf("counters: %w", err)
	}
	return nil
}

// difference tells which segments went and which came.
func difference(before, now []segmentDoc) (gone, fresh []segmentDoc) {
	old := make(map[segmentDoc]bool, len(before))
	for _, b := range before {
		old[b] = true
	}
	for _, n := range now {
		if old[n] {
			delete(old, n)
			continue
		}
		fresh = append(fresh, n)
	}
	for _, b := range before {
		if old[b] {
			gone = append(gone, b)
		}
	}
	return gone, fresh
}

// delta gathers changes to counter documents: id → path → change.
type delta map[string]map[string]int64

func (d delta) add(id, path string, n int64) {
	if d[id] == nil {
		d[id] = map[string]int64{}
	}
	d[id][path] += n
}

// prune drops what came out even.
func (d delta) prune() delta {
	for id, paths := range d {
		for p, n := range paths {
			if n == 0 {
				delete(paths, p)
			}
		}
		if len(paths) == 0 {
			delete(d, id)
		}
	}
	return d
}

func headID(basis, org string) string           { return basis + "|" + org }
func yearID(basis, org string, year int) string { return headID(basis, org) + "|" + strconv.Itoa(year) }
func hoursID(org string, year int) string       { return org + "|" + strconv.Itoa(year) }

// fieldsOf names the counts that a segment adds one to: on post, its level, or
// why it has none.
func fieldsOf(s rule.Segment) []string {
	if s.Level.Valid() {
		return []string{"d", "n", "l" + strconv.Itoa(int(s.Level))}
	}
	return []string{"d", "w" + s.Why}
}

// segment books a segment: sign on its first day, -sign after its last.
func (d delta) segment(s segmentDoc, sign int64) {
	book := func(on kernel.Date, n int64) {
		year, day := strconv.Itoa(on.Year()), strconv.Itoa(on.YearDay())
		n *= int64(max(1, s.Rows))
		for _, f := range s.fields() {
			d.add(headID(s.Basis, string(s.Organization)), "c."+year+"."+f, n)
			d.add(yearID(s.Basis, string(s.Organization), on.Year()), "c."+day+"."+f, n)
		}
	}
	book(s.From, sign)
	if s.To != kernel.Forever {
		book(s.To.AddDays(1), -sign)
	}
}

// mark books a person's place in the histogram.
func (d delta) mark(m hourMark, sign int64) {
	id := hoursID(m.Organization, m.Year)
	d.add(id, "c.b"+strconv.Itoa(m.Bucket), sign)
	if m.Met {
		d.add(id, "c.met", sign)
	}
}

// counts sums the changes up to a date: whole years from the head document,
// days from the year's own.
func (r *repository) counts(ctx context.Context, basis, org string, on kernel.Date) (map[string]int64, error) {
	docs, err := r.counters.GetMany(ctx, []string{headID(basis, org), yearID(basis, org, on.Year())})
	if err != nil {
		return nil, fmt.Errorf("counters of %s: %w", org, err)
	}
	sums := map[string]int64{}
	for _, doc := range docs {
		limit := on.YearDay()
		if doc.ID == headID(basis, org) {
			limit = on.Year() - 1
		}
		for key, fields := range doc.Changes {
			if n, err := strconv.Atoi(key); err != nil || n > limit {
				continue
			}
			for f, n := range fields {
				sums[f] += n
			}
		}
	}
	return sums, nil
}

func (r *repository) hoursCounts(ctx context.Context, org string, year int) (map[string]int64, error) {
	doc, err := r.hours.Get(ctx, hoursID(org, year))
	if errors.Is(err, store.ErrNotFound) {
		return map[string]int64{}, nil
	}
	return doc.Counts, err
}

func spanOf(person string, s segmentDoc) spanDoc {
	switch {
	case s.Basis == qualityBasis:
		return qualitySpan(person, s)
	case s.Basis == standingBasis, s.ofHeads():
		return spanApart(person, s)
	}
	state := stateMissing
	if s.Level.Valid() {
		state = stateCertified
	}
	return spanDoc{
		Doc:   store.Doc{ID: person + "|" + s.Basis + "|" + string(s.Organization) + "|" + string(s.From)},
		Basis: s.Basis, Organization: string(s.Organization), Person: person, State: state,
		From: string(s.From), To: string(s.To), Level: int(s.Level), Why: s.Why,
	}
}

const (
	stateCertified = "certified"
	stateMissing   = "missing"
)
