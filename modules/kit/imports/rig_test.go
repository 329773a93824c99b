package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/event"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
)

var (
	errCrash = errors.New("the power went off")
	errBuilt = fault.New(fault.Conflict, "people.built_upon")
)

// register is an importer of people as simple as can be: one document a
// number, the name must stay.
type register struct {
	docs     *store.Collection[personDoc]
	applied  int         // batches
	panics   bool        // in place of errCrash
	crashIn  int         // this batch (from 1) fails after it was written
	forGood  bool        // and all that follow
	conflict bool        // the next batch meets another writer
	checked  map[int]int // rows, how often
	hired    map[string]kernel.Date
	phones   []string // of the applied rows

	parts   []Part                    // of withdrawals
	crashAt int                       // this part (from 1) fails after it was taken back
	between func(ctx context.Context) // after the look, before anything is taken back
}

type personDoc struct {
	store.Doc `bson:",inline"`
	Name      string `bson:"name"`
	Import    string `bson:"import"`
	Built     bool   `bson:"built"` // something rests on it
}

func (r *register) Kind() string { return "people" }

func (r *register) Columns() []Column {
	return []Column{
		{Key: "name", Kind: Name, Required: true, Tells: Loosely},
		{Key: "idNumber", Kind: Number, Required: true, Tells: Surely},
		{Key: "gender", Kind: Choice, Mild: true},
		{Key: "phone", Kind: Number},
		{Key: "hiredOn", Kind: Date},
		{Key: "remark", Kind: Text, Unkept: true},
	}
}

func (r *register) judge(ctx context.Context, scope *Scope, rows []Row) ([]Outcome, []personDoc, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.Text("idNumber")
	}
	docs, err := r.docs.GetMany(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	known := map[string]string{}
	for _, d := range docs {
		known[d.ID] = d.Name
	}
	var out []Outcome
	var fresh []personDoc
	for _, row := range rows {
		number, name := row.Text("idNumber"), row.Text("name")
		earlier, again := scope.Seen.Met(number, row)
		switch {
		case number == "":
			out = append(out, row.Refused(Because("idNumber", "test.empty")))
		case name == "":
			out = append(out, row.Refused(Because("name", "test.empty")))
		case again && earlier.Text != name:
			out = append(out, row.Refused(Because("idNumber", "test.twice_in_file")))
		case known[number] != "" && known[number] != name:
			out = append(out, row.Refused(Because("name", "test.name_differs")))
		case known[number] != "" || again:
			scope.Seen.Keep(number, name, row)
			out = append(out, row.Done(Unchanged))
		default:
			scope.Seen.Keep(number, name, row)
			fresh = append(fresh, personDoc{Doc: store.Doc{ID: number}, Name: name, Import: scope.Import})
			o := row.Done(Created)
			o.Label, o.Changes = name, []Change{{Column: "name", New: name}}
			out = append(out, o)
		}
	}
	return out, fresh, nil
}

func (r *register) Check(ctx context.Context, scope *Scope, rows []Row) ([]Outcome, error) {
	for _, row := range rows {
		r.checked[row.Number]++
	}
	out, _, err := r.judge(ctx, scope, rows)
	return out, err
}

func (r *register) Apply(ctx context.Context, scope *Scope, rows []Row) ([]Outcome, error) {
	out, fresh, err := r.judge(ctx, scope, rows)
	if err != nil {
		return nil, err
	}
	if err := r.docs.Insert(ctx, fresh...); err != nil {
		return nil, err
	}
	for i, row := range rows {
		if out[i].Action == Created {
			r.hired[row.Text("idNumber")] = row.Date("hiredOn")
			r.phones = append(r.phones, row.Text("phone"))
		}
	}
	if r.applied++; r.applied == r.crashIn || r.forGood && r.applied > r.crashIn {
		if r.panics {
			panic("a row that the importer cannot bear")
		}
		return nil, errCrash
	}
	if r.conflict {
		r.conflict = false
		return nil, store.ErrConflict
	}
	return out, nil
}

func (r *register) Withdraw(ctx context.Context, scope *Scope, part Part) (taken Taken, err error) {
	page, err := r.docs.Find(ctx, part.Of("import", scope))
	if err != nil {
		return taken, err
	}
	taken.Next = page.Next
	for _, d := range page.Items {
		if d.Built {
			taken.InTheWay = append(taken.InTheWay, errBuilt.With("name", d.Name))
		}
	}
	r.parts = append(r.parts, part)
	if !part.Look && len(taken.InTheWay) == 0 {
		for _, d := range page.Items {
			if err := r.docs.Delete(ctx, d.ID, 0); err != nil {
				return taken, err
			}
			taken.Rows++
		}
		if len(r.parts) == r.crashAt {
			return taken, errCrash
		}
	}
	if r.between != nil && part.Look && page.Next == "" {
		r.between(ctx)
	}
	return taken, nil
}

