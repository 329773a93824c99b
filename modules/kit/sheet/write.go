package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Writer streams rows of text into a file. Every text is neutralised and stays
// text: a program that opens the file neither runs it nor cuts digits off.
type Writer interface {
	Row(texts ...string) error
	Close() error // writes what is left; the file is whole only then
}

// Style of a workbook's columns.
type Style struct {
	Sheet   string
	Widths  []float64 // of columns, in characters; the last goes on
	Headers int       // rows at the top that are set bold and stay in view
	Marked  int       // column (from 1) that stands out; 0 for none

	Keywords string // of the document, by which it is known again when it comes back
}

// WorkbookType is the media type of an .xlsx file.
const WorkbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

const wrappedWidth = 60

type xlsxWriter struct {
	out    io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	style  Style
	row    int
	bold   int
	text   int
	marked int
}

// NewWorkbook writes an .xlsx to out when it is closed.
func NewWorkbook(out io.Writer, style Style) (Writer, error) {
	f := excelize.NewFile()
	w := &xlsxWriter{out: out, file: f, style: style}
	if err := w.begin(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return w, nil
}

func (w *xlsxWriter) begin() (err error) {
	if w.style.Sheet != "" {
		if err = w.file.SetSheetName("Sheet1", w.style.Sheet); err != nil {
			return fmt.Errorf("sheet: name: %w", err)
		}
	}
	if w.style.Keywords != "" {
		if err := w.file.SetDocProps(&excelize.DocProperties{Keywords: w.style.Keywords}); err != nil {
			return fmt.Errorf("sheet: keywords: %w", err)
		}
	}
	if w.bold, w.text, w.marked, err = styles(w.file); err != nil {
		return err
	}
	if w.stream, err = w.file.NewStreamWriter(w.file.GetSheetName(0)); err != nil {
		return err
	}
	for i, width := range w.style.Widths {
		last := i + 1
		if i == len(w.style.Widths)-1 {
			last = MaxColumns
		}
		if err := w.stream.SetColWidth(i+1, last, min(width, wrappedWidth)); err != nil {
			return err
		}
	}
	if w.style.Headers == 0 {
		return nil
	}
	corner, err := excelize.CoordinatesToCellName(1, w.style.Headers+1)
	if err != nil {
		return err
	}
	return w.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: w.style.Headers, TopLeftCell: corner, ActivePane: "bottomLeft"})
}

// styles: bold for headers, text (format 49, so that digits stay), and text
// that stands out.
func styles(f *excelize.File) (bold, text, marked int, err error) {
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	bold, err1 := f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: fill("DDEBF7"), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	text, err2 := f.NewStyle(&excelize.Style{NumFmt: 49})
	marked, err3 := f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Color: "C00000"}, Fill: fill("FDECEA"), Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	return bold, text, marked, errors.Join(err1, err2, err3)
}

// Row implements Writer.
func (w *xlsxWriter) Row(texts ...string) error {
	w.row++
	values := make([]any, len(texts))
	for i, t := range texts {
		style := w.text
		switch {
		case w.row <= w.style.Headers:
			style = w.bold
		case i+1 == w.style.Marked:
			style = w.marked
		}
		values[i] = excelize.Cell{StyleID: style, Value: Neutral(fit(t))}
	}
	at, err := excelize.CoordinatesToCellName(1, w.row)
	if err != nil {
		return err
	}
	return w.stream.SetRow(at, values)
}

// fit keeps a text within what a cell can hold, the apostrophe included.
func fit(s string) string {
	if len(s) < maxCell {
		return s
	}
	cut := maxCell - 1
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

// Close implements Writer. excelize leaves temporary files unless it is closed.
func (w *xlsxWriter) Close() error {
	err := w.stream.Flush()
	if err == nil {
		_, err = w.file.WriteTo(w.out)
	}
	return errors.Join(err, w.file.Close())
}

type csvWriter struct {
	out *bufio.Writer
	csv *csv.Writer
}

// NewCSV writes UTF-8 with the mark by which Excel recognises it.
func NewCSV(out io.Writer) (Writer, error) {
	b := bufio.NewWriter(out)
	if _, err := b.WriteString(utf8Mark); err != nil {
		return nil, err
	}
	w := csv.NewWriter(b)
	w.UseCRLF = true
	return &csvWriter{out: b, csv: w}, nil
}

// Row implements Writer.
func (w *csvWriter) Row(texts ...string) error {
	safe := make([]string, len(texts))
	for i, t := range texts {
		safe[i] = Neutral(t)
	}
	return w.csv.Write(safe)
}

// Close implements Writer.
func (w *csvWriter) Close() error {
	w.csv.Flush()
	return errors.Join(w.csv.Error(), w.out.Flush())
}
