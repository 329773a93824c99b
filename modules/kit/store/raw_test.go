package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestExportRestores(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, from *store.DB) {
		ctx, c := t.Context(), open(t, from)
		a := named("a")
		a.Nick, a.Open, a.Tags, a.At = "x", true, []string{"t"}, time.UnixMilli(1_700_000_000_123).UTC()
		must(t, c.Insert(ctx, a, named("b")))
		dir := t.TempDir()
		n, err := from.Export(ctx, dir, time.Unix(0, 0))
		must(t, err)
		if n != 2 {
			t.Errorf("exported %d", n)
		}
		if _, err := from.Export(ctx, dir, time.Unix(0, 0)); !errors.Is(err, store.ErrExported) {
			t.Errorf("exporting over an export: %v", err)
		}
		// The other engine takes it over.
		to := storetest.SQLite(t)
		if from.Engine() == "sqlite" {
			to = storetest.MongoDB(t)
		}
		d := open(t, to)
		if n, err := to.Restore(ctx, dir); err != nil || n != 2 {
			t.Fatalf("restored %d, %v", n, err)
		}
		got, err := d.First(ctx, store.Query{Index: "waiting", Equal: []any{"o"}})
		must(t, err)
		if got.ID != "a" || got.Nick != "x" || !got.At.Equal(a.At) || got.Version != 1 {
			t.Errorf("restored %+v", got)
		}
		if _, err := to.Restore(ctx, dir); !errors.Is(err, store.ErrNotEmpty) {
			t.Errorf("restoring over data: %v", err)
		}
	})
}

func TestAnExportOfAnotherVersionLeavesNothing(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, to *store.DB) {
		ctx, from := t.Context(), storetest.SQLite(t)
		c, newer := open(t, from), store.Open[thing](from, store.Spec{Name: "test_unheard"})
		must(t, from.Ensure(ctx))
		must(t, c.Insert(ctx, named("a")))
		must(t, newer.Insert(ctx, named("b")))
		dir := t.TempDir()
		_, err := from.Export(ctx, dir, time.Unix(0, 0))
		must(t, err)
		d := open(t, to)
		for range 8 { // in whatever order its collections are read
			if n, err := to.Restore(ctx, dir); !errors.Is(err, store.ErrDamaged) || n != 0 {
				t.Fatalf("restored %d, %v", n, err)
			}
			if _, err := d.Get(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
				t.Fatalf("a part was restored: %v", err)
			}
		}
	})
}

func TestClearLeavesWhatIsKept(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		kept := store.Open[thing](db, store.Spec{Name: "test_kept"})
		must(t, db.Ensure(ctx))
		var many []thing
		for n := range 1100 {
			many = append(many, named(fmt.Sprintf("thing %d", n)))
		}
		must(t, c.Insert(ctx, many...))
		must(t, kept.Insert(ctx, named("k")))
		must(t, db.Clear(ctx, "test_kept"))
		if n, _, err := c.Count(ctx, store.Query{Index: "name"}, 10); err != nil || n != 0 {
			t.Errorf("left %d, %v", n, err)
		}
		if _, err := kept.Get(ctx, "k"); err != nil {
			t.Errorf("the kept one: %v", err)
		}
	})
}
