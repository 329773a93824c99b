package listing_test

import (
	"errors"
	"strings"
	"testing"

	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

type word struct {
	store.Doc `bson:",inline"`
	Shelves   []string `bson:"shelves"`
	Text      string   `bson:"text"`
	Back      string   `bson:"back"`
}

func TestPagesOfPhasesAndRoots(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		words := store.Open[word](db, store.Spec{Name: "test_words", Indexes: []store.Index{
			{Name: "text", Fields: []string{"shelves", "text"}, Many: "shelves"},
			{Name: "back", Fields: []string{"back"}},
		}})
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, w := range []word{
			{Shelves: []string{"a"}, Text: "ant", Back: "tna"},
			{Shelves: []string{"a", "b"}, Text: "bee", Back: "eeb"},
			{Shelves: []string{"b"}, Text: "cat", Back: "tac"},
			{Shelves: []string{"c"}, Text: "dog", Back: "god"},
		} {
			w.ID = string(rune('1' + i))
			if err := words.Insert(t.Context(), w); err != nil {
				t.Fatal(err)
			}
		}
		byText := func(a, b word) bool { return a.Text < b.Text }
		on := func(shelves ...string) listing.Phase[word] {
			p := listing.Phase[word]{Less: byText}
			for _, s := range shelves {
				p.Queries = append(p.Queries, store.Query{Index: "text", Equal: []any{s}})
			}
			return p
		}
		back := listing.Phase[word]{Less: byText, Queries: []store.Query{{Index: "back", Prefix: "t"}}}
		without := on("a", "b")
		without.Keep = func(w word) bool { return w.Text != "bee" }
		for _, c := range []struct {
			name   string
			phases []listing.Phase[word]
			want   string
		}{
			{"two shelves, each word once", []listing.Phase[word]{on("a", "b")}, "ant bee cat"},
			{"without what is not kept", []listing.Phase[word]{without}, "ant cat"},
			{"one phase behind the other", []listing.Phase[word]{on("c"), back}, "dog cat ant"},
			{"an empty phase between", []listing.Phase[word]{on("c"), on("x"), on("a")}, "dog ant bee"},
			{"an empty phase at the end", []listing.Phase[word]{on("c"), on("x")}, "dog"},
			{"no phase", nil, ""},
		} {
			for limit := 1; limit <= 4; limit++ {
				var got []string
				pages, cursor := 0, ""
				for {
					l, err := listing.Read(t.Context(), words, limit, cursor, c.phases...)
					if err != nil {
						t.Fatalf("%s: %v", c.name, err)
					}
					if int(l.Total) != len(strings.Fields(c.want)) || l.More {
						t.Errorf("%s: total %d", c.name, l.Total)
					}
					for _, w := range l.Items {
						got = append(got, w.Text)
					}
					if pages++; l.Next == "" || pages > 9 {
						break
					}
					cursor = l.Next
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("%s, %d a page: %v", c.name, limit, got)
				}
			}
		}
		for _, cursor := range []string{"x", "7.", "-1.", "0"} {
			if _, err := listing.Read(t.Context(), words, 2, cursor, on("a")); !errors.Is(err, store.ErrBadCursor) {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
	})
}
