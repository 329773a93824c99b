package sheet

import (
	"bytes"
	"errors"
	"io"
)

// Book is an opened file.
type Book interface {
	// Sheets names the visible sheets in order; a CSV file has one.
	Sheets() []string
	// Rows walks one of them.
	Rows(sheet int) (Rows, error)
}

var (
	zipMark = []byte("PK\x03\x04")
	cfbMark = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
	// Names in a compound file are UTF-16.
	encryptedMark = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
)

// otherFormats begin like this and are never a table.
var otherFormats = [][]byte{[]byte("%PDF"), []byte("\x89PNG"), []byte("\xFF\xD8\xFF"), []byte("GIF8"), []byte("Rar!"), []byte("7z\xBC\xAF"), []byte("\x1F\x8B")}

// Open recognises the format by what the file holds, not by its name.
func Open(r io.ReaderAt, size int64) (Book, error) {
	if size > MaxBytes {
		return nil, ErrTooLarge.With("megabytes", MaxBytes>>20)
	}
	if size == 0 {
		return nil, ErrEmpty
	}
	head := make([]byte, min(size, 8))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, zipMark):
		return openXLSX(r, size)
	case bytes.HasPrefix(head, cfbMark):
		return nil, compound(r, size)
	}
	for _, mark := range otherFormats {
		if bytes.HasPrefix(head, mark) {
			return nil, ErrNotWorkbook
		}
	}
	// A web page that some programs call .xls.
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(head, utf8BOM)), []byte("<")) {
		return nil, ErrOldFormat
	}
	return openCSV(r, size)
}

// compound tells the two compound files apart: a workbook with a password and
// the old .xls.
func compound(r io.ReaderAt, size int64) error {
	const window = 1 << 20
	buf := make([]byte, window)
	for at := int64(0); at < size; at += window - int64(len(encryptedMark)) {
		n, err := r.ReadAt(buf, at)
		if bytes.Contains(buf[:n], encryptedMark) {
			return ErrEncrypted
		}
		if err != nil {
			break
		}
	}
	return ErrOldFormat
}
