package certificates

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// leafDoc is a leaf that waits, then one that is logged. _id is time-ordered.
type leafDoc struct {
	store.Doc   `bson:",inline"`
	Certificate kernel.CertificateID `bson:"certificate"`
	Kind        string               `bson:"kind"` // "issue", "revoke", "supersede", "operations"
	Data        []byte               `bson:"data"` // what is logged, canonical JSON
	MAC         []byte               `bson:"mac"`
	Pending     bool                 `bson:"pending"`
	Seq         int64                `bson:"seq"` // -1 while pending
}

// entryDoc is a logged leaf by number: _id is the number, zero-padded.
type entryDoc struct {
	store.Doc `bson:",inline"`
	Leaf      string `bson:"leaf"`
	Data      []byte `bson:"data"`
}

// hashDoc is a stored hash of the tree: _id is its place, zero-padded.
type hashDoc struct {
	store.Doc `bson:",inline"`
	Hash      []byte `bson:"hash"`
}

// headDoc is the newest signed head; its _id is headID.
type headDoc struct {
	store.Doc `bson:",inline"`
	Size      int64     `bson:"size"`
	Root      []byte    `bson:"root"`
	Note      string    `bson:"note"`
	At        time.Time `bson:"at"`
}

// logKeyDoc is the log's own key; _id "log".
type logKeyDoc struct {
	store.Doc `bson:",inline"`
	Sealed    string `bson:"sealed"`
	Verifier  string `bson:"verifier"`
}

var (
	// errLeafAltered: a leaf that waits is not as it was written.
	errLeafAltered = errors.New("issuance log: a waiting leaf was altered")
	// errForeignEntry: something stands behind the head that nobody appended.
	errForeignEntry = errors.New("issuance log: it goes on beyond its head")
)

// The log's name in its signed notes, and what its leaves are authenticated
// for while they wait.
const (
	logName     = "carecert-issuance-log"
	purposeLeaf = "certificates.leaf"
	purposeLog  = "certificates.log"
	headID      = "head"
	batchLeaves = 500
	appendEvery = 500 * time.Millisecond
	appendLease = 10 * time.Second
)

type journal struct {
	db      *store.DB
	secrets Secrets
	clock   kernel.Clock
	leaves  *store.Collection[leafDoc]
	entries *store.Collection[entryDoc]
	hashes  *store.Collection[hashDoc]
	heads   *store.Collection[headDoc]
	keys    *store.Collection[logKeyDoc]
	signer  note.Signer
	reader  note.Verifier
	public  string // of the log, as note writes it
	wake    chan struct{}
}

func openJournal(db *store.DB, secrets Secrets, clock kernel.Clock) *journal {
	return &journal{
		db: db, secrets: secrets, clock: clock, wake: make(chan struct{}, 1),
		leaves: store.Open[leafDoc](db, store.Spec{Name: "certificates_leaves", Indexes: []store.Index{
			{Name: "pending", Fields: []string{"pending"}, Where: "pending"},
			{Name: "certificate", Fields: []string{"certificate"}},
		}}),
		entries: store.Open[entryDoc](db, store.Spec{Name: "certificates_log"}),
		hashes:  store.Open[hashDoc](db, store.Spec{Name: "certificates_hashes"}),
		heads:   store.Open[headDoc](db, store.Spec{Name: "certificates_heads"}),
		keys:    store.Open[logKeyDoc](db, store.Spec{Name: "certificates_logkeys"}),
	}
}

// load reads the log's key, and makes it where there is none.
func (j *journal) load(ctx context.Context) error {
	doc, err := j.keys.Get(ctx, "log")
	if errors.Is(err, store.ErrNotFound) {
		private, public, kerr := note.GenerateKey(rand.Reader, logName)
		if kerr != nil {
			return fmt.Errorf("log key: %w", kerr)
		}
		doc = logKeyDoc{Doc: store.Doc{ID: "log"}, Sealed: j.secrets.Seal(purposeLog, private), Verifier: public}
		if err := j.keys.Insert(ctx, doc); err != nil && !store.IsDuplicate(err, "_id") { // another instance was faster
			return fmt.Errorf("log key: %w", err)
		}
		doc, err = j.keys.Get(ctx, "log")
	}
	if err != nil {
		return fmt.Errorf("log key: %w", err)
	}
	private, err := j.secrets.Open(purposeLog, doc.Sealed)
	if err != nil {
		return fmt.Errorf("log key: %w", err)
	}
	if j.signer, err = note.NewSigner(private); err != nil {
		return fmt.Errorf("log key: %w", err)
	}
	j.public = doc.Verifier
	j.reader, err = note.NewVerifier(doc.Verifier)
	return err
}

// add writes a leaf in the transaction of what it tells of.
func (j *journal) add(ctx context.Context, kind string, c Certificate) error {
	leaf, err := leafOf(kind, c)
	if err != nil {
		return err
	}
	data, err := json.Marshal(leaf)
	if err != nil {
		return err
	}
	return j.wait(ctx, leafDoc{Doc: store.Doc{ID: kernel.NewID()}, Certificate: c.ID, Kind: kind, Data: data})
}

