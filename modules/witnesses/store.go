package witnesses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kit/store"
)

type witnessDoc struct {
	store.Doc `bson:",inline"`
	Name      string    `bson:"name"`
	Kind      Kind      `bson:"kind"`
	Address   string    `bson:"address,omitempty"`
	Verifier  string    `bson:"verifier,omitempty"`
	Mail      string    `bson:"mail,omitempty"`
	State     State     `bson:"state"`
	Why       string    `bson:"why,omitempty"`
	CreatedAt time.Time `bson:"createdAt"`
	CreatedBy string    `bson:"createdBy"`
	TriedAt   time.Time `bson:"triedAt"`
	Outcome   Outcome   `bson:"outcome,omitempty"`
	Held      Held      `bson:"held"`
	SilentAt  time.Time `bson:"silentAt,omitempty"`
}

func (w Witness) doc() witnessDoc {
	return witnessDoc{
		Doc: store.Doc{ID: w.ID, Version: w.Stored}, Name: w.Name, Kind: w.Kind, Address: w.Address, Verifier: w.Verifier, Mail: w.Mail, State: w.State,
		Why: w.Why, CreatedAt: w.CreatedAt, CreatedBy: w.CreatedBy, TriedAt: w.TriedAt, Outcome: w.Outcome, Held: w.Held, SilentAt: w.SilentAt,
	}
}

func (d witnessDoc) read() Witness {
	return Witness{
		ID: d.ID, Name: d.Name, Kind: d.Kind, Address: d.Address, Verifier: d.Verifier, Mail: d.Mail, State: d.State, Why: d.Why, CreatedAt: d.CreatedAt,
		CreatedBy: d.CreatedBy, TriedAt: d.TriedAt, Outcome: d.Outcome, Held: d.Held, SilentAt: d.SilentAt, Stored: d.Version,
	}
}

// deliveryDoc is a head to a witness; _id is deliveryID.
type deliveryDoc struct {
	store.Doc `bson:",inline"`
	Witness   string    `bson:"witness"`
	At        time.Time `bson:"at"`
	DoneAt    time.Time `bson:"doneAt"`
	Head      Held      `bson:"head"`
	Outcome   Outcome   `bson:"outcome"`
	Code      string    `bson:"code,omitempty"`
	Attempts  int       `bson:"attempts"`
	By        string    `bson:"by,omitempty"`
}

// deliveryID makes a head one delivery to a witness, however often it is tried.
func deliveryID(witness string, h Held) string {
	return fmt.Sprintf("%s.%012d.%x", witness, h.Size, h.Root[:min(8, len(h.Root))])
}

func (d Delivery) doc() deliveryDoc {
	return deliveryDoc{
		Doc: store.Doc{ID: d.ID, Version: d.Stored}, Witness: d.Witness, At: d.At, DoneAt: d.DoneAt, Head: d.Head, Outcome: d.Outcome, Code: d.Code,
		Attempts: d.Attempts, By: d.By,
	}
}

func (d deliveryDoc) read() Delivery {
	return Delivery{
		ID: d.ID, Witness: d.Witness, At: d.At, DoneAt: d.DoneAt, Head: d.Head, Outcome: d.Outcome, Code: d.Code, Attempts: d.Attempts, By: d.By,
		Stored: d.Version,
	}
}

type watchedDoc struct {
	store.Doc `bson:",inline"`
	Name      string    `bson:"name"`
	Origin    string    `bson:"origin"`
	Verifier  string    `bson:"verifier"`
	Key       string    `bson:"key,omitempty"` // name and hash of the verifier while it is watched
	State     State     `bson:"state"`
	Why       string    `bson:"why,omitempty"`
	CreatedAt time.Time `bson:"createdAt"`
	CreatedBy string    `bson:"createdBy"`
	Held      Held      `bson:"held"`
	Alarms    int64     `bson:"alarms"`
}

