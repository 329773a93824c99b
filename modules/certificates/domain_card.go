package certificates

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
)

// Card is what anybody may learn of a certificate.
type Card struct {
	Family     Family            `bson:"family"`
	Title      string            `bson:"title"`
	Number     string            `bson:"number"`
	Code       string            `bson:"code"`
	NameMasked string            `bson:"nameMasked"`
	IssuerName string            `bson:"issuerName"`
	IssuedOn   kernel.Date       `bson:"issuedOn"`
	ExpiresOn  kernel.Date       `bson:"expiresOn"`
	Level      kernel.SkillLevel `bson:"level"`
	Minutes    kernel.Minutes    `bson:"minutes"`
	PerHour    kernel.Minutes    `bson:"perHour"`
	Status     Status            `bson:"status"`
	Reason     string            `bson:"reason"` // of the revocation or replacement
	ChangedOn  kernel.Date       `bson:"changedOn"`
	Successor  string            `bson:"successor"` // public code of the one that took its place
}

// card is the certificate as the public sees it.
func (c Certificate) card(successor string) Card {
	card := Card{
		Family: c.Family, Title: c.Title, Number: c.Number, Code: c.Code, NameMasked: c.NameMasked, IssuerName: c.IssuerName,
		IssuedOn: c.IssuedOn, ExpiresOn: c.ExpiresOn, Level: c.Level, Minutes: c.Minutes, PerHour: c.PerHour,
		Status: c.Status, Successor: successor,
	}
	for _, change := range []*Change{c.Revocation, c.Replacement} {
		if change != nil {
			card.Reason, card.ChangedOn = change.Reason, change.On
		}
	}
	return card
}

// verdict on the certificate at an instant.
func (c Card) verdict(now time.Time) verify.Verdict {
	switch {
	case c.Status == StatusRevoked:
		return verify.Revoked
	case c.Status == StatusSuperseded:
		return verify.Superseded
	case c.ExpiresOn != "" && !now.Before(c.ExpiresOn.End()):
		return verify.Expired
	default:
		return verify.Genuine
	}
}

// shownCode groups a public code: 7QK4 M2XW 9DHC T3VN.
func shownCode(code string) string {
	if len(code) != v1.CodeLength {
		return code
	}
	return code[:4] + " " + code[4:8] + " " + code[8:12] + " " + code[12:]
}

// readCode reads a public code however it was typed: in groups, in small
// letters, with the letters that Crockford's alphabet leaves out.
func readCode(s string) string {
	if isCode(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToUpper(r); r {
		case ' ', '-', '\u00a0', '\u3000':
			return -1
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		default:
			return r
		}
	}, s)
}

// isCode tells a code as it is stored.
func isCode(s string) bool {
	if len(s) != v1.CodeLength {
		return false
	}
	for i := range len(s) {
		if strings.IndexByte(v1.CodeLetters, s[i]) < 0 {
			return false
		}
	}
	return true
}

// maskName shows the first and the last character: 王*兰, 李*.
func maskName(name string) string {
	runes := []rune(name)
	switch n := utf8.RuneCountInString(name); {
	case n <= 1:
		return name
	case n == 2:
		return string(runes[0]) + "*"
	default:
		return string(runes[0]) + strings.Repeat("*", min(n-2, 6)) + string(runes[n-1])
	}
}
