// Package pinyin spells Chinese names for search and sorting: by their
// characters, by full pinyin and by initials. Characters that no table knows
// stay as they are, so that a rare name is still found by its characters.
//
// Readings that a character-by-character table gets wrong (surnames 单 and 曾,
// place names) are data: policies/rules/readings.csv.
package pinyin

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	dictionary "github.com/mozillazg/go-pinyin"
)

// Reading is one exception: how a text is read as a surname, or anywhere.
type Reading struct {
	Text    string
	Pinyin  string // syllables separated by blanks, one per character
	Surname bool   // only at the beginning of a person's name
}

// ParseReadings reads the exceptions: text, pinyin, surname (yes or no) under a
// header; a syllable for each character.
func ParseReadings(raw []byte) ([]Reading, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = 3
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("readings: %w", err)
	}
	var out []Reading
	for _, row := range rows[min(1, len(rows)):] {
		if len(strings.Fields(row[1])) != utf8.RuneCountInString(row[0]) {
			return nil, fmt.Errorf("readings: %q does not spell %q", row[1], row[0])
		}
		out = append(out, Reading{Text: row[0], Pinyin: row[1], Surname: row[2] == "yes"})
	}
	return out, nil
}

// Keys are what a name is looked up and sorted by. They are folded as Fold
// folds a query.
type Keys struct {
	Characters string // 王秀兰
	Pinyin     string // wangxiulan
	Initials   string // wxl
	surname    int    // bytes of Pinyin that spell the surname; 0 where there is none
	units      []unit
}

// unit is a character, or a word in letters, and how it is read.
type unit struct{ text, pinyin string }

// shortName is how many units a name has of which every part behind the
// beginning is looked up: nearly all Chinese names. Of a longer one only the
// ends are, the last longestEnds of them.
const (
	shortName   = 4
	longestEnds = 12
)

// Within are the parts of a name that somebody may know it by without its
// beginning: of 王秀兰 秀兰, xiulan, 秀 and 兰, not lan, which is half the
// register. What the name, its pinyin or its initials begin with is none of
// them: that is found by these.
func (k Keys) Within() []string {
	var out []string
	add := func(text string) {
		begins := strings.HasPrefix(k.Characters, text) || strings.HasPrefix(k.Pinyin, text) || strings.HasPrefix(k.Initials, text)
		if !begins && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	n := len(k.units)
	for from := max(1, n-longestEnds); from < n; from++ {
		text, spelled := "", ""
		for to := from; to < n; to++ {
			text, spelled = text+k.units[to].text, spelled+k.units[to].pinyin
			if end := to == n-1; end || n <= shortName {
				add(text)
				if end && (n-from > 1 || n == 2) {
					add(spelled)
				}
			}
		}
	}
	return out
}

// Formerly are the keys by which somebody is found who once had the name, and is
// called otherwise now: its beginnings of two characters and more, by characters
// and by pinyin, its initials, and its parts. What the name of today begins with
// or holds is none of them: that is found by this one.
func (k Keys) Formerly(now Keys) []string {
	known := now.Within()
	var out []string
	add := func(text string) {
		begins := strings.HasPrefix(now.Characters, text) || strings.HasPrefix(now.Pinyin, text) || strings.HasPrefix(now.Initials, text)
		if text != "" && !begins && !slices.Contains(known, text) && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	text, spelled := "", ""
	for i, u := range k.units {
		text, spelled = text+u.text, spelled+u.pinyin
		if i > 0 || len(k.units) == 1 {
			add(text)
			add(spelled)
		}
	}
	add(k.Initials)
	for _, part := range k.Within() {
		add(part)
	}
	return out
}

// Finds tells whether a folded query finds the name by its beginning or a part.
func (k Keys) Finds(folded string) bool {
	return strings.HasPrefix(k.Characters, folded) || strings.HasPrefix(k.Pinyin, folded) || strings.HasPrefix(k.Initials, folded) ||
		slices.Contains(k.Within(), folded)
}

// FindsFormer tells whether a folded query finds somebody called now by the
// name that they once had.
func (k Keys) FindsFormer(folded string, now Keys) bool {
	return !now.Finds(folded) && slices.Contains(k.Formerly(now), folded)
}

// Sort orders by pinyin, a person's by surname first (陈春燕 before 程爱华, though
// chengaihua comes before chenchunyan), and homophones by their characters.
func (k Keys) Sort() string {
	if k.surname == 0 {
		return k.Pinyin + " " + k.Characters
	}
	return k.Pinyin[:k.surname] + " " + k.Pinyin[k.surname:] + " " + k.Characters
}

// Sorted gives the beginnings of Sort that pinyin as it is typed may mean:
// chenchun is surname chen and name chun, or che and nchun. No two of them
// begin the same key.
func Sorted(typed string) []string {
	out := []string{typed}
	for n := 1; n < len(typed) && n <= longestSurname; n++ {
		if readings()[typed[:n]] {
			out = append(out, typed[:n]+" "+typed[n:])
		}
	}
	return out
}

const longestSurname = 6 // letters of a syllable: zhuang

// readings are the syllables that characters are read as.
//
//nolint:gochecknoglobals // a table that is worked out once
var readings = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	args := dictionary.NewArgs()
	args.Heteronym = true
	for r := rune(0x4e00); r <= 0x9fff; r++ {
		for _, syllable := range dictionary.SinglePinyin(r, args) {
			out[syllable] = true
		}
	}
	return out
})

