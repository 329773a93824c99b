package event

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

const (
	parcelFacts = 500     // facts in one parcel
	parcelBytes = 1 << 20 // payload in one parcel; MongoDB ends at 16 MB
	// grace is how long a parcel is left to the process that announced it.
	grace      = 5 * time.Second
	maxBackoff = 10 * time.Minute
)

// parcel is an outbox document: facts of one transaction and who has still to
// react to which.
type parcel struct {
	store.Doc     `bson:",inline"`
	Order         string       `bson:"order"` // the id again, for indexes to sort by
	Keys          []string     `bson:"keys,omitempty"`
	Facts         []factDoc    `bson:"facts"`
	Pending       []pendingDoc `bson:"pending"`
	Actor         kernel.Actor `bson:"actor"`
	RecordedAt    time.Time    `bson:"recordedAt"`
	Attempts      int          `bson:"attempts"`
	NextAttemptAt time.Time    `bson:"nextAttemptAt"`

	bytes int
}

type factDoc struct {
	Name    string   `bson:"name"`
	Key     string   `bson:"key,omitempty"`
	Payload bson.Raw `bson:"payload"`
}

// pendingDoc is the work a listener has left: places in Facts.
type pendingDoc struct {
	Fact     string `bson:"fact"`
	Listener string `bson:"listener"`
	Left     []int  `bson:"left"`
}

func newParcel(actor kernel.Actor, now time.Time) *parcel {
	return &parcel{Actor: actor, RecordedAt: now, NextAttemptAt: now.Add(grace)}
}

func (p *parcel) full() bool { return len(p.Facts) >= parcelFacts || p.bytes >= parcelBytes }

func (p *parcel) put(fact Fact, payload bson.Raw, listeners []string) {
	doc := factDoc{Name: fact.FactName(), Payload: payload}
	if k, ok := fact.(Keyed); ok {
		doc.Key = doc.Name + " " + k.FactKey()
		if !slices.Contains(p.Keys, doc.Key) {
			p.Keys = append(p.Keys, doc.Key)
		}
	}
	place := len(p.Facts)
	p.Facts = append(p.Facts, doc)
	p.bytes += len(payload)
	for _, l := range listeners {
		i := p.work(doc.Name, l)
		if i < 0 {
			i = len(p.Pending)
			p.Pending = append(p.Pending, pendingDoc{Fact: doc.Name, Listener: l})
		}
		p.Pending[i].Left = append(p.Pending[i].Left, place)
	}
}

// work is the place in Pending of a listener's work, -1 when it has none left.
func (p *parcel) work(fact, listener string) int {
	return slices.IndexFunc(p.Pending, func(w pendingDoc) bool { return w.Fact == fact && w.Listener == listener })
}

// left is which of the places the listener has still to react to.
func (p *parcel) left(w pendingDoc, places []int) []int {
	i := p.work(w.Fact, w.Listener)
	if i < 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(places), func(n int) bool { return !slices.Contains(p.Pending[i].Left, n) })
}

// without is the parcel with places crossed off that are left.
func (p *parcel) without(w pendingDoc, done []int) *parcel {
	next := *p
	next.Pending = slices.Clone(p.Pending)
	i := p.work(w.Fact, w.Listener)
	left := slices.DeleteFunc(slices.Clone(p.Pending[i].Left), func(n int) bool { return slices.Contains(done, n) })
	if len(left) == 0 {
		next.Pending = slices.Delete(next.Pending, i, i+1)
	} else {
		next.Pending[i].Left = left
	}
	return &next
}

func (p *parcel) payloads(places []int) []bson.Raw {
	out := make([]bson.Raw, len(places))
	for i, n := range places {
		out[i] = p.Facts[n].Payload
	}
	return out
}

// awaits tells whether the listener has still to react to a fact of the key.
func (p *parcel) awaits(listener, key string) bool {
	return slices.ContainsFunc(p.Pending, func(w pendingDoc) bool {
		return w.Listener == listener && slices.ContainsFunc(w.Left, func(n int) bool { return p.Facts[n].Key == key })
	})
}

func backoff(attempts int) time.Duration {
	return min(maxBackoff, time.Second<<min(attempts, 20))
}

type outbox struct{ docs *store.Collection[parcel] }

func openOutbox(db *store.DB) *outbox {
	return &outbox{store.Open[parcel](db, store.Spec{Name: "kit_outbox", Indexes: []store.Index{
		{Name: "order", Fields: []string{"order"}},
		{Name: "keys", Fields: []string{"keys", "order"}, Many: "keys"},
		{Name: "due", Fields: []string{"nextAttemptAt"}},
	}})}
}

// add writes the parcels of a transaction at its end. Their ids are made here:
// whoever changes the same thing comes before or after as a whole, and so do
// the ids.
func (o *outbox) add(ctx context.Context, parcels []*parcel) error {
	docs := make([]parcel, len(parcels))
	for i, p := range parcels {
		p.ID = kernel.NewID()
		p.Order = p.ID
		docs[i] = *p
	}
	if err := o.docs.Insert(ctx, docs...); err != nil {
		return err
	}
	for i, p := range parcels {
		p.Doc = docs[i].Doc
	}
	return nil
}

// earlier finds the parcels announced before this one that share a key with it
// and are still to be delivered, oldest first.
func (o *outbox) earlier(ctx context.Context, p *parcel) ([]*parcel, error) {
	if len(p.Keys) == 0 {
		return nil, nil
	}
	oldest, err := o.docs.First(ctx, store.Query{Index: "order"})
	if errors.Is(err, store.ErrNotFound) || (err == nil && oldest.Order >= p.Order) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := map[string]*parcel{}
	for _, key := range p.Keys {
		q := store.Query{Index: "keys", Equal: []any{key}, Until: p.Order}
		err := o.docs.Each(ctx, q, func(e parcel) error { found[e.ID] = &e; return nil })
		if err != nil {
			return nil, err
		}
	}
	out := make([]*parcel, 0, len(found))
	for _, e := range found {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b *parcel) int {
		if a.Order < b.Order {
			return -1
		}
		return 1
	})
	return out, nil
}
