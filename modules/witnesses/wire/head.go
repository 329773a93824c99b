package wire

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrHead: it is no head, or none that the key has signed.
var ErrHead = errors.New("not a head signed by this log")

// mostEntries bounds what a foreign log may claim: proofs of sizes near 2⁶³
// never end in tlog's arithmetic.
const mostEntries = 1 << 40

// Head is a signed head of a log.
type Head struct {
	tlog.Tree
	Text string // what is signed
	Note string // with its signatures
}

// Open reads a note that one of the logs has signed; ErrHead, and
// *note.UnverifiedNoteError where no key of it is known.
func Open(signed string, logs note.Verifiers) (Head, error) {
	n, err := note.Open([]byte(signed), logs)
	if err != nil {
		return Head{}, err
	}
	tree, err := tlog.ParseTree([]byte(n.Text))
	if err != nil || tree.N < 1 || tree.N > mostEntries {
		return Head{}, ErrHead
	}
	return Head{Tree: tree, Text: n.Text, Note: signed}, nil
}

// File is a head as somebody keeps it: "carecert log verify --head" and the
// public page of the log take it.
type File struct {
	Size             int64     `json:"size"`
	RootHash         string    `json:"rootHash"` // base64
	Note             string    `json:"note"`
	Verifier         string    `json:"verifier"` // the log's public key
	Witness          string    `json:"witness,omitempty"`
	SentAt           time.Time `json:"sentAt,omitzero"`
	Countersignature string    `json:"countersignature,omitempty"`
}

// FileOf writes a head for whoever keeps it.
func FileOf(h Head, verifier, witness string, at time.Time) ([]byte, error) {
	raw, err := json.MarshalIndent(File{
		Size: h.N, RootHash: base64.StdEncoding.EncodeToString(h.Hash[:]), Note: h.Note, Verifier: verifier, Witness: witness, SentAt: at.UTC(),
	}, "", "  ")
	return append(raw, '\n'), err
}

// ReadFile reads a kept head of a log; ErrHead, also where what stands beside
// the signed note is another head.
func ReadFile(raw []byte, log note.Verifier) (Head, error) {
	f := File{Note: string(raw)}
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "{") {
		f.Note = ""
		if err := json.Unmarshal(raw, &f); err != nil {
			return Head{}, ErrHead
		}
	}
	h, err := Open(f.Note, note.VerifierList(log))
	if err != nil {
		return Head{}, ErrHead
	}
	if f.RootHash != "" && (f.Size != h.N || f.RootHash != base64.StdEncoding.EncodeToString(h.Hash[:])) {
		return Head{}, ErrHead
	}
	return h, nil
}
