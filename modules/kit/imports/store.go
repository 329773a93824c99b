package imports

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

type importDoc struct {
	store.Doc    `bson:",inline"`
	Kind         string            `bson:"kind"`
	Organization string            `bson:"organization"`
	Reach        []string          `bson:"reach"` // the organisation and what is above it
	File         string            `bson:"file"`
	FileKept     bool              `bson:"fileKept"`
	FileName     string            `bson:"fileName"`
	DryRun       bool              `bson:"dryRun"`
	Actor        kernel.Actor      `bson:"actor"`
	Scope        kernel.Reach      `bson:"scope"` // how far the actor reached when sending it
	Status       Status            `bson:"status"`
	Total        int               `bson:"total"`
	Counts       Counts            `bson:"counts"`
	Previewed    int               `bson:"previewed"`
	Last         int               `bson:"last"`    // row number behind which to go on
	Batches      int               `bson:"batches"` // written
	Headers      map[string]string `bson:"headers"`
	Failure      *Problem          `bson:"failure,omitempty"`
	Notes        []Problem         `bson:"notes,omitempty"`
	CreatedAt    time.Time         `bson:"createdAt"`
	FinishedAt   *time.Time        `bson:"finishedAt,omitempty"`
	Withdrawal   *Withdrawal       `bson:"withdrawal,omitempty"`
	WithdrawnAt  *time.Time        `bson:"withdrawnAt,omitempty"`
	Marked       string            `bson:"marked,omitempty"`  // the import whose workbook of refusals this is
	Settled      bool              `bson:"settled,omitempty"` // what is to be mended has been counted
	ToMend       int               `bson:"toMend,omitempty"`
	MendReach    []string          `bson:"mendReach,omitempty"` // who sees it among what is to be mended, while there is something
	Mended       []Mended          `bson:"mended,omitempty"`
	Masks        []string          `bson:"masks,omitempty"` // the columns by which its refused rows are known again
	Dismissal    *Dismissal        `bson:"dismissal,omitempty"`
}

func (d importDoc) public() Import {
	return Import{
		ID: d.ID, Kind: d.Kind, Organization: kernel.OrganizationID(d.Organization), FileName: d.FileName, DryRun: d.DryRun,
		Status: d.Status, Total: d.Total, Counts: d.Counts, Failure: d.Failure, Notes: d.Notes, Headers: d.Headers, By: d.Actor.Name,
		CreatedAt: d.CreatedAt, FinishedAt: d.FinishedAt, Withdrawal: d.Withdrawal, WithdrawnAt: d.WithdrawnAt,
		ToMend: d.ToMend, Mended: d.Mended, Dismissal: d.Dismissal,
	}
}

// fromOffice tells whether somebody is of the office that sent an import, or of
// the organisation that it is about.
func (d importDoc) fromOffice(a kernel.Actor) bool {
	if a.System || a.User != "" && a.User == d.Actor.User {
		return true
	}
	return slices.ContainsFunc(a.Grants, func(g kernel.Grant) bool {
		return g.Organization != "" && (string(g.Organization) == d.Organization ||
			slices.ContainsFunc(d.Actor.Grants, func(sent kernel.Grant) bool { return sent.Organization == g.Organization }))
	})
}

func (d importDoc) covered(r kernel.Reach) bool {
	path := make([]kernel.OrganizationID, len(d.Reach))
	for i, o := range d.Reach {
		path[i] = kernel.OrganizationID(o)
	}
	return r.Covers(path)
}

// batchDoc keeps the rows of a batch that there is something to say about.
type batchDoc struct {
	store.Doc `bson:",inline"`
	Import    string   `bson:"import"`
	Sequence  int      `bson:"sequence"`
	Rows      []rowDoc `bson:"rows"`
}

type rowDoc struct {
	Number   int       `bson:"n"`
	Action   Action    `bson:"a"`
	Problems []Problem `bson:"p,omitempty"`
	Warnings []Problem `bson:"w,omitempty"`
	Label    string    `bson:"l,omitempty"`
	Changes  []Change  `bson:"c,omitempty"`
}