// Speller spells names. It is safe for concurrent use.
type Speller struct {
	surnames, words map[string][]string
	longest         int // characters of the longest reading
	args            dictionary.Args
}

// New makes a speller with the exceptions; one whose syllables do not match
// its characters is left out.
func New(readings []Reading) *Speller {
	s := &Speller{surnames: map[string][]string{}, words: map[string][]string{}, args: dictionary.NewArgs()}
	for _, r := range readings {
		syllables, n := strings.Fields(strings.ToLower(r.Pinyin)), utf8.RuneCountInString(r.Text)
		if n == 0 || len(syllables) != n {
			continue
		}
		s.longest = max(s.longest, n)
		if r.Surname {
			s.surnames[r.Text] = syllables
		} else {
			s.words[r.Text] = syllables
		}
	}
	return s
}

// Person spells a person's name: it begins with the surname.
func (s *Speller) Person(name string) Keys { return s.spell(name, true) }

// Name spells any other name.
func (s *Speller) Name(name string) Keys { return s.spell(name, false) }

func (s *Speller) spell(name string, person bool) Keys {
	folded := Fold(name)
	runes := []rune(folded)
	var full, initials strings.Builder
	surname := 0
	var units []unit
	for i := 0; i < len(runes); {
		syllables := s.reading(runes[i:], person && i == 0)
		for n, syllable := range syllables {
			units = append(units, unit{string(runes[i+n]), syllable})
			full.WriteString(syllable)
			first, _ := utf8.DecodeRuneInString(syllable)
			initials.WriteRune(first)
		}
		if person && i == 0 && unicode.Is(unicode.Han, runes[0]) {
			surname = len(syllables[0]) // of 欧阳, 欧: that is enough to keep them together
		}
		i += len(syllables)
	}
	return Keys{Characters: folded, Pinyin: full.String(), Initials: initials.String(), surname: surname, units: joined(units, name)}
}

// mostBeginnings bounds how many readings of a typed text are told apart.
const mostBeginnings = 16

// Beginnings gives what Sort of every person may begin with whose characters
// begin with the folded text: one for each way in which its characters are read,
// as a surname too. Where there are too many ways, shorter ones that begin more.
func (s *Speller) Beginnings(folded string) []string {
	out := []string{""}
	runes := []rune(folded)
	for i := range runes {
		syllables := s.readingsAt(runes, i)
		if len(out)*len(syllables) > mostBeginnings {
			break
		}
		next := make([]string, 0, len(out)*len(syllables))
		for _, begun := range out {
			for _, syllable := range syllables {
				if i == 0 && unicode.Is(unicode.Han, runes[0]) {
					syllable += " " // as Sort sets a surname apart
				}
				next = append(next, begun+syllable)
			}
		}
		out = next
	}
	slices.Sort(out)
	return out
}

// readingsAt are the syllables as which a name that begins with the runes may
// be spelled at one of them: by itself, or within an exception that it stands in.
func (s *Speller) readingsAt(runes []rune, i int) []string {
	out := s.bare(runes[i])
	add := func(text []rune, syllables []string, from int) {
		typed := min(len(runes)-from, len(text))
		if syllable := syllables[i-from]; slices.Equal(runes[from:from+typed], text[:typed]) && !slices.Contains(out, syllable) {
			out = append(out, syllable)
		}
	}
	for word, syllables := range s.words {
		text := []rune(word)
		for from := max(0, i-len(text)+1); from <= i; from++ {
			add(text, syllables, from)
		}
	}
	for surname, syllables := range s.surnames {
		if text := []rune(surname); i < len(text) {
			add(text, syllables, 0)
		}
	}
	return out
}

// joined puts the letters of each word of a name into one unit: a word ends
// where the name has a blank or a mark.
func joined(units []unit, name string) []unit {
	out := make([]unit, 0, len(units))
	next, inWord := 0, false
	for _, r := range name {
		folded := Fold(string(r))
		if folded == "" || next == len(units) {
			inWord = false
			continue
		}
		u, letter := units[next], !unicode.Is(unicode.Han, r)
		if next++; letter && inWord {
			out[len(out)-1].text += u.text
			out[len(out)-1].pinyin += u.pinyin
		} else {
			out = append(out, u)
		}
		inWord = letter
	}
	return out
}

// reading spells what the runes begin with: the longest exception, else one
// character.
func (s *Speller) reading(runes []rune, surname bool) []string {
	for n := min(s.longest, len(runes)); n > 0; n-- {
		text := string(runes[:n])
		if r, ok := s.surnames[text]; ok && surname {
			return r
		}
		if r, ok := s.words[text]; ok {
			return r
		}
	}
	return s.bare(runes[0])
}

// bare is how a character is read that stands in no exception.
func (s *Speller) bare(r rune) []string {
	if found := dictionary.SinglePinyin(r, s.args); len(found) > 0 {
		return found[:1:1]
	}
	return []string{string(r)}
}

// Fold makes two spellings of one name equal: half-width, lower case, without
// blanks and marks.
func Fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '　':
			return -1
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// Unspoken tells whether somebody typed marks alone: no name has them, where
// nothing typed means all names.
func Unspoken(text string) bool { return strings.TrimSpace(text) != "" && Fold(text) == "" }

// Latin tells whether a folded query is typed in letters and digits, to be
// looked up as pinyin or initials.
func Latin(folded string) bool {
	for i := range len(folded) {
		if folded[i] >= utf8.RuneSelf {
			return false
		}
	}
	return folded != ""
}
