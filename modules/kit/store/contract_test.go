package store_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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

func TestQueriesNameAnIndex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		for _, q := range []store.Query{
			{},
			{Index: "nothing"},
			{Index: "name", Equal: []any{"a", "b"}},
			{Index: "name", Equal: []any{"a"}, From: "b"},
			{Index: "tags_count"},
			{Index: "tags_count", Prefix: "a"},
		} {
			if _, err := c.Find(ctx, q); !errors.Is(err, store.ErrNoIndex) {
				t.Errorf("%+v: %v", q, err)
			}
			if _, _, err := c.Count(ctx, q, 10); !errors.Is(err, store.ErrNoIndex) {
				t.Errorf("count %+v: %v", q, err)
			}
		}
		for _, cursor := range []string{"!", "abcd", strings.Repeat("A", 40)} {
			if _, err := c.Find(ctx, store.Query{Index: "name", After: cursor}); !errors.Is(err, store.ErrBadCursor) {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
	})
}

// TestACursorLeadsNowhereElse: cursors come back from outside, so one that was
// made by another query, or by hand, never widens what a query finds.
func TestACursorLeadsNowhereElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		for _, owner := range []string{"mine", "theirs"} {
			for n := range 3 {
				d := named(fmt.Sprintf("%s %d", owner, n))
				d.Owner, d.Tags, d.Open = owner, []string{owner}, true
				must(t, c.Insert(ctx, d))
			}
		}
		for _, q := range []store.Query{{Index: "owner_name"}, {Index: "tags_count"}, {Index: "waiting"}} {
			q.Limit, q.Equal = 1, []any{"theirs"}
			theirs, err := c.Find(ctx, q)
			must(t, err)
			q.Equal, q.After, q.Limit = []any{"mine"}, theirs.Next, 10
			p, err := c.Find(ctx, q)
			for _, d := range p.Items {
				if d.Owner != "mine" {
					t.Errorf("%s: another's cursor found %+v", q.Index, d)
				}
			}
			if err != nil {
				t.Errorf("%s: another's cursor: %v", q.Index, err)
			}
		}
		for _, entry := range []bson.D{
			{{Key: "0", Value: "theirs"}, {Key: "1", Value: ""}, {Key: "2", Value: ""}},
			{{Key: "0", Value: bson.D{{Key: "$gte", Value: ""}}}, {Key: "1", Value: ""}},
			{{Key: "0", Value: ""}, {Key: "1", Value: bson.D{{Key: "$gte", Value: ""}}}},
			{{Key: "0", Value: bson.Regex{Pattern: "."}}, {Key: "1", Value: ""}},
			{{Key: "0", Value: bson.A{"a"}}, {Key: "1", Value: ""}},
		} {
			raw, err := bson.Marshal(entry)
			must(t, err)
			q := store.Query{Index: "owner_name", Equal: []any{"mine"}, After: base64.RawURLEncoding.EncodeToString(raw)}
			if p, err := c.Find(ctx, q); !errors.Is(err, store.ErrBadCursor) {
				t.Errorf("%v: found %+v, %v", entry, p.Items, err)
			}
		}
	})
}

// TestManyQueriesAreOneList: a school follows the people of all who commissioned
// it. However many queries are merged, the walk meets everybody once, in order,
// and the cursor fits into an address.
func TestManyQueriesAreOneList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		const many = 40
		var docs []thing
		var want []string
		var queries []store.Query
		for n := range 120 {
			d := named(fmt.Sprintf("%03d", n))
			d.Count = int64(n / 3) // some are alike
			// Each is found by three of the queries.
			for k := range 3 {
				d.Tags = append(d.Tags, fmt.Sprintf("an organisation with a long id %02d", (n+k*7)%many))
			}
			docs, want = append(docs, d), append(want, d.ID)
		}
		must(t, c.Insert(ctx, docs...))
		for k := range many {
			queries = append(queries, store.Query{Index: "tags_count", Equal: []any{fmt.Sprintf("an organisation with a long id %02d", k)}})
		}
		for _, desc := range []bool{false, true} {
			less := func(a, b thing) bool { return a.Count < b.Count }
			if desc {
				slices.Reverse(want)
				less = func(a, b thing) bool { return a.Count > b.Count }
			}
			for _, limit := range []int{1, 7, 50, 200} {
				var got []string
				for after := ""; ; {
					for i := range queries {
						queries[i].Limit, queries[i].After, queries[i].Desc = limit, after, desc
					}
					p, err := store.FindMany(ctx, c, queries, less)
					must(t, err)
					for _, d := range p.Items {
						got = append(got, d.ID)
					}
					if after = p.Next; len(after) > 100 {
						t.Fatalf("a cursor of %d letters", len(after))
					}
					if after == "" {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("desc %v, pages of %d: %v", desc, limit, got)
				}
			}
		}
		other := store.Query{Index: "owner_name", Equal: []any{"o"}}
		if _, err := store.FindMany(ctx, c, append(queries, other), func(a, b thing) bool { return a.ID < b.ID }); !errors.Is(err, store.ErrNoIndex) {
			t.Errorf("queries of two orders as one list: %v", err)
		}
	})
}

func TestManyKeysAreMatchedAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := open(t, db)
		var all []thing
		for n := range 30 { // owners a and b with ten each, c with five, then d, e, f, g, h one each
			owner := []string{"a", "b", "c"}[min(n/10, 2)]
			if n >= 25 {
				owner = string(rune('d' + n - 25))
			}
			d := named(fmt.Sprintf("%02d", n))
			d.Owner, d.Name, d.Open = owner, fmt.Sprintf("name %02d", 30-n), n%2 == 0
			all = append(all, d)
		}
		must(t, c.Insert(t.Context(), all...))
		ids := func(docs []thing) (out string) {
			for _, d := range docs {
				out += d.ID + " "
			}
			return out
		}
		check := func(most int, keys []string, want ...string) {
			t.Helper()
			in := make([][]string, len(keys))
			for i, k := range keys {
				in[i] = []string{k}
			}
			got, err := c.Match(t.Context(), "owner_name", in, most)
			must(t, err)
			for i := range want {
				if ids(got[i]) != want[i] {
					t.Errorf("most %d, %q: %q, want %q", most, keys[i], ids(got[i]), want[i])
				}
			}
		}
		check(100, []string{"c", "nobody", "h", "c"}, "24 23 22 21 20 ", "", "29 ", "24 23 22 21 20 ")
		// One key with more than is asked of all of them together.
		check(2, []string{"d", "a", "e"}, "25 ", "09 08 ", "26 ")
		check(3, []string{"a", "b"}, "09 08 07 ", "19 18 17 ")
		if got, err := c.Match(t.Context(), "owner_name", nil, 5); err != nil || len(got) != 0 {
			t.Errorf("no keys: %v %v", got, err)
		}
		two, err := c.Match(t.Context(), "owner_name", [][]string{{"a", "name 30"}, {"a", "nobody"}, {"d", "name 05"}}, 5)
		must(t, err)
		if ids(two[0]) != "00 " || ids(two[1]) != "" || ids(two[2]) != "25 " {
			t.Errorf("two fields: %v", two)
		}
		part, err := c.Match(t.Context(), "waiting", [][]string{{"c"}, {"e"}}, 5)
		must(t, err)
		if len(part[0]) != 3 || ids(part[1]) != "26 " {
			t.Errorf("under a partial index: %v", part)
		}
		for _, q := range []struct {
			index string
			keys  [][]string
		}{{"nowhere", [][]string{{"a"}}}, {"owner_name", [][]string{{"a"}, {"a", "b"}}}, {"owner_name", [][]string{{"a", "b", "c"}}}, {"tags_count", [][]string{{"a"}}}} {
			if _, err := c.Match(t.Context(), q.index, q.keys, 5); !errors.Is(err, store.ErrNoIndex) {
				t.Errorf("%s %v: %v", q.index, q.keys, err)
			}
		}
	})
}

