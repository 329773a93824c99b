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

// CreateSealed writes what is read, at most size bytes, as a file that is
// sealed piece by piece; closed, still uncommitted. ErrTooLarge.
func (f *Files) CreateSealed(ctx context.Context, s Sealer, purpose, name string, from io.Reader, size int64) (*Writer, error) {
	w, err := f.begin(ctx, blobDoc{Name: name, ContentType: "application/octet-stream", Purpose: purpose}, 2*size+sealedPiece)
	if err != nil {
		return nil, err
	}
	if err := sealInto(w, s, purpose, from); err != nil {
		return nil, errors.Join(fmt.Errorf("seal a file: %w", err), w.Abort(ctx))
	}
	return w, nil
}

func sealInto(w *Writer, s Sealer, purpose string, from io.Reader) error {
	for piece := make([]byte, sealedPiece); ; {
		n, err := io.ReadFull(from, piece)
		if n > 0 {
			if _, err := io.WriteString(w, s.Seal(purpose, string(piece[:n]))+"\n"); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return w.Close()
		}
		if err != nil {
			return err
		}
	}
}

// OpenSealed reads such a file whole; ErrUnknown.
func (f *Files) OpenSealed(ctx context.Context, s Sealer, purpose, id string) ([]byte, error) {
	d, err := f.doc(ctx, id)
	for err == nil {
		var raw bytes.Buffer
		failed := f.pieces(ctx, d, func(sealed string) error {
			plain, err := s.Open(purpose, sealed)
			raw.WriteString(plain)
			return err
		})
		if failed == nil {
			return raw.Bytes(), nil
		}
		before := d.content()
		if d, err = f.doc(ctx, id); err == nil && d.content() == before {
			return nil, failed
		} // else it was sealed anew while it was read
	}
	return nil, err
}

// pieces walks what was sealed, piece by piece.
func (f *Files) pieces(ctx context.Context, d blobDoc, fn func(sealed string) error) error {
	for lines := bufio.NewReaderSize(f.read(ctx, d), 2*sealedPiece); ; {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = fn(strings.TrimSuffix(line, "\n"))
		}
		if err != nil {
			return fmt.Errorf("sealed file %s: %w", d.ID, err)
		}
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
