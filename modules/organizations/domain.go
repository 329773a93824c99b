package organizations

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/organizations/rule"
)

// Kind of an organisation (CONTRACT §3).
type Kind string

// The kinds.
const (
	CityBureau     Kind = "cityBureau"
	DistrictBureau Kind = "districtBureau"
	Subdistrict    Kind = "subdistrict"
	Institution    Kind = "institution"
	TrainingSchool Kind = "trainingSchool"
	PracticeBase   Kind = "practiceBase"
	AssessmentBody Kind = "assessmentBody"
	OperatorGroup  Kind = "operatorGroup"
)

// The refusals of this module.
var (
	ErrUnknown           = fault.New(fault.NotFound, "organizations.unknown")
	ErrOutsideTree       = fault.New(fault.Forbidden, "organizations.outside_tree")
	ErrNeedsSuperior     = fault.New(fault.Forbidden, "organizations.needs_superior")
	ErrParentUnknown     = fault.New(fault.Invalid, "organizations.parent_unknown")
	ErrCircle            = fault.New(fault.Conflict, "organizations.circle")
	ErrCodeTaken         = fault.New(fault.Conflict, "organizations.assessment_code_taken")
	ErrClosed            = fault.New(fault.Conflict, "organizations.closed")
	ErrNotInstitution    = fault.New(fault.Conflict, "organizations.not_institution")
	ErrNotSchool         = fault.New(fault.Invalid, "organizations.not_school")
	ErrCommissionUnknown = fault.New(fault.NotFound, "organizations.commission_unknown")
	ErrGroupUnknown      = fault.ErrInvalid.At("body.operatorGroupId", "organizations.group_unknown", "")
	ErrInUse             = fault.New(fault.Conflict, "organizations.in_use")
	ErrCommissioned      = fault.New(fault.Conflict, "organizations.commissioned_already")
)

// Name is what an organisation is called from a day on.
type Name struct {
	Name       string      `json:"name" bson:"name"`
	From       kernel.Date `json:"from" bson:"from"` // "" for the first
	RecordedAt time.Time   `json:"recordedAt" bson:"recordedAt"`
}

// Particulars are what is registered of an organisation and may change.
type Particulars struct {
	Name           string
	Parent         kernel.OrganizationID
	CreditCode     string
	Division       kernel.RegionCode
	Street         kernel.RegionCode // 9 digits; city-run bodies have none
	ApprovedBeds   int
	InHouseClinic  bool
	SmallCareHome  bool
	Grade          string
	AssessmentCode string
	Validity       kernel.Period // of an assessment body; empty ends are open
	Occupations    []string      // that an assessment body is filed for, by code
	OperatorGroup  kernel.OrganizationID
	ClosedOn       kernel.Date // the last day; "" while it stands
}

// Organization is one entry of the register.
type Organization struct {
	ID   kernel.OrganizationID
	Kind Kind
	Particulars
	Names []Name                  // the oldest first
	Terms []Terms                 // in the order they were recorded; none while nothing changed
	Path  []kernel.OrganizationID // itself, then who oversees it
	Flags []string                // what is missing, today

	Blacklistings []Blacklisting // the oldest first
	RecordedAt    time.Time
	Stored        int64 // version of the document
}

// Region is the code of its street, else of its district. A bureau has the
// region that it is the bureau of.
func (o Organization) Region() kernel.RegionCode {
	if o.Street != "" && o.Kind != CityBureau && o.Kind != DistrictBureau {
		return o.Street
	}
	return o.Division
}

// Seat is the region that it oversees; "" for who oversees none.
func (o Organization) Seat() kernel.RegionCode {
	if o.ClosedOn != "" {
		return ""
	}
	switch o.Kind {
	case CityBureau, DistrictBureau, Subdistrict:
		return o.Region()
	default:
		return ""
	}
}

// around lists the regions whose bureaus oversee it, nearest first.
func (o Organization) around() []kernel.RegionCode {
	codes := slices.DeleteFunc(o.Region().Upward(), func(c kernel.RegionCode) bool { return c == "" })
	switch o.Kind {
	case CityBureau, DistrictBureau, Subdistrict:
		return slices.DeleteFunc(codes, func(c kernel.RegionCode) bool { return c == o.Region() })
	default:
		return codes
	}
}

// NameOn is what it was called on the day.
func (o Organization) NameOn(on kernel.Date) string {
	name := o.Name
	for _, n := range o.Names {
		if n.From <= on {
			name = n.Name
		}
	}
	return name
}

// Closed tells whether the day lies behind its last.
func (o Organization) Closed(on kernel.Date) bool { return o.ClosedOn != "" && o.ClosedOn < on }

// amend changes the particulars as of a day.
func (o Organization) amend(to Particulars, regions Regions, days Days, at time.Time) (Organization, error) {
	to, err := to.check(o.Kind, o.Particulars, regions)
	if err != nil {
		return o, err
	}
	if to.Name != o.Name {
		since, field := days.renamed()
		if o.Names, err = rename(o.Names, Name{Name: to.Name, From: since, RecordedAt: at}, field); err != nil {
			return o, err
		}
	}
	o.Particulars = to
	return o, nil
}

