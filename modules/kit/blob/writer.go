package blob

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Writer takes a file as it comes.
type Writer struct {
	ctx   context.Context
	files *Files
	doc   blobDoc
	limit int64
	sum   hash.Hash
	buf   []byte
	err   error
}

// Create begins a file of at most limit bytes.
func (f *Files) Create(ctx context.Context, name, contentType string, limit int64) (*Writer, error) {
	return f.begin(ctx, blobDoc{Name: name, ContentType: contentType}, limit)
}

func (f *Files) begin(ctx context.Context, doc blobDoc, limit int64) (*Writer, error) {
	doc.Doc, doc.CreatedAt, doc.Unfinished = store.Doc{ID: kernel.NewID(), Version: 1}, f.clock.Now().UTC(), true
	if err := f.blobs.Insert(ctx, doc); err != nil {
		return nil, fmt.Errorf("begin file: %w", err)
	}
	return &Writer{ctx: ctx, files: f, doc: doc, limit: limit, sum: sha256.New(), buf: make([]byte, 0, ChunkSize)}, nil
}

// sniffed is how much of a file tells what it is.
const sniffed = 512

// Take writes a whole upload, from its beginning (a handler may run again), as
// the kind that its first bytes are by told, which may refuse it; closed, still
// uncommitted. Nothing is left of what is refused. ErrTooLarge.
func (f *Files) Take(ctx context.Context, name string, from io.ReadSeeker, limit int64, told func(head []byte) (contentType string, err error)) (*Writer, error) {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	r := bufio.NewReaderSize(from, sniffed)
	head, err := r.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	contentType, err := told(head)
	if err != nil {
		return nil, err
	}
	w, err := f.Create(ctx, name, contentType, limit)
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(w, r); err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, errors.Join(err, w.Abort(ctx))
	}
	return w, nil
}

// Info is what is known of what was written so far.
func (w *Writer) Info() Info { return w.doc.info() }

// Write implements io.Writer; ErrTooLarge.
func (w *Writer) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 && w.err == nil {
		if w.doc.Size+int64(len(p)) > w.limit {
			w.err = ErrTooLarge.With("limit", w.limit)
			break
		}
		n := min(len(p), ChunkSize-len(w.buf))
		w.buf = append(w.buf, p[:n]...)
		w.sum.Write(p[:n])
		w.doc.Size += int64(n)
		written += n
		p = p[n:]
		if len(w.buf) == ChunkSize {
			w.err = w.flush()
		}
	}
	return written, w.err
}

// flush writes the chunk, and with it how many there are, so that the sweeper
// finds every one.
func (w *Writer) flush() error {
	next := w.doc
	next.Chunks++
	err := w.files.db.Tx(w.ctx, func(ctx context.Context) error {
		again := next // the closure may run again
		if err := w.files.blobs.Replace(ctx, &again); err != nil {
			return err
		}
		chunk := chunkDoc{Doc: store.Doc{ID: next.chunk(w.doc.Chunks)}, Data: w.buf}
		return w.files.chunks.Insert(ctx, chunk)
	})
	if err != nil {
		return fmt.Errorf("write chunk %d of file %s: %w", w.doc.Chunks, w.doc.ID, err)
	}
	next.Version++
	w.doc, w.buf = next, w.buf[:0]
	return nil
}

// Close writes what is left in memory. Outside a transaction, like Write.
func (w *Writer) Close() error {
	if w.err == nil && len(w.buf) > 0 {
		w.err = w.flush()
	}
	return w.err
}

// Commit makes what was written and closed a file, in the transaction of ctx
// if it has one; that may run its closure again.
func (w *Writer) Commit(ctx context.Context) (Info, error) {
	if w.err != nil {
		return Info{}, w.err
	}
	if len(w.buf) > 0 {
		return Info{}, ErrNotClosed
	}
	done := w.doc
	done.Unfinished, done.SHA256 = false, hex.EncodeToString(w.sum.Sum(nil))
	if err := w.files.blobs.Replace(ctx, &done); err != nil {
		return Info{}, fmt.Errorf("finish file %s: %w", done.ID, err)
	}
	return done.info(), nil
}

// Abort removes what was written.
func (w *Writer) Abort(ctx context.Context) error { return w.files.remove(ctx, w.doc) }
