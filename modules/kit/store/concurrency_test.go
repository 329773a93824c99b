package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// side runs n goroutines and gathers their errors.
func side(n int, fn func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func TestConcurrentIncrements(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		must(t, side(16, func(int) error {
			for range 50 {
				if err := c.Increment(ctx, "n", map[string]int64{"count": 1, "inner.n": 2}); err != nil {
					return err
				}
			}
			return nil
		}))
		got, err := c.Get(ctx, "n")
		must(t, err)
		if got.Count != 800 || got.Inner.N != 1600 || got.Version != 800 {
			t.Errorf("16 × 50 increments: %d, %d at version %d", got.Count, got.Inner.N, got.Version)
		}
	})
}

func TestOneWinnerPerVersion(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		must(t, c.Insert(ctx, named("a")))
		for round := range 10 {
			now, err := c.Get(ctx, "a")
			must(t, err)
			wins := make([]int, 30)
			must(t, side(30, func(i int) error {
				mine := now
				mine.Count = int64(i)
				err := c.Replace(ctx, &mine)
				if err == nil {
					wins[i] = 1
				}
				if errors.Is(err, store.ErrConflict) {
					return nil
				}
				return err
			}))
			winners := 0
			for _, w := range wins {
				winners += w
			}
			if winners != 1 {
				t.Errorf("round %d: %d winners of 30", round, winners)
			}
		}
	})
}

func TestConcurrentUpserts(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		must(t, side(8, func(int) error { d := named("same"); return c.Put(ctx, &d) }))
		must(t, side(8, func(int) error {
			return db.Tx(ctx, func(ctx context.Context) error { d := named("same too"); return c.Put(ctx, &d) })
		}))
		n := 0
		must(t, c.Scan(ctx, func(thing) error { n++; return nil }))
		if n != 2 {
			t.Errorf("%d documents of two ids", n)
		}
	})
}

func TestTransactions(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		must(t, c.Insert(ctx, named("a")))
		refused := errors.New("refused")
		hooks := 0
		err := db.Tx(ctx, func(ctx context.Context) error {
			store.AfterCommit(ctx, func(context.Context) { hooks++ })
			a, err := c.Get(ctx, "a")
			if err != nil {
				return err
			}
			a.Tags = []string{"inside"}
			if err := c.Replace(ctx, &a); err != nil {
				return err
			}
			if err := c.Insert(ctx, named("b")); err != nil {
				return err
			}
			p, err := c.Find(ctx, store.Query{Index: "tags_count", Equal: []any{"inside"}})
			if err != nil || len(p.Items) != 1 {
				t.Errorf("a transaction does not see its own write: %d, %v", len(p.Items), err)
			}
			if n, _, err := c.Count(ctx, store.Query{Index: "owner_name", Equal: []any{"o"}}, 10); err != nil || n != 2 {
				t.Errorf("nor count it: %d, %v", n, err)
			}
			return refused
		})
		if !errors.Is(err, refused) || hooks != 0 {
			t.Errorf("refused: %v, %d hooks", err, hooks)
		}
		if a, err := c.Get(ctx, "a"); err != nil || len(a.Tags) != 0 || a.Version != 1 {
			t.Errorf("rolled back to %+v, %v", a, err)
		}
		if _, err := c.Get(ctx, "b"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an insert survived its transaction: %v", err)
		}
		// Money moves between two documents; the sum stays, whoever comes first.
		must(t, c.Insert(ctx, named("x"), named("y")))
		must(t, side(8, func(i int) error {
			for range 5 {
				err := db.Tx(ctx, func(ctx context.Context) error {
					store.AfterCommit(ctx, func(ctx context.Context) {
						if store.InTx(ctx) {
							t.Error("a hook runs inside the transaction")
						}
					})
					from, err := c.Get(ctx, []string{"x", "y"}[i%2])
					if err != nil {
						return err
					}
					from.Count--
					if err := c.Replace(ctx, &from); err != nil {
						return err
					}
					return db.Tx(ctx, func(ctx context.Context) error { // joins
						return c.Increment(ctx, []string{"y", "x"}[i%2], map[string]int64{"count": 1})
					})
				})
				if err != nil {
					return err
				}
			}
			return nil
		}))
		docs, err := c.GetMany(ctx, []string{"x", "y"})
		must(t, err)
		if docs[0].Count+docs[1].Count != 0 || docs[0].Version+docs[1].Version != 82 {
			t.Errorf("after 40 moves: %+v", docs)
		}
	})
}

func TestAPanicRollsBack(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Tx(ctx, func(ctx context.Context) error {
				if err := c.Insert(ctx, named("a")); err != nil {
					t.Error(err)
				}
				panic("in the closure")
			})
		}()
		if _, err := c.Get(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("left behind: %v", err)
		}
		must(t, c.Insert(ctx, named("b"))) // the engine goes on
	})
}
