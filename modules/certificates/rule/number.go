// Package rule checks the numbers of certificates that others issued. Pure.
package rule

import (
	"regexp"
	"strconv"
	"strings"

	"carecert/modules/kernel"
)

// The source of the 22-character rule (FACTS §3.1).
const clause = "人社鉴发〔2019〕2号"

// Number is what a certificate is said to read.
type Number struct {
	Text     string
	Family   string // "skillLevel" or "qualification"
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

var (
	modern  = regexp.MustCompile(`^[A-Z]\d{21}$`)    // 职业技能等级证书
	older   = regexp.MustCompile(`^\d{16}$`)         // 国家职业资格证书
	oldCity = regexp.MustCompile(`^\d{13}$`)         // earlier Shanghai numbers
	special = regexp.MustCompile(`^[A-Z]{2}\d{20}$`) // 特级技师, 首席技师
	local   = regexp.MustCompile(`^[A-Z]{3}\d{17}$`) // local shapes seen in use
)

// provinces are the first two digits of GB/T 2260.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 66 71 81 82 "

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
// whether a body with the code of 13 characters was registered on the day; an
// unknown one is for somebody to look at, never a refusal.
func Judge(n Number, issuer func(code string, on kernel.Date) bool) Finding {
	f := Finding{Verdict: Accepted, Number: Normalize(n.Text)}
	say := func(v Verdict, code string, params ...string) {
		if v == Refused || f.Verdict == Accepted {
			f.Verdict = v
		}
		f.Reasons = append(f.Reasons, kernel.Because(code, clause, params...))
	}
	level := strconv.Itoa(int(n.Level))
	switch {
	case modern.MatchString(f.Number):
		if digit := f.Number[15:16]; digit != level {
			say(Refused, "certificates.number_level", "digit", digit, "level", level)
		}
		if digits := f.Number[13:15]; n.IssuedOn != "" && digits != string(n.IssuedOn[2:4]) {
			say(Refused, "certificates.number_year", "digits", digits, "year", string(n.IssuedOn[:4]))
		}
		if digits := f.Number[5:7]; !strings.Contains(provinces, " "+digits+" ") {
			say(Refused, "certificates.number_province", "digits", digits)
		}
		if f.Verdict != Refused && !issuer(f.Number[:13], n.IssuedOn) {
			say(Manual, "certificates.number_issuer_unknown", "code", f.Number[:13])
		}
		if n.Family == "qualification" {
			say(Manual, "certificates.number_other_family")
		}
	case older.MatchString(f.Number):
		say(Manual, "certificates.number_manual", "length", "16")
		if digit := f.Number[10:11]; digit != level {
			say(Manual, "certificates.number_level_manual", "digit", digit, "level", level)
		}
	case oldCity.MatchString(f.Number), special.MatchString(f.Number), local.MatchString(f.Number):
		say(Manual, "certificates.number_manual", "length", strconv.Itoa(len(f.Number)))
	case len([]rune(f.Number)) != 22:
		say(Refused, "certificates.number_length", "length", strconv.Itoa(len([]rune(f.Number))))
	default:
		say(Refused, "certificates.number_shape")
	}
	return f
}
