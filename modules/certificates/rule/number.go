// Package rule checks the numbers of certificates that others issued. Pure.
package rule

import (
	"strconv"
	"strings"
	"unicode"

	"carecert/modules/kernel"
)

// Number is what a certificate is said to read.
type Number struct {
	Text     string
	Family   string // of Table.Families
	Level    kernel.SkillLevel
	IssuedOn kernel.Date
}

// Verdict on a number.
type Verdict string

// The verdicts. Manual means: not impossible, somebody has to look.
const (
	Accepted Verdict = "accepted"
	Manual   Verdict = "manual"
	Refused  Verdict = "refused"
)

// Finding is the outcome of a check.
type Finding struct {
	Verdict Verdict
	Number  string // normalised
	Reasons []kernel.Reason
}

// Normalize undoes what sheets and input methods do: full-width characters,
// blanks, dashes, lower case.
func Normalize(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == ' ' || r == '　' || r == '\u00a0' || r == '\t' || r == '-' || r == '\u200b':
			continue
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// Judge checks a number against what else the certificate says. issuer tells
// whether a body with that head of a number was registered on the day; an
// unknown one is for somebody to look at, never a refusal.
func (t Table) Judge(n Number, issuer func(code string, on kernel.Date) bool) Finding {
	f := Finding{Verdict: Accepted, Number: Normalize(n.Text)}
	say := func(v Verdict, code string, params ...string) {
		if v == Refused || f.Verdict == Accepted {
			f.Verdict = v
		}
		f.Reasons = append(f.Reasons, kernel.Because(code, t.Document, params...))
	}
	length := strconv.Itoa(len([]rune(f.Number)))
	shape, known := t.Shape(f.Number)
	family := t.Family(n.Family)
	switch {
	case f.Number != "" && !strings.ContainsFunc(f.Number, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		say(Refused, "certificates.number_no_characters")
	case f.Number != "" && (family.AnyShape || known && !shape.Strict):
		say(Manual, "certificates.number_manual", "length", length)
		if p, at := shape.part(f.Number, "level"); known && !shape.Strict && at > 0 && p != level(n) {
			say(Manual, "certificates.number_level_manual", "digit", p, "level", level(n), "position", strconv.Itoa(at))
		}
	case known:
		t.strict(shape, f.Number, n, say)
	case len([]rune(f.Number)) != 22:
		say(Refused, "certificates.number_length", "length", length)
	default:
		say(Refused, "certificates.number_shape")
	}
	if known && shape.Strict && shape.Family != n.Family {
		say(Manual, "certificates.number_other_family")
	}
	if known && shape.Issuer > 0 && !family.AnyShape && f.Verdict != Refused && !issuer(f.Number[:shape.Issuer], n.IssuedOn) {
		say(Manual, "certificates.number_issuer_unknown", "code", f.Number[:shape.Issuer])
	}
	return f
}

// strict makes the cross checks of a shape that has rules (FACTS §3.1).
func (t Table) strict(shape Shape, number string, n Number, say func(Verdict, string, ...string)) {
	if digit, at := shape.part(number, "level"); at > 0 && digit != level(n) {
		say(Refused, "certificates.number_level", "digit", digit, "level", level(n))
	}
	if digits, at := shape.part(number, "year"); at > 0 && n.IssuedOn != "" && digits != year(n) {
		say(Refused, "certificates.number_year", "digits", digits, "year", string(n.IssuedOn[:4]))
	}
	// Two digits of a year do not tell 1923 from 2023; the document that numbers so
	// does. A year shortly before it may be a trial's: somebody looks.
	if n.IssuedOn != "" && n.IssuedOn < t.Since {
		verdict := Manual
		if t.otherCentury(n.IssuedOn) {
			verdict = Refused
		}
		say(verdict, "certificates.number_before_rule", "year", string(n.IssuedOn[:4]), "since", string(t.Since[:4]))
	}
	if digits, at := shape.part(number, "province"); at > 0 && t.Provinces[digits] == nil {
		say(Refused, "certificates.number_province", "digits", digits)
	}
	if letter, at := shape.part(number, "kind"); at > 0 && t.IssuerKinds[letter] == nil {
		say(Manual, "certificates.number_kind_unknown", "letter", letter)
	}
}

// otherCentury tells a day whose two digits mean another year than those of a
// number.
func (t Table) otherCentury(on kernel.Date) bool { return on[:2] != t.Since[:2] }

func level(n Number) string { return strconv.Itoa(int(n.Level)) }

// year is the last two digits of the year of issue; "" where it is not said.
func year(n Number) string {
	if len(n.IssuedOn) < 4 {
		return ""
	}
	return string(n.IssuedOn[2:4])
}

// part reads a part of a number and tells at which place it begins; 0 where
// the shape has no such part.
func (s Shape) part(number, key string) (string, int) {
	for _, p := range s.Parts {
		if p.Key == key {
			return number[p.From-1 : p.To], p.From
		}
	}
	return "", 0
}
