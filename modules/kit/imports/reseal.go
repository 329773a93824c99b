package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"carecert/modules/kit/blob"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
)

// Reseal seals the kept files anew that an older key sealed. The file of an
// import that is under way is left to a later run: the import reads it.
func (s *Service) Reseal(ctx context.Context, r *secret.Rotation) error {
	kept := store.Query{Index: "file", Equal: []any{true}, Limit: 50}
	return s.repo.imports.Each(ctx, kept, func(d importDoc) error {
		if d.Status == Queued || d.Status == Running {
			return nil
		}
		err := s.resealFile(ctx, r, d)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, blob.ErrUnknown) { // withdrawn or forgotten meanwhile
			return nil
		}
		if err != nil {
			return fmt.Errorf("reseal file of import %s: %w", d.ID, err)
		}
		return nil
	})
}

func (s *Service) resealFile(ctx context.Context, r *secret.Rotation, d importDoc) error {
	stale, err := s.staleFile(ctx, r.Ring, d)
	if err != nil || !stale {
		return err
	}
	plain, err := s.unseal(ctx, d)
	if err != nil {
		return err
	}
	w, err := s.files.Create(ctx, d.FileName, "application/octet-stream", sealedLimit)
	if err != nil {
		return err
	}
	if err := s.seal(w, bytes.NewReader(plain)); err != nil {
		return errors.Join(err, w.Abort(ctx))
	}
	old := d.File
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		again := d
		info, err := w.Commit(ctx)
		if err != nil {
			return err
		}
		again.File = info.ID
		return s.repo.imports.Replace(ctx, &again)
	})
	if err != nil {
		return errors.Join(err, w.Abort(ctx))
	}
	r.Note(s.repo.imports.Name(), 1)
	if err := s.files.Delete(ctx, old); err != nil && !errors.Is(err, blob.ErrUnknown) {
		return err
	}
	return nil
}

// staleFile looks at the first piece: the pieces of a file were sealed within
// moments of each other, and a file sealed while the key changed is found by
// its last.
func (s *Service) staleFile(ctx context.Context, ring *secret.Keyring, d importDoc) (bool, error) {
	info, file, err := s.files.Open(ctx, d.File)
	if err != nil || info.Size == 0 {
		return false, err
	}
	head := make([]byte, min(info.Size, 2*sealedPiece))
	if _, err := file.ReadAt(head, 0); err != nil {
		return false, err
	}
	tail := make([]byte, len(head))
	if _, err := file.ReadAt(tail, info.Size-int64(len(tail))); err != nil {
		return false, err
	}
	first, _, _ := strings.Cut(string(head), "\n")
	last := strings.TrimSuffix(string(tail), "\n")
	last = last[strings.LastIndex(last, "\n")+1:]
	return ring.Stale(first) || ring.Stale(last), nil
}
