package wire_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"carecert/modules/witnesses/wire"
	"carecert/modules/witnesses/wire/wiretest"
)

func entries(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprint("entry ", i))
	}
	return out
}

// Every proof of a log that only grew is taken, and none of which one bit is
// another: not of the proof, of either root, of the signature, of the request.
func TestOnlyWhatGrewIsTaken(t *testing.T) {
	l := wiretest.New(t)
	l.Add(t, entries(70)...)
	logs := note.VerifierList(l.Verifier(t))
	rapid.Check(t, func(rt *rapid.T) {
		to := rapid.Int64Range(1, 70).Draw(rt, "to")
		from := rapid.Int64Range(0, to).Draw(rt, "from")
		held := tlog.Tree{N: from}
		if from > 0 {
			held = l.Head(t, from).Tree
		}
		r, err := wire.ParseRequest(wire.Request{Old: from, Proof: l.Proof(t, from, to), Note: l.Head(t, to).Note}.Format())
		if err != nil {
			rt.Fatal(err)
		}
		head, err := wire.Open(r.Note, logs)
		if err != nil {
			rt.Fatal(err)
		}
		want := wire.Extends
		if from == to {
			want = wire.Same
		}
		if got := wire.Judge(held, r, head.Tree); got != want {
			rt.Fatalf("%d → %d: %s", from, to, got)
		}
		flip := func(b []byte, name string) {
			b[rapid.IntRange(0, len(b)-1).Draw(rt, name)] ^= 1 << rapid.IntRange(0, 7).Draw(rt, name+" bit")
		}
		if from > 0 {
			other := held
			flip(other.Hash[:], "held root")
			if got := wire.Judge(other, r, head.Tree); got == wire.Extends || got == wire.Same {
				rt.Fatalf("another history is taken: %s", got)
			}
		}
		if len(r.Proof) > 0 {
			bent := r
			bent.Proof = append(tlog.TreeProof{}, r.Proof...)
			flip(bent.Proof[rapid.IntRange(0, len(r.Proof)-1).Draw(rt, "hash")][:], "proof")
			if wire.Judge(held, bent, head.Tree) != wire.Unproven {
				rt.Fatal("a bent proof is taken")
			}
			bent.Proof = r.Proof[1:]
			if wire.Judge(held, bent, head.Tree) != wire.Unproven {
				rt.Fatal("half a proof is taken")
			}
		}
		raw := []byte(r.Note)
		flip(raw, "note")
		if other, err := wire.Open(string(raw), logs); err == nil && other.Tree != head.Tree {
			rt.Fatal("another head is taken for signed")
		}
	})
}

