// Package rule holds what the law says of people: identity numbers, telephone
// numbers, years of service and the gate before the first day on duty. Pure.
package rule

import (
	"regexp"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// IDType is the kind of an identity document.
type IDType string

// The kinds.
const (
	ResidentID       IDType = "residentId"       // 居民身份证
	HMTResidence     IDType = "hmtResidence"     // 港澳台居民居住证
	HMTPass          IDType = "hmtPass"          // 港澳台居民来往内地（大陆）通行证
	Passport         IDType = "passport"         // 护照
	ForeignPermanent IDType = "foreignPermanent" // 外国人永久居留身份证
)

// IDTypes lists the kinds.
func IDTypes() []IDType {
	return []IDType{ResidentID, HMTResidence, HMTPass, Passport, ForeignPermanent}
}

// Genders as identity numbers tell them.
const (
	Female = "female"
	Male   = "male"
)

// Identity is a checked identity. Birth and Gender are empty where the number
// does not tell.
type Identity struct {
	Type   IDType
	Number string
	Birth  kernel.Date
	Gender string
}

// Flaw is the code of what is wrong with a number; its words say how to mend
// it.
type Flaw string

// The flaws.
const (
	FlawMissing         Flaw = "people.id_missing"
	FlawFifteenDigits   Flaw = "people.id_fifteen_digits"
	FlawLength          Flaw = "people.id_length"
	FlawCharacters      Flaw = "people.id_characters"
	FlawDate            Flaw = "people.id_date"
	FlawDateAhead       Flaw = "people.id_date_ahead"
	FlawPermanent       Flaw = "people.id_is_permanent_residence"
	FlawProvince        Flaw = "people.id_province"
	FlawCheckDigit      Flaw = "people.id_check_digit"
	FlawResidencePermit Flaw = "people.id_is_residence_permit"
	FlawNotPermit       Flaw = "people.id_not_residence_permit"
	FlawShape           Flaw = "people.id_shape"
	FlawBirth           Flaw = "people.birth_date"
)

var (
	fifteenDigits = regexp.MustCompile(`^[0-9]{15}$`)
	eighteen      = regexp.MustCompile(`^[0-9]{17}[0-9X]$`)
	passport      = regexp.MustCompile(`^[A-Z0-9]{5,17}$`)
	hmtPass       = regexp.MustCompile(`^([HM][0-9]{8}([0-9]{2})?|[0-9]{8}|[0-9]{10}[A-Z]?)$`)
	oldPermanent  = regexp.MustCompile(`^[A-Z]{3}[0-9]{12}$`)
)

// Normalise makes spellings of one number equal.
func Normalise(number string) string { return kernel.Normalise(number) }

// Identify checks a number of the kind ("" for a resident's) as it is known
// today; the Flaw is empty when it is in order. The first six digits are not
// compared with the divisions of today: numbers keep the codes of their day.
func Identify(kind IDType, number string, today kernel.Date) (Identity, Flaw) {
	if kind == "" {
		kind = ResidentID
	}
	id := Identity{Type: kind, Number: Normalise(number)}
	if id.Number == "" {
		return id, FlawMissing
	}
	switch kind {
	case Passport:
		return id, shaped(passport.MatchString(id.Number) && strings.ContainsAny(id.Number, "0123456789"))
	case HMTPass:
		return id, shaped(hmtPass.MatchString(id.Number))
	case ForeignPermanent:
		if len(id.Number) != 18 { // the card of 2017 and before
			return id, shaped(oldPermanent.MatchString(id.Number))
		}
		if id.Number[0] != '9' {
			return id, FlawShape
		}
	case ResidentID, HMTResidence:
	default:
		return id, FlawShape
	}
	return id.eighteen(today)
}

// BirthFlaw is what is wrong with a day of birth that somebody tells; "" when
// it is in order, or not told.
func BirthFlaw(birth, today kernel.Date) Flaw {
	if birth != "" && !born(birth, today) {
		return FlawBirth
	}
	return ""
}

// born tells whether somebody can have been born on a day.
func born(on, today kernel.Date) bool { return on >= "1800-01-01" && on <= today }

func shaped(ok bool) Flaw {
	if ok {
		return ""
	}
	return FlawShape
}

// eighteen checks the 18 characters of GB 11643-1999: 6 of region, 8 of birth,
// 3 of sequence (odd is male), 1 to check (ISO 7064 MOD 11-2).
func (id Identity) eighteen(today kernel.Date) (Identity, Flaw) {
	n := id.Number
	switch {
	case fifteenDigits.MatchString(n): // of the first generation, void since 2013
		return id, FlawFifteenDigits
	case len(n) != 18:
		return id, FlawLength
	case !eighteen.MatchString(n):
		return id, FlawCharacters
	}
	permit := n[:6] == "810000" || n[:6] == "820000" || n[:6] == "830000" // 香港、澳门、台湾
	if id.Type == ResidentID && permit {
		return id, FlawResidencePermit
	}
	if id.Type == HMTResidence && !permit {
		return id, FlawNotPermit
	}
	if id.Type == ResidentID && n[0] == '9' {
		return id, FlawPermanent
	}
	if id.Type == ResidentID && n[0] == '0' { // GB/T 2260 begins its provinces with 1 to 8
		return id, FlawProvince
	}
	birth := kernel.Date(n[6:10] + "-" + n[10:12] + "-" + n[12:14])
	_, err := time.Parse(time.DateOnly, string(birth))
	switch {
	case err == nil && birth > today:
		return id, FlawDateAhead
	case err != nil || !born(birth, today):
		return id, FlawDate
	}
	if checkDigit(n) != n[17] {
		return id, FlawCheckDigit
	}
	id.Birth, id.Gender = birth, Female
	if (n[16]-'0')%2 == 1 {
		id.Gender = Male
	}
	return id, ""
}

// checkDigit of the first 17 digits.
func checkDigit(n string) byte {
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(n[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}

// MaskNumber hides the middle of an identity number: 310118********0005.
func MaskNumber(number string) string {
	switch n := len(number); {
	case n == 18:
		return number[:6] + strings.Repeat("*", 8) + number[14:]
	case n > 6:
		return number[:2] + strings.Repeat("*", n-4) + number[n-2:]
	default:
		return strings.Repeat("*", n)
	}
}
