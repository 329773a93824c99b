package certificates_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"carecert/modules/certificates"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// logged is a world with some history: seven issued, one revoked, one replaced.
func logged(t *testing.T, db *store.DB) (*world, []certificates.Certificate) {
	t.Helper()
	w := newWorld(t, db)
	var all []certificates.Certificate
	for i := range 7 {
		all = append(all, w.issue(t, completion("person-1", fmt.Sprint("cause ", i))))
		w.Pass(time.Minute)
	}
	must[certificates.Certificate](t)(w.Revoke(w.as(school), all[1].ID, "学时不实"))
	must[certificates.Certificate](t)(w.Replace(w.as(school), all[2].ID, "姓名更正"))
	return w, all
}

func healthy(t *testing.T, w *world, head []byte) certificates.LogReport {
	t.Helper()
	r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, head))
	if r.Bad != nil {
		t.Fatalf("%+v", r.Bad)
	}
	return r
}

func TestTheLogTellsEveryIssueAndItsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w, all := logged(t, db)
		if r := healthy(t, w, nil); r.Entries != 10 {
			t.Errorf("%d entries", r.Entries)
		}
		head := must[certificates.LogHead](t)(w.LogHead(w.ctx))
		verifier := must[note.Verifier](t)(note.NewVerifier(head.Verifier))
		for _, c := range all {
			p := must[certificates.LogProof](t)(w.LogProof(w.ctx, c.Code))
			n := must[*note.Note](t)(note.Open([]byte(p.Note), note.VerifierList(verifier)))
			tree := must[tlog.Tree](t)(tlog.ParseTree([]byte(n.Text)))
			if err := tlog.CheckRecord(p.Path, tree.N, tree.Hash, p.Seq, tlog.RecordHash(p.Leaf)); err != nil {
				t.Errorf("%s: %v", c.Number, err)
			}
			if len(p.Path) > 20 || !strings.Contains(string(p.Leaf), c.Code) {
				t.Errorf("%s: %d hashes, %s", c.Number, len(p.Path), p.Leaf)
			}
			for _, personal := range []string{c.Name, c.IDMasked, string(c.Person)} {
				if strings.Contains(string(p.Leaf), personal) {
					t.Errorf("the leaf tells %s", personal)
				}
			}
		}
	})
}

func TestAnEarlierHeadShowsThatTheLogOnlyGrew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w, _ := logged(t, db)
		head := must[certificates.LogHead](t)(w.LogHead(w.ctx))
		body, err := json.Marshal(map[string]any{"size": head.Size, "note": head.Note})
		if err != nil {
			t.Fatal(err)
		}
		w.issue(t, completion("person-2", ""))
		for name, kept := range map[string][]byte{"the note": []byte(head.Note), "the body of the head's page": body} {
			r, err := w.LogVerify(w.ctx, kept)
			if err != nil || r.Bad != nil || r.Entries != 11 {
				t.Errorf("%s: %+v %v", name, r, err)
			}
		}
		if _, err := w.LogVerify(w.ctx, []byte("a head of somebody else")); err == nil {
			t.Error("an unsigned head is taken")
		}
		for what, altered := range map[string]map[string]any{
			"size": {"size": head.Size - 1, "note": head.Note}, "root": {"size": head.Size, "rootHash": "AAAA", "note": head.Note},
		} {
			raw, err := json.Marshal(altered)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.LogVerify(w.ctx, raw); err == nil {
				t.Errorf("a head with another %s beside its note is taken", what)
			}
		}
		// The key holder writes history anew, with a valid head: shorter, then as long.
		for _, collection := range []string{"certificates_log", "certificates_hashes", "certificates_heads", "certificates_leaves", "certificates_certificates", "certificates_cards", "certificates_statuses", "certificates_numbers", "certificates_sources"} {
			empty(t, db, collection)
		}
		healthy(t, w, nil)
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, []byte(head.Note))); r.Bad == nil || r.Bad.Code != "certificates.log_shorter" {
			t.Errorf("%+v", r.Bad)
		}
		for range 12 {
			w.issue(t, completion("person-3", ""))
		}
		healthy(t, w, nil)
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, []byte(head.Note))); r.Bad == nil || r.Bad.Code != "certificates.log_rewritten" {
			t.Errorf("%+v", r.Bad)
		}
	})
}

