package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func each(t *testing.T, body func(t *testing.T, files *blob.Files, db *store.DB, now *time.Time)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
		files := blob.New(db, kernel.ClockFunc(func() time.Time { return now }))
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		body(t, files, db, &now)
	})
}

// noise is content that no two places of have in common.
func noise(size int) []byte {
	source := rand.NewChaCha8([32]byte{1})
	out := make([]byte, size)
	_, _ = source.Read(out)
	return out
}

func write(t *testing.T, files *blob.Files, content []byte, limit int64) (*blob.Writer, error) {
	t.Helper()
	w, err := files.Create(t.Context(), "roster.xlsx", "application/octet-stream", limit)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, iotest.OneByteReader(io.LimitReader(bytes.NewReader(content), 3))); err != nil {
		return w, err
	}
	if len(content) > 3 {
		if _, err := w.Write(content[3:]); err != nil {
			return w, err
		}
	}
	return w, w.Close()
}

func TestAFileIsReadAsItWasWritten(t *testing.T) {
	each(t, func(t *testing.T, files *blob.Files, _ *store.DB, now *time.Time) {
		for _, size := range []int{0, 1, blob.ChunkSize - 1, blob.ChunkSize, blob.ChunkSize + 1, 3*blob.ChunkSize + 17} {
			content := noise(size)
			w, err := write(t, files, content, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			done, err := w.Commit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			info, r, err := files.Open(t.Context(), done.ID)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(content)
			if info.Size != int64(size) || info.SHA256 != hex.EncodeToString(sum[:]) || info.Name != "roster.xlsx" || !info.CreatedAt.Equal(*now) {
				t.Errorf("%d bytes: %+v", size, info)
			}
			if err := iotest.TestReader(r, content); size < 1000 && err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
			if _, err := r.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes: read %d, %v", size, len(got), err)
			}
			if size > blob.ChunkSize { // across the edge of a chunk, from anywhere
				got := make([]byte, 20)
				at := blob.ChunkSize - 10
				n, err := r.ReadAt(got[:min(20, size-at)], int64(at))
				if err != nil || !bytes.Equal(got[:n], content[at:at+n]) {
					t.Errorf("%d bytes: at the edge %v, %v", size, got[:n], err)
				}
			}
		}
	})
}

func TestAFileOverItsLimitIsRefused(t *testing.T) {
	each(t, func(t *testing.T, files *blob.Files, _ *store.DB, _ *time.Time) {
		if _, err := write(t, files, noise(100), 100); err != nil {
			t.Errorf("exactly the limit: %v", err)
		}
		w, err := write(t, files, noise(101), 100)
		if !errors.Is(err, blob.ErrTooLarge) {
			t.Errorf("one byte more: %v", err)
		}
		if _, err := w.Commit(t.Context()); !errors.Is(err, blob.ErrTooLarge) {
			t.Errorf("and it cannot be committed: %v", err)
		}
		if err := w.Abort(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

var errNo = errors.New("no")

func TestAFileBecomesOneWithItsTransaction(t *testing.T) {
	each(t, func(t *testing.T, files *blob.Files, db *store.DB, _ *time.Time) {
		w, err := write(t, files, noise(blob.ChunkSize+1), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		var id string
		for _, outcome := range []error{errNo, nil} { // a closure may run again
			err := db.Tx(t.Context(), func(ctx context.Context) error {
				info, err := w.Commit(ctx)
				id = info.ID
				return errors.Join(err, outcome)
			})
			if !errors.Is(err, outcome) {
				t.Fatalf("got %v, want %v", err, outcome)
			}
			_, err = files.Stat(t.Context(), id)
			if outcome != nil && !errors.Is(err, blob.ErrUnknown) {
				t.Errorf("after a roll-back: %v", err)
			}
			if outcome == nil && err != nil {
				t.Errorf("after the commit: %v", err)
			}
		}
	})
}

func TestCommitWantsAClosedWriter(t *testing.T) {
	each(t, func(t *testing.T, files *blob.Files, _ *store.DB, _ *time.Time) {
		w, err := files.Create(t.Context(), "a", "b", 10)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commit(t.Context()); !errors.Is(err, blob.ErrNotClosed) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNothingIsLeftOfADeletedFile(t *testing.T) {
	each(t, func(t *testing.T, files *blob.Files, db *store.DB, _ *time.Time) {
		w, err := write(t, files, noise(2*blob.ChunkSize+5), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		info, err := w.Commit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := files.Delete(t.Context(), info.ID); err != nil {
			t.Fatal(err)
		}
		if err := files.Delete(t.Context(), info.ID); !errors.Is(err, blob.ErrUnknown) {
			t.Errorf("a second time: %v", err)
		}
		if n := documents(t, db); n != 0 {
			t.Errorf("%d documents are left", n)
		}
	})
}

func TestUnfinishedFilesAreSwept(t *testing.T) {
	each(t, func(t *testing.T, files *blob.Files, db *store.DB, now *time.Time) {
		if _, err := write(t, files, noise(blob.ChunkSize+1), 1<<20); err != nil {
			t.Fatal(err)
		}
		*now = now.Add(time.Hour)
		w, err := write(t, files, noise(10), 100)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := files.Sweep(t.Context(), now.Add(-time.Minute)); n != 1 || err != nil {
			t.Errorf("swept %d, %v", n, err)
		}
		info, err := w.Commit(t.Context())
		if err != nil {
			t.Fatalf("a file that is still being written was swept: %v", err)
		}
		if n, err := files.Sweep(t.Context(), now.Add(time.Hour)); n != 0 || err != nil {
			t.Errorf("swept %d finished files, %v", n, err)
		}
		if n := documents(t, db); n != 2 {
			t.Errorf("%d documents, want the file and its chunk", n)
		}
		if _, err := files.Stat(t.Context(), info.ID); err != nil {
			t.Error(err)
		}
	})
}

func documents(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	for _, s := range db.Specs() {
		if err := db.ScanRaw(t.Context(), s.Name, func(string, []byte) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return n
}
