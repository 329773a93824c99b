package rule

import (
	"regexp"
	"strings"
)

var (
	mobile   = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	landline = regexp.MustCompile(`^0[0-9]{2,3}[0-9]{7,8}$`)
)

// Phone normalises a telephone number; false when it is none that is dialled
// here.
func Phone(text string) (string, bool) {
	n := strings.NewReplacer("-", "", "(", "", ")", "").Replace(Normalise(text))
	if rest, ok := strings.CutPrefix(n, "+86"); ok {
		n = rest
	} else if rest, ok := strings.CutPrefix(n, "0086"); ok {
		n = rest
	}
	return n, mobile.MatchString(n) || landline.MatchString(n)
}

// MaskPhone hides the middle of a number: 138****8000.
func MaskPhone(n string) string {
	if len(n) < 8 {
		return strings.Repeat("*", len(n))
	}
	return n[:3] + strings.Repeat("*", len(n)-7) + n[len(n)-4:]
}
