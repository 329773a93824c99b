package organizations

import (
	"slices"
	"strings"

	"carecert/modules/kernel/fault"
)

// ofKind is a field that only one kind of organisation has, and whether
// something is newly said in it. A home or school that is an assessment body as
// well is registered as each (one credit code may cover several entries), so
// that a code of certificate numbers leads to a body and to nothing else.
type ofKind struct {
	field string
	kind  Kind
	said  bool
}

// ownFields lists them.
func (p Particulars) ownFields(before Particulars) []ofKind {
	return []ofKind{
		{"approvedBeds", Institution, newly(p.ApprovedBeds, before.ApprovedBeds)},
		{"hasInHouseClinic", Institution, newly(p.InHouseClinic, before.InHouseClinic)},
		{"smallCareHome", Institution, newly(p.SmallCareHome, before.SmallCareHome)},
		{"grade", Institution, newly(p.Grade, before.Grade)},
		{"assessmentCode", AssessmentBody, newly(p.AssessmentCode, before.AssessmentCode)},
		{"validFrom", AssessmentBody, newly(p.Validity.From, before.Validity.From)},
		{"validTo", AssessmentBody, newly(p.Validity.To, before.Validity.To)},
		{"occupations", AssessmentBody, newly(strings.Join(p.Occupations, " "), strings.Join(before.Occupations, " "))},
	}
}

// grouped tells the kinds that an operator group may run. A bureau and a group
// belong to none.
func (k Kind) grouped() bool {
	return slices.Contains([]Kind{Institution, TrainingSchool, PracticeBase, AssessmentBody}, k)
}

// newly tells whether a field says something that is not registered already.
func newly[T comparable](is, was T) bool {
	var nothing T
	return is != nothing && is != was
}

// checkKind refuses what is newly said and belongs to another kind. What was
// registered before this was asked stays until somebody empties it, and stands
// in the way of no other change.
func (p Particulars) checkKind(kind Kind, before Particulars, wrong *fault.Fault) *fault.Fault {
	if kind == "" { // a table's row without one is refused for that
		return wrong
	}
	for _, own := range p.ownFields(before) {
		if own.kind == kind || !own.said {
			continue
		}
		more := *wrong
		more.Fields = append(slices.Clone(wrong.Fields), fault.Field{
			Location: "body." + own.field, Code: "organizations.field_of_other_kind",
			Params: map[string]string{"kind": string(kind), "of": string(own.kind)},
		})
		wrong = &more
	}
	if newly(p.OperatorGroup, before.OperatorGroup) && !kind.grouped() {
		wrong = wrong.At("body.operatorGroupId", "organizations.group_of_kind", "")
	}
	return wrong
}

// bears is the code by which numbers of certificates name their issuer: "" for
// what is no assessment body, whatever was registered of it once.
func (d organizationDoc) bears() string {
	if d.Kind != AssessmentBody {
		return ""
	}
	return d.AssessmentCode
}
