package imports

import (
	"context"

	"carecert/modules/kit/sheet"
)

const batchRows = 500

// batch is a run of rows on their way to the importer. flaws has what the
// engine refuses, doubts what it warns about, by row number.
type batch struct {
	rows   []Row
	flaws  map[int][]Problem
	doubts map[int][]Problem
	last   int // number of the last row
}

// batches reads the table into batches and hands them on.
type batches struct {
	columns []Column
	words   []reading // by column
	table   *sheet.Table
	layout  map[string]int
	refused int // place of the row's number in the file that was refused; -1 without
}

func newBatches(i Importer, words Words, t *sheet.Table) *batches {
	b := &batches{table: t, layout: map[string]int{}, refused: -1}
	if place, ok := t.Places[refusedRow]; ok {
		b.refused = place
	}
	for _, c := range i.Columns() {
		if _, ok := t.Places[c.Key]; ok && !c.Unkept {
			b.layout[c.Key] = len(b.columns)
			b.columns = append(b.columns, c)
			b.words = append(b.words, words.reading(i.Kind(), c.Key))
		}
	}
	return b
}

// RowOf makes a row of texts as the engine would: importers' tests need rows.
// A choice is given as its code.
func RowOf(number int, columns []Column, texts map[string]string) Row {
	row := Row{Number: number, layout: map[string]int{}}
	for _, c := range columns {
		text, ok := texts[c.Key]
		if !ok {
			continue
		}
		cell, code := read(c.Kind, sheet.Cell{Text: text}, reading{choices: map[string]string{plain(text): text}})
		cell.Flawed = code != "" && !c.Mild
		row.layout[c.Key] = len(row.cells)
		row.cells = append(row.cells, cell)
	}
	return row
}

// each hands on full batches until fn errs.
func (b *batches) each(fn func(batch) error) error {
	var now batch
	var room []Cell
	err := b.table.Each(func(r sheet.Row) error {
		if len(room) < len(b.columns) {
			room = make([]Cell, batchRows*len(b.columns))
		}
		row := Row{Number: r.Number, cells: room[:len(b.columns):len(b.columns)], layout: b.layout}
		room = room[len(b.columns):]
		if b.refused >= 0 && b.refused < len(r.Cells) {
			row.refused = rowInFile(r.Cells[b.refused].Text)
		}
		b.fill(&now, row, r.Cells)
		if r.Hidden {
			now.doubts = note(now.doubts, r.Number, Problem{Code: codeHidden})
		}
		now.rows, now.last = append(now.rows, row), r.Number
		if len(now.rows) < batchRows {
			return nil
		}
		full := now
		now = batch{rows: make([]Row, 0, batchRows)}
		return fn(full)
	})
	if err != nil || len(now.rows) == 0 {
		return err
	}
	return fn(now)
}

func (b *batches) fill(to *batch, row Row, cells []sheet.Cell) {
	for i, c := range b.columns {
		var raw sheet.Cell
		if place := b.table.Places[c.Key]; place < len(cells) {
			raw = cells[place]
		}
		cell, code := read(c.Kind, raw, b.words[i])
		if code == "" && c.Required && len(c.Or) == 0 && cell.Text == "" {
			code = codeRequired
		}
		switch {
		case code == "":
		case c.Mild:
			to.doubts = note(to.doubts, row.Number, flaw(c.Key, code, raw))
		default:
			cell.Flawed = true
			to.flaws = note(to.flaws, row.Number, flaw(c.Key, code, raw))
		}
		row.cells[i] = cell
	}
}

func note(on map[int][]Problem, row int, p Problem) map[int][]Problem {
	if on == nil {
		on = map[int][]Problem{}
	}
	on[row] = append(on[row], p)
	return on
}

// do passes a batch through the importer, the flawed rows only to be checked,
// and answers the outcomes in the order of the rows.
func (b batch) do(ctx context.Context, i Importer, scope *Scope) ([]Outcome, error) {
	scope.Seen.again()
	sound, flawed := b.rows, []Row(nil)
	if len(b.flaws) > 0 {
		sound = make([]Row, 0, len(b.rows))
		for _, r := range b.rows {
			if b.flaws[r.Number] == nil {
				sound = append(sound, r)
			} else {
				flawed = append(flawed, r)
			}
		}
	}
	work := i.Apply
	if scope.DryRun {
		work = i.Check
	}
	done, err := outcomes(ctx, work, scope, sound)
	if err != nil {
		return nil, err
	}
	looking := *scope
	looking.Seen = scope.Seen.close()
	checked, err := outcomes(ctx, i.Check, &looking, flawed)
	if err != nil {
		return nil, err
	}
	for n := range checked {
		checked[n] = refuse(checked[n], b.flaws[checked[n].Row])
	}
	all := inOrder(done, checked)
	if len(b.doubts) > 0 {
		for n := range all {
			all[n].Warnings = append(all[n].Warnings, b.doubts[all[n].Row]...)
		}
	}
	return all, nil
}

func outcomes(ctx context.Context, work func(context.Context, *Scope, []Row) ([]Outcome, error), scope *Scope, rows []Row) ([]Outcome, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	out, err := work(ctx, scope, rows)
	if err != nil {
		return nil, err
	}
	if len(out) != len(rows) {
		return nil, errOutcomes
	}
	for n := range out {
		if out[n].Row != rows[n].Number {
			return nil, errOutcomes
		}
	}
	return out, nil
}

// refuse adds what the engine found; its word on a column goes before the
// importer's, which judged an empty cell.
func refuse(o Outcome, flaws []Problem) Outcome {
	own := map[string]bool{}
	for _, p := range flaws {
		own[p.Column] = true
	}
	problems := append([]Problem(nil), flaws...)
	for _, p := range o.Problems {
		if !own[p.Column] {
			problems = append(problems, p)
		}
	}
	var warnings []Problem
	for _, p := range o.Warnings {
		if !own[p.Column] {
			warnings = append(warnings, p)
		}
	}
	return Outcome{Row: o.Row, Action: Rejected, Problems: problems, Warnings: warnings, Label: o.Label}
}

func inOrder(a, b []Outcome) []Outcome {
	if len(b) == 0 {
		return a
	}
	out := make([]Outcome, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].Row < b[0].Row {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}
