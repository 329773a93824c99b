package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tidy makes text half-width, turns every kind of blank into a space, drops
// what cannot be seen, and trims.
func Tidy(s string) string {
	if plain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - 0xFEE0
		case r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\ufeff' || r == '\u200e' || r == '\u200f' || r == '\u2060':
			return -1
		case unicode.IsSpace(r) || r == '\u3000' || r == '\u00a0':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	// What our own exports put in front of a text that a program might run.
	if len(s) > 1 && s[0] == '\'' && risky(s[1:]) {
		s = s[1:]
	}
	return s
}

// plain tells whether Tidy has nothing to do: most cells.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' && (c != ' ' || i == 0 || i == len(s)-1) || c == 0x7f || c == '\'' && i == 0 || c == 0xC2 || c == 0xE2 || c == 0xE3 || c == 0xEF {
			return false
		}
	}
	return true
}

// TidyName also drops the blanks that people put between Chinese characters,
// and writes the middle dot of minority names in one way. Blanks between Latin
// words stay.
func TidyName(s string) string {
	s = Tidy(s)
	if !strings.ContainsAny(s, " •‧∙⋅・.") {
		return s
	}
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		switch r {
		case ' ':
			if wide(runes, i-1) || wide(runes, i+1) || (i > 0 && runes[i-1] == ' ') {
				continue
			}
		case '•', '‧', '∙', '⋅', '・':
			r = '·'
		case '.':
			if wide(runes, i-1) && wide(runes, i+1) {
				r = '·'
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

func wide(runes []rune, i int) bool {
	for ; i >= 0 && i < len(runes) && runes[i] == ' '; i++ { // look past a run of blanks
	}
	return i >= 0 && i < len(runes) && (unicode.Is(unicode.Han, runes[i]) || runes[i] == '·')
}

// TidyNumber also drops every blank and writes letters as capitals (the Roman
// ten of GB 11643 as well, which programs have a sign of its own for), and takes
// off what people put round a number so that a program leaves it alone: an
// apostrophe before it, or ="…" in a CSV file.
func TidyNumber(s string) string {
	s = strings.ReplaceAll(Tidy(s), " ", "")
	if inside, ok := strings.CutPrefix(s, `="`); ok {
		s = strings.TrimSuffix(inside, `"`)
	}
	return strings.ReplaceAll(strings.ToUpper(strings.TrimLeft(s, "'‘’`")), "Ⅹ", "X")
}

// heading is how header texts are compared: without blanks, marks and remarks
// in brackets.
func heading(s string) string {
	s = strings.ToLower(strings.ReplaceAll(Tidy(s), " ", ""))
	for {
		open := strings.LastIndexByte(s, '(')
		if open <= 0 || !strings.HasSuffix(s, ")") {
			break
		}
		s = s[:open]
	}
	return strings.Trim(s, "*:·_-")
}

// Neutral puts an apostrophe before text that a spreadsheet program might run
// as a formula. Reading takes it off again.
func Neutral(s string) string {
	if risky(s) {
		return "'" + s
	}
	return s
}

func risky(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return true
	}
	return false
}
