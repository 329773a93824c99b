package event

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

var (
	// ErrNoTx: a fact is announced only in the transaction of its change.
	ErrNoTx = errors.New("event: announced outside a transaction")
	// ErrTooLate: the facts of the transaction have been written already.
	ErrTooLate = errors.New("event: announced after the closure of the transaction")
)

// Bus delivers facts to listeners.
type Bus struct {
	db        *store.DB
	outbox    *outbox
	clock     kernel.Clock
	log       *slog.Logger
	listeners map[string][]listener // by fact name, in order of registration
	broken    error                 // two listeners of one name
}

type listener struct {
	name  string
	react func(ctx context.Context, payloads []bson.Raw) error
}

// New opens the outbox. The clock is the machine's: it times redelivery, no
// fact of the domain.
func New(db *store.DB, clock kernel.Clock, log *slog.Logger) *Bus {
	return &Bus{db: db, outbox: openOutbox(db), clock: clock, log: log, listeners: map[string][]listener{}}
}

// On lets a listener react to a kind of fact. Call it while the program is put
// together, before anything is announced. The name is stable: the outbox
// remembers by it who still has work to do. The function uses only its own
// context, which acts for whoever caused the fact and reaches everywhere; it
// is idempotent.
func On[F Fact](b *Bus, name string, fn func(context.Context, F) error) {
	OnMany(b, name, func(ctx context.Context, facts []F) error {
		for _, f := range facts {
			if err := fn(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// InWords is OnMany for a listener that takes facts in words of its own.
func InWords[F Fact, W any](b *Bus, name string, word func(F) W, hear func(context.Context, []W) error) {
	OnMany(b, name, func(ctx context.Context, facts []F) error {
		told := make([]W, 0, len(facts))
		for _, f := range facts {
			told = append(told, word(f))
		}
		return hear(ctx, told)
	})
}

// OnMany is On for a listener that takes the facts of one transaction together:
// an import announces hundreds at once.
func OnMany[F Fact](b *Bus, name string, fn func(context.Context, []F) error) {
	var kind F
	fact := kind.FactName()
	react := func(ctx context.Context, payloads []bson.Raw) error {
		facts := make([]F, len(payloads))
		for i, p := range payloads {
			if err := bson.Unmarshal(p, &facts[i]); err != nil {
				return fmt.Errorf("decode %s: %w", fact, err)
			}
		}
		return fn(ctx, facts)
	}
	if _, taken := b.listener(pendingDoc{Fact: fact, Listener: name}); taken {
		b.broken = fmt.Errorf("event: %s has two listeners named %s", fact, name)
	}
	b.listeners[fact] = append(b.listeners[fact], listener{name, react})
}

// gathering is what a transaction has announced so far.
type gathering struct {
	parcels []*parcel
	written bool
}

type gatheringKey struct{ *Bus }

// Announce implements Announcer. A fact that nobody listens to leaves no trace.
func (b *Bus) Announce(ctx context.Context, fact Fact) error {
	if b.broken != nil {
		return b.broken
	}
	if !store.InTx(ctx) {
		return ErrNoTx
	}
	listeners := b.listeners[fact.FactName()]
	if len(listeners) == 0 {
		return nil
	}
	payload, err := bson.Marshal(fact)
	if err != nil {
		return fmt.Errorf("announce %s: %w", fact.FactName(), err)
	}
	kept, _ := store.Kept(ctx, gatheringKey{b}, func() any {
		g := &gathering{}
		store.BeforeCommit(ctx, func(ctx context.Context) error {
			g.written = true
			return b.outbox.add(ctx, g.parcels)
		})
		store.AfterCommit(ctx, func(ctx context.Context) { b.afterCommit(ctx, g.parcels) })
		return g
	})
	g, ok := kept.(*gathering)
	if !ok || g.written {
		return ErrTooLate
	}
	if len(g.parcels) == 0 || g.parcels[len(g.parcels)-1].full() {
		g.parcels = append(g.parcels, newParcel(kernel.ActorFrom(ctx), b.now()))
	}
	names := make([]string, len(listeners))
	for i, l := range listeners {
		names[i] = l.name
	}
	g.parcels[len(g.parcels)-1].put(fact, payload, names)
	return nil
}

func (b *Bus) now() time.Time { return b.clock.Now().UTC().Truncate(time.Millisecond) }

type roundKey struct{}

// round is one in-process delivery. What listeners announce joins its end, so
// that every listener of a fact has reacted before the facts that follow.
type round struct{ waiting []*parcel }

func (b *Bus) afterCommit(ctx context.Context, parcels []*parcel) {
	if r, ok := ctx.Value(roundKey{}).(*round); ok {
		r.waiting = append(r.waiting, parcels...)
		return
	}
	// The change stands: its effects do not depend on the caller's patience.
	b.deliverAll(context.WithoutCancel(ctx), parcels)
}

func (b *Bus) deliverAll(ctx context.Context, parcels []*parcel) {
	r := &round{waiting: parcels}
	ctx = context.WithValue(ctx, roundKey{}, r)
	for len(r.waiting) > 0 {
		next := r.waiting[0]
		r.waiting = r.waiting[1:]
		if err := b.deliver(ctx, next); err != nil {
			b.log.ErrorContext(ctx, "facts left for redelivery", "parcel", next.ID, "error", err)
		}
	}
}
