package store_test

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestQueriesNameAnIndex(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
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
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
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
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
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

// TestManyRangesAreOneList: what is typed may mean several beginnings.
func TestManyRangesAreOneList(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
		ctx, c := t.Context(), open(t, db)
		var want []string
		for _, name := range []string{"la na", "la nb", "la nc", "lan c", "lan d", "lan e", "lb"} {
			must(t, c.Insert(ctx, named(name)))
			if name != "lb" {
				want = append(want, name)
			}
		}
		for _, desc := range []bool{false, true} {
			less := func(a, b thing) bool { return a.Name < b.Name }
			if desc {
				slices.Reverse(want)
				less = func(a, b thing) bool { return a.Name > b.Name }
			}
			for _, limit := range []int{1, 2, 4} {
				var got []string
				for after := ""; ; {
					var queries []store.Query
					for _, prefix := range []string{"lan", "la n"} {
						queries = append(queries, store.Query{Index: "owner_name", Equal: []any{"o"}, Prefix: prefix, Limit: limit, After: after, Desc: desc})
					}
					p, err := store.FindMany(ctx, c, queries, less)
					must(t, err)
					for _, d := range p.Items {
						got = append(got, d.ID)
					}
					if after = p.Next; after == "" {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("desc %v, pages of %d: %v, want %v", desc, limit, got, want)
				}
			}
		}
	})
}

func TestManyKeysAreMatchedAtOnce(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
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
	storetest.EachNew(t, func(t *testing.T, db *store.DB) {
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
