package sheet

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Vocabulary is how people write the headers of one kind of table.
type Vocabulary struct {
	Columns []Heading
	Ignored []string // headers of columns that are no data: row numbers
	Footers []string // words that begin lines under a table: signatures, totals
	Own     []string // headings of groups of columns that tell of whom the row is about
	Others  []string // headings of groups that tell of somebody else: theirs are no columns of the table
}

// Heading is one column with every text its header is known to have; the first
// is its proper one.
type Heading struct {
	Key      string
	Texts    []string
	Required bool
	Or       []string // keys of others that together may stand for a required one
	Unkept   bool     // what stands in it is of no use: it makes no row
	Alone    bool     // an amount: merged over several rows it belongs to none of them
	Example  string   // of the template: a row of nothing but examples is not data
}

// Table is the sheet and the row in which the header was found.
type Table struct {
	Sheet    string
	Header   int            // row number
	Headers  []string       // as the sender wrote them
	Places   map[string]int // key → place in the row
	Keywords string         // of the document
	Twice    []Twice        // columns of a meaning that an earlier one has already
	Unknown  []int          // places of columns whose header means nothing here, and which are not read
	Unread   []Sheet        // other sheets with such a table: hidden ones, and what comes after
	book     Book
	index    int
	footers  []string
	whole    bool // has every required column
	titles   []title
	needed   []int
	kept     []int
	example  map[int]string
	merges   []Merge
	alone    map[int]bool
}

// Twice is a column left out because another of the same meaning stands before
// it; places in the row.
type Twice struct{ Used, Left int }

// Row is one row of a table; its cells are valid during the call only.
type Row struct {
	Number int // as Excel shows it
	Cells  []Cell
	Hidden bool
}

// headerDepth is how many rows of titles may stand above a header.
const headerDepth = 50

// Find looks for the header in every visible sheet; the first sheet that has
// all required columns wins. ErrNoColumns names what the nearest one lacks,
// ErrHidden a hidden sheet that lacks nothing.
func Find(book Book, words Vocabulary) (*Table, error) {
	known := newLexicon(words)
	var best *Table
	for i, s := range book.Sheets() {
		if s.Hidden {
			continue
		}
		t, err := findIn(book, i, known)
		if err != nil {
			return nil, err
		}
		if t == nil {
			continue
		}
		t.Sheet, t.Keywords = s.Name, book.Keywords()
		if t.whole {
			t.Unread = unread(book, i, known)
			return t, nil
		}
		if best == nil || len(t.Places) > len(best.Places) {
			best = t
		}
	}
	if hidden := unread(book, -1, known); len(hidden) > 0 {
		return nil, ErrHidden.With("sheet", hidden[0].Name)
	}
	if best == nil {
		return nil, ErrNoHeader.With("columns", strings.Join(proper(words), "、"))
	}
	return nil, ErrNoColumns.With("columns", strings.Join(missing(best.Places, words), "、")).With("row", best.Header)
}

// unread lists the sheets that hold such a table as well and are not read. A
// sheet that cannot be read is none of them: it is in nobody's way.
func unread(book Book, taken int, known lexicon) []Sheet {
	var out []Sheet
	for i, s := range book.Sheets() {
		if i == taken {
			continue
		}
		t, err := findIn(book, i, known)
		if err == nil && t != nil && t.whole {
			out = append(out, s)
		}
	}
	return out
}

func findIn(book Book, sheet int, words lexicon) (*Table, error) {
	merges, err := book.Merges(sheet)
	if err != nil {
		return nil, err
	}
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	// A header of two rows has its single columns merged over both.
	fills := newFiller(merges, nil, columnsOf(merges)...)
	var best *Table
	var above []string
	before := 0
	for rows.Next() && rows.Number() <= headerDepth {
		if best != nil && best.whole && rows.Number() > best.headerEnd()+1 {
			break
		}
		fills.see(rows.Number(), rows.Cells())
		cells := fills.fill(rows.Number(), rows.Cells())
		if before != rows.Number()-1 {
			above = nil
		}
		found := words.best(cells, above, rows.Number(), merges)
		above, before = textsOf(cells), rows.Number()
		// One word alone may stand in a title; a header has at least two.
		if len(found.places) < 2 && len(found.places) < len(words.Columns) || best != nil && len(found.places) <= len(best.Places) {
			continue
		}
		if best != nil && best.whole && !best.under(cells) {
			continue
		}
		best = newTable(rows.Number(), found, words)
		best.book, best.index, best.merges = book, sheet, merges
	}
	if best != nil {
		best.Header = best.headerEnd()
	}
	return best, rows.Err()
}

