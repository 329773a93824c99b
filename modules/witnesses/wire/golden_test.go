package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/witnesses/wire"
	"carecert/modules/witnesses/wire/wiretest"
)

// goldenLog is a log with every proof in it, which the browser's tests read too.
type goldenLog struct {
	Verifier         string              `json:"verifier"`
	Entries          []string            `json:"entries"`
	Notes            []string            `json:"notes"`       // of size 1, 2, …
	Inclusion        [][]string          `json:"inclusion"`   // of each entry in the whole
	Consistency      map[string][]string `json:"consistency"` // "3-7"
	Witness          string              `json:"witness"`
	Countersignature string              `json:"countersignature"` // of the last
}

const goldenFile = "testdata/log.json"

func encoded(hashes []tlog.Hash) []string {
	out := []string{}
	for _, h := range hashes {
		out = append(out, base64.StdEncoding.EncodeToString(h[:]))
	}
	return out
}

func writeGolden(t *testing.T) {
	t.Helper()
	const size = 13
	l := wiretest.New(t)
	g := goldenLog{Verifier: l.Public, Consistency: map[string][]string{}}
	for i := range int64(size) {
		g.Entries = append(g.Entries, fmt.Sprintf(`{"kind":"issue","code":"C%d"}`, i))
		l.Add(t, g.Entries[i])
		g.Notes = append(g.Notes, l.Head(t, i+1).Note)
	}
	for i := range int64(size) {
		p, err := tlog.ProveRecord(size, i, l)
		if err != nil {
			t.Fatal(err)
		}
		g.Inclusion = append(g.Inclusion, encoded(p))
		for to := i + 1; to <= size; to++ {
			g.Consistency[fmt.Sprintf("%d-%d", i+1, to)] = encoded(l.Proof(t, i+1, to))
		}
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w, err := wire.NewWitness("witness.example.cn", private)
	if err != nil {
		t.Fatal(err)
	}
	g.Witness = w.String()
	if g.Countersignature, err = wire.Countersign(w.Name, private, l.Head(t, size).Text, time.Date(2026, 6, 18, 1, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(g); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenFile, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGolden: what the browser's tests read is a log, by the library that made
// ours. UPDATE=1 makes another one.
func TestGolden(t *testing.T) {
	if os.Getenv("UPDATE") != "" {
		writeGolden(t)
	}
	raw, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	var g goldenLog
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	log, err := wire.ParseLog(g.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	decoded := func(hashes []string) (out []tlog.Hash) {
		for _, h := range hashes {
			raw, err := base64.StdEncoding.DecodeString(h)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, tlog.Hash(raw))
		}
		return out
	}
	var heads []wire.Head
	for _, n := range g.Notes {
		h, err := wire.Open(n, note.VerifierList(log))
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, h)
	}
	last := heads[len(heads)-1]
	for i, p := range g.Inclusion {
		if err := tlog.CheckRecord(decoded(p), last.N, last.Hash, int64(i), tlog.RecordHash([]byte(g.Entries[i]))); err != nil {
			t.Errorf("entry %d: %v", i, err)
		}
	}
	for name, p := range g.Consistency {
		var from, to int
		if _, err := fmt.Sscanf(name, "%d-%d", &from, &to); err != nil {
			t.Fatal(err)
		}
		if !wire.Follows(heads[from-1].Tree, decoded(p), heads[to-1].Tree) {
			t.Errorf("%s does not hold", name)
		}
	}
	w, err := wire.ParseWitness(g.Witness)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Check(last.Text, g.Countersignature); err != nil {
		t.Error(err)
	}
}
