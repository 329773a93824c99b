package certificates

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // what may be uploaded
	"image/png"
	"io"

	"carecert/modules/kit/store"
)

// Limits of a picture on a template: a logo, not a poster.
const (
	pictureBytes  = 2 << 20 // as it is sent
	pictureKept   = 1 << 20 // as it is kept
	picturePixels = 2000    // on the longer side
	picturesMost  = 20      // to a template
)

// Picture is one that was taken in.
type Picture struct {
	Hash          string
	Width, Height int
	Data          []byte // PNG
}

// ReadPicture reads what was sent and writes it anew: pixels only, none of what
// else a file carries. ErrPictureKind, ErrPictureLarge.
func ReadPicture(in io.Reader) (Picture, error) {
	raw, err := io.ReadAll(io.LimitReader(in, pictureBytes+1))
	if err != nil {
		return Picture{}, fmt.Errorf("picture: %w", err)
	}
	if len(raw) > pictureBytes {
		return Picture{}, ErrPictureLarge.With("megabytes", pictureBytes>>20)
	}
	head, format, err := image.DecodeConfig(bytes.NewReader(raw)) // before anything large is made of it
	if err != nil || format != "png" && format != "jpeg" {
		return Picture{}, ErrPictureKind
	}
	if head.Width > picturePixels || head.Height > picturePixels || head.Width < 1 || head.Height < 1 {
		return Picture{}, ErrPictureLarge.With("megabytes", pictureBytes>>20)
	}
	decoded, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return Picture{}, ErrPictureKind.Because(err)
	}
	plain := image.NewNRGBA(image.Rect(0, 0, head.Width, head.Height))
	draw.Draw(plain, plain.Bounds(), decoded, decoded.Bounds().Min, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, plain); err != nil {
		return Picture{}, fmt.Errorf("picture: %w", err)
	}
	if out.Len() > pictureKept {
		return Picture{}, ErrPictureLarge.With("megabytes", pictureBytes>>20)
	}
	sum := sha256.Sum256(out.Bytes())
	return Picture{Hash: hex.EncodeToString(sum[:]), Width: head.Width, Height: head.Height, Data: out.Bytes()}, nil
}

// KeepPicture gives a picture to a template; the same one again changes nothing.
func (s *Service) KeepPicture(ctx context.Context, id TemplateID, p Picture) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		t, err := s.Template(ctx, id)
		if err != nil {
			return err
		}
		if t.House() {
			return ErrTemplateHouse
		}
		_, err = s.repo.templates.pictures.Get(ctx, pictureID(id, p.Hash))
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		n, _, err := s.repo.templates.pictures.Count(ctx, store.Query{Index: "template", Equal: []any{string(id)}}, picturesMost)
		if err != nil {
			return err
		}
		if n >= picturesMost {
			return ErrTemplatePictures.With("most", picturesMost)
		}
		doc := pictureDoc{Doc: store.Doc{ID: pictureID(id, p.Hash)}, Template: id, Data: p.Data, Width: p.Width, Height: p.Height, At: s.now()}
		if err := s.repo.templates.pictures.Insert(ctx, doc); err != nil {
			return fmt.Errorf("picture: %w", err)
		}
		return s.audit.Record(ctx, templateAct("attach", t, map[string]string{"sha256": p.Hash}))
	})
}

// Picture reads a picture of a template in reach; ErrPictureUnknown.
func (s *Service) Picture(ctx context.Context, id TemplateID, hash string) ([]byte, error) {
	if _, err := s.Template(ctx, id); err != nil {
		return nil, err
	}
	d, err := s.repo.templates.pictures.Get(ctx, pictureID(id, hash))
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrPictureUnknown
	}
	return d.Data, err
}