// each walks a collection as it is stored.
func each(t testing.TB, db *store.DB, collection string) (ids []string, bodies []bson.M) {
	t.Helper()
	err := db.ScanRaw(t.Context(), collection, func(id string, body []byte) error {
		var m bson.M
		if err := bson.Unmarshal(body, &m); err != nil {
			return err
		}
		ids, bodies = append(ids, id), append(bodies, m)
		return nil
	})
	if err != nil || len(ids) == 0 {
		t.Fatalf("%s: %d documents, %v", collection, len(ids), err)
	}
	return ids, bodies
}

type anything struct {
	store.Doc `bson:",inline"`
}

// remove deletes a document by hand.
func remove(t testing.TB, db *store.DB, collection, id string) {
	t.Helper()
	if err := store.Open[anything](db, store.Spec{Name: collection}).Delete(context.WithoutCancel(t.Context()), id, 0); err != nil {
		t.Fatal(err)
	}
}

func empty(t testing.TB, db *store.DB, collection string) {
	t.Helper()
	ids, _ := each(t, db, collection)
	for _, id := range ids {
		remove(t, db, collection, id)
	}
}

// put writes a document by hand.
func put(t testing.TB, db *store.DB, collection string, m bson.M) {
	t.Helper()
	raw, err := bson.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.PutRaw(t.Context(), collection, raw); err != nil {
		t.Fatal(err)
	}
}

// alter changes one field of a document by hand.
func alter(t testing.TB, db *store.DB, collection, id, field string, value any) {
	t.Helper()
	ids, bodies := each(t, db, collection)
	for i := range ids {
		if ids[i] == id {
			bodies[i][field] = value
			put(t, db, collection, bodies[i])
			return
		}
	}
	t.Fatalf("%s has no %s", collection, id)
}

func TestOneRowChangedByHandIsFound(t *testing.T) {
	const docs, cards, leaves, entries = "certificates_certificates", "certificates_cards", "certificates_leaves", "certificates_log"
	valid := func(all []certificates.Certificate) certificates.Certificate { return all[0] }
	revoked := func(all []certificates.Certificate) certificates.Certificate { return all[1] }
	field := func(of func([]certificates.Certificate) certificates.Certificate, name string, value any) func(testing.TB, *store.DB, []certificates.Certificate) {
		return func(t testing.TB, db *store.DB, all []certificates.Certificate) {
			alter(t, db, docs, string(of(all).ID), name, value)
		}
	}
	for _, c := range []struct {
		name   string
		change func(t testing.TB, db *store.DB, all []certificates.Certificate)
		want   string
	}{
		{"another holder", field(valid, "person", "person-2"), "altered"},
		{"another name with the same mask", field(valid, "name", "王春兰"), "altered"},
		{"another title", field(valid, "title", "高级护理"), "altered"},
		{"more hours", field(valid, "minutes", int64(900)), "altered"},
		{"backdated", field(valid, "issuedOn", "2025-01-01"), "altered"},
		{"recorded earlier", field(valid, "recordedAt", time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)), "altered"},
		{"another number", field(valid, "number", "0001-2026-00009"), "altered"},
		{"another signed text", func(t testing.TB, db *store.DB, all []certificates.Certificate) {
			alter(t, db, docs, string(all[0].ID), "qrText", all[3].QRText)
		}, "altered"},
		{"revoked without a decision", field(valid, "status", "revoked"), "status_altered"},
		{"restored", field(revoked, "status", "valid"), "status_altered"},
		{"restored wholly", func(t testing.TB, db *store.DB, all []certificates.Certificate) {
			alter(t, db, docs, string(all[1].ID), "status", "valid")
			alter(t, db, docs, string(all[1].ID), "revocation", nil)
		}, "status_altered"},
		{"another reason of the revocation", field(revoked, "revocation", bson.M{"reason": "误操作"}), "status_altered"},
		{"taken off the status list", func(t testing.TB, db *store.DB, _ []certificates.Certificate) {
			ids, _ := each(t, db, "certificates_statuses")
			remove(t, db, "certificates_statuses", ids[0])
		}, "status_altered"},
		{"put on the status list", func(t testing.TB, db *store.DB, _ []certificates.Certificate) {
			put(t, db, "certificates_statuses", bson.M{"_id": "0|99000", "_v": int64(1), "list": int64(0), "place": int64(99000), "listed": 1})
		}, "status_altered"},
		{"the public is told that it is valid", func(t testing.TB, db *store.DB, all []certificates.Certificate) {
			_, bodies := each(t, db, cards)
			for _, b := range bodies {
				if card, ok := b["card"].(bson.D); ok && b["certificate"] == string(all[1].ID) {
					for i := range card {
						if card[i].Key == "status" {
							card[i].Value = "valid"
						}
					}
					put(t, db, cards, b)
				}
			}
		}, "card_altered"},
		{"removed", func(t testing.TB, db *store.DB, all []certificates.Certificate) {
			remove(t, db, docs, string(all[0].ID))
		}, "removed"},
		{"one slipped in", func(t testing.TB, db *store.DB, all []certificates.Certificate) {
			_, bodies := each(t, db, docs)
			bodies[0]["_id"], bodies[0]["number"] = "slipped-in", "0001-2026-00099"
			put(t, db, docs, bodies[0])
		}, "unlogged"},
		{"a log entry altered", func(t testing.TB, db *store.DB, all []certificates.Certificate) {
			ids, bodies := each(t, db, entries)
			data := bodies[0]["data"].(bson.Binary).Data
			alter(t, db, entries, ids[0], "data", []byte(strings.Replace(string(data), all[0].Code, all[3].Code, 1)))
		}, "entry_altered"},
		{"a log entry removed", func(t testing.TB, db *store.DB, _ []certificates.Certificate) {
			ids, _ := each(t, db, entries)
			remove(t, db, entries, ids[4])
		}, "entry_missing"},
		{"a hash removed", func(t testing.TB, db *store.DB, _ []certificates.Certificate) {
			ids, _ := each(t, db, "certificates_hashes")
			remove(t, db, "certificates_hashes", ids[2]) // of no entry: of two together
		}, "hash_missing"},
		{"a leaf points elsewhere", func(t testing.TB, db *store.DB, _ []certificates.Certificate) {
			ids, _ := each(t, db, leaves)
			alter(t, db, leaves, ids[0], "seq", int64(5))
		}, "entry_altered"},
		{"the head altered", func(t testing.TB, db *store.DB, _ []certificates.Certificate) {
			_, bodies := each(t, db, "certificates_heads")
			alter(t, db, "certificates_heads", "head", "note", strings.Replace(bodies[0]["note"].(string), "\n10\n", "\n9\n", 1))
		}, "head_unsigned"},
		{"the last entry and the head's size taken back", func(t testing.TB, db *store.DB, _ []certificates.Certificate) {
			ids, _ := each(t, db, entries)
			remove(t, db, entries, ids[len(ids)-1])
			alter(t, db, "certificates_heads", "head", "size", int64(9))
		}, "head_differs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := storetest.SQLite(t)
			w, all := logged(t, db)
			healthy(t, w, nil)
			c.change(t, db, all)
			r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil))
			if r.Bad == nil || !strings.HasSuffix(r.Bad.Code, c.want) {
				t.Errorf("%+v, want %s", r.Bad, c.want)
			}
		})
	}
}