func (r *register) names(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := r.docs.Scan(t.Context(), func(d personDoc) error { all[d.ID] = d.Name; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

type organizations map[kernel.OrganizationID][]kernel.OrganizationID

func (o organizations) Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	if store.InTx(ctx) {
		return kernel.OrganizationCard{}, errors.New("a file is taken in inside a transaction, which everybody waits for")
	}
	path, ok := o[id]
	if !ok {
		return kernel.OrganizationCard{}, fault.ErrNotFound
	}
	return kernel.OrganizationCard{ID: id, Path: path}, nil
}

// permits: everybody may import people as far as their own reach.
type permits struct{}

func (permits) Reach(ctx context.Context, noun, verb string) (kernel.Reach, bool, error) {
	return kernel.ReachFrom(ctx), noun == "import", nil
}

// diary is the operation log; over is told after the end of an import or of its
// withdrawal.
type diary struct {
	verbs []string
	over  chan struct{}
}

func (d *diary) Record(ctx context.Context, a kernel.Act) error {
	store.AfterCommit(ctx, func(context.Context) {
		d.verbs = append(d.verbs, a.Verb)
		if a.Verb == "finishImport" || a.Verb == "finishWithdrawal" {
			close(d.over)
			d.over = make(chan struct{})
		}
	})
	return nil
}

// bus keeps what was announced, the last by import.
type bus struct{ last map[string]RefusalsChanged }

func (b *bus) Announce(ctx context.Context, f event.Fact) error {
	if !store.InTx(ctx) {
		return errors.New("announced outside a transaction")
	}
	store.AfterCommit(ctx, func(context.Context) {
		if c, ok := f.(RefusalsChanged); ok {
			b.last[c.Import] = c
		}
	})
	return nil
}

// silent says the code and nothing else.
type silent struct{}

func (silent) Language() string                    { return chinese }
func (silent) Say(code string, _ ...string) string { return code }

type rig struct {
	*Service
	module   *Module
	register *register
	diary    *diary
	bus      *bus
	queue    *job.Queue
	now      *time.Time
	later    *atomic.Int64 // nanoseconds that the machine's clock is ahead by
	ctx      context.Context
}

func testWords(t testing.TB) Words {
	t.Helper()
	raw, err := os.ReadFile("testdata/import_columns.yaml")
	if err != nil {
		t.Fatal(err)
	}
	words, err := ParseWords(raw)
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func newRig(t *testing.T, db *store.DB) rig {
	t.Helper()
	words := testWords(t)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	clock := kernel.ClockFunc(func() time.Time { return now })
	log := slog.New(slog.DiscardHandler)
	r := &register{docs: store.Open[personDoc](db, store.Spec{Name: "test_people", Indexes: []store.Index{{Name: "import", Fields: []string{"import"}}}}), checked: map[int]int{}, hired: map[string]kernel.Date{}}
	d := &diary{over: make(chan struct{})}
	b := &bus{last: map[string]RefusalsChanged{}}
	ring, err := secret.New(bytes.Repeat([]byte{7}, secret.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	later := new(atomic.Int64)
	machine := kernel.ClockFunc(func() time.Time { return time.Now().Add(time.Duration(later.Load())) })
	queue := job.New(db, lease.New(db, machine), machine, log)
	m, err := New(Deps{
		DB: db, Clock: clock, Log: log, Audit: d, Facts: b, Files: blob.New(db, clock), Ring: ring, Jobs: queue,
		Organizations: organizations{"home": {"home", "district"}, "far": {"far", "other"}}, Permits: permits{}, Words: words, Importers: []Importer{r},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx := kernel.WithActor(t.Context(), kernel.Actor{User: "u1", Name: "沈老师"})
	return rig{m.Service, m, r, d, b, queue, &now, later, kernel.WithReach(ctx, kernel.Reach{Roots: []kernel.OrganizationID{"district"}})}
}

func (r rig) request(raw []byte, dryRun bool) Request {
	return Request{Kind: "people", Organization: "home", FileName: `C:\花名册.xlsx`, File: bytes.NewReader(raw), Size: int64(len(raw)), DryRun: dryRun}
}

func (r rig) run(t *testing.T, raw []byte, dryRun bool) Report {
	t.Helper()
	report, err := r.Run(r.ctx, r.request(raw, dryRun))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func sample(t *testing.T, name string) []byte { return sampleOf(t, name) }

func sampleOf(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("../sheet/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// findings as "row column code", sorted by row.
func findings(r Report, all []Finding) []string {
	var out []string
	for _, f := range all {
		out = append(out, fmt.Sprintf("%d %s %s", f.Row, r.Headers[f.Column], f.Code))
	}
	slices.Sort(out)
	return out
}