// wait leaves a leaf to be appended once the transaction is through.
func (j *journal) wait(ctx context.Context, doc leafDoc) error {
	doc.MAC, doc.Pending, doc.Seq = j.mac(doc.ID, doc.Data), true, -1
	if err := j.leaves.Insert(ctx, doc); err != nil {
		return fmt.Errorf("log leaf: %w", err)
	}
	store.AfterCommit(ctx, func(context.Context) {
		select {
		case j.wake <- struct{}{}:
		default:
		}
	})
	return nil
}

func (j *journal) mac(id string, data []byte) []byte {
	return j.secrets.MAC(purposeLeaf, append([]byte(id+"\n"), data...))
}

func padded(n int64) string { return fmt.Sprintf("%016d", n) }

// hashReader reads the stored hashes.
func (j *journal) hashReader(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		ids := make([]string, len(places))
		for i, p := range places {
			ids[i] = padded(p)
		}
		docs, err := j.hashes.GetMany(ctx, ids)
		if err != nil {
			return nil, err
		}
		found := make(map[string]tlog.Hash, len(docs))
		for _, d := range docs {
			var h tlog.Hash
			copy(h[:], d.Hash)
			found[d.ID] = h
		}
		out := make([]tlog.Hash, len(places))
		for i, id := range ids {
			h, ok := found[id]
			if !ok {
				return nil, fmt.Errorf("issuance log: hash %s is missing", id)
			}
			out[i] = h
		}
		return out, nil
	})
}

func (j *journal) head(ctx context.Context) (headDoc, error) {
	h, err := j.heads.Get(ctx, headID)
	if errors.Is(err, store.ErrNotFound) {
		return headDoc{Doc: store.Doc{ID: headID}}, nil
	}
	return h, err
}

// LogProof is what shows that a certificate's issue is in the log.
type LogProof struct {
	Seq, Size int64
	Leaf      []byte
	Path      tlog.RecordProof
	Note      string // signed head of that size
}

// LogProof proves a certificate's issue to whoever has its public code;
// ErrUnknown.
func (s *Service) LogProof(ctx context.Context, code string) (p LogProof, err error) {
	if err := s.journal.appendAll(ctx); err != nil {
		return p, err
	}
	card, err := s.repo.card(ctx, readCode(code))
	if err != nil {
		return p, err
	}
	return s.journal.prove(ctx, card.Certificate)
}

// prove gives the inclusion proof of a certificate's issue.
func (j *journal) prove(ctx context.Context, id kernel.CertificateID) (p LogProof, err error) {
	page, err := j.leaves.Find(ctx, store.Query{Index: "certificate", Equal: []any{string(id)}, Limit: 10})
	if err != nil {
		return p, err
	}
	head, err := j.head(ctx)
	if err != nil {
		return p, err
	}
	for _, l := range page.Items {
		if l.Kind != leafIssue || l.Pending {
			continue
		}
		p = LogProof{Seq: l.Seq, Size: head.Size, Leaf: l.Data, Note: head.Note}
		p.Path, err = tlog.ProveRecord(head.Size, l.Seq, j.hashReader(ctx))
		return p, err
	}
	return p, ErrNotLogged
}

// LogHead is the signed head of the log, which anybody may keep.
type LogHead struct {
	Size     int64
	Root     []byte
	Note     string // what "carecert log verify --head" takes
	At       time.Time
	Verifier string // the log's public key, as golang.org/x/mod/sumdb/note writes it
}

// LogHead appends what waits and gives the head.
func (s *Service) LogHead(ctx context.Context) (LogHead, error) {
	if err := s.journal.appendAll(ctx); err != nil {
		return LogHead{}, err
	}
	d, err := s.journal.head(ctx)
	return LogHead{Size: d.Size, Root: d.Root, Note: d.Note, At: d.At, Verifier: s.journal.public}, err
}

// openHead reads a head that somebody kept: a signed note, or the body of
// /public/log/head, which holds one.
func (j *journal) openHead(raw []byte) (tlog.Tree, error) {
	text := string(raw)
	var body struct {
		Size     *int64  `json:"size"`
		RootHash *string `json:"rootHash"`
		Note     string  `json:"note"`
	}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if err := json.Unmarshal(raw, &body); err != nil {
			return tlog.Tree{}, fmt.Errorf("head: %w", err)
		}
		text = body.Note
	}
	n, err := note.Open([]byte(text), note.VerifierList(j.reader))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("head: not signed by this log: %w", err)
	}
	tree, err := tlog.ParseTree([]byte(n.Text))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("head: %w", err)
	}
	if (body.Size != nil && *body.Size != tree.N) || (body.RootHash != nil && *body.RootHash != base64.StdEncoding.EncodeToString(tree.Hash[:])) {
		return tlog.Tree{}, errors.New("head: its size and rootHash are not those that were signed")
	}
	return tree, nil
}
