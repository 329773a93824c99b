package audit

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// link reads a place of the chain.
func (w *world) link(t *testing.T, seq int64) linkDoc {
	t.Helper()
	l, err := w.docs.links.Get(t.Context(), linkID(seq))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (w *world) row(t *testing.T, id string) rowDoc {
	t.Helper()
	d, err := w.docs.rows.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// must is for writes by hand into the store.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// otherThan is a value of the same type that is not v.
func otherThan(v any) any {
	switch v := v.(type) {
	case string:
		return v + "x"
	case bool:
		return !v
	case int64:
		return v + 1
	case bson.DateTime:
		return v + 1
	case bson.Binary:
		out := slices.Clone(v.Data)
		out[0] ^= 1
		return bson.Binary{Subtype: v.Subtype, Data: out}
	case bson.A:
		return append(slices.Clone(v), "x")
	case bson.D:
		return append(slices.Clone(v), bson.E{Key: "x", Value: "y"})
	}
	return nil
}

// Whatever field of a row is changed by hand, the row is named.
func TestEveryFieldOfARowIsGuarded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.story(t)
		const seq = 4
		id := w.link(t, seq).Row
		var whole bson.D
		must(t, w.db.ScanRaw(t.Context(), "audit_rows", func(at string, body []byte) error {
			if at == id {
				return bson.Unmarshal(body, &whole)
			}
			return nil
		}))
		put := func(doc bson.D) {
			body, err := bson.Marshal(doc)
			must(t, err)
			must(t, w.db.PutRaw(t.Context(), "audit_rows", body))
		}
		for i, field := range whole {
			if field.Key == "_id" || field.Key == "_v" {
				continue
			}
			other := otherThan(field.Value)
			if other == nil {
				t.Fatalf("%s is a %T", field.Key, field.Value)
			}
			altered := slices.Clone(whole)
			altered[i].Value = other
			put(altered)
			report, err := w.Verify(t.Context())
			must(t, err)
			if want := (Bad{Sequence: seq, Row: id, Code: BadRowAltered}); report.Bad == nil || *report.Bad != want {
				t.Errorf("%s was altered: found %+v, want %+v", field.Key, report.Bad, want)
			}
			if field.Key == "waiting" { // the row has been chained a second time: begin anew
				return
			}
			put(whole)
			w.verify(t, nil)
		}
	})
}

func TestTamperingIsFoundAndNamed(t *testing.T) {
	for _, c := range []struct {
		name string
		how  func(t *testing.T, w *world) Bad
	}{
		{"a row is removed", func(t *testing.T, w *world) Bad {
			l := w.link(t, 5)
			must(t, w.docs.rows.Delete(t.Context(), l.Row, 0))
			return Bad{5, l.Row, BadRowRemoved}
		}},
		{"a row and its link are removed", func(t *testing.T, w *world) Bad {
			l := w.link(t, 5)
			must(t, w.docs.rows.Delete(t.Context(), l.Row, 0))
			must(t, w.docs.links.Delete(t.Context(), l.ID, 0))
			return Bad{5, "", BadLinkRemoved}
		}},
		{"the first link is removed", func(t *testing.T, w *world) Bad {
			must(t, w.docs.links.Delete(t.Context(), linkID(1), 0))
			return Bad{1, "", BadLinkRemoved}
		}},
		{"the end is cut off, rows and all", func(t *testing.T, w *world) Bad {
			for seq := int64(8); seq <= 10; seq++ {
				must(t, w.docs.rows.Delete(t.Context(), w.link(t, seq).Row, 0))
				must(t, w.docs.links.Delete(t.Context(), linkID(seq), 0))
			}
			return Bad{8, "", BadLinkRemoved}
		}},
		{"the end is cut off, and the head put back", func(t *testing.T, w *world) Bad {
			head, err := w.docs.head(t.Context())
			must(t, err)
			must(t, w.docs.links.Delete(t.Context(), linkID(10), 0))
			head.Seq, head.Hash = 9, w.link(t, 9).Hash
			must(t, w.docs.heads.Put(t.Context(), &head))
			return Bad{9, "", BadHeadAltered}
		}},
		{"the head is removed", func(t *testing.T, w *world) Bad {
			must(t, w.docs.heads.Delete(t.Context(), headID, 0))
			return Bad{1, "", BadLinkAltered}
		}},
		{"two rows change places", func(t *testing.T, w *world) Bad {
			a, b := w.link(t, 3), w.link(t, 6)
			a.Row, b.Row, a.RowHash, b.RowHash = b.Row, a.Row, b.RowHash, a.RowHash
			ra, rb := w.row(t, a.Row), w.row(t, b.Row)
			ra.Seq, rb.Seq = 3, 6
			must(t, w.docs.links.PutMany(t.Context(), []linkDoc{a, b}))
			must(t, w.docs.rows.PutMany(t.Context(), []rowDoc{ra, rb}))
			return Bad{3, a.Row, BadLinkAltered}
		}},
		{"a link is altered", func(t *testing.T, w *world) Bad {
			l := w.link(t, 7)
			l.Hash[0] ^= 1
			must(t, w.docs.links.Put(t.Context(), &l))
			return Bad{7, l.Row, BadLinkAltered}
		}},
		{"a link is put in between", func(t *testing.T, w *world) Bad {
			l := w.link(t, 7)
			l.ID += "a"
			must(t, w.docs.links.Put(t.Context(), &l))
			return Bad{8, l.Row, BadLinkAltered}
		}},
		{"a link is put in behind the head", func(t *testing.T, w *world) Bad {
			l := w.link(t, 7)
			l.ID = linkID(11)
			must(t, w.docs.links.Put(t.Context(), &l))
			return Bad{11, l.Row, BadLinkAltered}
		}},
		{"a row is put in as if it were chained", func(t *testing.T, w *world) Bad {
			d := w.row(t, w.link(t, 2).Row)
			d.ID = kernel.NewID()
			_, mac, err := w.mac(d.entry())
			must(t, err)
			d.MAC = mac // even by somebody with the key
			must(t, w.docs.rows.Put(t.Context(), &d))
			return Bad{0, d.ID, BadRowInserted}
		}},
		{"a row is put in as if it waited", func(t *testing.T, w *world) Bad {
			d := w.row(t, w.link(t, 2).Row)
			d.ID, d.Waiting, d.Seq = kernel.NewID(), true, 0
			must(t, w.docs.rows.Put(t.Context(), &d))
			return Bad{0, d.ID, BadRowAltered}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.story(t)
				want := c.how(t, w)
				w.verify(t, &want)
			})
		})
	}
}

