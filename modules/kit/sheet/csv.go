package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// csvFile is a text table.
type csvFile struct {
	r     io.ReaderAt
	size  int64
	text  encoding
	comma rune
	lazy  bool // quotes in the middle of a field, as Excel tolerates them
}

type encoding int

const (
	utf8Text encoding = iota
	utf16Text
	gb18030Text
)

func openCSV(r io.ReaderAt, size int64, head string) (Book, error) {
	f := &csvFile{r: r, size: size, comma: ','}
	if strings.HasPrefix(head, utf16LEMark) || strings.HasPrefix(head, utf16BEMark) {
		f.text = utf16Text
	} else if !f.isUTF8() {
		f.text = gb18030Text
	}
	if err := f.inspect(); err != nil {
		return nil, err
	}
	return f, nil
}

// Sheets implements Book.
func (f *csvFile) Sheets() []Sheet { return []Sheet{{}} }

// Merges implements Book: a text has none.
func (f *csvFile) Merges(int) ([]Merge, error) { return nil, nil }

// Keywords implements Book.
func (f *csvFile) Keywords() string { return "" }

func (f *csvFile) raw() io.Reader { return io.NewSectionReader(f.r, 0, f.size) }

func (f *csvFile) isUTF8() bool {
	r := bufio.NewReaderSize(f.raw(), 1<<16)
	for {
		c, n, err := r.ReadRune()
		if err != nil {
			return true
		}
		if c == utf8.RuneError && n == 1 {
			return false
		}
	}
}

func (f *csvFile) decoded() *bufio.Reader {
	var r io.Reader
	switch f.text {
	case utf16Text:
		r = transform.NewReader(f.raw(), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case gb18030Text:
		r = transform.NewReader(f.raw(), simplifiedchinese.GB18030.NewDecoder())
	case utf8Text:
		r = f.raw()
	}
	b := bufio.NewReaderSize(r, 1<<16)
	if mark, err := b.Peek(len(utf8Mark)); err == nil && string(mark) == utf8Mark {
		_, _ = b.Discard(len(utf8Mark)) // cannot fail: just peeked
	}
	return b
}

// inspect refuses what is no text at all and finds the separator: the one that
// stands most often outside quotes in the first lines.
func (f *csvFile) inspect() error {
	r := f.decoded()
	counts := map[rune]int{}
	lines, quoted, odd, total := 0, false, 0, 0
	for {
		c, _, err := r.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return ErrBroken.Because(err)
		}
		total++
		switch {
		case c == 0 || c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1a:
			return ErrNotWorkbook
		case c == utf8.RuneError:
			odd++
		case c == '"':
			quoted = !quoted
		case c == '\n':
			lines++
		case lines < 50 && !quoted && (c == ',' || c == '\t' || c == ';'):
			counts[c]++
		}
	}
	if odd > 0 {
		return ErrNotWorkbook
	}
	if total == 0 {
		return ErrEmpty
	}
	for _, c := range []rune{'\t', ';'} {
		if counts[c] > counts[f.comma] {
			f.comma = c
		}
	}
	return f.quotes()
}

// quotes reads the file through once: a quote that is opened and never closed
// would swallow the rest of the table as one cell.
func (f *csvFile) quotes() error {
	rows := f.open()
	for rows.Next() {
	}
	var at *csv.ParseError
	if err := rows.Err(); !errors.As(err, &at) {
		return err
	}
	if !errors.Is(at.Err, csv.ErrBareQuote) {
		return ErrOpenQuote.With("row", rows.Number()+1)
	}
	f.lazy = true
	rows = f.open()
	for rows.Next() {
	}
	return rows.Err()
}

// Rows implements Book.
func (f *csvFile) Rows(int) (Rows, error) { return f.open(), nil }

func (f *csvFile) open() *csvRows {
	r := csv.NewReader(f.decoded())
	r.Comma, r.FieldsPerRecord, r.ReuseRecord, r.LazyQuotes = f.comma, -1, true, f.lazy
	return &csvRows{csv: r}
}

type csvRows struct {
	csv    *csv.Reader
	number int
	line   int // the last line of the row before
	cells  []Cell
	err    error
}

func (r *csvRows) Number() int   { return r.number }
func (r *csvRows) Cells() []Cell { return r.cells }
func (r *csvRows) Hidden() bool  { return false }
func (r *csvRows) Err() error    { return r.err }
func (r *csvRows) Close()        {}

// Next counts rows as Excel does: a blank line is a row, a line break inside
// quotes is not.
func (r *csvRows) Next() bool {
	if r.err != nil {
		return false
	}
	record, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return false
	}
	if err != nil {
		r.err = err
		return false
	}
	first, _ := r.csv.FieldPos(0)
	r.number += first - r.line
	last := len(record) - 1
	r.line, _ = r.csv.FieldPos(last)
	r.line += strings.Count(record[last], "\n")
	if len(record) > MaxColumns {
		r.err = ErrTooWide.With("columns", MaxColumns)
		return false
	}
	r.cells = r.cells[:0]
	for _, field := range record {
		if len(field) > maxCell*utf8.UTFMax {
			r.err = ErrOpenQuote.With("row", r.number)
			return false
		}
		r.cells = append(r.cells, Cell{Text: field})
	}
	return true
}
