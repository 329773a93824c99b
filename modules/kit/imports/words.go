package imports

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"carecert/modules/kit/sheet"
)

// Words is how tables are written and read (policies/rules/import_columns.yaml).
type Words struct {
	Ignored []string             `yaml:"ignored"` // headers of columns that are no data
	Refused []string             `yaml:"refused"` // headers of what a workbook of refusals adds: which row of the file it was,
	Reasons []string             `yaml:"reasons"` // and why
	Footers []string             `yaml:"footers"` // begin signature and total lines
	Groups  GroupWords           `yaml:"groups"`
	Kinds   map[string]KindWords `yaml:"kinds"`
}

// GroupWords are headings above several columns, of the row's own person or
// organisation and of others.
type GroupWords struct {
	Own    []string `yaml:"own"`
	Others []string `yaml:"others"`
}

// KindWords belong to one kind of import. Texts are by language.
type KindWords struct {
	Sheet   map[string]string   `yaml:"sheet"`
	Notes   map[string][]string `yaml:"notes"`
	Columns []ColumnWords       `yaml:"columns"`
}

// ColumnWords belong to one column.
type ColumnWords struct {
	Key      string            `yaml:"key"`
	Header   map[string]string `yaml:"header"`
	Synonyms []string          `yaml:"synonyms"`
	Example  string            `yaml:"example"`
	Values   []ValueWords      `yaml:"values"` // of a Choice
	Units    []string          `yaml:"units"`  // that may stand behind a number
	Note     map[string]string `yaml:"note"`
}

// ValueWords are what people write for one value of a choice.
type ValueWords struct {
	Code     string            `yaml:"code"`
	Label    map[string]string `yaml:"label"`
	Synonyms []string          `yaml:"synonyms"`
}

// ParseWords reads the file; unknown keys are refused.
func ParseWords(raw []byte) (Words, error) {
	var w Words
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return w, fmt.Errorf("import columns: %w", err)
	}
	return w, nil
}

const chinese = "zh-CN" // the language of proper header texts

func in(language string, texts map[string]string) string {
	if t := texts[language]; t != "" {
		return t
	}
	return texts[chinese]
}

// reading is what the words of a column make of its cells.
type reading struct {
	choices map[string]string // word → code
	proper  map[string]bool   // words that are the template's
	units   []string
}

func (w Words) reading(kind, column string) reading {
	r := reading{choices: w.choices(kind, column), proper: map[string]bool{}}
	for _, c := range w.Kinds[kind].Columns {
		if c.Key == column {
			r.units = c.Units
			for _, v := range c.Values {
				for _, t := range v.Label {
					r.proper[plain(t)] = true
				}
			}
		}
	}
	return r
}

// choices maps every word for a value of a column to its code.
func (w Words) choices(kind, column string) map[string]string {
	codes := map[string]string{}
	for _, c := range w.Kinds[kind].Columns {
		if c.Key != column {
			continue
		}
		for _, v := range c.Values {
			codes[plain(v.Code)] = v.Code
			for _, t := range v.Label {
				codes[plain(t)] = v.Code
			}
			for _, t := range v.Synonyms {
				codes[plain(t)] = v.Code
			}
		}
	}
	return codes
}

// plain is how words for choices are compared.
func plain(s string) string {
	return strings.ToLower(strings.ReplaceAll(sheet.Tidy(s), " ", ""))
}

// vocabulary joins what an importer reads with how people write it.
func (w Words) vocabulary(i Importer) (sheet.Vocabulary, error) {
	v := sheet.Vocabulary{Ignored: slices.Concat(w.Ignored, w.Reasons), Footers: w.Footers, Own: w.Groups.Own, Others: w.Groups.Others}
	v.Columns = append(v.Columns, sheet.Heading{Key: refusedRow, Unkept: true, Texts: w.Refused})
	byKey := map[string]ColumnWords{}
	for _, c := range w.Kinds[i.Kind()].Columns {
		byKey[c.Key] = c
	}
	for _, c := range i.Columns() {
		words, ok := byKey[c.Key]
		if !ok || words.Header[chinese] == "" {
			return v, fmt.Errorf("imports: column %s of %s has no header text", c.Key, i.Kind())
		}
		if c.Kind == Choice && len(words.Values) == 0 {
			return v, fmt.Errorf("imports: column %s of %s has no words to choose from", c.Key, i.Kind())
		}
		h := sheet.Heading{Key: c.Key, Required: c.Required, Or: c.Or, Unkept: c.Unkept, Alone: c.Alone, Example: words.Example, Texts: []string{words.Header[chinese]}}
		for _, t := range words.Header {
			h.Texts = append(h.Texts, t)
		}
		h.Texts = append(h.Texts, words.Synonyms...)
		v.Columns = append(v.Columns, h)
	}
	return v, nil
}

// added tells whether a header is of a column that workbooks of refusals add.
func (w Words) added(header string) bool {
	return slices.Contains(w.Refused, sheet.Tidy(header)) || slices.Contains(w.Reasons, sheet.Tidy(header))
}

// headers are those of a file, and for columns that it lacks the proper ones: a
// post may be meant where none is written.
func (w Words) headers(kind string, sent map[string]string, language string) map[string]string {
	out := make(map[string]string, len(sent))
	for _, c := range w.Kinds[kind].Columns {
		out[c.Key] = in(language, c.Header)
	}
	maps.Copy(out, sent)
	return out
}

// label says a value of a Choice column in a language; what is no such value
// says itself.
func (w Words) label(kind, column, code, language string) string {
	for _, c := range w.Kinds[kind].Columns {
		if c.Key != column {
			continue
		}
		for _, v := range c.Values {
			if v.Code == code && v.Label[language] != "" {
				return v.Label[language]
			}
		}
	}
	return code
}