// A forged row that waits is named and holds back no genuine one.
func TestAForgedRowHoldsBackNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		forged := rowOf(Entry{ID: kernel.NewID(), Verb: "revoke", Noun: "certificate"}, []byte("no MAC of ours"))
		must(t, w.docs.rows.Insert(t.Context(), forged))
		w.record(t, "li", kernel.Act{Verb: "create", Noun: "person", ID: "p1"})
		report, err := w.Verify(t.Context())
		must(t, err)
		if report.Entries != 1 || report.Bad == nil || report.Bad.Row != forged.ID {
			t.Errorf("%+v, bad %+v", report, report.Bad)
		}
	})
}

// Writers do not wait for each other or for the chain, and nothing is chained
// twice or left out.
func TestSequencersAndWritersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const writers, acts = 8, 20
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range acts {
					if err := w.Record(t.Context(), kernel.Act{Verb: "create", Noun: "person"}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 3 {
			all.Go(func() {
				for range 10 {
					if err := w.chainWaiting(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Go(func() {
			for range 3 {
				if report, err := w.Verify(t.Context()); err != nil || report.Bad != nil {
					t.Errorf("while it grows: %+v, %v", report.Bad, err)
				}
			}
		})
		all.Wait()
		report, err := w.Verify(t.Context())
		must(t, err)
		if report.Entries != writers*acts || report.Bad != nil {
			t.Errorf("%+v, bad %+v", report, report.Bad)
		}
	})
}

func TestTheChainIsLongerThanABatch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rows := make([]rowDoc, 0, 2*chainBatch+1)
		for range cap(rows) {
			e := entryOf(kernel.Act{Verb: "create", Noun: "person"}, kernel.Actor{Name: "li"}, nil, w.clock.Now())
			_, mac, err := w.mac(e)
			must(t, err)
			rows = append(rows, rowOf(e, mac))
		}
		must(t, w.docs.rows.Insert(t.Context(), rows...))
		report, err := w.Verify(t.Context())
		must(t, err)
		if report.Entries != int64(len(rows)) || report.Bad != nil {
			t.Fatalf("%+v, bad %+v", report, report.Bad)
		}
		last := w.link(t, int64(len(rows)))
		d := w.row(t, last.Row)
		d.Reason = "another"
		must(t, w.docs.rows.Put(t.Context(), &d))
		w.verify(t, &Bad{int64(len(rows)), d.ID, BadRowAltered})
	})
}

func TestCanonicalIsAlwaysTheSame(t *testing.T) {
	e := Entry{ID: "1", Detail: map[string]string{"b": "2", "a": "1", "c": "3"}}
	first, err := e.canonical()
	must(t, err)
	e.Detail = maps.Clone(e.Detail)
	e.Path = []kernel.OrganizationID{}
	second, err := e.canonical()
	must(t, err)
	if string(first) != string(second) {
		t.Errorf("%s\n%s", first, second)
	}
}

var errRolledBack = errors.New("rolled back")

// Whoever holds the database can put the whole log back to where it was, or
// begin it anew: only what stands elsewhere tells.
func TestWhatIsKeptElsewhereShowsACut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		say := func(who string, n int) {
			for range n {
				w.record(t, who, kernel.Act{Verb: "create", Noun: "person"})
			}
			must(t, w.chainWaiting(t.Context()))
		}
		say("li", 3)
		early, err := w.Head(t.Context())
		must(t, err)
		say("li", 2)
		late, err := w.Head(t.Context())
		must(t, err)
		check := func(want string) {
			t.Helper()
			report, err := w.Verify(t.Context(), early, late)
			must(t, err)
			if got := report.Bad; (got == nil) != (want == "") || got != nil && got.Code != want {
				t.Errorf("%+v, want %q", got, want)
			}
		}
		check("")
		var names []string
		for _, s := range w.docs.db.Specs() {
			if strings.HasPrefix(s.Name, "audit_") {
				names = append(names, s.Name)
			}
		}
		for _, name := range names {
			var ids []string
			must(t, w.docs.db.ScanRaw(t.Context(), name, func(id string, _ []byte) error { ids = append(ids, id); return nil }))
			c := store.Open[struct {
				store.Doc `bson:",inline"`
			}](w.docs.db, store.Spec{Name: name})
			for _, id := range ids {
				must(t, c.Delete(t.Context(), id, 0))
			}
		}
		w.verify(t, nil) // nothing in the database tells
		check(BadCut)
		say("wang", 4)
		check(BadRewritten)
	})
}
