package sheet

import (
	"maps"
	"slices"
	"strings"
)

// lexicon is a vocabulary as headers are looked up in it.
type lexicon struct {
	Vocabulary
	known       map[string]string // heading → key
	own, others map[string]bool   // groups
	ignored     map[string]bool
}

func newLexicon(words Vocabulary) lexicon {
	l := lexicon{Vocabulary: words, known: map[string]string{}, own: map[string]bool{}, others: map[string]bool{}, ignored: map[string]bool{}}
	for _, c := range words.Columns {
		for _, t := range c.Texts {
			l.known[heading(t)] = c.Key
		}
	}
	for _, t := range words.Ignored {
		l.ignored[heading(t)] = true
	}
	for _, t := range words.Own {
		l.own[heading(t)] = true
	}
	for _, t := range words.Others {
		l.others[heading(t)] = true
	}
	return l
}

// title is what stands over one column.
type title struct {
	text   string // in the row itself
	above  string // in the row above it
	group  string // the heading above that it shares with its neighbours
	single bool   // it is the text above: its own row has none
}

// titlesOf reads a row with the one above it. A group's heading stands over its
// first column: it reaches as far as its merge does, else up to the next text.
func titlesOf(cells []Cell, above []string, row int, merges []Merge) []title {
	out := make([]title, max(len(cells), len(above)))
	wide := map[int]Merge{} // by column, in the row above
	for _, m := range merges {
		if m.First <= row-1 && m.Last == row-1 && m.Across > m.Column {
			for i := m.Column; i <= m.Across && i < len(out); i++ {
				wide[i] = m
			}
		}
	}
	at := func(i int) string {
		if i < len(above) {
			return above[i]
		}
		return ""
	}
	last := ""
	for i := range out {
		t := &out[i]
		if i < len(cells) {
			t.text = Tidy(cells[i].Text)
		}
		t.above = at(i)
		m, merged := wide[i]
		switch {
		case merged:
			t.group, last = at(m.Column), ""
		case t.above != "":
			t.group, last = t.above, t.above
		case t.text != "":
			t.group = last
		default:
			last = ""
		}
		if heading(t.group) == heading(t.text) { // merged downward
			t.group, last = "", ""
		}
		t.single = !merged && t.text == "" && t.above != ""
	}
	return out
}

// mayGroup tells whether a row can be the upper one of a header. One that tells
// who filled the table in, and by which telephone, cannot.
func mayGroup(above []string) bool {
	return !slices.ContainsFunc(above, func(text string) bool {
		digits := 0
		for _, r := range text {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		return digits > 4 || strings.ContainsRune(strings.TrimRight(text, ":"), ':')
	})
}

// layout is where the columns of a header stand.
type layout struct {
	places  map[string]int
	ranks   map[string]int
	twice   []Twice
	foreign []int // columns that were left out because their group tells of somebody else
	titles  []title
}

// unknown are the columns with a title of their own that nothing is known of:
// whoever sends them must hear that they are not read. Those of somebody else
// are none.
func (l layout) unknown(words lexicon) (out []int) {
	read := slices.Concat(slices.Collect(maps.Values(l.places)), l.foreign)
	for _, t := range l.twice {
		read = append(read, t.Left)
	}
	for i, t := range l.titles {
		word := heading(t.text)
		if t.single {
			word = heading(t.above)
		}
		if word != "" && !words.ignored[word] && !words.others[heading(t.group)] && !slices.Contains(read, i) {
			out = append(out, i)
		}
	}
	return out
}

// lay finds the columns; joined takes the texts above empty cells too.
func (l lexicon) lay(titles []title, joined bool) layout {
	out := layout{places: map[string]int{}, ranks: map[string]int{}, titles: titles}
	for i, t := range titles {
		if key, rank := l.meant(t); key != "" {
			out.put(key, rank, i)
		} else if rank == foreign {
			out.foreign = append(out.foreign, i)
		}
	}
	for i, t := range titles {
		key := l.known[heading(t.above)]
		if _, there := out.places[key]; joined && t.single && key != "" && !there {
			out.put(key, plainly, i)
		}
	}
	return out
}

// How surely a title means its column.
const (
	surely  = iota // its group says whose it is
	plainly        // by its text
	foreign        // somebody else's
)

// meant is the column that a title means; "" where it is none, or one of
// somebody else: 联系人/电话 is not the telephone of whom the row is about.
func (l lexicon) meant(t title) (key string, rank int) {
	word, group := heading(t.text), heading(t.group)
	if word == "" {
		return "", plainly
	}
	key = l.known[word]
	if before, after, ok := cutLast(word); key == "" && ok { // as an error workbook says it
		word, group = after, before
		key = l.known[word]
	}
	switch {
	case group != "" && l.known[group+word] != "":
		return l.known[group+word], surely
	case key != "" && l.others[group]:
		return "", foreign
	case l.own[group]:
		return key, surely
	}
	return key, plainly
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndex(s, groupMark)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+len(groupMark):], true
}

