package rule

import (
	"strings"
	"unicode"
)

// MaskName hides a name from the public: 王*兰, 李*, 迪*****拉.
func MaskName(name string) string {
	runes := []rune(name)
	switch n := len(runes); n {
	case 0, 1:
		return strings.Repeat("*", n)
	case 2:
		return string(runes[0]) + "*"
	default:
		return string(runes[0]) + strings.Repeat("*", n-2) + string(runes[n-1])
	}
}

// NameFlaw is what is wrong with a tidied name; "" when it is in order. What a
// spreadsheet would take for a formula is nobody's name.
func NameFlaw(name string) Flaw {
	switch {
	case name == "":
		return "people.name_missing"
	case strings.ContainsAny(name[:1], "=+-@"):
		return "people.name_formula"
	case !strings.ContainsFunc(name, unicode.IsLetter):
		return "people.name_no_letters"
	default:
		return ""
	}
}

// TidyName takes the blanks out that people put between Chinese characters,
// and makes runs of blanks in other names one.
func TidyName(name string) string {
	words := strings.Fields(strings.NewReplacer("\u00a0", " ", "\u3000", " ", "\u200b", "").Replace(name))
	var out strings.Builder
	for i, w := range words {
		if i > 0 && latin(words[i-1]) && latin(w) {
			out.WriteByte(' ')
		}
		out.WriteString(w)
	}
	return out.String()
}

func latin(word string) bool {
	for _, r := range word {
		if r > 0x24f {
			return false
		}
	}
	return true
}
