package kernel

import "strings"

// RegionCode is a division code: 6 digits down to the district (GB/T 2260),
// 9 digits for a street or town. Trailing zeros in pairs stand for "all of".
type RegionCode string

// Upward lists the code and the regions around it, nearest first, ending with
// the empty code, which stands for the whole country:
// 310118001 → 310118, 310100, 310000, "".
func (r RegionCode) Upward() []RegionCode {
	s := string(r)
	var out []RegionCode
	add := func(c string) {
		if n := len(out); n == 0 || out[n-1] != RegionCode(c) {
			out = append(out, RegionCode(c))
		}
	}
	if len(s) == 9 {
		add(s)
		s = s[:6]
	}
	if len(s) == 6 {
		if !strings.HasSuffix(s, "00") {
			add(s)
		}
		if s[2:4] != "00" {
			add(s[:4] + "00")
		}
		add(s[:2] + "0000")
	}
	return append(out, "")
}

// Valid tells whether the shape is that of a division code.
func (r RegionCode) Valid() bool {
	if len(r) != 6 && len(r) != 9 {
		return false
	}
	for _, c := range r {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
