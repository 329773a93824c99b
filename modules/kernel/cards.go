package kernel

import "time"

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
	Gender         string           // "female", "male" or "" where the identity type does not tell
	Reach          []OrganizationID // whose people it is: organisations with all their ancestors
	Merged         PersonID         // not empty: look there instead
	Kinds          []string         // in which capacities they are registered
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

// OnPost tells whether the spell covers the day.
func (s Spell) OnPost(on Date) bool { return s.Period.Holds(on) }
