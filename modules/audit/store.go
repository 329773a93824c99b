package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// everywhere stands in the reach of every row, for who may read all of them.
const everywhere = "*"

// rowDoc is an entry with its MAC. Waiting and Seq are the sequencer's book;
// everything else is written once.
type rowDoc struct {
	store.Doc    `bson:",inline"`
	At           time.Time         `bson:"at"`
	User         string            `bson:"user"`
	Person       string            `bson:"person"`
	Name         string            `bson:"name"`
	System       bool              `bson:"system"`
	Address      string            `bson:"address"`
	Request      string            `bson:"request"`
	Verb         string            `bson:"verb"`
	Noun         string            `bson:"noun"`
	Subject      string            `bson:"subject"`
	Organization string            `bson:"organization"`
	Path         []string          `bson:"path"`
	Reason       string            `bson:"reason"`
	Detail       map[string]string `bson:"detail"`
	MAC          []byte            `bson:"mac"`
	Actors       []string          `bson:"actors"` // to look up by; follows from the entry
	Reach        []string          `bson:"reach"`  // to look up by; follows from the entry
	Waiting      bool              `bson:"waiting"`
	Seq          int64             `bson:"seq"`
}

func rowOf(e Entry, mac []byte) rowDoc {
	path := make([]string, len(e.Path))
	for i, o := range e.Path {
		path[i] = string(o)
	}
	return rowDoc{
		Doc: store.Doc{ID: e.ID}, At: e.At, User: string(e.User), Person: string(e.Person), Name: e.Name, System: e.System,
		Address: e.Address, Request: e.Request, Verb: e.Verb, Noun: e.Noun, Subject: e.Subject,
		Organization: string(e.Organization), Path: path, Reason: e.Reason, Detail: e.Detail, MAC: mac,
		Actors: e.actors(), Reach: reachOf(path), Waiting: true,
	}
}

func reachOf(path []string) []string { return append([]string{everywhere}, path...) }

func (d rowDoc) entry() Entry {
	path := make([]kernel.OrganizationID, len(d.Path))
	for i, o := range d.Path {
		path[i] = kernel.OrganizationID(o)
	}
	return Entry{
		ID: d.ID, At: d.At.UTC(), User: kernel.UserID(d.User), Person: kernel.PersonID(d.Person), Name: d.Name, System: d.System,
		Address: d.Address, Request: d.Request, Verb: d.Verb, Noun: d.Noun, Subject: d.Subject,
		Organization: kernel.OrganizationID(d.Organization), Path: path, Reason: d.Reason, Detail: d.Detail,
	}
}

func (d rowDoc) sequenced() Sequenced { return Sequenced{Entry: d.entry(), Sequence: d.Seq} }

// consistent tells whether the look-up fields follow from the entry: a row
// hidden from its readers is an altered row.
func (d rowDoc) consistent() bool {
	return slices.Equal(d.Actors, d.entry().actors()) && slices.Equal(d.Reach, reachOf(d.Path))
}

// linkDoc is a place in the chain; its id is the sequence number.
type linkDoc struct {
	store.Doc `bson:",inline"`
	Row       string `bson:"row"`
	RowHash   []byte `bson:"rowHash"`
	Hash      []byte `bson:"hash"`
}

func linkID(seq int64) string { return fmt.Sprintf("%016d", seq) }

// headDoc is the end of the chain; the sequencer's invariant lives in it.
type headDoc struct {
	store.Doc `bson:",inline"`
	Seq       int64  `bson:"seq"`
	Hash      []byte `bson:"hash"`
	MAC       []byte `bson:"mac"`
}

const headID = "head"

