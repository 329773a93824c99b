package certificates

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode"

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

const (
	evidencePurpose = "certificates.evidence" // of the seal: a scan shows names and numbers
	evidencePiece   = 96 << 10                // sealed on its own, one line of the kept file
)

// kinds are what evidence may be, by what its first bytes say, with the ending
// that its name then gets. Whatever the sender called it is not believed.
func kinds(head []byte) (contentType, ending string) {
	switch sniffed := http.DetectContentType(head); sniffed {
	case "application/pdf":
		return sniffed, ".pdf"
	case "image/jpeg":
		return sniffed, ".jpg"
	case "image/png":
		return sniffed, ".png"
	case "image/webp":
		return sniffed, ".webp"
	default:
		return "", ""
	}
}

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
	raw, err := read(from, conduct.EvidenceMaxBytes)
	if err != nil {
		return k, err
	}
	contentType, ending := kinds(raw)
	if contentType == "" {
		return k, ErrEvidenceKind
	}
	actor, sum := kernel.ActorFrom(ctx), sha256.Sum256(raw)
	k = Kept{certificate: id, most: conduct.EvidenceMost, file: File{
		Name: fileName(name) + ending, ContentType: contentType, Size: int64(len(raw)), SHA256: hex.EncodeToString(sum[:]),
		By: actor.User, ByName: actor.Name, At: s.now(),
	}}
	k.writer, err = s.seal(ctx, k.file.Name, raw)
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

// read takes a file into memory, from its beginning: the handler may run again.
func read(from io.ReadSeeker, most int64) ([]byte, error) {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(from, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("evidence: %w", err)
	case len(raw) == 0:
		return nil, ErrEvidenceEmpty
	case int64(len(raw)) > most:
		return nil, blob.ErrTooLarge.With("limit", most)
	}
	return raw, nil
}

// seal writes a file, piece by piece, still uncommitted.
func (s *Service) seal(ctx context.Context, name string, raw []byte) (*blob.Writer, error) {
	w, err := s.files.Create(ctx, name, "application/octet-stream", 2*int64(len(raw))+evidencePiece)
	if err != nil {
		return nil, err
	}
	for len(raw) > 0 && err == nil {
		n := min(len(raw), evidencePiece)
		_, err = io.WriteString(w, s.secrets.Seal(evidencePurpose, string(raw[:n]))+"\n")
		raw = raw[n:]
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("keep evidence: %w", err), w.Abort(ctx))
	}
	return w, nil
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
	_, kept, err := s.files.Open(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	for lines := bufio.NewReaderSize(kept, 2*evidencePiece); ; {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("evidence %s: %w", f.ID, err)
		}
		plain, err := s.secrets.Open(evidencePurpose, strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("evidence %s: %w", f.ID, err)
		}
		raw.WriteString(plain)
	}
	if sum := sha256.Sum256(raw.Bytes()); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("evidence %s: %w", f.ID, blob.ErrDamaged)
	}
	return raw.Bytes(), nil
}

// fileName is what a sender called a file, without folders, ending and what
// does not belong into a name.
func fileName(said string) string {
	said = path.Base(strings.ReplaceAll(said, "\\", "/"))
	said = strings.TrimSuffix(said, path.Ext(said))
	said = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_()（）·", r) {
			return r
		}
		return -1
	}, said)
	runes := []rune(strings.TrimSpace(said))
	if len(runes) == 0 {
		return "evidence"
	}
	return string(runes[:min(len(runes), 60)])
}
