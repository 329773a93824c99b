package listing_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

func openWords(t *testing.T, db *store.DB) *store.Collection[word] {
	t.Helper()
	words := store.Open[word](db, store.Spec{Name: "test_words", Indexes: []store.Index{
		{Name: "text", Fields: []string{"shelves", "text"}, Many: "shelves"},
	}})
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return words
}

// What no index holds is looked for among a stated number of documents: the
// page ends early and goes on, the total says that there may be more, and all
// pages together hold everything.
func TestWhatIsKeptIsLookedForWithinBounds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		words := openWords(t, db)
		var all []word
		for i := range 5000 {
			w := word{Shelves: []string{"a"}, Text: fmt.Sprintf("%05d", i)}
			w.ID = w.Text
			all = append(all, w)
		}
		if err := words.Insert(t.Context(), all...); err != nil {
			t.Fatal(err)
		}
		phase := listing.Phase[word]{
			Queries: []store.Query{{Index: "text", Equal: []any{"a"}}}, Less: func(a, b word) bool { return a.Text < b.Text },
		}
		for n, c := range []struct {
			name  string
			keep  func(word) bool
			found int
			more  bool
		}{
			{"one at the end", func(w word) bool { return w.Text == "04999" }, 1, true},
			{"none at all", func(word) bool { return false }, 0, true},
			{"every fiftieth", func(w word) bool { return w.Text[3:] == "00" || w.Text[3:] == "50" }, 100, true},
			{"all, without a condition", nil, 5000, false},
			{"one at the end, told at once", func(w word) bool { return w.Text == "04999" }, 1, true},
			{"every fiftieth, one by one", func(w word) bool { return w.Text[3:] == "00" || w.Text[3:] == "50" }, 100, true},
			{"none at all, told at once", func(word) bool { return false }, 0, true},
		} {
			phase.Keep, phase.Sift = c.keep, nil
			if n%2 == 1 && c.keep != nil { // told of many at once
				phase.Keep, phase.Sift = nil, func(_ context.Context, found []word) ([]word, error) {
					return slices.DeleteFunc(found, func(w word) bool { return !c.keep(w) }), nil
				}
			}
			got, pages := 0, 0
			for cursor := ""; ; {
				page, err := listing.Read(t.Context(), words, 50, cursor, phase)
				if err != nil {
					t.Fatal(err)
				}
				if page.More != c.more || page.Total > int64(c.found) || (!c.more && page.Total != int64(c.found)) {
					t.Errorf("%s: total %d, more %v", c.name, page.Total, page.More)
				}
				got += len(page.Items)
				if cursor = page.Next; cursor == "" {
					break
				}
				if pages++; pages > 150 {
					t.Fatalf("%s: no end", c.name)
				}
			}
			if got != c.found {
				t.Errorf("%s: %d found", c.name, got)
			}
		}
	})
}

// Totals are exact up to the limit over all phases together, and then say that
// there are more.
func TestTotalsOfPhasesAreExactToTheLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		words := openWords(t, db)
		var all []word
		for shelf, n := range map[string]int{"most": web.CountLimit - 4000, "some": 4000, "one": 1} {
			for i := range n {
				w := word{Shelves: []string{shelf}, Text: fmt.Sprintf("%05d", i)}
				w.ID = shelf + w.Text
				all = append(all, w)
			}
		}
		if err := words.Insert(t.Context(), all...); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			shelves []string
			total   int64
			more    bool
		}{
			{[]string{"some", "one"}, 4001, false},
			{[]string{"most", "some"}, web.CountLimit, false},
			{[]string{"most", "some", "one"}, web.CountLimit, true},
			{[]string{"one", "most", "some"}, web.CountLimit, true},
		} {
			var phases []listing.Phase[word]
			for _, shelf := range c.shelves {
				phases = append(phases, listing.Phase[word]{
					Queries: []store.Query{{Index: "text", Equal: []any{shelf}}}, Less: func(a, b word) bool { return a.Text < b.Text },
				})
			}
			if page, err := listing.Read(t.Context(), words, 20, "", phases...); err != nil || page.Total != c.total || page.More != c.more {
				t.Errorf("%v: %d, more: %v, %v", c.shelves, page.Total, page.More, err)
			}
		}
	})
}