// rename adds a name. Names follow one another: what an old report shows is
// not written over. A name of the same day is a slip mended; field says the day.
func rename(names []Name, next Name, field string) ([]Name, error) {
	if len(names) == 0 {
		return []Name{next}, nil
	}
	last := names[len(names)-1]
	switch {
	case next.From > kernel.DateOf(next.RecordedAt):
		return nil, fault.ErrInvalid.At(field, "organizations.renamed_in_future", string(next.From))
	case next.From < last.From:
		return nil, fault.ErrInvalid.At(field, "organizations.renamed_before", string(next.From))
	case next.From == last.From:
		names = names[:len(names)-1]
	}
	if n := len(names); n > 0 && names[n-1].Name == next.Name {
		return slices.Clone(names), nil
	}
	return append(slices.Clone(names), next), nil
}

// needsSuperior tells whether a change is for whoever oversees it to make, not
// for itself.
func (o Organization) needsSuperior(to Particulars) bool {
	return o.Parent != to.Parent || o.Division != to.Division || o.Street != to.Street ||
		o.ApprovedBeds != to.ApprovedBeds || o.Grade != to.Grade || o.SmallCareHome != to.SmallCareHome ||
		o.ClosedOn != to.ClosedOn || o.AssessmentCode != to.AssessmentCode || o.Validity != to.Validity ||
		!slices.Equal(o.Occupations, to.Occupations)
}

// equal tells whether two say the same.
func (p Particulars) equal(q Particulars) bool {
	same := slices.Equal(p.Occupations, q.Occupations)
	p.Occupations, q.Occupations = nil, nil
	return same && reflect.DeepEqual(p, q)
}

// province of where it stands: the first two digits.
func (p Particulars) province() string { return string(p.Division[:min(2, len(p.Division))]) }

// check normalises the particulars and names every field that is wrong. before
// is what is registered already: the zero Particulars of what is new.
func (p Particulars) check(kind Kind, before Particulars, regions Regions) (Particulars, error) {
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	p.CreditCode = kernel.Normalise(p.CreditCode)
	p.AssessmentCode = strings.ToUpper(strings.TrimSpace(p.AssessmentCode))
	wrong := fault.ErrInvalid
	if p.Name == "" {
		wrong = wrong.At("body.name", "organizations.name_missing", "")
	} else if strings.ContainsAny(p.Name[:1], "=+-@") || !strings.ContainsFunc(p.Name, unicode.IsLetter) { // 1+1 of a spreadsheet
		wrong = wrong.At("body.name", "organizations.name_no_letters", p.Name)
	}
	if p.CreditCode != "" && !rule.CreditCode(p.CreditCode) {
		wrong = wrong.At("body.creditCode", "organizations.credit_code_invalid", p.CreditCode)
	}
	if p.AssessmentCode != "" && !rule.AssessmentCode(p.AssessmentCode) {
		wrong = wrong.At("body.assessmentCode", "organizations.assessment_code_invalid", p.AssessmentCode)
	}
	p.Occupations, wrong = checkOccupations(p.Occupations, wrong)
	wrong = p.checkKind(kind, before, wrong)
	wrong = p.checkRegion(kind, regions, wrong)
	if p.Validity.From != "" && p.Validity.To != "" && p.Validity.To < p.Validity.From {
		wrong = wrong.At("body.validTo", "organizations.validity_reversed", string(p.Validity.To))
	}
	if len(wrong.Fields) > 0 {
		return p, wrong
	}
	return p, nil
}

// occupation is the shape of a code of 职业分类大典: 4-10-01-05.
var occupation = regexp.MustCompile(`^\d{1,2}(-\d{2}){3}$`)

func checkOccupations(said []string, wrong *fault.Fault) ([]string, *fault.Fault) {
	var out []string
	for _, o := range said {
		o = strings.TrimSpace(o)
		switch {
		case o == "":
		case !occupation.MatchString(o):
			wrong = wrong.At("body.occupations", "organizations.occupation_invalid", o)
		default:
			out = append(out, o)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), wrong
}

func (p Particulars) checkRegion(kind Kind, regions Regions, wrong *fault.Fault) *fault.Fault {
	division, known := regions[p.Division]
	switch {
	case kind == CityBureau && regions.city(p.Division):
	case !known || len(p.Division) != 6:
		wrong = wrong.At("body.divisionCode", "organizations.division_unknown", string(p.Division))
	case kind == CityBureau && division.Level == LevelDistrict:
		wrong = wrong.At("body.divisionCode", "organizations.division_not_city", string(p.Division))
	case kind == DistrictBureau && division.Level != LevelDistrict:
		wrong = wrong.At("body.divisionCode", "organizations.division_not_district", string(p.Division))
	}
	street, known := regions[p.Street]
	switch {
	case p.Street == "" && kind == Subdistrict:
		wrong = wrong.At("body.subdistrictCode", "organizations.street_missing", "")
	case p.Street == "":
	case !known || street.Level != LevelStreet:
		wrong = wrong.At("body.subdistrictCode", "organizations.street_unknown", string(p.Street))
	case street.Parent != p.Division:
		wrong = wrong.At("body.subdistrictCode", "organizations.street_elsewhere", string(p.Street))
	}
	return wrong
}
