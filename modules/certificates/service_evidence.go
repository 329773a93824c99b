package certificates

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/blob"
)

// Refusals of evidence.
var (
	ErrEvidenceKind  = fault.New(fault.Unsupported, "certificates.evidence_kind")
	ErrEvidenceEmpty = fault.New(fault.Invalid, "certificates.evidence_empty")
	ErrEvidenceMost  = fault.New(fault.Conflict, "certificates.evidence_most")
	ErrFileUnknown   = fault.New(fault.NotFound, "certificates.file_unknown")
)

const evidencePurpose = "certificates.evidence" // of the seal: a scan shows names and numbers

// Kept is a file that was taken in and belongs to no certificate yet.
type Kept struct {
	certificate kernel.CertificateID
	file        File
	most        int
	writer      *blob.Writer
}

// Keep takes in a picture or a PDF of what was seen with a certificate, sealed.
// It is done before the transaction of Attach: what is not attached is swept.
func (s *Service) Keep(ctx context.Context, id kernel.CertificateID, name string, from io.ReadSeeker) (k Kept, err error) {
	c, err := s.Find(ctx, id)
	if err != nil {
		return k, err
	}
	conduct, err := s.conduct(ctx, c)
	if err != nil {
		return k, err
	}
	if err := c.takesFile(conduct.EvidenceMost); err != nil {
		return k, err
	}
	raw, err := blob.ReadUpload(from, conduct.EvidenceMaxBytes)
	if err == nil && len(raw) == 0 {
		err = ErrEvidenceEmpty
	}
	if err != nil {
		return k, err
	}
	contentType, ending := blob.Paper(raw)
	if contentType == "" {
		return k, ErrEvidenceKind
	}
	actor, sum := kernel.ActorFrom(ctx), sha256.Sum256(raw)
	k = Kept{certificate: id, most: conduct.EvidenceMost, file: File{
		Name: blob.PlainName(name, "evidence") + ending, ContentType: contentType, Size: int64(len(raw)), SHA256: hex.EncodeToString(sum[:]),
		By: actor.User, ByName: actor.Name, At: s.now(),
	}}
	k.writer, err = s.files.CreateSealed(ctx, s.secrets, evidencePurpose, k.file.Name, bytes.NewReader(raw), k.file.Size)
	return k, err
}

// Attach makes a file that was kept one of its certificate's.
func (s *Service) Attach(ctx context.Context, k Kept) (f File, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		c, err := s.Find(ctx, k.certificate)
		if err != nil {
			return err
		}
		if err := c.takesFile(k.most); err != nil {
			return err
		}
		f = k.file
		kept, err := k.writer.Commit(ctx)
		if err != nil {
			return err
		}
		f.ID = kept.ID
		c.Files = append(c.Files, f)
		if err := s.repo.save(ctx, &c, ""); err != nil {
			return err
		}
		act := s.registered(c)
		act.Verb, act.Detail["file"], act.Detail["sha256"] = "attach", f.ID, f.SHA256
		return s.audit.Record(ctx, act)
	})
	return f, err
}

func (c Certificate) takesFile(most int) error {
	if c.Issued() {
		return ErrNotOurs
	}
	if len(c.Files) >= most {
		return ErrEvidenceMost.With("most", most)
	}
	return nil
}

// Evidence reads a file of a certificate in reach; ErrFileUnknown.
func (s *Service) Evidence(ctx context.Context, id kernel.CertificateID, file string) (File, []byte, error) {
	c, err := s.Find(ctx, id)
	if err != nil {
		return File{}, nil, err
	}
	for _, f := range c.Files {
		if f.ID == file {
			raw, err := s.unseal(ctx, f)
			return f, raw, err
		}
	}
	return File{}, nil, ErrFileUnknown
}

func (s *Service) unseal(ctx context.Context, f File) ([]byte, error) {
	raw, err := s.files.OpenSealed(ctx, s.secrets, evidencePurpose, f.ID)
	if err != nil {
		return nil, fmt.Errorf("evidence %s: %w", f.ID, err)
	}
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("evidence %s: %w", f.ID, blob.ErrDamaged)
	}
	return raw, nil
}
