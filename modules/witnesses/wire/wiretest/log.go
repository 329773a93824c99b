// Package wiretest is a log in memory, for tests.
package wiretest

import (
	"crypto/rand"
	"slices"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/witnesses/wire"
)

// Log is a log in memory. One test writes it; whoever reads it beside the test,
// as a delivery does in the background, reads a copy.
type Log struct {
	mu     sync.Mutex
	Signer note.Signer
	Public string
	Size   int64
	Hashes []tlog.Hash
}

// New makes an empty log with a key of its own.
func New(t testing.TB) *Log {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "a-log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return &Log{Signer: signer, Public: public}
}

// Copy is the log as it stands.
func (l *Log) Copy() *Log {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &Log{Signer: l.Signer, Public: l.Public, Size: l.Size, Hashes: slices.Clone(l.Hashes)}
}

// ReadHashes implements tlog.HashReader.
func (l *Log) ReadHashes(places []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(places))
	for i, p := range places {
		out[i] = l.Hashes[p]
	}
	return out, nil
}

// Add appends entries.
func (l *Log) Add(t testing.TB, entries ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range entries {
		more, err := tlog.StoredHashes(l.Size, []byte(e), l)
		if err != nil {
			t.Fatal(err)
		}
		l.Hashes, l.Size = append(l.Hashes, more...), l.Size+1
	}
}

// Cut is what somebody does who takes entries back.
func (l *Log) Cut(size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Size, l.Hashes = size, l.Hashes[:tlog.StoredHashCount(size)]
}

// Head is the signed head of a size that the log had.
func (l *Log) Head(t testing.TB, size int64) wire.Head {
	t.Helper()
	root, err := tlog.TreeHash(size, l)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: string(tlog.FormatTree(tlog.Tree{N: size, Hash: root}))}, l.Signer)
	if err != nil {
		t.Fatal(err)
	}
	h, err := wire.Open(string(signed), note.VerifierList(l.Verifier(t)))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Verifier is the log's public key.
func (l *Log) Verifier(t testing.TB) note.Verifier {
	t.Helper()
	v, err := wire.ParseLog(l.Public)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Proof shows that the log of a size goes on from an earlier one.
func (l *Log) Proof(t testing.TB, from, to int64) tlog.TreeProof {
	t.Helper()
	if from == 0 || from == to {
		return nil
	}
	p, err := tlog.ProveTree(to, from, l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
