package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// sharedStrings reads the table of texts only as far as the rows have asked.
type sharedStrings struct {
	book  *workbook
	part  string
	body  io.ReadCloser
	xml   *xml.Decoder
	items []string
	size  int64
}

func (s *sharedStrings) at(i int) (string, error) {
	if i < 0 || s.part == "" {
		return "", ErrBroken
	}
	if s.xml == nil {
		body, err := s.book.open(s.part)
		if err != nil {
			return "", err
		}
		if body == nil {
			return "", ErrBroken
		}
		s.body, s.xml = body, xml.NewDecoder(body)
	}
	for len(s.items) <= i {
		text, err := s.next()
		if err != nil {
			return "", errors.Join(unreadable(err), s.body.Close())
		}
		if s.size += int64(len(text)) + 16; s.size > maxPart {
			return "", ErrBomb
		}
		s.items = append(s.items, text)
	}
	return s.items[i], nil
}

func (s *sharedStrings) next() (string, error) {
	var b strings.Builder
	inside, taking, phonetic := false, false, false
	for {
		t, err := s.xml.RawToken()
		if err != nil {
			return "", err
		}
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				inside = true
			case "t":
				taking = inside && !phonetic
			case "rPh":
				phonetic = true
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "si":
				return unescape(b.String()), nil
			case "t":
				taking = false
			case "rPh":
				phonetic = false
			}
		case xml.CharData:
			if taking {
				b.Write(e)
			}
		}
	}
}