func columnsOf(merges []Merge) []int {
	var out []int
	for _, m := range merges {
		if m.First <= headerDepth && !slices.Contains(out, m.Column) {
			out = append(out, m.Column)
		}
	}
	return out
}

func textsOf(cells []Cell) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = Tidy(c.Text)
	}
	return out
}

func newTable(row int, l layout, words lexicon) *Table {
	t := &Table{
		Header: row, Places: l.places, Twice: l.twice, Headers: words.headers(l.titles), titles: l.titles, footers: words.Footers,
		whole: len(missing(l.places, words.Vocabulary)) == 0, example: map[int]string{}, alone: map[int]bool{},
	}
	for _, c := range words.Columns {
		i, ok := l.places[c.Key]
		if ok && !c.Unkept {
			t.kept = append(t.kept, i)
		}
		if ok && c.Required && len(c.Or) == 0 {
			t.needed = append(t.needed, i)
		}
		if ok {
			t.example[i], t.alone[i] = Tidy(c.Example), c.Alone
		}
	}
	t.Unknown = l.unknown(words)
	return t
}

func missing(places map[string]int, words Vocabulary) []string {
	var names []string
	for _, c := range words.Columns {
		if _, ok := places[c.Key]; !ok && c.Required && !stands(c.Or, places) {
			names = append(names, c.Texts[0])
		}
	}
	return names
}

// stands tells whether all the columns are there that may stand for another.
func stands(others []string, places map[string]int) bool {
	return len(others) > 0 && !slices.ContainsFunc(others, func(key string) bool { _, ok := places[key]; return !ok })
}

func proper(words Vocabulary) []string {
	var names []string
	for _, c := range words.Columns {
		if c.Required {
			names = append(names, c.Texts[0])
		}
	}
	return names
}

// Each walks the rows under the header that hold anything in a column that is
// kept.
// Signature and total lines, and the header printed again on a new page, are
// left out, and so is the example of the template. A cell merged over several
// rows is said in each of them.
func (t *Table) Each(fn func(Row) error) error {
	rows, err := t.book.Rows(t.index)
	if err != nil {
		return err
	}
	defer rows.Close()
	fill := newFiller(t.merges, t.alone, slices.Collect(maps.Values(t.Places))...)
	filled := 0
	for rows.Next() {
		cells := rows.Cells()
		fill.see(rows.Number(), cells)
		if rows.Number() <= t.Header || t.empty(cells) || t.footer(cells) || t.repeated(cells) {
			continue
		}
		if filled++; filled > MaxRows {
			return ErrTooManyRows.With("rows", MaxRows)
		}
		if err := fn(Row{Number: rows.Number(), Cells: fill.fill(rows.Number(), cells), Hidden: rows.Hidden()}); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Count reads the table through: it is whole to the end, and has so many rows.
func (t *Table) Count() (n int, err error) {
	err = t.Each(func(Row) error { n++; return nil })
	return n, err
}

func (t *Table) empty(cells []Cell) bool {
	for _, i := range t.kept {
		if i < len(cells) && (cells[i].Text != "" && Tidy(cells[i].Text) != "" || cells[i].Type == Uncalculated) {
			return false
		}
	}
	return true
}

// figure is what stands beside the word of a total line: 38, 38人. Numbers that
// tell somebody are longer.
var figure = regexp.MustCompile(`^\d[\d.,]{0,8}\p{Han}?$`)

// footer: the line begins with one of the words and lacks a required cell, or
// has nothing beside the word but figures.
func (t *Table) footer(cells []Cell) bool {
	lacks := slices.ContainsFunc(t.needed, func(i int) bool { return i >= len(cells) || Tidy(cells[i].Text) == "" })
	for n, c := range cells {
		text := strings.ReplaceAll(Tidy(c.Text), " ", "")
		if text == "" {
			continue
		}
		told := slices.ContainsFunc(cells[n+1:], func(c Cell) bool { return Tidy(c.Text) != "" && !figure.MatchString(Tidy(c.Text)) })
		return (lacks || !told) && slices.ContainsFunc(t.footers, func(word string) bool {
			rest, ok := strings.CutPrefix(text, word)
			return ok && (rest == "" || rest[0] == ':' || rest[0] == '(')
		})
	}
	return false
}
