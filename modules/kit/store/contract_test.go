package store_test

import (
	"errors"
	"testing"
	"time"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// thing is the contract suite's document.
type thing struct {
	store.Doc `bson:",inline"`
	Owner     string    `bson:"owner"`
	Name      string    `bson:"name"`
	Count     int64     `bson:"count"`
	Tags      []string  `bson:"tags"`
	At        time.Time `bson:"at"`
	Open      bool      `bson:"open"`
	Nick      string    `bson:"nick,omitempty"`
	Inner     struct {
		N int64 `bson:"n"`
	} `bson:"inner"`
}

func spec() store.Spec {
	return store.Spec{Name: "test_things", Indexes: []store.Index{
		{Name: "owner_name", Fields: []string{"owner", "name"}},
		{Name: "name", Fields: []string{"name"}, Unique: true},
		{Name: "tags_count", Fields: []string{"tags", "count"}, Many: "tags"},
		{Name: "open_at", Fields: []string{"open", "at"}},
		{Name: "nick", Fields: []string{"nick"}, Unique: true, Where: "nick"},
		{Name: "waiting", Fields: []string{"owner", "count"}, Where: "open"},
	}}
}

func open(t *testing.T, db *store.DB) *store.Collection[thing] {
	t.Helper()
	c := store.Open[thing](db, spec())
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func named(id string) thing { return thing{Doc: store.Doc{ID: id}, Name: id, Owner: "o"} }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOneDocument(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		at := time.Date(2025, 6, 30, 16, 0, 0, 123_456_789, time.UTC)
		a := named("a")
		a.At = at
		must(t, c.Insert(ctx, a))
		got, err := c.Get(ctx, "a")
		must(t, err)
		if got.Version != 1 || !got.At.Equal(at.Truncate(time.Millisecond)) {
			t.Errorf("read back %+v: version 1 and milliseconds expected", got)
		}
		if _, err := c.Get(ctx, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a missing document: %v", err)
		}
		stale := got
		got.Count = 7
		must(t, c.Replace(ctx, &got))
		if got.Version != 2 {
			t.Errorf("version %d after a replacement", got.Version)
		}
		if err := c.Replace(ctx, &stale); !errors.Is(err, store.ErrConflict) || stale.Version != 1 {
			t.Errorf("a stale replacement: %v, version %d", err, stale.Version)
		}
		ghost := named("ghost")
		if err := c.Replace(ctx, &ghost); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("replacing what is not there: %v", err)
		}
		if err := c.Delete(ctx, "a", 1); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a stale deletion: %v", err)
		}
		must(t, c.Delete(ctx, "a", 2))
		if err := c.Delete(ctx, "a", 0); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("deleting twice: %v", err)
		}
		for range 2 {
			p := named("p")
			must(t, c.Put(ctx, &p))
		}
		many, err := c.GetMany(ctx, []string{"p", "none", "a"})
		must(t, err)
		if len(many) != 1 || many[0].ID != "p" {
			t.Errorf("many: %+v", many)
		}
	})
}

func TestUniqueIndexes(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		must(t, c.Insert(ctx, named("a"), named("b")))
		if err := c.Insert(ctx, named("a")); !store.IsDuplicate(err, "_id") {
			t.Errorf("the same id: %v", err)
		}
		twin := named("c")
		twin.Name = "a"
		if err := c.Insert(ctx, twin); !store.IsDuplicate(err, "name") {
			t.Errorf("the same name on insert: %v", err)
		}
		b, err := c.Get(ctx, "b")
		must(t, err)
		b.Name = "a"
		if err := c.Replace(ctx, &b); !store.IsDuplicate(err, "name") {
			t.Errorf("the same name on update: %v", err)
		}
		if err := c.Put(ctx, &b); !store.IsDuplicate(err, "name") {
			t.Errorf("the same name on put: %v", err)
		}
		// Two without a nickname, then two with the same one.
		for _, id := range []string{"x", "y"} {
			must(t, c.Insert(ctx, named(id)))
		}
		x, err := c.Get(ctx, "x")
		must(t, err)
		x.Nick = "nick"
		must(t, c.Replace(ctx, &x))
		y, err := c.Get(ctx, "y")
		must(t, err)
		y.Nick = "nick"
		if err := c.Replace(ctx, &y); !store.IsDuplicate(err, "nick") {
			t.Errorf("the same nickname: %v", err)
		}
		// A write of several is all or nothing.
		if err := c.Insert(ctx, named("new"), named("a")); err == nil {
			t.Error("a duplicate among several was taken")
		}
		if _, err := c.Get(ctx, "new"); !errors.Is(err, store.ErrNotFound) {
			t.Error("half of a refused write stayed")
		}
	})
}
