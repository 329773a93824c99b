package organizations

import (
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// arrow stands between what was and what is.
const arrow = " → "

// differences names the fields that changed, old → new; nothing of an
// organisation is personal.
func differences(a, b Organization) map[string]string {
	out := map[string]string{}
	for _, f := range []struct{ name, old, new string }{
		{"name", a.Name, b.Name},
		{"parentId", string(a.Parent), string(b.Parent)},
		{"creditCode", a.CreditCode, b.CreditCode},
		{"divisionCode", string(a.Division), string(b.Division)},
		{"subdistrictCode", string(a.Street), string(b.Street)},
		{"approvedBeds", strconv.Itoa(a.ApprovedBeds), strconv.Itoa(b.ApprovedBeds)},
		{"hasInHouseClinic", strconv.FormatBool(a.InHouseClinic), strconv.FormatBool(b.InHouseClinic)},
		{"smallCareHome", strconv.FormatBool(a.SmallCareHome), strconv.FormatBool(b.SmallCareHome)},
		{"grade", a.Grade, b.Grade},
		{"assessmentCode", a.AssessmentCode, b.AssessmentCode},
		{"validFrom", string(a.Validity.From), string(b.Validity.From)},
		{"validTo", string(a.Validity.To), string(b.Validity.To)},
		{"operatorGroupId", string(a.OperatorGroup), string(b.OperatorGroup)},
		{"closedOn", string(a.ClosedOn), string(b.ClosedOn)},
		{"blacklisted", blacklistText(a.Blacklistings), blacklistText(b.Blacklistings)},
		{"occupations", strings.Join(a.Occupations, "、"), strings.Join(b.Occupations, "、")},
	} {
		if f.old != f.new {
			out[f.name] = f.old + arrow + f.new
		}
	}
	return out
}

// Change is one alteration of an organisation's entry.
type Change struct {
	Organization kernel.OrganizationID
	What         string      // ChangeRegistered, ChangeAmended
	From         kernel.Date // since when it holds; "" of what has no day
	Fields       []FieldChange
	By           kernel.UserID
	ByName       string
	At           time.Time
}

// The kinds of changes.
const (
	ChangeRegistered = "registered"
	ChangeAmended    = "amended"
)

// FieldChange is a field as it was and as it became.
type FieldChange struct {
	Field string `bson:"field"`
	Old   string `bson:"old"`
	New   string `bson:"new"`
}
