package kernel

import (
	"slices"
	"time"
)

// OrganizationCard is what neighbours need to know of an organisation.
type OrganizationCard struct {
	ID            OrganizationID
	Name          string
	Kind          string // CONTRACT §3: "institution", "trainingSchool", …
	Region        RegionCode
	Path          []OrganizationID // itself, then its ancestors, nearest first
	SmallCareHome bool             // 长者照护之家: programmes may leave it out
	InHouseClinic bool
	ApprovedBeds  int
	Closed        bool
	ClosedOn      Date       // its last day; "" while none is known
	RegisteredOn  Date       // the day it entered the register
	Stood         []Standing // where it stood before, in the order it was recorded; nil where it never moved

	BlacklistedUntil Date // the last day it is on the blacklist; "" when it is not
}

// ProgrammeCard is what neighbours need to know of a programme (行动).
type ProgrammeCard struct {
	ID           string
	Name         string
	Organization OrganizationID
	Path         []OrganizationID // of the organisation
	StartsOn     Date
	EndsOn       Date
	Target       *int64 // heads; nil where none is set
	WithoutSmall bool   // leaves 长者照护之家 out
}

// HeadCount is 人数 and 人次 of a programme.
type HeadCount struct{ Heads, Attendances int64 }

// PersonCard is what neighbours may show of a person: nothing in clear that
// the register masks.
type PersonCard struct {
	ID             PersonID
	Name           string
	NameMasked     string           // 王*兰, for the public
	IDType         string           // "residentId", …: how the register names it
	IDNumberMasked string           // 310118********0005
	BirthDate      Date             // "" where the register does not know it
	Gender         string           // "female", "male" or "" where the identity type does not tell
	Reach          []OrganizationID // whose people it is: organisations with all their ancestors
	Keepers        []OrganizationID // of them, those that keep the person's own facts; others read the record alone
	Former         []OrganizationID // employers until lately, with their ancestors: they still read what was theirs
	Formerly       []string         // names they were registered under before
	Merged         PersonID         // not empty: look there instead
	Kinds          []string         // in which capacities they are registered
}

// OnPost is somebody on post at a place, with all posts held there.
type OnPost struct {
	Person PersonID
	Name   string
	Posts  []StaffRole
}

// Called tells whether the person is or was registered under the name.
func (c PersonCard) Called(name string) bool {
	return c.Name == name || slices.Contains(c.Formerly, name)
}

// IDNumber is an identity number as a table or a form gives it.
type IDNumber struct {
	Type   string // of the document; "" where nobody says
	Number string
}

// Bearers are the people who have an identity number: one, or several whose
// documents are of different types.
type Bearers []PersonCard

// Meant is how a row of a table stands to the bearers of its number.
type Meant string

// The ways. Who is not the sender's is nobody to it, whatever the name: else
// a table of numbers would tell who is registered.
const (
	MeantOne     Meant = "one"
	MeantNobody  Meant = "nobody"
	MeantOther   Meant = "otherName"
	MeantSeveral Meant = "several" // the type of the document would tell them apart
)

// Pick is the one of the sender's whom a row means by number and name.
func (b Bearers) Pick(name string, ours func(PersonCard) bool) (PersonCard, Meant) {
	own := slices.DeleteFunc(slices.Clone(b), func(c PersonCard) bool { return !ours(c) })
	called := slices.DeleteFunc(slices.Clone(own), func(c PersonCard) bool { return name != "" && !c.Called(name) })
	switch {
	case len(own) == 0:
		return PersonCard{}, MeantNobody
	case len(called) == 0:
		return PersonCard{}, MeantOther
	case len(called) > 1:
		return PersonCard{}, MeantSeveral
	}
	return called[0], MeantOne
}

// StaffRole is the post a spell is served in (CONTRACT §3).
type StaffRole string

// The roles of employment spells.
const (
	StaffCaregiver    StaffRole = "caregiver"    // 养老护理员
	StaffSocialWorker StaffRole = "socialWorker" // 社工
	StaffManager      StaffRole = "manager"      // 管理人员
	StaffDirector     StaffRole = "director"     // 院长
	StaffMedical      StaffRole = "medical"      // 医护
	StaffService      StaffRole = "serviceStaff" // 服务人员
	StaffCare         StaffRole = "careStaff"    // 照护人员
)

// Spell is one stretch of employment as known from RecordedAt until
// SupersededAt (nil while it is the latest word). Period.To is the last day on
// post, Forever while open.
type Spell struct {
	ID           string           `json:"id" bson:"id"`
	Person       PersonID         `json:"personId" bson:"person"`
	Organization OrganizationID   `json:"organizationId" bson:"organization"`
	Path         []OrganizationID `json:"-" bson:"path"`
	Region       RegionCode       `json:"-" bson:"region"`
	Role         StaffRole        `json:"role" bson:"role"`
	Period       Period           `json:"period" bson:"period"`
	Dispatched   bool             `json:"dispatched" bson:"dispatched"`
	SmallHome    bool             `json:"-" bson:"smallHome"`
	RecordedAt   time.Time        `json:"recordedAt" bson:"recordedAt"`
	SupersededAt *time.Time       `json:"supersededAt,omitempty" bson:"supersededAt,omitempty"`
	Stood        []Standing       `json:"-" bson:"stood,omitempty"` // of an organisation that ever moved: see Placed
}

// Career is a person's employment as it is known now: every version of every
// spell.
type Career struct {
	Person PersonID
	Spells []Spell
}

// OnPost tells whether the spell covers the day.
func (s Spell) OnPost(on Date) bool { return s.Period.Holds(on) }