// TestQueriesAgreeWithAModel walks random data, as it comes and changes and
// goes, by every kind of query and compares with a plain slice.
func TestQueriesAgreeWithAModel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		owners, tags := []string{"", "a", "a\x00b", "ab", "中"}, []string{"t", "tt", "u"}
		var all []thing
		made := 0
		rapid.Check(t, func(t *rapid.T) {
			draw := func(id string) thing {
				doc := thing{
					Doc: store.Doc{ID: id}, Name: rapid.SampledFrom([]string{"", "王", "王小", "w", "W"}).Draw(t, "name") + id,
					Owner: rapid.SampledFrom(owners).Draw(t, "owner"), Count: rapid.Int64Range(-3, 3).Draw(t, "count"),
					Open: rapid.Bool().Draw(t, "open"), At: time.UnixMilli(rapid.Int64Range(-5, 5).Draw(t, "at")).UTC(),
				}
				for _, tag := range tags {
					if rapid.Bool().Draw(t, tag) {
						doc.Tags = append(doc.Tags, tag, tag)
					}
				}
				return doc
			}
			// A document comes, and one that is there changes or goes: the
			// indexes follow every kind of write.
			var err error
			if len(all) < 120 {
				doc := draw(fmt.Sprintf("%03d", made))
				made++
				err = c.Insert(ctx, doc)
				doc.Version = 1
				all = append(all, doc)
			}
			i := rapid.IntRange(0, len(all)-1).Draw(t, "which")
			changed := draw(all[i].ID)
			changed.Version = all[i].Version
			switch rapid.SampledFrom([]string{"replace", "put", "increment", "delete", "nothing"}).Draw(t, "change") {
			case "replace":
				err = errors.Join(err, c.Replace(ctx, &changed))
				all[i] = changed
			case "put":
				err = errors.Join(err, c.Put(ctx, &changed))
				all[i] = changed
			case "increment":
				err = errors.Join(err, c.Increment(ctx, all[i].ID, map[string]int64{"count": 2}))
				all[i].Count, all[i].Version = all[i].Count+2, all[i].Version+1
			case "delete":
				err = errors.Join(err, c.Delete(ctx, all[i].ID, all[i].Version))
				all = slices.Delete(all, i, i+1)
			}
			if err != nil {
				t.Fatal(err)
			}
			q := store.Query{Limit: rapid.IntRange(1, 9).Draw(t, "limit"), Desc: rapid.Bool().Draw(t, "desc")}
			var holds func(thing) bool
			var order func(a, b thing) int
			switch rapid.IntRange(0, 4).Draw(t, "shape") {
			case 0:
				owner := rapid.SampledFrom(owners).Draw(t, "o")
				prefix := rapid.SampledFrom([]string{"", "王", "w"}).Draw(t, "prefix")
				q.Index, q.Equal, q.Prefix = "owner_name", []any{owner}, prefix
				holds = func(d thing) bool { return d.Owner == owner && strings.HasPrefix(d.Name, prefix) }
				order = func(a, b thing) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) }
			case 1:
				tag, lo, hi := rapid.SampledFrom(tags).Draw(t, "t"), rapid.Int64Range(-4, 4).Draw(t, "lo"), rapid.Int64Range(-4, 4).Draw(t, "hi")
				q.Index, q.Equal, q.From, q.Until = "tags_count", []any{tag}, lo, hi
				holds = func(d thing) bool { return slices.Contains(d.Tags, tag) && lo <= d.Count && d.Count < hi }
				order = func(a, b thing) int { return cmp.Or(cmp.Compare(a.Count, b.Count), cmp.Compare(a.ID, b.ID)) }
			case 2:
				lo := time.UnixMilli(rapid.Int64Range(-6, 6).Draw(t, "from")).UTC()
				q.Index, q.Equal, q.From = "open_at", []any{true}, lo
				holds = func(d thing) bool { return d.Open && !d.At.Before(lo) }
				order = func(a, b thing) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) }
			case 3:
				owner := rapid.SampledFrom(owners).Draw(t, "o")
				q.Index, q.Equal = "waiting", []any{owner}
				holds = func(d thing) bool { return d.Owner == owner && d.Open }
				order = func(a, b thing) int { return cmp.Or(cmp.Compare(a.Count, b.Count), cmp.Compare(a.ID, b.ID)) }
			default:
				q.Index = "owner_name"
				holds = func(thing) bool { return true }
				order = func(a, b thing) int {
					return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
				}
			}
			var want, got []string
			model := slices.Clone(all)
			slices.SortFunc(model, order)
			if q.Desc {
				slices.Reverse(model)
			}
			for _, d := range model {
				if holds(d) {
					want = append(want, d.ID)
				}
			}
			err = c.Each(ctx, q, func(d thing) error { got = append(got, d.ID); return nil })
			if err != nil || !slices.Equal(want, got) {
				t.Fatalf("%+v: %v\nwant %v\ngot  %v", q, err, want, got)
			}
			n, more, err := c.Count(ctx, q, 20)
			if err != nil || n != int64(min(20, len(want))) || more != (len(want) > 20) {
				t.Fatalf("%+v: counted %d, more %v, %v; want %d", q, n, more, err, len(want))
			}
		})
		var ids []string
		must(t, c.Scan(ctx, func(d thing) error {
			ids = append(ids, d.ID)
			i := slices.IndexFunc(all, func(m thing) bool { return m.ID == d.ID })
			if i < 0 || d.Version != all[i].Version || d.Count != all[i].Count {
				t.Errorf("%+v is not as it was written", d)
			}
			return nil
		}))
		if len(ids) != len(all) || !slices.IsSorted(ids) {
			t.Errorf("scanned %d of %d", len(ids), len(all))
		}
	})
}

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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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

func TestIndexesFollowTheirDeclaration(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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

func TestExportRestores(t *testing.T) {
	storetest.Each(t, func(t *testing.T, from *store.DB) {
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
	storetest.Each(t, func(t *testing.T, to *store.DB) {
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
	storetest.Each(t, func(t *testing.T, db *store.DB) {
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