func TestJudgements(t *testing.T) {
	one, other := wiretest.New(t), wiretest.New(t)
	one.Add(t, entries(20)...)
	other.Add(t, entries(7)...)
	other.Add(t, "backdated")
	other.Add(t, entries(12)...)
	at := func(l *wiretest.Log, n int64) tlog.Tree { return l.Head(t, n).Tree }
	for _, c := range []struct {
		name string
		held tlog.Tree
		old  int64
		from *wiretest.Log
		size int64
		want wire.Judgement
	}{
		{"the first head is believed", tlog.Tree{}, 0, one, 5, wire.Extends},
		{"growth is shown", at(one, 5), 5, one, 12, wire.Extends},
		{"the same once more", at(one, 5), 5, one, 5, wire.Same},
		{"from another head than is held", at(one, 6), 5, one, 12, wire.Behind},
		{"an entry was backdated before", at(one, 12), 12, other, 20, wire.Unproven},
		{"as long and another", at(one, 12), 12, other, 12, wire.Fork},
		{"entries are gone", at(one, 12), 5, one, 5, wire.Shorter},
		{"before the fork nothing shows", at(one, 6), 6, other, 20, wire.Extends},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := c.from.Head(t, c.size)
			r := wire.Request{Old: c.old, Proof: c.from.Proof(t, min(c.old, c.size), c.size), Note: head.Note}
			if got := wire.Judge(c.held, r, head.Tree); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestRequestsThatAreNone(t *testing.T) {
	l := wiretest.New(t)
	l.Add(t, entries(9)...)
	good := wire.Request{Old: 4, Proof: l.Proof(t, 4, 9), Note: l.Head(t, 9).Note}
	if r, err := wire.ParseRequest(good.Format()); err != nil || r.Old != 4 || len(r.Proof) != len(good.Proof) || r.Note != good.Note {
		t.Fatalf("%+v %v", r, err)
	}
	for name, body := range map[string]string{
		"nothing": "", "no note": "old 4\n", "no size": "\n\n" + good.Note, "a negative size": "old -4\n\n" + good.Note, "a size with a sign": "old +4\n\n" + good.Note,
		"a size with zeros": "old 04\n\n" + good.Note, "a hash that is none": "old 4\nAAAA\n\n" + good.Note, "too many hashes": "old 4\n" + strings.Repeat(l.Hashes[0].String()+"\n", 64) + "\n" + good.Note,
		"too long": "old 4\n\n" + strings.Repeat("x", wire.Longest),
	} {
		if _, err := wire.ParseRequest(body); !errors.Is(err, wire.ErrRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCountersignatures(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	l := wiretest.New(t)
	l.Add(t, entries(3)...)
	head := l.Head(t, 3)
	at := time.Date(2026, 6, 18, 1, 0, 0, 0, time.UTC)
	line, err := wire.Countersign("cert.example.cn:8443", private, head.Text, at)
	if err != nil {
		t.Fatal(err)
	}
	w, err := wire.NewWitness("cert.example.cn:8443", private)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := wire.ParseWitness(w.String()); err != nil || again.String() != w.String() {
		t.Fatalf("%v %v", again, err)
	}
	if got, when, err := w.Check(head.Text, "— somebody AAAA\n"+line); err != nil || got != line || !when.Equal(at) {
		t.Errorf("%q %s %v", got, when, err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		raw := []byte(line)
		raw[rapid.IntRange(0, len(raw)-2).Draw(rt, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, _, err := w.Check(head.Text, string(raw)); err == nil {
			rt.Fatalf("taken: %q", raw)
		}
		text := []byte(head.Text)
		text[rapid.IntRange(0, len(text)-1).Draw(rt, "place")] ^= 1
		if _, _, err := w.Check(string(text), line); err == nil {
			rt.Fatalf("taken for %q", text)
		}
	})
	for name, key := range map[string]string{
		"nothing": "", "a log's key": l.Public, "another name": strings.Replace(w.String(), "cert", "cart", 1), "a cut key": w.String()[:len(w.String())-4],
		"a name with a blank": "a b+00000000+AAAA",
	} {
		if _, err := wire.ParseWitness(key); !errors.Is(err, wire.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := wire.Countersign("a b", private, head.Text, at); err == nil {
		t.Error("a name with a blank signs")
	}
}

func TestFilesThatAreKept(t *testing.T) {
	l, stranger := wiretest.New(t), wiretest.New(t)
	l.Add(t, entries(6)...)
	stranger.Add(t, entries(6)...)
	head := l.Head(t, 6)
	raw, err := wire.FileOf(head, l.Public, "见证人", time.Date(2026, 6, 18, 1, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for name, kept := range map[string][]byte{"the file": raw, "the note": []byte(head.Note)} {
		if got, err := wire.ReadFile(kept, l.Verifier(t)); err != nil || got.Tree != head.Tree {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	var f wire.File
	if err := json.Unmarshal(raw, &f); err != nil || f.Witness != "见证人" || f.Size != 6 {
		t.Fatalf("%+v %v", f, err)
	}
	for name, kept := range map[string]string{
		"of another log": stranger.Head(t, 6).Note, "nothing": "", "half": string(raw[:40]), "another size beside": strings.Replace(string(raw), `"size": 6`, `"size": 5`, 1),
		"another root beside": strings.Replace(string(raw), f.RootHash, "AAAA", 1), "another size signed": strings.Replace(string(raw), `\n6\n`, `\n7\n`, 1),
	} {
		if _, err := wire.ReadFile([]byte(kept), l.Verifier(t)); !errors.Is(err, wire.ErrHead) {
			t.Errorf("%s: %v", name, err)
		}
	}
	huge, err := note.Sign(&note.Note{Text: string(tlog.FormatTree(tlog.Tree{N: 1 << 62}))}, l.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wire.Open(string(huge), note.VerifierList(l.Verifier(t))); !errors.Is(err, wire.ErrHead) {
		t.Errorf("a head of 2⁶² entries: %v", err)
	}
}
