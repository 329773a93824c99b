package blob

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
)

// Reseal implements secret.Resealer for every sealed file, whoever's it is.
// Files that are being uploaded are left: they become files, or are swept.
func (f *Files) Reseal(ctx context.Context, r *secret.Rotation) error {
	return f.blobs.Scan(ctx, func(d blobDoc) error {
		if d.Spare { // an earlier rotation was cut short
			return f.remove(ctx, d)
		}
		if d.Purpose == "" || d.Unfinished {
			return nil
		}
		stale := false
		err := f.pieces(ctx, d, func(sealed string) error { // the first was sealed by the oldest key
			stale = r.Ring.Stale(sealed)
			return store.Stop
		})
		if err == nil || errors.Is(err, store.Stop) {
			err = nil
			if stale {
				err = f.reseal(ctx, r, d)
			}
		}
		if err == nil {
			return nil
		}
		now, gone := f.doc(ctx, d.ID)
		if errors.Is(gone, ErrUnknown) || gone == nil && now.Version != d.Version { // deleted meanwhile, or sealed anew by another rotation
			return nil
		}
		return fmt.Errorf("reseal file %s: %w", d.ID, err)
	})
}

// reseal writes the content anew and exchanges it for the old in one
// transaction: the file keeps its id, and is whole for whoever opens it.
func (f *Files) reseal(ctx context.Context, r *secret.Rotation, d blobDoc) error {
	w, err := f.begin(ctx, blobDoc{Name: d.Name, ContentType: d.ContentType, Purpose: d.Purpose}, 2*d.Size)
	if err != nil {
		return err
	}
	err = f.pieces(ctx, d, func(sealed string) error {
		plain, err := r.Ring.Open(d.Purpose, sealed)
		if err == nil {
			_, err = io.WriteString(w, r.Ring.Seal(d.Purpose, plain)+"\n")
		}
		return err
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return errors.Join(err, w.Abort(ctx))
	}
	var spare blobDoc
	err = f.db.Tx(ctx, func(ctx context.Context) error {
		kept := d
		spare = w.doc
		kept.Content, kept.Chunks, kept.Size, kept.SHA256 = w.doc.content(), w.doc.Chunks, w.doc.Size, hex.EncodeToString(w.sum.Sum(nil))
		spare.Content, spare.Chunks, spare.Size, spare.Spare = d.content(), d.Chunks, d.Size, true
		if err := f.blobs.Replace(ctx, &kept); err != nil {
			return err
		}
		return f.blobs.Replace(ctx, &spare)
	})
	if err != nil {
		return err // whether it took place may be unknown: what is left is swept
	}
	r.Note(f.chunks.Name(), 1)
	return f.remove(ctx, spare)
}
