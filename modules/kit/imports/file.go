package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"carecert/modules/kit/blob"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store"
)

// sealPurpose: a roster is full of identity numbers.
const sealPurpose = "imports.file"

// keep puts the file into the database, sealed and still uncommitted.
func (s *Service) keep(ctx context.Context, r Request) (*blob.Writer, error) {
	if _, err := r.File.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("keep import file: %w", err)
	}
	return s.files.CreateSealed(ctx, s.ring, sealPurpose, tidyName(r.FileName), r.File, sheet.MaxBytes)
}

// unseal reads a kept file into memory: a workbook is at most 50 MB, and its
// parts are read out of order.
func (s *Service) unseal(ctx context.Context, d importDoc) ([]byte, error) {
	if d.File == "" {
		return nil, ErrFileGone
	}
	raw, err := s.files.OpenSealed(ctx, s.ring, sealPurpose, d.File)
	if err != nil {
		return nil, fmt.Errorf("read file of import %s: %w", d.ID, err)
	}
	return raw, nil
}

// table finds the table in the kept file.
func (s *Service) table(ctx context.Context, d importDoc, i Importer) (*sheet.Table, error) {
	raw, err := s.unseal(ctx, d)
	if err != nil {
		return nil, err
	}
	return s.find(bytes.NewReader(raw), int64(len(raw)), i)
}

// Aged are the files that are kept for the error workbook, by kind
// (policies/rules/retention.yaml). PIPL article 19: the shortest time that the
// purpose needs. What became of their rows stays.
func (s *Service) Aged() map[string]store.Aged {
	files := store.Aging(s.repo.imports, "file", true)
	files.Remove = s.forget
	return map[string]store.Aged{
		"importFiles": files, "importRows": {Count: s.countRows, Remove: s.forgetRows},
		"importClues": {Count: s.countClues, Remove: s.forgetClues},
	}
}

// previewed walks the imports before an instant that still show what a dry run
// would have done with rows: names, masked numbers, old and new values.
func (s *Service) previewed(ctx context.Context, before time.Time, fn func(importDoc) error) error {
	return s.repo.imports.Each(ctx, store.Query{Index: "created", Until: before}, func(d importDoc) error {
		if d.Previewed == 0 {
			return nil
		}
		return fn(d)
	})
}

func (s *Service) countRows(ctx context.Context, before time.Time) (n int64, more bool, err error) {
	err = s.previewed(ctx, before, func(importDoc) error { n++; return nil })
	return n, false, err
}

// forgetRows empties the previews of imports; what became of the rows stays.
func (s *Service) forgetRows(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.previewed(ctx, before, func(d importDoc) error {
		n++
		return s.repo.db.Tx(ctx, func(ctx context.Context) error {
			err := s.repo.batches.Each(ctx, store.Query{Index: "import", Equal: []any{d.ID}, Limit: 50}, func(b batchDoc) error {
				for i := range b.Rows {
					b.Rows[i].Label, b.Rows[i].Changes = "", nil
				}
				return s.repo.batches.Replace(ctx, &b)
			})
			if err != nil {
				return fmt.Errorf("forget rows of import %s: %w", d.ID, err)
			}
			now, err := s.repo.imports.Get(ctx, d.ID)
			if err != nil {
				return err
			}
			now.Previewed = 0
			return s.repo.imports.Replace(ctx, &now)
		})
	})
	return n, err
}

func (s *Service) forget(ctx context.Context, before time.Time) (n int64, err error) {
	due := store.Query{Index: "file", Equal: []any{true}, Until: before}
	err = s.repo.imports.Each(ctx, due, func(d importDoc) error {
		if err := s.files.Delete(ctx, d.File); err != nil && !errors.Is(err, blob.ErrUnknown) {
			return fmt.Errorf("forget file of import %s: %w", d.ID, err)
		}
		d.File, d.FileKept = "", false
		n++
		return s.repo.imports.Replace(ctx, &d)
	})
	return n, err
}