// groupMark stands between a group and its column where both are said.
const groupMark = "/"

// put places a column. Of two that mean the same the surer one counts; of two
// equally sure ones the first, and the other is told of.
func (l *layout) put(key string, rank, at int) {
	first, again := l.places[key]
	switch {
	case again && rank == l.ranks[key]:
		l.twice = append(l.twice, Twice{first, at})
	case !again || rank < l.ranks[key]:
		l.places[key], l.ranks[key] = at, rank
		l.twice = slices.DeleteFunc(l.twice, func(t Twice) bool { return t.Used == first && again })
	}
}

// headers are the titles as they are told: with their group where the text
// stands in two of them, or in somebody else's.
func (l lexicon) headers(titles []title) []string {
	first, shared := map[string]string{}, map[string]bool{}
	for _, t := range titles {
		word := heading(t.text)
		if group, again := first[word]; again {
			shared[word] = shared[word] || group != t.group
		} else {
			first[word] = t.group
		}
	}
	out := make([]string, len(titles))
	for i, t := range titles {
		word := heading(t.text)
		switch {
		case t.single:
			out[i] = t.above
		case t.group != "" && l.known[word] != "" && (shared[word] || l.others[heading(t.group)]):
			out[i] = t.group + groupMark + t.text
		default:
			out[i] = t.text
		}
	}
	return out
}

// best reads a row as a header, by itself or with the row above.
func (l lexicon) best(cells []Cell, above []string, row int, merges []Merge) layout {
	if !mayGroup(above) {
		above = nil
	}
	titles := titlesOf(cells, above, row, merges)
	out := l.lay(titles, false)
	if joined := l.lay(titles, true); len(joined.places) > len(out.places) {
		out = joined
	}
	if len(out.foreign) > 0 && len(missing(out.places, l.Vocabulary)) > 0 { // what looked like groups were none
		if alone := l.lay(titlesOf(cells, nil, row, nil), false); len(missing(alone.places, l.Vocabulary)) == 0 {
			return alone
		}
	}
	return out
}

// under tells whether a row may be the lower one of a complete header: it has
// nothing of its own where the header has what every row needs.
func (t *Table) under(cells []Cell) bool {
	return !slices.ContainsFunc(t.needed, func(i int) bool {
		return i < len(cells) && Tidy(cells[i].Text) != "" && Tidy(cells[i].Text) != t.Headers[i]
	})
}

// headerEnd is the last row of the header: a title that is merged downward
// says that it has another one.
func (t *Table) headerEnd() int {
	end := t.Header
	for _, m := range t.merges {
		if m.First <= t.Header && m.Last > end && m.Last <= headerDepth && slices.Contains(slices.Collect(maps.Values(t.Places)), m.Column) {
			end = m.Last
		}
	}
	return end
}

// repeated: the header printed again on a new page, either of its rows, or the
// example of the template.
func (t *Table) repeated(cells []Cell) bool {
	header, example := true, true
	for _, i := range t.Places {
		text := ""
		if i < len(cells) {
			text = Tidy(cells[i].Text)
		}
		header = header && (text == "" || text == t.titles[i].text || text == t.titles[i].above)
		example = example && text == t.example[i]
		if !header && !example {
			return false
		}
	}
	return true
}
