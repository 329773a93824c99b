package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// Book is an opened file.
type Book interface {
	// Sheets lists the sheets in order; a CSV file has one.
	Sheets() []Sheet
	// Rows walks one of them.
	Rows(sheet int) (Rows, error)
	// Merges lists the cells of one that are merged over several rows, by
	// column and row; of its first rows, where a header may stand, also those
	// merged over several columns.
	Merges(sheet int) ([]Merge, error)
	// Keywords of the document; a CSV file has none.
	Keywords() string
}

// Sheet is one of a book.
type Sheet struct {
	Name   string
	Hidden bool
}

// How files begin; names in a compound file are UTF-16.
const (
	zipMark       = "PK\x03\x04"
	compoundMark  = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
	encryptedMark = "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	utf8Mark      = "\xEF\xBB\xBF"
	utf16LEMark   = "\xFF\xFE"
	utf16BEMark   = "\xFE\xFF"
)

// otherFormats begin like this and are never a table.
var otherFormats = []string{"%PDF", "\x89PNG", "\xFF\xD8\xFF", "GIF8", "Rar!", "7z\xBC\xAF", "\x1F\x8B"}

// Open recognises the format by what the file holds, not by its name.
func Open(r io.ReaderAt, size int64) (Book, error) {
	if size > MaxBytes {
		return nil, ErrTooLarge.With("megabytes", MaxBytes>>20)
	}
	if size == 0 {
		return nil, ErrEmpty
	}
	start := make([]byte, min(size, 16))
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head := string(start)
	switch {
	case strings.HasPrefix(head, zipMark):
		return openXLSX(r, size)
	case strings.HasPrefix(head, compoundMark):
		return nil, compound(r, size)
	}
	for _, mark := range otherFormats {
		if strings.HasPrefix(head, mark) {
			return nil, ErrNotWorkbook
		}
	}
	// A web page that some programs call .xls.
	if strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(head, utf8Mark)), "<") {
		return nil, ErrOldFormat
	}
	return openCSV(r, size, head)
}

// compound tells the two compound files apart: a workbook with a password and
// the old .xls.
func compound(r io.ReaderAt, size int64) error {
	const window = 1 << 20
	buf := make([]byte, window)
	for at := int64(0); at < size; at += window - int64(len(encryptedMark)) {
		n, err := r.ReadAt(buf, at)
		if bytes.Contains(buf[:n], []byte(encryptedMark)) {
			return ErrEncrypted
		}
		if err != nil {
			break
		}
	}
	return ErrOldFormat
}
