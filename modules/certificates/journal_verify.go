package certificates

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kernel"
)

// LogReport is the outcome of checking the issuance log.
type LogReport struct {
	Entries int64
	Bad     *BadEntry // nil when all is well
	Anchors []Anchor  // of the operation log, as far as the entries are in order
}

// BadEntry is the first thing that is not as it was written.
type BadEntry struct {
	Seq         int64 // -1 where it is not about one entry
	Certificate kernel.CertificateID
	Code        string // message code: certificates.log_…
}

// LogVerify appends what waits, then checks every entry against the signed
// head, every certificate against its leaves, and, given an earlier head, that
// the log only grew since. Certificates may be issued meanwhile.
func (s *Service) LogVerify(ctx context.Context, earlier []byte) (LogReport, error) {
	err := s.journal.appendAll(ctx)
	if errors.Is(err, errLeafAltered) {
		return LogReport{Bad: &BadEntry{Seq: -1, Code: "certificates.log_leaf_altered"}}, nil
	}
	foreign := errors.Is(err, errForeignEntry)
	if err != nil && !foreign {
		return LogReport{}, err
	}
	head, err := s.journal.head(ctx)
	if err != nil {
		return LogReport{}, err
	}
	if foreign {
		return LogReport{Entries: head.Size, Bad: &BadEntry{Seq: head.Size, Code: "certificates.log_entry_inserted"}}, nil
	}
	r := LogReport{Entries: head.Size}
	tree := &rebuilt{ctx: ctx}
	told := history{certificates: map[kernel.CertificateID]logged{}}
	for from := int64(0); from < head.Size; from += batchLeaves {
		if r.Bad, err = s.journal.compareEntries(ctx, from, min(from+batchLeaves, head.Size), tree, &told); r.Bad != nil || err != nil {
			return r, err
		}
	}
	r.Anchors = told.anchors
	if r.Bad, err = s.journal.compareHead(head, tree, earlier); r.Bad != nil || err != nil {
		return r, err
	}
	r.Bad, err = s.compareCertificates(ctx, told.certificates, head.Size)
	return r, err
}

// logged is what the log says of one certificate, by kind of leaf.
type logged map[string]leafData

// history is what the entries say.
type history struct {
	certificates map[kernel.CertificateID]logged
	anchors      []Anchor
}

// tell takes in an entry; false for one that nobody can have written.
func (h *history) tell(entry []byte, origin leafDoc) bool {
	if a, is := anchorOf(entry); is {
		h.anchors = append(h.anchors, a)
		return origin.Kind == leafAnchor && origin.Certificate == ""
	}
	var leaf leafData
	if json.Unmarshal(entry, &leaf) != nil || string(origin.Certificate) != leaf.Certificate || origin.Kind != leaf.Kind {
		return false
	}
	id := kernel.CertificateID(leaf.Certificate)
	if h.certificates[id] == nil {
		h.certificates[id] = logged{}
	}
	h.certificates[id][leaf.Kind] = leaf
	return true
}

// rebuilt is the tree worked out anew from the entries.
type rebuilt struct {
	ctx    context.Context //nolint:containedctx // lives as long as one check
	size   int64
	hashes []tlog.Hash
}

// ReadHashes implements tlog.HashReader.
func (t *rebuilt) ReadHashes(places []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(places))
	for i, p := range places {
		if p >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("issuance log: no hash at %d", p)
		}
		out[i] = t.hashes[p]
	}
	return out, t.ctx.Err()
}

func (t *rebuilt) add(data []byte) error {
	more, err := tlog.StoredHashes(t.size, data, t)
	if err != nil {
		return err
	}
	t.hashes = append(t.hashes, more...)
	t.size++
	return nil
}

// compareEntries finds the first of a stretch of entries that is gone or not
// what was hashed, with every hash that was stored of it, and notes what the
// others say.
func (j *journal) compareEntries(ctx context.Context, from, until int64, tree *rebuilt, told *history) (*BadEntry, error) {
	var ids, places []string
	for seq := from; seq < until; seq++ {
		ids = append(ids, padded(seq))
	}
	for place := tlog.StoredHashIndex(0, from); place < tlog.StoredHashIndex(0, until); place++ {
		places = append(places, padded(place))
	}
	entries, err := j.entries.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	hashes, err := j.hashes.GetMany(ctx, places)
	if err != nil {
		return nil, err
	}
	origins := make([]string, 0, len(entries))
	for _, e := range entries {
		origins = append(origins, e.Leaf)
	}
	leaves, err := j.leaves.GetMany(ctx, origins)
	if err != nil {
		return nil, err
	}
	data, stored, origin := map[string][]byte{}, map[string][]byte{}, map[int64]leafDoc{}
	for _, e := range entries {
		data[e.ID] = e.Data
	}
	for _, h := range hashes {
		stored[h.ID] = h.Hash
	}
	for _, l := range leaves {
		origin[l.Seq] = l
	}
	for seq := from; seq < until; seq++ {
		entry, there := data[padded(seq)]
		if !there {
			return &BadEntry{Seq: seq, Code: "certificates.log_entry_missing"}, nil
		}
		if err := tree.add(entry); err != nil {
			return nil, err
		}
		for place := tlog.StoredHashIndex(0, seq); place < tlog.StoredHashIndex(0, seq+1); place++ {
			hash, there := stored[padded(place)]
			if !there {
				return &BadEntry{Seq: seq, Code: "certificates.log_hash_missing"}, nil
			}
			if !bytes.Equal(hash, tree.hashes[place][:]) {
				return &BadEntry{Seq: seq, Code: "certificates.log_entry_altered"}, nil
			}
		}
		// The leaf is what the proofs are made from.
		if was := origin[seq]; !bytes.Equal(was.Data, entry) || !told.tell(entry, was) {
			return &BadEntry{Seq: seq, Code: "certificates.log_entry_altered"}, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing found
}

// compareHead checks the signed head, and an earlier one, against the tree.
func (j *journal) compareHead(head headDoc, tree *rebuilt, earlier []byte) (*BadEntry, error) {
	if head.Size > 0 {
		n, err := note.Open([]byte(head.Note), note.VerifierList(j.reader))
		if err != nil {
			return &BadEntry{Seq: -1, Code: "certificates.log_head_unsigned"}, nil //nolint:nilerr // an unsigned head is a finding
		}
		signed, err := tlog.ParseTree([]byte(n.Text))
		if err != nil {
			return nil, err
		}
		root, err := tlog.TreeHash(head.Size, tree)
		if err != nil {
			return nil, err
		}
		if signed.N != head.Size || signed.Hash != root || !bytes.Equal(head.Root, root[:]) {
			return &BadEntry{Seq: -1, Code: "certificates.log_head_differs"}, nil
		}
	}
	if earlier == nil {
		return nil, nil //nolint:nilnil // nothing found
	}
	old, err := j.openHead(earlier)
	if err != nil {
		return nil, err
	}
	if old.N > tree.size {
		return &BadEntry{Seq: tree.size, Code: "certificates.log_shorter"}, nil
	}
	if old.N > 0 {
		root, err := tlog.TreeHash(old.N, tree)
		if err != nil {
			return nil, err
		}
		if root != old.Hash {
			return &BadEntry{Seq: -1, Code: "certificates.log_rewritten"}, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing found
}
