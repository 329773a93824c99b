package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Template is an empty table to fill in.
type Template struct {
	Sheet      string
	Columns    []TemplateColumn
	NotesSheet string
	Notes      []string   // lines above the table of columns on the notes sheet
	NoteTitles []string   // titles of that table: column, required, note
	Rows       [][]string // filled in, instead of the example
}

// TemplateColumn is one column of a template.
type TemplateColumn struct {
	Header   string
	Example  string
	Note     string
	Required string // the word for it; empty when it may be left out
	Choices  []string
}

const templateRows = 5000

// Write makes the workbook: a sheet with the header, an example row and lists
// to choose from, every column formatted as text so that Excel keeps all
// digits, and a sheet of notes.
func (t Template) Write(out io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetSheetName("Sheet1", t.Sheet); err != nil {
		return fmt.Errorf("template: %w", err)
	}
	bold, text, marked, err := styles(f)
	if err != nil {
		return fmt.Errorf("template: %w", err)
	}
	for i, c := range t.Columns {
		if err := t.column(f, i+1, c, bold, text, marked); err != nil {
			return fmt.Errorf("template column %s: %w", c.Header, err)
		}
	}
	if err := t.fillIn(f, text); err != nil {
		return fmt.Errorf("template rows: %w", err)
	}
	if err := f.SetPanes(t.Sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := t.notes(f, bold); err != nil {
		return fmt.Errorf("template notes: %w", err)
	}
	_, err = f.WriteTo(out)
	return err
}

// Letters names a column as a spreadsheet program does: A for place 0.
func Letters(place int) string {
	name, _ := excelize.ColumnNumberToName(place + 1) // fails beyond the last column only, which no table has
	return name
}

func (t Template) column(f *excelize.File, n int, c TemplateColumn, bold, text, marked int) error {
	letter, err := excelize.ColumnNumberToName(n)
	if err != nil {
		return err
	}
	header := bold
	if c.Required != "" {
		header = marked
	}
	err = errors.Join(
		f.SetColStyle(t.Sheet, letter, text),
		f.SetColWidth(t.Sheet, letter, letter, max(12, float64(2*len([]rune(c.Header))+6), float64(len(c.Example)+4))),
		f.SetCellStr(t.Sheet, letter+"1", c.Header),
		f.SetCellStyle(t.Sheet, letter+"1", letter+"1", header),
		f.SetCellStr(t.Sheet, letter+"2", t.example(c)),
		f.SetCellStyle(t.Sheet, letter+"2", letter+"2", text),
	)
	if err != nil || len(c.Choices) == 0 {
		return err
	}
	list := excelize.NewDataValidation(true)
	list.Sqref = fmt.Sprintf("%s2:%s%d", letter, letter, templateRows)
	if err := list.SetDropList(c.Choices); err != nil {
		return err
	}
	return f.AddDataValidation(t.Sheet, list)
}

func (t Template) example(c TemplateColumn) string {
	if len(t.Rows) > 0 {
		return ""
	}
	return Neutral(c.Example)
}

func (t Template) fillIn(f *excelize.File, text int) error {
	for n, row := range t.Rows {
		for i, s := range row {
			at, err := excelize.CoordinatesToCellName(i+1, n+2)
			if err != nil {
				return err
			}
			if err := errors.Join(f.SetCellStr(t.Sheet, at, Neutral(s)), f.SetCellStyle(t.Sheet, at, at, text)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t Template) notes(f *excelize.File, bold int) error {
	if _, err := f.NewSheet(t.NotesSheet); err != nil {
		return err
	}
	row := 0
	put := func(texts ...string) error {
		row++
		for i, s := range texts {
			at, err := excelize.CoordinatesToCellName(i+1, row)
			if err != nil {
				return err
			}
			if err := f.SetCellStr(t.NotesSheet, at, Neutral(s)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, n := range t.Notes {
		if err := put(n); err != nil {
			return err
		}
	}
	if err := put(t.NoteTitles...); err != nil {
		return err
	}
	if err := f.SetRowStyle(t.NotesSheet, row, row, bold); err != nil {
		return err
	}
	for _, c := range t.Columns {
		if err := put(c.Header, c.Required, strings.TrimSpace(c.Note)); err != nil {
			return err
		}
	}
	return errors.Join(f.SetColWidth(t.NotesSheet, "A", "B", 18), f.SetColWidth(t.NotesSheet, "C", "C", 80))
}