type repository struct {
	db      *store.DB
	imports *store.Collection[importDoc]
	batches *store.Collection[batchDoc]

	refusals *store.Collection[refusalDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		imports: store.Open[importDoc](db, store.Spec{Name: "kit_imports", Indexes: []store.Index{
			{Name: "created", Fields: []string{"createdAt"}},
			{Name: "reach", Fields: []string{"reach", "createdAt"}, Many: "reach"},
			{Name: "file", Fields: []string{"fileKept", "createdAt"}, Where: "fileKept"},
			{Name: "mend", Fields: []string{"mendReach", "createdAt"}, Many: "mendReach"},
		}}),
		batches: store.Open[batchDoc](db, store.Spec{Name: "kit_import_batches", Indexes: []store.Index{
			{Name: "import", Fields: []string{"import", "sequence"}},
		}}),
		refusals: store.Open[refusalDoc](db, store.Spec{Name: "kit_import_refusals", Indexes: []store.Index{
			{Name: "open", Fields: []string{"open"}, Where: "open"},
			{Name: "mendedBy", Fields: []string{"mendedBy"}, Where: "mendedBy"},
			{Name: "for", Fields: []string{"for"}, Many: "for"},
			{Name: "at", Fields: []string{"at"}},
		}}),
	}
}

func (r *repository) get(ctx context.Context, id string) (importDoc, error) {
	d, err := r.imports.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return d, ErrUnknown
	}
	if err != nil {
		return d, fmt.Errorf("read import %s: %w", id, err)
	}
	return d, nil
}

// page lists imports in reach, the newest first; only those with something to
// mend when that is asked.
func (r *repository) page(ctx context.Context, reach kernel.Reach, toMend bool, limit int, cursor string) (store.Page[importDoc], int64, bool, error) {
	queries := []store.Query{}
	index, roots := "reach", reach.Roots
	if toMend {
		index = "mend"
		if reach.Everywhere {
			roots = []kernel.OrganizationID{anywhere}
		}
	}
	if reach.Everywhere && !toMend {
		queries = append(queries, store.Query{Index: "created", Desc: true, Limit: limit, After: cursor})
	} else {
		for _, o := range roots {
			queries = append(queries, store.Query{Index: index, Equal: []any{string(o)}, Desc: true, Limit: limit, After: cursor})
		}
	}
	if len(queries) == 0 {
		return store.Page[importDoc]{}, 0, false, nil
	}
	page, err := store.FindMany(ctx, r.imports, queries, func(a, b importDoc) bool {
		if !a.CreatedAt.Equal(b.CreatedAt) {
			return a.CreatedAt.After(b.CreatedAt)
		}
		return a.ID > b.ID
	})
	if err != nil {
		return page, 0, false, err
	}
	total, more := int64(0), false
	for _, q := range queries {
		n, m, err := r.imports.Count(ctx, q, countLimit)
		if err != nil {
			return page, 0, false, err
		}
		total, more = total+n, more || m
	}
	return page, min(total, countLimit), more || total > countLimit, nil
}

const countLimit = 10_000

// anywhere stands above all organisations among what is to be mended.
const anywhere = "*"

// leave sets how many refused rows are to be mended.
func (d *importDoc) leave(rows int) {
	d.ToMend, d.MendReach = rows, nil
	if rows > 0 {
		d.MendReach = append(slices.Clone(d.Reach), anywhere)
	}
}

// toMend reads the imports of an organisation itself that have something to
// mend, the newest first.
func (r *repository) toMend(ctx context.Context, org string) (out []importDoc, err error) {
	err = r.imports.Each(ctx, store.Query{Index: "mend", Equal: []any{org}, Desc: true}, func(d importDoc) error {
		if d.Organization == org {
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// rows walks what is kept of the rows of an import, in order.
func (r *repository) rows(ctx context.Context, id string, fn func(rowDoc) error) error {
	return r.batches.Each(ctx, store.Query{Index: "import", Equal: []any{id}, Limit: 50}, func(b batchDoc) error {
		for _, row := range b.Rows {
			if err := fn(row); err != nil {
				return err
			}
		}
		return nil
	})
}
