package blob_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"carecert/modules/kit/blob"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
)

func ring(t *testing.T, keys ...byte) *secret.Keyring {
	t.Helper()
	var raw [][]byte
	for _, k := range keys {
		raw = append(raw, bytes.Repeat([]byte{k}, secret.KeySize))
	}
	r, err := secret.New(raw...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Sealed files of any length are sealed anew under their ids, also when that is
// cut short before what they were is removed; nothing else is left.
func TestFilesAreSealedAnew(t *testing.T) {
	each(t, func(t *testing.T, files *blob.Files, db *store.DB, _ *time.Time) {
		before, after := ring(t, 1), ring(t, 1, 2)
		kept := map[string][]byte{}
		for _, size := range []int{0, 1, 96 << 10, 700 << 10} {
			raw := noise(size)
			w, err := files.CreateSealed(t.Context(), before, "test", "paper.pdf", bytes.NewReader(raw), int64(size))
			if err != nil {
				t.Fatal(err)
			}
			info, err := w.Commit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			kept[info.ID] = raw
		}
		if _, err := files.CreateSealed(t.Context(), before, "test", "paper.pdf", bytes.NewReader(noise(2<<20)), 1<<10); !errors.Is(err, blob.ErrTooLarge) {
			t.Errorf("more than was said: %v", err)
		}
		ctx, cut := context.WithCancel(t.Context())
		first := &secret.Rotation{Ring: after, DB: db, Told: func(string, int) { cut() }}
		if err := files.Reseal(ctx, first); err == nil || first.Total() != 1 {
			t.Fatalf("it was not cut short: %d, %v", first.Total(), err)
		}
		second := &secret.Rotation{Ring: after, DB: db}
		if err := files.Reseal(t.Context(), second); err != nil || second.Total() != 2 {
			t.Fatalf("%d, %v", second.Total(), err)
		}
		if left, err := second.Left(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
		for id, raw := range kept {
			if got, err := files.OpenSealed(t.Context(), ring(t, 2), "test", id); err != nil || !bytes.Equal(got, raw) {
				t.Errorf("%d bytes open as %d: %v", len(raw), len(got), err)
			}
			if err := files.Delete(t.Context(), id); err != nil {
				t.Error(err)
			}
		}
		for _, s := range db.Specs() {
			if err := db.ScanRaw(t.Context(), s.Name, func(id string, _ []byte) error { t.Errorf("%s has %s yet", s.Name, id); return nil }); err != nil {
				t.Fatal(err)
			}
		}
	})
}
