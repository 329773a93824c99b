package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// sheetRows streams the rows of a worksheet part.
type sheetRows struct {
	book   *workbook
	body   io.ReadCloser
	xml    *xml.Decoder
	number int
	cells  []Cell
	hidden bool
	ended  bool
	err    error
}

// Rows implements Book.
func (b *workbook) Rows(sheet int) (Rows, error) {
	body, err := b.open(b.sheets[sheet].part)
	if err != nil {
		return nil, err
	}
	if body == nil {
		return nil, ErrBroken
	}
	return &sheetRows{book: b, body: body, xml: xml.NewDecoder(body)}, nil
}

func (r *sheetRows) Number() int   { return r.number }
func (r *sheetRows) Cells() []Cell { return r.cells }
func (r *sheetRows) Hidden() bool  { return r.hidden }
func (r *sheetRows) Err() error    { return r.err }
func (r *sheetRows) Close()        { r.body.Close() }

// Next reads up to the end of the next row.
func (r *sheetRows) Next() bool {
	for r.err == nil {
		t, err := r.xml.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) || !r.ended {
				r.err = unreadable(errors.Join(err, io.ErrUnexpectedEOF))
			}
			return false
		}
		switch e := t.(type) {
		case xml.StartElement:
			if e.Name.Local == "row" && !r.ended {
				r.err = r.row(e)
				return r.err == nil
			}
			if e.Name.Local == "worksheet" {
				r.ended = false
			}
		case xml.EndElement:
			// The rest of the part is read too: its checksum stands at the end.
			if e.Name.Local == "worksheet" {
				r.ended = true
			}
		}
	}
	return false
}

func (r *sheetRows) row(start xml.StartElement) error {
	r.number++
	if v := attr(start, "r"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < r.number {
			return ErrBroken
		}
		r.number = n
	}
	if r.number > 1<<20 { // Excel has no more
		return ErrBroken
	}
	hidden := attr(start, "hidden")
	r.hidden = hidden == "1" || hidden == "true"
	r.cells = r.cells[:0]
	for {
		t, err := r.xml.RawToken()
		if err != nil {
			return unreadable(err)
		}
		switch e := t.(type) {
		case xml.StartElement:
			if e.Name.Local == "c" {
				if err := r.cell(e); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if e.Name.Local == "row" {
				return nil
			}
		}
	}
}

func (r *sheetRows) cell(start xml.StartElement) error {
	place, kind, style := len(r.cells), "", 0
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			place = column(a.Value)
		case "t":
			kind = a.Value
		case "s":
			style, _ = strconv.Atoi(a.Value)
		}
	}
	found, err := r.content()
	if err != nil {
		return err
	}
	if found.text == "" && !found.formula {
		return nil
	}
	if place < 0 || place >= MaxColumns {
		return ErrTooWide.With("columns", MaxColumns)
	}
	cell, err := r.book.value(found, kind, style)
	if err != nil {
		return err
	}
	for len(r.cells) <= place {
		r.cells = append(r.cells, Cell{})
	}
	r.cells[place] = cell
	return nil
}

// content is what stands in a cell.
type content struct {
	text    string
	formula bool
	valued  bool // a formula that was worked out has a value, be it empty
}

// content gathers the value or the inline text of a cell up to its end.
func (r *sheetRows) content() (c content, err error) {
	var more strings.Builder
	taking, phonetic := false, false
	for {
		t, err := r.xml.RawToken()
		if err != nil {
			return c, unreadable(err)
		}
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "v", "t":
				taking, c.valued = !phonetic, true
			case "f":
				c.formula = true
			case "rPh":
				phonetic = true
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v", "t":
				taking = false
			case "rPh":
				phonetic = false
			case "c":
				if more.Len() > 0 {
					c.text = more.String()
				}
				return c, nil
			}
		case xml.CharData:
			if !taking {
				continue
			}
			if c.text == "" && more.Len() == 0 {
				c.text = string(e)
				continue
			}
			if more.Len() == 0 {
				more.WriteString(c.text)
			}
			more.Write(e)
		}
	}
}

// value reads what is stored as the type says.
func (b *workbook) value(c content, kind string, style int) (Cell, error) {
	text := c.text
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return Cell{}, ErrBroken.Because(err)
		}
		s, err := b.strings.at(i)
		return Cell{Text: s}, err
	case "inlineStr", "str":
		if c.formula && !c.valued {
			return Cell{Type: Uncalculated}, nil
		}
		return Cell{Text: unescape(text)}, nil
	case "b":
		if text == "1" {
			return Cell{Text: "TRUE", Type: Bool}, nil
		}
		return Cell{Text: "FALSE", Type: Bool}, nil
	case "e":
		return Cell{Text: text, Type: Fault}, nil
	case "d":
		return Cell{Text: text, Type: Day}, nil
	}
	if text == "" {
		return Cell{Type: Uncalculated}, nil
	}
	if style >= 0 && style < len(b.dates) && b.dates[style] {
		if day, ok := SerialDay(text, b.is1904); ok {
			return Cell{Text: day, Type: Day}, nil
		}
	}
	return Cell{Text: text, Type: Number, From1904: b.is1904}, nil
}

// column reads the letters of a cell name: "AB12" is 27; -1 when there are none.
func column(name string) int {
	n := 0
	for i := 0; i < len(name) && i < 4; i++ {
		c := name[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// unescape undoes _x000D_: how Excel writes characters that XML cannot hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}
