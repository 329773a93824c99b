package imports

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode"

	"carecert/modules/kernel"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store"
)

// Speaker finds words in the language of the reader.
type Speaker interface {
	Language() string
	Say(code string, params ...string) string
}

// sentence puts a problem into words; {column} is the header as sent.
func sentence(words Speaker, headers map[string]string, p Problem) string {
	params := make([]string, 0, 2*len(p.Params)+2)
	for k, v := range p.Params {
		params = append(params, k, v)
	}
	return words.Say(p.Code, append(params, "column", headers[p.Column])...)
}

// ErrorWorkbook writes the rejected rows as they were sent, each with the
// reason behind it: to be mended and sent again. Who oversees the office that
// sent them reads long numbers masked: it is not theirs to mend, and clear ones
// are told with a reason only (people's reveal). ErrUnknown.
func (s *Service) ErrorWorkbook(ctx context.Context, id string, words Speaker, out io.Writer) error {
	d, err := s.inReach(ctx, id)
	if err != nil {
		return err
	}
	importer, ok := s.importers[d.Kind]
	if !ok {
		return ErrUnsupported.With("kind", d.Kind)
	}
	table, err := s.table(ctx, d, importer)
	if err != nil {
		return err
	}
	masked := !d.fromOffice(kernel.ActorFrom(ctx))
	act := s.act("exportRefusals", d)
	act.Detail["masked"] = strconv.FormatBool(masked)
	if err := s.repo.db.Tx(ctx, func(ctx context.Context) error { return s.audit.Record(ctx, act) }); err != nil {
		return err
	}
	var kept []int // columns; not those that a workbook before this one added
	var titles []string
	for i, h := range table.Headers {
		if d.Marked == "" || !s.words.added(h) {
			kept, titles = append(kept, i), append(titles, h)
		}
	}
	titles = append(titles, words.Say("imports.workbook.row"), words.Say("imports.workbook.reason"))
	w, err := sheet.NewWorkbook(out, sheet.Style{
		Sheet: words.Say("imports.workbook.errors"), Widths: widths(len(titles)), Headers: 1, Marked: len(titles), Keywords: workbookMark + d.ID,
	})
	if err != nil {
		return fmt.Errorf("error workbook: %w", err)
	}
	if err := w.Row(titles...); err != nil {
		return fmt.Errorf("error workbook: %w", err)
	}
	if err := s.copyRejected(ctx, d, table, kept, words, masked, w); err != nil {
		return fmt.Errorf("error workbook: %w", err)
	}
	return w.Close()
}

// copyRejected walks the file and what is kept of its rows side by side.
func (s *Service) copyRejected(ctx context.Context, d importDoc, table *sheet.Table, kept []int, words Speaker, masked bool, w sheet.Writer) error {
	var failure error
	next, stop := iter.Pull(s.rejected(ctx, d.ID, &failure))
	defer stop()
	row, more := next()
	titles := s.words.headers(d.Kind, d.Headers, words.Language())
	texts := make([]string, len(kept)+2)
	days := map[int]bool{} // the places of columns that are read as days
	for _, c := range s.importers[d.Kind].Columns() {
		if at, ok := table.Places[c.Key]; ok && c.Kind == Date {
			days[at] = true
		}
	}
	err := table.Each(func(r sheet.Row) error {
		if !more || r.Number != row.Number {
			return nil
		}
		for i, at := range kept {
			texts[i] = ""
			if at < len(r.Cells) {
				texts[i] = asSent(r.Cells[at], days[at])
				if masked {
					texts[i] = maskNumbers(texts[i])
				}
			}
		}
		reasons := make([]string, len(row.Problems))
		for i, p := range row.Problems {
			reasons[i] = sentence(words, titles, p)
		}
		texts[len(kept)], texts[len(kept)+1] = strconv.Itoa(r.Number), strings.Join(reasons, " ")
		row, more = next()
		return w.Row(texts...)
	})
	if failure != nil {
		return failure
	}
	return err
}

