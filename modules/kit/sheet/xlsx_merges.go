package sheet

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Merge is a run of rows that share one cell in a column, and in those behind
// it up to Across. The cell stands in the first of them.
type Merge struct{ Column, First, Last, Across int }

// maxMerges of a sheet are read; nobody merges more by hand.
const maxMerges = 100_000

// Merges implements Book: the cells merged over several rows, by column, and in
// headers those merged over several columns. They
// stand behind all rows, so the part is gone through for them alone.
func (b *workbook) Merges(sheet int) ([]Merge, error) {
	body, err := b.open(b.sheets[sheet].part)
	if body == nil || err != nil {
		return nil, err
	}
	defer body.Close()
	tags := bufio.NewScanner(body)
	tags.Buffer(make([]byte, 64<<10), 2*maxRun)
	tags.Split(byTag)
	var found []Merge
	for tags.Scan() {
		m, ok := mergeOf(tags.Bytes())
		if !ok {
			continue
		}
		if found = append(found, m); len(found) > maxMerges {
			return nil, ErrBomb
		}
	}
	if err := tags.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, ErrBomb
		}
		return nil, unreadable(err)
	}
	slices.SortFunc(found, func(a, b Merge) int { return cmp.Or(a.Column-b.Column, a.First-b.First) })
	return found, nil
}

// byTag cuts a document behind every tag.
func byTag(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '>'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF {
		return len(data), nil, nil
	}
	return 0, nil, nil
}

// mergeOf reads <mergeCell ref="B5:C7"/>. A cell merged across columns only
// covers nothing below it, and tells nothing but the groups of a header.
func mergeOf(token []byte) (m Merge, ok bool) {
	tag := token[bytes.LastIndexByte(token, '<')+1:]
	if prefix := bytes.IndexByte(tag, ':'); prefix >= 0 && bytes.HasPrefix(tag[prefix+1:], []byte("mergeCell ")) {
		tag = tag[prefix+1:]
	}
	if !bytes.HasPrefix(tag, []byte("mergeCell ")) {
		return m, false
	}
	_, ref, _ := strings.Cut(string(tag), "ref=")
	if ref = strings.TrimLeft(ref, `"'`); strings.ContainsAny(ref, `"'`) {
		ref = ref[:strings.IndexAny(ref, `"'`)]
	}
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return m, false
	}
	m = Merge{Column: column(from), First: rowOf(from), Last: rowOf(to), Across: column(to)}
	group := m.First == m.Last && m.First <= headerDepth && m.Across > m.Column
	return m, m.Column >= 0 && m.Column < MaxColumns && m.First > 0 && (m.First < m.Last || group)
}

func rowOf(name string) int {
	n, err := strconv.Atoi(strings.TrimLeft(strings.ToUpper(name), "$ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if err != nil {
		return 0
	}
	return n
}

// filler says a cell that is merged over several rows again in each of them.
type filler struct {
	columns []*fillColumn
}

type fillColumn struct {
	place  int
	alone  bool
	merges []Merge
	anchor Cell
}

// newFiller takes the merges of the columns at the places; alone tells which
// of them hold an amount, which may not be said twice.
func newFiller(merges []Merge, alone map[int]bool, places ...int) *filler {
	f := &filler{}
	for _, place := range places {
		c := &fillColumn{place: place, alone: alone[place]}
		for _, m := range merges {
			if m.Column == place && m.First < m.Last {
				c.merges = append(c.merges, m)
			}
		}
		if len(c.merges) > 0 {
			f.columns = append(f.columns, c)
		}
	}
	return f
}

// see remembers what stands at the beginning of a merge. Rows come in order.
func (f *filler) see(number int, cells []Cell) {
	for _, c := range f.columns {
		for len(c.merges) > 0 && c.merges[0].Last < number {
			c.merges = c.merges[1:]
			c.anchor = Cell{}
		}
		if len(c.merges) > 0 && c.merges[0].First == number {
			c.anchor = Cell{}
			if c.place < len(cells) {
				c.anchor = cells[c.place]
			}
		}
	}
}

// fill completes the row that was seen last.
func (f *filler) fill(number int, cells []Cell) []Cell {
	for _, c := range f.columns {
		if len(c.merges) == 0 || c.merges[0].First > number || c.anchor.Text == "" && c.anchor.Type == String {
			continue
		}
		for len(cells) <= c.place {
			cells = append(cells, Cell{})
		}
		switch {
		case c.alone:
			cells[c.place] = Cell{Text: c.anchor.Text, Type: Merged}
		case c.merges[0].First < number:
			cells[c.place] = c.anchor
		}
	}
	return cells
}
