package event_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// hired is a plain fact, moved one with a key, echoed what a listener announces.
type hired struct {
	Person string `bson:"person"`
}

func (hired) FactName() string { return "test.hired" }

type moved struct {
	Person string `bson:"person"`
	To     int    `bson:"to"`
}

func (moved) FactName() string  { return "test.moved" }
func (m moved) FactKey() string { return m.Person }

type echoed struct {
	Person string `bson:"person"`
}

func (echoed) FactName() string { return "test.echoed" }

type countDoc struct {
	store.Doc `bson:",inline"`
	Count     int64 `bson:"count"`
}

// house is a database with a bus and a collection that listeners write to.
type house struct {
	db      *store.DB
	bus     *event.Bus
	effects *store.Collection[countDoc]
	now     time.Time
}

func newHouse(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{db: db, now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	h.effects = store.Open[countDoc](db, store.Spec{Name: "kit_effects"})
	h.bus = h.another()
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// another is the bus of a second program on the same database.
func (h *house) another() *event.Bus {
	return event.New(h.db, kernel.ClockFunc(func() time.Time { return h.now }), slog.New(slog.DiscardHandler))
}

func (h *house) announce(t *testing.T, facts ...event.Fact) {
	t.Helper()
	err := h.db.Tx(t.Context(), func(ctx context.Context) error {
		for _, f := range facts {
			if err := h.bus.Announce(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// add is a listener's effect: it must happen once.
func (h *house) add(ctx context.Context, id string) error {
	return h.effects.Increment(ctx, id, map[string]int64{"count": 1})
}

func (h *house) count(t *testing.T, id string) int64 {
	t.Helper()
	doc, err := h.effects.Get(t.Context(), id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return doc.Count
}

func (h *house) backlog(t *testing.T) int64 {
	t.Helper()
	n, err := h.bus.Backlog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var errDown = errors.New("the listener is down")

func TestEffectsStandWhenTheTransactionReturns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		event.On(h.bus, "count", func(ctx context.Context, f hired) error { return h.add(ctx, f.Person) })
		h.announce(t, hired{"a"}, hired{"b"}, hired{"a"})
		if a, b := h.count(t, "a"), h.count(t, "b"); a != 2 || b != 1 {
			t.Errorf("effects %d and %d, want 2 and 1", a, b)
		}
		if n := h.backlog(t); n != 0 {
			t.Errorf("%d parcels are left", n)
		}
	})
}

func TestWhatNobodyHearsLeavesNoTrace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.announce(t, hired{"a"})
		if n := h.backlog(t); n != 0 {
			t.Errorf("%d parcels", n)
		}
	})
}

func TestAnnouncingIsPartOfTheTransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		event.On(h.bus, "count", func(ctx context.Context, f hired) error { return h.add(ctx, f.Person) })
		if err := h.bus.Announce(t.Context(), hired{"a"}); !errors.Is(err, event.ErrNoTx) {
			t.Errorf("outside a transaction: %v", err)
		}
		err := db.Tx(t.Context(), func(ctx context.Context) error {
			return errors.Join(h.bus.Announce(ctx, hired{"a"}), errDown)
		})
		if !errors.Is(err, errDown) || h.count(t, "a") != 0 || h.backlog(t) != 0 {
			t.Errorf("a change that was rolled back is told all the same (%v)", err)
		}
	})
}

func TestAFailingListenerHoldsBackNobodyElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		down := true
		event.On(h.bus, "shaky", func(ctx context.Context, f hired) error {
			if err := h.add(ctx, "shaky "+f.Person); err != nil {
				return err
			}
			if down && f.Person == "bad" {
				return errDown // after its effect: which must be rolled back
			}
			return nil
		})
		event.On(h.bus, "broken", func(ctx context.Context, f hired) error {
			if down && f.Person == "bad" {
				panic("a listener that cannot bear it")
			}
			return h.add(ctx, "broken "+f.Person)
		})
		event.On(h.bus, "steady", func(ctx context.Context, f hired) error { return h.add(ctx, "steady "+f.Person) })
		h.announce(t, hired{"bad"}, hired{"good"})
		want := func(when string, counts map[string]int64, backlog int64) {
			t.Helper()
			for id, n := range counts {
				if got := h.count(t, id); got != n {
					t.Errorf("%s: %s happened %d times, want %d", when, id, got, n)
				}
			}
			if got := h.backlog(t); got != backlog {
				t.Errorf("%s: backlog %d, want %d", when, got, backlog)
			}
		}
		want("at once", map[string]int64{"shaky bad": 0, "shaky good": 1, "broken bad": 0, "broken good": 1, "steady bad": 1, "steady good": 1}, 1)

		down = false
		if err := h.bus.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		want("before it is due", map[string]int64{"shaky bad": 0}, 1)

		h.now = h.now.Add(time.Minute)
		if err := h.bus.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		want("when it is due", map[string]int64{"shaky bad": 1, "shaky good": 1, "broken bad": 1, "broken good": 1, "steady bad": 1, "steady good": 1}, 0)
	})
}

func TestRecoverDoesNotWaitUntilItIsDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		down := true
		event.On(h.bus, "shaky", func(ctx context.Context, f hired) error {
			if down {
				return errDown
			}
			return h.add(ctx, f.Person)
		})
		h.announce(t, hired{"a"})
		down = false
		if err := h.bus.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h.count(t, "a") != 1 || h.backlog(t) != 0 {
			t.Errorf("%d effects, backlog %d", h.count(t, "a"), h.backlog(t))
		}
	})
}

func TestListenersActForWhoeverCausedTheFact(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		clerk := kernel.Actor{User: "u1", Name: "clerk", Request: "r1", Address: "192.0.2.1"}
		down := true
		var heard []kernel.Actor
		event.On(h.bus, "listen", func(ctx context.Context, _ hired) error {
			heard = append(heard, kernel.ActorFrom(ctx))
			if !kernel.ReachFrom(ctx).Everywhere {
				t.Error("a listener reaches everywhere")
			}
			if down {
				return errDown
			}
			return nil
		})
		err := db.Tx(kernel.WithActor(t.Context(), clerk), func(ctx context.Context) error { return h.bus.Announce(ctx, hired{"a"}) })
		if err != nil {
			t.Fatal(err)
		}
		down = false
		if err := h.bus.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(heard) < 2 {
			t.Fatalf("heard %d times", len(heard))
		}
		for _, a := range heard {
			if a.User != clerk.User || a.Name != clerk.Name || a.Request != clerk.Request || a.Address != clerk.Address {
				t.Errorf("acts for %+v, want %+v", a, clerk)
			}
		}
	})
}

func TestAnImportIsHeardTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var calls []int
		event.OnMany(h.bus, "bulk", func(_ context.Context, facts []hired) error {
			calls = append(calls, len(facts))
			return nil
		})
		facts := make([]event.Fact, 1200)
		for i := range facts {
			facts[i] = hired{fmt.Sprint(i)}
		}
		h.announce(t, facts...)
		if want := []int{500, 500, 200}; !slices.Equal(calls, want) {
			t.Errorf("called with %v, want %v", calls, want)
		}
	})
}

func TestTwoListenersOfOneNameAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for range 2 {
			event.On(h.bus, "twin", func(context.Context, hired) error { return nil })
		}
		err := db.Tx(t.Context(), func(ctx context.Context) error { return h.bus.Announce(ctx, hired{"a"}) })
		if err == nil {
			t.Error("the outbox could not tell them apart")
		}
	})
}