func TestAWaitingLeafIsNotAlteredUnseen(t *testing.T) {
	db := storetest.SQLite(t)
	w := newWorld(t, db)
	c, other := w.issue(t, completion("person-1", "")), w.issue(t, completion("person-2", ""))
	ids, bodies := each(t, db, "certificates_leaves")
	data := string(bodies[0]["data"].(bson.Binary).Data)
	alter(t, db, "certificates_leaves", ids[0], "data", []byte(strings.Replace(data, string(c.ID), string(other.ID), 1)))
	if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad == nil || r.Bad.Code != "certificates.log_leaf_altered" {
		t.Errorf("%+v", r.Bad)
	}
}

// TestAnEntryBeyondTheHeadIsNamed: whoever plants one stops the log, and is
// found; nobody waits for ever on it.
func TestAnEntryBeyondTheHeadIsNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w, _ := logged(t, db)
		healthy(t, w, nil)
		put(t, db, "certificates_log", bson.M{"_id": fmt.Sprintf("%016d", 10), "_v": int64(1), "leaf": "none", "data": []byte("{}")})
		w.issue(t, completion("person-1", ""))
		ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
		defer cancel()
		r := must[certificates.LogReport](t)(w.LogVerify(ctx, nil))
		if r.Bad == nil || r.Bad.Seq != 10 || r.Bad.Code != "certificates.log_entry_inserted" {
			t.Errorf("%+v", r.Bad)
		}
	})
}