func (d watchedDoc) read() Watched {
	return Watched{
		ID: d.ID, Name: d.Name, Origin: d.Origin, Verifier: d.Verifier, State: d.State, Why: d.Why, CreatedAt: d.CreatedAt, CreatedBy: d.CreatedBy,
		Held: d.Held, Alarms: d.Alarms, Stored: d.Version,
	}
}

// headDoc is a head that a watched log has proved; _id is watched.size.
type headDoc struct {
	store.Doc `bson:",inline"`
	Watched   string `bson:"watched"`
	Head      Held   `bson:"head"`
}

func headID(watched string, size int64) string { return fmt.Sprintf("%s.%012d", watched, size) }

type alarmDoc struct {
	store.Doc  `bson:",inline"`
	Watched    string      `bson:"watched"`
	Name       string      `bson:"name"`
	Kind       string      `bson:"kind"`
	Open       bool        `bson:"open"`
	At         time.Time   `bson:"at"`
	Held       Held        `bson:"held"`
	Head       Held        `bson:"head"`
	Proof      []string    `bson:"proof,omitempty"`
	Settlement *Settlement `bson:"settlement,omitempty"`
}

func (d alarmDoc) read() Alarm {
	return Alarm{
		ID: d.ID, Watched: d.Watched, Name: d.Name, Kind: d.Kind, At: d.At, Held: d.Held, Head: d.Head, Proof: d.Proof, Settlement: d.Settlement,
		Stored: d.Version,
	}
}

// keyDoc is what this program countersigns with; _id "own".
type keyDoc struct {
	store.Doc `bson:",inline"`
	Name      string `bson:"name"`
	Sealed    string `bson:"sealed"`
}

type repository struct {
	db         *store.DB
	witnesses  *store.Collection[witnessDoc]
	deliveries *store.Collection[deliveryDoc]
	watched    *store.Collection[watchedDoc]
	heads      *store.Collection[headDoc]
	alarms     *store.Collection[alarmDoc]
	keys       *store.Collection[keyDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		witnesses: store.Open[witnessDoc](db, store.Spec{Name: "witnesses_witnesses", Indexes: []store.Index{
			{Name: "created", Fields: []string{"createdAt"}}, {Name: "state", Fields: []string{"state", "createdAt"}},
		}}),
		deliveries: store.Open[deliveryDoc](db, store.Spec{Name: "witnesses_deliveries", Indexes: []store.Index{
			{Name: "witness", Fields: []string{"witness", "at"}},
		}}),
		watched: store.Open[watchedDoc](db, store.Spec{Name: "witnesses_watched", Indexes: []store.Index{
			{Name: "created", Fields: []string{"createdAt"}}, {Name: "key", Fields: []string{"key"}, Unique: true, Where: "key"},
		}}),
		heads: store.Open[headDoc](db, store.Spec{Name: "witnesses_heads", Indexes: []store.Index{
			{Name: "watched", Fields: []string{"watched", "head.size"}},
		}}),
		alarms: store.Open[alarmDoc](db, store.Spec{Name: "witnesses_alarms", Indexes: []store.Index{
			{Name: "at", Fields: []string{"at"}}, {Name: "open", Fields: []string{"open", "at"}, Where: "open"},
		}}),
		keys: store.Open[keyDoc](db, store.Spec{Name: "witnesses_keys"}),
	}
}

func (r *repository) witness(ctx context.Context, id string) (Witness, error) {
	d, err := r.witnesses.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Witness{}, ErrUnknown
	}
	return d.read(), err
}

func (r *repository) save(ctx context.Context, w *Witness) error {
	d := w.doc()
	if err := r.witnesses.Replace(ctx, &d); err != nil {
		return fmt.Errorf("witness %s: %w", w.ID, err)
	}
	w.Stored = d.Version
	return nil
}

// active walks the witnesses that heads go to: there are few.
func (r *repository) active(ctx context.Context, fn func(Witness) error) error {
	return r.witnesses.Each(ctx, store.Query{Index: "state", Equal: []any{string(Active)}}, func(d witnessDoc) error { return fn(d.read()) })
}
