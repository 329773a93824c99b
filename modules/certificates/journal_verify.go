package certificates

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kernel"
)

// LogReport is the outcome of checking the issuance log.
type LogReport struct {
	Entries int64
	Bad     *BadEntry // nil when all is well
}

// BadEntry is the first thing that is not as it was written.
type BadEntry struct {
	Seq         int64 // -1 where it is not about one entry
	Certificate kernel.CertificateID
	Code        string // message code: certificates.log_…
}

// LogVerify appends what waits, then checks every entry against the signed
// head, every certificate against its leaves, and, given an earlier head, that
// the log only grew since.
func (s *Service) LogVerify(ctx context.Context, earlier []byte) (LogReport, error) {
	j := s.journal
	if err := j.appendAll(ctx); err != nil {
		return LogReport{Bad: &BadEntry{Seq: -1, Code: "certificates.log_leaf_altered"}}, nil //nolint:nilerr // an altered leaf is a finding
	}
	head, err := j.head(ctx)
	if err != nil {
		return LogReport{}, err
	}
	r := LogReport{Entries: head.Size}
	reader := &rebuilt{ctx: ctx}
	kinds := map[kernel.CertificateID]map[string]leafData{}
	for seq := range head.Size {
		d, err := j.entries.Get(ctx, padded(seq))
		if err != nil {
			r.Bad = &BadEntry{Seq: seq, Code: "certificates.log_entry_missing"}
			return r, nil //nolint:nilerr // a missing entry is a finding
		}
		if err := reader.add(d.Data); err != nil {
			return r, err
		}
		if bad, err := s.compareHash(ctx, seq, reader); bad != nil || err != nil {
			r.Bad = bad
			return r, err
		}
		var data leafData
		if err := json.Unmarshal(d.Data, &data); err != nil {
			r.Bad = &BadEntry{Seq: seq, Code: "certificates.log_entry_altered"}
			return r, nil //nolint:nilerr // an unreadable entry is a finding
		}
		id := kernel.CertificateID(data.Certificate)
		if kinds[id] == nil {
			kinds[id] = map[string]leafData{}
		}
		kinds[id][data.Kind] = data
	}
	if r.Bad, err = s.compareHead(head, reader, earlier); r.Bad != nil || err != nil {
		return r, err
	}
	r.Bad, err = s.compareCertificates(ctx, kinds)
	return r, err
}

// rebuilt is the tree worked out anew from the entries.
type rebuilt struct {
	ctx    context.Context //nolint:containedctx // lives as long as one check
	size   int64
	hashes []tlog.Hash
}

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

// compareHash finds the first entry that is not what was hashed.
func (s *Service) compareHash(ctx context.Context, seq int64, t *rebuilt) (*BadEntry, error) {
	place := tlog.StoredHashIndex(0, seq)
	stored, err := s.journal.hashReader(ctx).ReadHashes([]int64{place})
	if err != nil {
		return &BadEntry{Seq: seq, Code: "certificates.log_hash_missing"}, nil //nolint:nilerr // a missing hash is a finding
	}
	if stored[0] != t.hashes[place] {
		return &BadEntry{Seq: seq, Code: "certificates.log_entry_altered"}, nil
	}
	return nil, nil //nolint:nilnil // nothing found
}

func (s *Service) compareHead(head headDoc, t *rebuilt, earlier []byte) (*BadEntry, error) {
	if head.Size > 0 {
		n, err := note.Open([]byte(head.Note), note.VerifierList(s.journal.reader))
		if err != nil {
			return &BadEntry{Seq: -1, Code: "certificates.log_head_unsigned"}, nil //nolint:nilerr // an unsigned head is a finding
		}
		tree, err := tlog.ParseTree([]byte(n.Text))
		if err != nil {
			return nil, err
		}
		root, err := tlog.TreeHash(head.Size, t)
		if err != nil {
			return nil, err
		}
		if tree.N != head.Size || tree.Hash != root || !bytes.Equal(head.Root, root[:]) {
			return &BadEntry{Seq: -1, Code: "certificates.log_head_differs"}, nil
		}
	}
	if earlier == nil {
		return nil, nil //nolint:nilnil // nothing found
	}
	old, err := s.journal.openHead(earlier)
	if err != nil {
		return nil, err
	}
	if old.N > t.size {
		return &BadEntry{Seq: t.size, Code: "certificates.log_shorter"}, nil
	}
	if old.N > 0 {
		root, err := tlog.TreeHash(old.N, t)
		if err != nil {
			return nil, err
		}
		if root != old.Hash {
			return &BadEntry{Seq: -1, Code: "certificates.log_rewritten"}, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing found
}

// compareCertificates checks the documents against what was logged of them:
// none without an issue, none altered, none revoked or restored by hand, none
// removed.
func (s *Service) compareCertificates(ctx context.Context, kinds map[kernel.CertificateID]map[string]leafData) (*BadEntry, error) {
	var bad *BadEntry
	err := s.repo.certificates.Scan(ctx, func(d certificateDoc) error {
		c := d.read()
		if !c.Issued() || bad != nil {
			return nil
		}
		logged, known := kinds[c.ID]
		issue := logged[leafIssue]
		_, revoked := logged[leafRevoke]
		_, superseded := logged[leafSupersede]
		code := ""
		switch {
		case !known || issue.Certificate == "":
			code = "certificates.log_certificate_unlogged"
		case issue.FactsHash != factsHash(c) || issue.Code != c.Code || s.differs(c):
			code = "certificates.log_certificate_altered"
		case revoked != (c.Status == StatusRevoked), superseded && c.Status == StatusValid:
			code = "certificates.log_status_altered"
		}
		if code != "" {
			bad = &BadEntry{Seq: -1, Certificate: c.ID, Code: code}
		}
		delete(kinds, c.ID)
		return nil
	})
	if err != nil || bad != nil {
		return bad, err
	}
	for id := range kinds {
		return &BadEntry{Seq: -1, Certificate: id, Code: "certificates.log_certificate_removed"}, nil
	}
	return nil, nil //nolint:nilnil // nothing found
}
