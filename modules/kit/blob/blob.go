// Package blob keeps files in the database, in chunks, so that every instance
// sees what was uploaded to any. Writing and reading take the memory of a
// chunk, whatever the size of the file.
//
// A file is written and closed outside a transaction and becomes a file by
// Commit, which may stand in the transaction of the document that names it.
// What is never committed is swept.
//
// Owns: kit_blobs, kit_chunks.
package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// ChunkSize is what a document holds of a file; small enough for any driver.
const ChunkSize = 255 << 10

var (
	// ErrTooLarge refuses what is over the limit of the writer.
	ErrTooLarge = fault.New(fault.TooLarge, "blob.too_large")
	// ErrUnknown: there is no such file, or it was not finished.
	ErrUnknown = fault.New(fault.NotFound, "blob.unknown")
	// ErrDamaged: a chunk is missing or has another size than it was written with.
	ErrDamaged = errors.New("blob: the file is damaged")
	// ErrNotClosed: a file is committed after its writer has been closed.
	ErrNotClosed = errors.New("blob: committed before it was closed")
)

// Info is what is known of a finished file.
type Info struct {
	ID          string
	Name        string
	ContentType string
	Size        int64
	SHA256      string // hexadecimal
	CreatedAt   time.Time
}

type blobDoc struct {
	store.Doc   `bson:",inline"`
	Name        string    `bson:"name"`
	ContentType string    `bson:"contentType"`
	Size        int64     `bson:"size"`
	SHA256      string    `bson:"sha256"`
	CreatedAt   time.Time `bson:"createdAt"`
	Unfinished  bool      `bson:"unfinished"`
	Chunks      int64     `bson:"chunks"`            // begun, for the sweeper
	Content     string    `bson:"content,omitempty"` // whose chunks it has, when not its own: it was sealed anew
	Purpose     string    `bson:"purpose,omitempty"` // what it is sealed for; "" when it is not sealed
	Spare       bool      `bson:"spare,omitempty"`   // has what another file was before it was sealed anew
}

func (d blobDoc) info() Info {
	return Info{ID: d.ID, Name: d.Name, ContentType: d.ContentType, Size: d.Size, SHA256: d.SHA256, CreatedAt: d.CreatedAt}
}

type chunkDoc struct {
	store.Doc `bson:",inline"`
	Data      []byte `bson:"data"`
}

// content is whose chunks the file has.
func (d blobDoc) content() string { return cmp.Or(d.Content, d.ID) }

func (d blobDoc) chunk(n int64) string { return fmt.Sprintf("%s:%06d", d.content(), n) }

// Files is the door to the files of a database.
type Files struct {
	db     *store.DB
	blobs  *store.Collection[blobDoc]
	chunks *store.Collection[chunkDoc]
	clock  kernel.Clock
}

// New opens the collections.
func New(db *store.DB, clock kernel.Clock) *Files {
	return &Files{
		db: db, clock: clock,
		blobs: store.Open[blobDoc](db, store.Spec{Name: "kit_blobs", Indexes: []store.Index{
			{Name: "unfinished", Fields: []string{"unfinished", "createdAt"}, Where: "unfinished"},
		}}),
		chunks: store.Open[chunkDoc](db, store.Spec{Name: "kit_chunks"}),
	}
}

func (f *Files) doc(ctx context.Context, id string) (blobDoc, error) {
	d, err := f.blobs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && d.Unfinished) {
		return d, ErrUnknown
	}
	return d, err
}

// Stat tells what is known of a file; ErrUnknown.
func (f *Files) Stat(ctx context.Context, id string) (Info, error) {
	d, err := f.doc(ctx, id)
	return d.info(), err
}

// Open reads a file from its beginning, or from anywhere; ErrUnknown. The
// reader belongs to one goroutine and lives as long as the context.
func (f *Files) Open(ctx context.Context, id string) (Info, *io.SectionReader, error) {
	d, err := f.doc(ctx, id)
	if err != nil {
		return Info{}, nil, err
	}
	return d.info(), f.read(ctx, d), nil
}

func (f *Files) read(ctx context.Context, d blobDoc) *io.SectionReader {
	return io.NewSectionReader(&chunked{ctx: ctx, files: f, blob: d, at: -1}, 0, d.Size)
}

// Delete removes a file; ErrUnknown.
func (f *Files) Delete(ctx context.Context, id string) error {
	d, err := f.doc(ctx, id)
	if err != nil {
		return err
	}
	return f.remove(ctx, d)
}

// remove deletes the chunks first: a remove that is cut short can be repeated.
func (f *Files) remove(ctx context.Context, d blobDoc) error {
	for n := range d.Chunks {
		if err := f.chunks.Delete(ctx, d.chunk(n), 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("delete chunk %d of file %s: %w", n, d.ID, err)
		}
	}
	if err := f.blobs.Delete(ctx, d.ID, d.Version); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("delete file %s: %w", d.ID, err)
	}
	return nil
}

// Aged are files that were begun and never became one, by kind
// (policies/rules/retention.yaml).
func (f *Files) Aged() map[string]store.Aged {
	unfinished := store.Aging(f.blobs, "unfinished", true)
	unfinished.Remove = func(ctx context.Context, before time.Time) (int64, error) {
		n, err := f.Sweep(ctx, before)
		return int64(n), err
	}
	return map[string]store.Aged{"unfinishedUploads": unfinished}
}

// Sweep removes files that were begun before the instant and never committed;
// it answers how many.
func (f *Files) Sweep(ctx context.Context, before time.Time) (removed int, err error) {
	q := store.Query{Index: "unfinished", Equal: []any{true}, Until: before}
	err = f.blobs.Each(ctx, q, func(d blobDoc) error {
		removed++
		return f.remove(ctx, d)
	})
	return removed, err
}
