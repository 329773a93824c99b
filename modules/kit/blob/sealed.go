package blob

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode"
)

// Sealer seals what may not be read in the database.
type Sealer interface {
	Seal(purpose, plain string) string
	Open(purpose, sealed string) (string, error)
}

const sealedPiece = 96 << 10 // sealed on its own, one line of the kept file

// CreateSealed writes a whole file, sealed piece by piece and closed, still
// uncommitted.
func (f *Files) CreateSealed(ctx context.Context, s Sealer, purpose, name string, raw []byte) (*Writer, error) {
	w, err := f.Create(ctx, name, "application/octet-stream", 2*int64(len(raw))+sealedPiece)
	if err != nil {
		return nil, err
	}
	for len(raw) > 0 && err == nil {
		n := min(len(raw), sealedPiece)
		_, err = io.WriteString(w, s.Seal(purpose, string(raw[:n]))+"\n")
		raw = raw[n:]
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("seal a file: %w", err), w.Abort(ctx))
	}
	return w, nil
}

// OpenSealed reads such a file whole; ErrUnknown.
func (f *Files) OpenSealed(ctx context.Context, s Sealer, purpose, id string) ([]byte, error) {
	_, kept, err := f.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	for lines := bufio.NewReaderSize(kept, 2*sealedPiece); ; {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return raw.Bytes(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("sealed file %s: %w", id, err)
		}
		plain, err := s.Open(purpose, strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("sealed file %s: %w", id, err)
		}
		raw.WriteString(plain)
	}
}

// ReadUpload takes what was uploaded into memory, from its beginning: the
// handler may run again. ErrTooLarge.
func ReadUpload(from io.ReadSeeker, most int64) ([]byte, error) {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(from, most+1))
	if err != nil {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	if int64(len(raw)) > most {
		return nil, ErrTooLarge.With("limit", most)
	}
	return raw, nil
}

// Paper tells what a picture or a scan is by its first bytes, with the ending
// that its name then gets; nothing for any other file. Whatever the sender
// called it is not believed.
func Paper(head []byte) (contentType, ending string) {
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

// PlainName is what a sender called a file, without folders, ending and what
// does not belong into a name; otherwise when nothing is left.
func PlainName(said, otherwise string) string {
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
		return otherwise
	}
	return string(runes[:min(len(runes), 60)])
}
