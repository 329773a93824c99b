// Package rule holds what the law says of an organisation's numbers.
package rule

import "strings"

// creditAlphabet: a character's value is its place (GB 32100-2015, table 2;
// no I, O, S, V, Z).
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditWeight is 3^(i-1) mod 31.
func creditWeight(i int) int {
	w := 1
	for range i {
		w = w * 3 % 31
	}
	return w
}

// CreditCode tells whether an 18-character 统一社会信用代码 has the right check
// character (GB 32100-2015 §4). It is a check of shape: one code may cover
// several sites, so it is no key of an institution.
func CreditCode(code string) bool {
	if len(code) != 18 {
		return false
	}
	sum := 0
	for i := range 17 {
		value := strings.IndexByte(creditAlphabet, code[i])
		if value < 0 {
			return false
		}
		sum += value * creditWeight(i)
	}
	return creditAlphabet[(31-sum%31)%31] == code[17]
}

// AssessmentProvince is the first two digits of GB/T 2260 in an assessment
// body's code; "" where there is none.
func AssessmentProvince(code string) string {
	if !AssessmentCode(code) {
		return ""
	}
	return code[5:7]
}

// AssessmentCode tells whether a text has the shape of an assessment body's
// 13-character code, the head of the certificate numbers it issues
// (人社鉴发〔2019〕2号): a capital letter and twelve digits.
func AssessmentCode(code string) bool {
	return len(code) == 13 && 'A' <= code[0] && code[0] <= 'Z' && strings.Trim(code[1:], "0123456789") == ""
}