type repository struct {
	db    *store.DB
	rows  *store.Collection[rowDoc]
	links *store.Collection[linkDoc]
	heads *store.Collection[headDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		rows: store.Open[rowDoc](db, store.Spec{Name: "audit_rows", Indexes: []store.Index{
			{Name: "waiting", Fields: []string{"waiting", "at"}, Where: "waiting"},
			{Name: "reach", Fields: []string{"reach", "at"}, Many: "reach"},
			{Name: "noun", Fields: []string{"reach", "noun", "at"}, Many: "reach"},
			{Name: "actor", Fields: []string{"actors", "at"}, Many: "actors"},
			{Name: "subject", Fields: []string{"subject", "at"}},
		}}),
		links: store.Open[linkDoc](db, store.Spec{Name: "audit_chain"}),
		heads: store.Open[headDoc](db, store.Spec{Name: "audit_heads"}),
	}
}

// head reads the end of the chain; the zero head when there is none.
func (r *repository) head(ctx context.Context) (headDoc, error) {
	h, err := r.heads.Get(ctx, headID)
	if errors.Is(err, store.ErrNotFound) {
		return headDoc{Doc: store.Doc{ID: headID}}, nil
	}
	return h, err
}

// errHeadTaken: another sequencer has begun the chain.
var errHeadTaken = errors.New("audit: the chain has been begun")

func (r *repository) saveHead(ctx context.Context, h headDoc) error {
	if h.Version == 0 {
		err := r.heads.Insert(ctx, h)
		if store.IsDuplicate(err, "") {
			err = errHeadTaken
		}
		return err
	}
	return r.heads.Replace(ctx, &h)
}

// waiting reads a page of the rows that are not chained yet.
func (r *repository) waiting(ctx context.Context, after string, limit int) (store.Page[rowDoc], error) {
	return r.rows.Find(ctx, store.Query{Index: "waiting", Equal: []any{true}, Limit: limit, After: after})
}

// selection is how a filter is answered: queries over one index, and what they
// leave to be compared row by row.
type selection struct {
	queries []store.Query
	exact   bool // one query that answers the whole filter
	match   func(rowDoc) bool
}

// choose takes the index that narrows most. roots nil means everywhere.
func choose(f Filter, roots []string) selection {
	scopes := roots
	if roots == nil {
		scopes = []string{everywhere}
	}
	if f.Organization != "" {
		scopes = []string{string(f.Organization)}
	}
	s := selection{}
	bounds := store.Query{Desc: true}
	if !f.From.IsZero() {
		bounds.From = f.From
	}
	if !f.Until.IsZero() {
		bounds.Until = f.Until
	}
	add := func(index string, equal ...any) {
		q := bounds
		q.Index, q.Equal = index, equal
		s.queries = append(s.queries, q)
	}
	whole := true // the index answers the scope
	switch {
	case f.ID != "":
		add("subject", f.ID)
		s.exact = f.Actor == "" && f.Noun == "" && f.Verb == ""
		whole = roots == nil && f.Organization == ""
	case f.Actor != "":
		add("actor", f.Actor)
		s.exact = f.Noun == "" && f.Verb == ""
		whole = roots == nil && f.Organization == ""
	case f.Noun != "":
		for _, scope := range scopes {
			add("noun", scope, f.Noun)
		}
		s.exact = f.Verb == ""
	default:
		for _, scope := range scopes {
			add("reach", scope)
		}
		s.exact = f.Verb == ""
	}
	if roots != nil && f.Organization != "" {
		whole = false // the organisation may lie out of reach
	}
	s.exact = s.exact && whole && len(s.queries) == 1
	s.match = func(d rowDoc) bool {
		return (f.ID == "" || d.Subject == f.ID) && (f.Actor == "" || slices.Contains(d.Actors, f.Actor)) &&
			(f.Noun == "" || d.Noun == f.Noun) && (f.Verb == "" || d.Verb == f.Verb) &&
			(f.Organization == "" || slices.Contains(d.Path, string(f.Organization))) &&
			(roots == nil || slices.ContainsFunc(roots, func(o string) bool { return slices.Contains(d.Path, o) }))
	}
	return s
}

// newestFirst is the order of the list; ties are the store's to break.
func newestFirst(a, b rowDoc) bool { return a.At.After(b.At) }
