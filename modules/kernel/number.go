package kernel

import (
	"strings"
	"unicode"
)

// Normalise makes spellings of one number or code equal: half-width, upper case,
// without blanks of any kind, the Roman ten of GB 11643 as the letter X.
func Normalise(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		if r = unicode.ToUpper(r); r == 'Ⅹ' {
			return 'X'
		}
		return r
	}, number)
}
