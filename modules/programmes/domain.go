package programmes

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/programmes/rule"
)

// The refusals. What is out of reach is unknown.
var (
	ErrUnknown             = fault.New(fault.NotFound, "programmes.unknown")
	ErrUnknownOrganization = fault.New(fault.NotFound, "programmes.organization_unknown")
	ErrClosedOrganization  = fault.New(fault.Conflict, "programmes.organization_closed")
	ErrDatesReversed       = fault.New(fault.Invalid, "programmes.dates_reversed")
	ErrOutsideProgramme    = fault.New(fault.Invalid, "programmes.outside")
	ErrBegunInFuture       = fault.New(fault.Invalid, "programmes.begun_in_future")
)

// Kind is what a programme is about (FACTS §11).
type Kind string

// The kinds: 提质, 达标, 选树, 尖兵, 人才培训, 贯标, 老吾老, 其他.
const (
	QualityUp    Kind = "qualityUp"
	RateTarget   Kind = "rateTarget"
	GoldManager  Kind = "goldManager"
	Spearhead    Kind = "spearhead"
	Training     Kind = "training"
	Standards    Kind = "standards"
	InformalCare Kind = "informalCare"
	Other        Kind = "other"
)

// Terms are what an office says of a programme, and may change.
type Terms struct {
	Name         string      `bson:"name"`
	Kind         Kind        `bson:"kind"`
	StartsOn     kernel.Date `bson:"startsOn"`
	EndsOn       kernel.Date `bson:"endsOn"`
	Target       *int64      `bson:"target,omitempty"` // heads; none where the document sets none
	StartDueOn   kernel.Date `bson:"startDueOn,omitempty"`
	StartedOn    kernel.Date `bson:"startedOn,omitempty"`
	Document     string      `bson:"document,omitempty"`
	Clause       string      `bson:"clause,omitempty"`
	Note         string      `bson:"note,omitempty"`
	WithoutSmall bool        `bson:"withoutSmall,omitempty"` // 不含长者照护之家 (FACTS §13.1)
}

// Plan is what the state depends on.
func (t Terms) Plan() rule.Plan {
	return rule.Plan{StartsOn: t.StartsOn, EndsOn: t.EndsOn, StartDueOn: t.StartDueOn, StartedOn: t.StartedOn}
}

// Check refuses dates that contradict each other.
func (t Terms) Check(today kernel.Date) error {
	switch {
	case t.StartDueOn != "" && !t.StartDueOn.Valid():
		return fault.ErrInvalid.At("body.startDueOn", "input.date", string(t.StartDueOn))
	case t.StartedOn != "" && !t.StartedOn.Valid():
		return fault.ErrInvalid.At("body.startedOn", "input.date", string(t.StartedOn))
	case t.EndsOn < t.StartsOn:
		return ErrDatesReversed.At("body.endsOn", ErrDatesReversed.Code, string(t.EndsOn))
	case t.StartDueOn != "" && t.StartDueOn > t.EndsOn:
		return ErrOutsideProgramme.At("body.startDueOn", ErrOutsideProgramme.Code, string(t.StartDueOn))
	case t.StartedOn != "" && t.StartedOn > t.EndsOn:
		return ErrOutsideProgramme.At("body.startedOn", ErrOutsideProgramme.Code, string(t.StartedOn))
	case t.StartedOn > today:
		return ErrBegunInFuture.At("body.startedOn", ErrBegunInFuture.Code, string(t.StartedOn))
	}
	return nil
}

// Programme is one of an office.
type Programme struct {
	ID           string
	Organization kernel.OrganizationID
	Path         []kernel.OrganizationID // of the organisation
	Terms        Terms
	By           kernel.UserID
	RecordedAt   time.Time
	Stored       int64 // for If-Match
}

// Card is what neighbours need to know.
func (p Programme) Card() kernel.ProgrammeCard {
	return kernel.ProgrammeCard{
		ID: p.ID, Name: p.Terms.Name, Organization: p.Organization, Path: p.Path, StartsOn: p.Terms.StartsOn, EndsOn: p.Terms.EndsOn,
		Target: p.Terms.Target, WithoutSmall: p.Terms.WithoutSmall,
	}
}