// maskNumbers hides the middle of what may be a number of a person, whatever
// column it stands in: letters and digits in a row, with spaces and hyphens
// between them, at least as many as a passport's number has.
func maskNumbers(text string) string {
	out := []rune(text)
	var run []int // where they stand
	digits := 0
	hide := func() {
		if len(run) >= shortest && digits >= shortest/2 {
			for _, i := range run[3 : len(run)-4] {
				out[i] = '*'
			}
		}
		run, digits = run[:0], 0
	}
	for i, r := range out {
		switch {
		case unicode.IsDigit(r):
			run, digits = append(run, i), digits+1
		case unicode.Is(unicode.Latin, r):
			run = append(run, i)
		case r != ' ' && r != '-':
			hide()
		}
	}
	hide()
	return string(out)
}

// shortest number of a person: a passport's, one letter and eight digits.
const shortest = 9

// asSent is the text of a cell in the workbook of refusals, where every cell
// is text. A long number that lost digits keeps the look of one: sent back as
// it is it must not pass for what was typed. Days counted from 1904 are written
// out: the workbook of refusals counts from 1900.
func asSent(c sheet.Cell, day bool) string {
	if c.Type != sheet.Number || strings.ContainsAny(c.Text, "eE") {
		return c.Text
	}
	if on, is := sheet.ParseDay(c); is && day && c.From1904 {
		return string(on)
	}
	v, err := strconv.ParseFloat(c.Text, 64)
	if err != nil || math.Abs(v) < 1e15 {
		return c.Text
	}
	return strconv.FormatFloat(v, 'E', exactDigits-1, 64)
}

func (s *Service) rejected(ctx context.Context, id string, failure *error) iter.Seq[rowDoc] {
	return func(yield func(rowDoc) bool) {
		*failure = s.repo.rows(ctx, id, func(row rowDoc) error {
			if row.Action == Rejected && !yield(row) {
				return store.Stop
			}
			return nil
		})
	}
}

func widths(columns int) []float64 {
	w := make([]float64, columns)
	for i := range w {
		w[i] = 18
	}
	w[columns-1] = 60
	return w
}

// Template writes an empty table of the kind with an example and notes; of
// something, with what is known of it filled in. ErrUnsupported, and what the
// importer says.
func (s *Service) Template(ctx context.Context, kind, of string, words Speaker, out io.Writer) error {
	importer, ok := s.importers[kind]
	if !ok {
		return ErrUnsupported.With("kind", kind)
	}
	var rows []map[string]string
	if of != "" {
		prefiller, can := importer.(Prefiller)
		if !can {
			return ErrUnsupported.With("kind", kind)
		}
		_, reach, err := s.importer(ctx, kind)
		if err != nil {
			return err
		}
		if rows, err = prefiller.Prefill(kernel.WithReach(ctx, reach), of); err != nil {
			return err
		}
	}
	language := words.Language()
	known := s.words.Kinds[kind]
	byKey := map[string]ColumnWords{}
	for _, c := range known.Columns {
		byKey[c.Key] = c
	}
	t := sheet.Template{
		Sheet: in(language, known.Sheet), NotesSheet: words.Say("imports.workbook.notes"),
		NoteTitles: []string{words.Say("imports.workbook.column"), words.Say("imports.workbook.required"), words.Say("imports.workbook.note")},
	}
	if t.Notes = known.Notes[language]; t.Notes == nil {
		t.Notes = known.Notes[chinese]
	}
	for _, c := range importer.Columns() {
		w := byKey[c.Key]
		column := sheet.TemplateColumn{Header: in(language, w.Header), Example: w.Example, Note: in(language, w.Note)}
		for _, v := range w.Values {
			column.Choices = append(column.Choices, in(language, v.Label))
		}
		if c.Required {
			column.Required = words.Say("imports.workbook.yes")
		}
		t.Columns = append(t.Columns, column)
	}
	for _, row := range rows {
		texts := make([]string, 0, len(t.Columns))
		for _, c := range importer.Columns() {
			texts = append(texts, row[c.Key])
		}
		t.Rows = append(t.Rows, texts)
	}
	return t.Write(out)
}