// Whatever the size of the tree, every proof verifies, and no altered one does.
func TestProofs(t *testing.T) {
	db := storetest.SQLite(t)
	w := newWorld(t, db)
	var all []certificates.Certificate
	rapid.Check(t, func(rt *rapid.T) {
		if len(all) < 40 {
			all = append(all, w.issue(t, completion("person-1", "")))
		}
		c := rapid.SampledFrom(all).Draw(rt, "certificate")
		p := must[certificates.LogProof](t)(w.LogProof(w.ctx, c.Code))
		n := strings.Split(p.Note, "\n\n")[0] + "\n"
		tree := must[tlog.Tree](t)(tlog.ParseTree([]byte(n)))
		if err := tlog.CheckRecord(p.Path, tree.N, tree.Hash, p.Seq, tlog.RecordHash(p.Leaf)); err != nil {
			rt.Fatal(err)
		}
		altered := append([]byte{}, p.Leaf...)
		altered[rapid.IntRange(0, len(altered)-1).Draw(rt, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if tlog.CheckRecord(p.Path, tree.N, tree.Hash, p.Seq, tlog.RecordHash(altered)) == nil {
			rt.Fatal("a proof holds for an altered leaf")
		}
	})
}

// TestTheLogIsCheckedWhileCertificatesAreIssued: whoever audits a running
// program is not told of certificates that merely came meanwhile.
func TestTheLogIsCheckedWhileCertificatesAreIssued(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w, _ := logged(t, db)
		issued := make(chan struct{})
		go func() {
			defer close(issued)
			for range 25 { // bounded: a check reads the whole log, and what is issued meanwhile would outgrow it
				c := w.issue(t, completion("person-1", ""))
				if _, err := w.Revoke(w.as(school), c.ID, "学时不实"); err != nil {
					t.Error(err)
				}
				if _, err := w.Replace(w.as(school), w.issue(t, completion("person-2", "")).ID, "姓名更正"); err != nil {
					t.Error(err)
				}
			}
		}()
		for checking := true; checking; {
			select {
			case <-issued:
				checking = false // and once more, at rest
			default:
			}
			healthy(t, w, nil)
		}
	})
}

func TestTheLogAttestsTheOperationLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w, all := logged(t, db)
		for n := range int64(2) {
			if err := w.Anchor(w.ctx, 100+n, fmt.Sprint("hash ", n)); err != nil {
				t.Fatal(err)
			}
			w.Pass(24 * time.Hour)
		}
		r := healthy(t, w, nil)
		if r.Entries != 12 || len(r.Anchors) != 2 || r.Anchors[1].Sequence != 101 || r.Anchors[1].Hash != "hash 1" || !r.Anchors[1].At.After(r.Anchors[0].At) {
			t.Errorf("%d entries, %+v", r.Entries, r.Anchors)
		}
		p := must[certificates.LogProof](t)(w.LogProof(w.ctx, all[0].Code))
		if p.Size != 12 {
			t.Errorf("the head covers %d", p.Size)
		}
		ids, bodies := each(t, db, "certificates_log")
		for i, body := range bodies {
			data, _ := body["data"].(bson.Binary)
			if strings.Contains(string(data.Data), "hash 0") {
				alter(t, db, "certificates_log", ids[i], "data", []byte(strings.Replace(string(data.Data), "hash 0", "hash 9", 1)))
			}
		}
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad == nil || r.Bad.Code != "certificates.log_entry_altered" {
			t.Errorf("an altered anchor: %+v", r.Bad)
		}
	})
}

// Whoever keeps a head is shown that the log goes on from it, by at most twice
// as many hashes as the tree is high.
func TestTheLogProvesThatItOnlyGrew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w, _ := logged(t, db)
		head := must[certificates.LogHead](t)(w.LogHead(w.ctx))
		at := func(size int64) certificates.LogConsistency {
			return must[certificates.LogConsistency](t)(w.LogConsistency(w.ctx, size))
		}
		first := at(0)
		if first.Size != head.Size || first.Note != head.Note || len(first.Path) > 0 {
			t.Errorf("%+v", first)
		}
		tree := must[tlog.Tree](t)(tlog.ParseTree([]byte(strings.Split(head.Note, "\n\n")[0] + "\n")))
		for size := int64(1); size <= head.Size; size++ {
			c := at(size)
			if size == head.Size {
				if c.FromRoot != tree.Hash || len(c.Path) > 0 {
					t.Errorf("%+v", c)
				}
				continue
			}
			if err := tlog.CheckTree(c.Path, tree.N, tree.Hash, size, c.FromRoot); err != nil || len(c.Path) > 8 {
				t.Errorf("%d: %d hashes, %v", size, len(c.Path), err)
			}
		}
		for _, size := range []int64{-1, head.Size + 1} {
			if _, err := w.LogConsistency(w.ctx, size); !errors.Is(err, certificates.ErrLogSize) {
				t.Errorf("%d: %v", size, err)
			}
		}
	})
}
