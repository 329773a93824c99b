// Package lease gives one instance at a time the right to a named piece of
// work. A lease is a document that says who holds it and until when; whoever
// stops extending it, because it was killed or lost the database, loses it.
//
// A lease keeps instances from doing work twice; it is no fence. What must
// happen exactly once also writes a document under its expected version.
//
// Owns: kit_leases.
package lease

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// ErrLost: somebody else holds the lease by now.
var ErrLost = errors.New("lease: lost")

type leaseDoc struct {
	store.Doc `bson:",inline"`
	Holder    string    `bson:"holder"`
	Until     time.Time `bson:"until"`
}

// Leases is the door to the leases of a database.
type Leases struct {
	docs  *store.Collection[leaseDoc]
	clock kernel.Clock
}

// New opens the collection. The clock is the machine's, even where the
// program's own clock is set to another day.
func New(db *store.DB, clock kernel.Clock) *Leases {
	return &Leases{docs: store.Open[leaseDoc](db, store.Spec{Name: "kit_leases"}), clock: clock}
}

// Lease is a lease in hand. It belongs to one goroutine.
type Lease struct {
	leases *Leases
	doc    leaseDoc
	ttl    time.Duration
}

// Hold takes the lease for the time to live, if nobody else has it.
func (l *Leases) Hold(ctx context.Context, name string, ttl time.Duration) (*Lease, bool, error) {
	now := l.clock.Now().UTC()
	doc, err := l.docs.Get(ctx, name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		doc = leaseDoc{Doc: store.Doc{ID: name, Version: 1}, Holder: kernel.NewID(), Until: now.Add(ttl)}
		err = l.docs.Insert(ctx, doc)
	case err != nil:
	case now.Before(doc.Until):
		return nil, false, nil
	default:
		doc.Holder, doc.Until = kernel.NewID(), now.Add(ttl)
		err = l.docs.Replace(ctx, &doc)
	}
	if store.IsDuplicate(err, "") || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil, false, nil // another was quicker
	}
	if err != nil {
		return nil, false, fmt.Errorf("hold lease %s: %w", name, err)
	}
	return &Lease{leases: l, doc: doc, ttl: ttl}, true, nil
}

// Extend keeps the lease for another time to live; ErrLost.
func (x *Lease) Extend(ctx context.Context) error {
	next := x.doc
	next.Until = x.leases.clock.Now().UTC().Add(x.ttl)
	err := x.leases.docs.Replace(ctx, &next)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return ErrLost
	}
	if err == nil {
		x.doc = next
	}
	return err
}

// Release gives the lease back; it is no error to have lost it.
func (x *Lease) Release(ctx context.Context) error {
	err := x.leases.docs.Delete(ctx, x.doc.ID, x.doc.Version)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// While runs fn under the lease, extends it meanwhile, and ends the context of
// fn with the cause ErrLost when it can no longer be kept. False when somebody
// else holds it.
func (l *Leases) While(ctx context.Context, name string, ttl time.Duration, fn func(context.Context) error) (bool, error) {
	x, held, err := l.Hold(ctx, name, ttl)
	if err != nil || !held {
		return false, err
	}
	work, stop := context.WithCancelCause(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		x.keep(work, stop)
	}()
	err = fn(work)
	if cause := context.Cause(work); errors.Is(cause, ErrLost) {
		err = errors.Join(cause, err)
	}
	stop(nil)
	<-kept
	return true, errors.Join(err, x.Release(context.WithoutCancel(ctx)))
}

// keep extends the lease three times in its life. One failure is borne, the
// database may be electing; a life without success ends the work.
func (x *Lease) keep(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(x.ttl / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := x.Extend(context.WithoutCancel(ctx))
		if errors.Is(err, ErrLost) || (err != nil && !x.leases.clock.Now().Before(x.doc.Until)) {
			stop(ErrLost)
			return
		}
	}
}
