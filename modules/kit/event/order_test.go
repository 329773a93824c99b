package event_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"carecert/modules/kit/event"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// Two programs, and many hands in each, deliver the same parcels.
func TestTwoProgramsDoAnEffectOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var down atomic.Bool
		down.Store(true)
		buses := []*event.Bus{h.bus, h.another()}
		for _, b := range buses {
			for _, name := range []string{"one", "two"} {
				event.On(b, name, func(ctx context.Context, f hired) error {
					if down.Load() {
						return errDown
					}
					return h.add(ctx, name+f.Person)
				})
			}
		}
		const people = 10
		for i := range people {
			h.announce(t, hired{fmt.Sprint(i)}, hired{fmt.Sprint(i)})
		}
		down.Store(false)
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				if err := buses[i%2].Recover(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if err := h.bus.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range people {
			for _, name := range []string{"one", "two"} {
				if n := h.count(t, name+fmt.Sprint(i)); n != 2 {
					t.Errorf("%s heard of %d %d times, want 2", name, i, n)
				}
			}
		}
		if n := h.backlog(t); n != 0 {
			t.Errorf("backlog %d", n)
		}
	})
}

// A whole state that is told out of order would be overwritten by an older one.
func TestFactsOfOneKeyArriveInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var mu sync.Mutex
		last := map[string]int{}
		event.On(h.bus, "state", func(_ context.Context, f moved) error {
			mu.Lock()
			defer mu.Unlock()
			if f.To < last[f.Person] {
				t.Errorf("%s moved to %d after %d", f.Person, f.To, last[f.Person])
			}
			last[f.Person] = f.To
			return nil
		})
		states := store.Open[countDoc](db, store.Spec{Name: "kit_states"})
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		const people, moves = 2, 40
		var all sync.WaitGroup
		for i := range people * 4 {
			person := fmt.Sprint(i % people)
			all.Go(func() {
				for range moves / 4 {
					err := db.Tx(context.Background(), func(ctx context.Context) error {
						if err := states.Increment(ctx, person, map[string]int64{"count": 1}); err != nil {
							return err
						}
						doc, err := states.Get(ctx, person)
						if err != nil {
							return err
						}
						return h.bus.Announce(ctx, moved{person, int(doc.Count)})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		for i := range people {
			if got := last[fmt.Sprint(i)]; got != moves {
				t.Errorf("%d was last heard at %d, want %d", i, got, moves)
			}
		}
	})
}

func TestAFailedFactHoldsBackTheLaterOnesOfItsKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		down := true
		heard := map[string][]int{}
		event.On(h.bus, "state", func(_ context.Context, f moved) error {
			if down && f.To == 1 && f.Person == "a" {
				return errDown
			}
			heard[f.Person] = append(heard[f.Person], f.To)
			return nil
		})
		h.announce(t, moved{"a", 1}, moved{"a", 2}, moved{"b", 1})
		h.announce(t, moved{"a", 3}, moved{"b", 2})
		if len(heard["a"]) != 0 {
			t.Errorf("a was heard of out of order: %v", heard["a"])
		}
		down = false
		if err := h.bus.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 2, 3}; !slices.Equal(heard["a"], want) {
			t.Errorf("a was heard as %v, want %v", heard["a"], want)
		}
		if got := heard["b"]; len(got) == 0 || got[len(got)-1] != 2 || h.backlog(t) != 0 {
			t.Errorf("b was heard as %v, backlog %d", got, h.backlog(t))
		}
	})
}

func TestFactsOfListenersFollowInTurn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var order []string
		event.On(h.bus, "first", func(ctx context.Context, f hired) error {
			order = append(order, "first heard")
			return h.bus.Announce(ctx, echoed(f))
		})
		event.On(h.bus, "second", func(context.Context, hired) error { order = append(order, "second heard"); return nil })
		event.On(h.bus, "last", func(ctx context.Context, f echoed) error {
			order = append(order, "echo heard")
			return h.add(ctx, f.Person)
		})
		h.announce(t, hired{"a"})
		if want := []string{"first heard", "second heard", "echo heard"}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
		if h.count(t, "a") != 1 || h.backlog(t) != 0 {
			t.Errorf("%d effects, backlog %d", h.count(t, "a"), h.backlog(t))
		}
	})
}
