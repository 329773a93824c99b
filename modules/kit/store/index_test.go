package store_test

import (
	"testing"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestIndexesFollowTheirDeclaration(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		c := store.Open[thing](db, store.Spec{Name: "test_things"})
		must(t, db.Ensure(ctx))
		a, b := named("a"), named("b")
		a.Tags, b.Tags, a.Count, b.Count = []string{"t"}, []string{"t", "u"}, 2, 1
		must(t, c.Insert(ctx, a, b))
		for _, fields := range [][]string{{"tags", "count"}, {"tags", "name"}} {
			later := store.Open[thing](db, store.Spec{Name: "test_things", Indexes: []store.Index{{Name: "i", Fields: fields, Many: "tags"}}})
			must(t, db.Ensure(ctx))
			p, err := later.Find(ctx, store.Query{Index: "i", Equal: []any{"t"}})
			must(t, err)
			want := map[string]string{"count": "b", "name": "a"}[fields[1]]
			if len(p.Items) != 2 || p.Items[0].ID != want {
				t.Errorf("by %v: %+v", fields, p.Items)
			}
		}
	})
}

// TestAPartialIndexHoldsWhatWasThere: a later version of the program declares
// a partial index over documents that an earlier one wrote, or changes which
// documents it holds.
func TestAPartialIndexHoldsWhatWasThere(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		c := store.Open[thing](db, store.Spec{Name: "test_things"})
		must(t, db.Ensure(ctx))
		a, b, none := named("a"), named("b"), named("none")
		a.Nick, a.Owner, b.Open, b.Owner, none.Owner = "nick", "x", true, "x", "x"
		must(t, c.Insert(ctx, a, b, none))
		for _, where := range []string{"nick", "open", "nick"} {
			later := store.Open[thing](db, store.Spec{Name: "test_things", Indexes: []store.Index{{Name: "some", Fields: []string{"owner", "name"}, Where: where}}})
			must(t, db.Ensure(ctx))
			p, err := later.Find(ctx, store.Query{Index: "some", Equal: []any{"x"}})
			must(t, err)
			want := map[string]string{"nick": "a", "open": "b"}[where]
			if len(p.Items) != 1 || p.Items[0].ID != want || p.Items[0].Version != 1 {
				t.Errorf("where %s is set: %+v", where, p.Items)
			}
		}
		twin := named("twin")
		twin.Nick = "nick"
		must(t, c.Insert(ctx, twin))
		store.Open[thing](db, store.Spec{Name: "test_things", Indexes: []store.Index{{Name: "one", Fields: []string{"nick"}, Unique: true, Where: "nick"}}})
		if err := db.Ensure(ctx); err == nil {
			t.Error("a unique index was made over two documents that are alike")
		}
	})
}
