package blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	"carecert/modules/kit/store"
)

// chunked reads a file at any place and keeps the chunk it read last.
type chunked struct {
	ctx   context.Context
	files *Files
	blob  blobDoc
	at    int64 // which chunk data is, -1 for none
	data  []byte
}

// ReadAt implements io.ReaderAt.
func (c *chunked) ReadAt(p []byte, off int64) (int, error) {
	read := 0
	for read < len(p) {
		if off >= c.blob.Size {
			return read, io.EOF
		}
		if err := c.load(off / ChunkSize); err != nil {
			return read, err
		}
		n := copy(p[read:], c.data[off%ChunkSize:])
		read += n
		off += int64(n)
	}
	return read, nil
}

func (c *chunked) load(n int64) error {
	if c.at == n {
		return nil
	}
	doc, err := c.files.chunks.Get(c.ctx, c.blob.chunk(n))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("read chunk %d of file %s: %w", n, c.blob.ID, err)
	}
	if int64(len(doc.Data)) != min(ChunkSize, c.blob.Size-n*ChunkSize) {
		return fmt.Errorf("%w: chunk %d of file %s", ErrDamaged, n, c.blob.ID)
	}
	c.at, c.data = n, doc.Data
	return nil
}
