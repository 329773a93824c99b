package training

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// SessionClosed tells of a session and everybody's presence in it. It is
// announced when the session is closed and again, whole, with a higher
// Revision, after each correction: the highest revision is the truth.
type SessionClosed struct {
	Session               kernel.SessionID        `bson:"session"`
	Revision              int                     `bson:"revision"`
	Class                 kernel.ClassID          `bson:"class"`
	Course                kernel.CourseID         `bson:"course"`
	CourseTitle           string                  `bson:"courseTitle"`
	Provider              kernel.OrganizationID   `bson:"provider"`
	ProviderPath          []kernel.OrganizationID `bson:"providerPath"`
	Base                  kernel.OrganizationID   `bson:"base"`
	Region                kernel.RegionCode       `bson:"region"`
	Category              Category                `bson:"category"`
	Mode                  Mode                    `bson:"mode"`
	OrganiserTier         OrganiserTier           `bson:"organiserTier"`
	CountsTowardInService bool                    `bson:"countsTowardInService"`
	StandardCodes         []string                `bson:"standardCodes"`
	Date                  kernel.Date             `bson:"date"`
	StartsAt              time.Time               `bson:"startsAt"`
	EndsAt                time.Time               `bson:"endsAt"`
	Minutes               kernel.Minutes          `bson:"minutes"`
	Teacher               string                  `bson:"teacher,omitempty"`
	TeacherID             string                  `bson:"teacherId,omitempty"` // on the provider's list
	Venue                 string                  `bson:"venue,omitempty"`
	Enrolled              int                     `bson:"enrolled,omitempty"` // seats taken in the class
	Presences             []Presence              `bson:"presences"`
	RecordedAt            time.Time               `bson:"recordedAt"`
}

// Where a presence comes from.
const (
	SourceScan     = "scan"
	SourceTeacher  = "teacher"
	SourceLearning = "learning" // watched online
	SourceLogbook  = "logbook"  // practised on the job, two people said so
)

// Presence is one person in a closed session. A presence with a Flaw ("late",
// "noCheckOut", "offline", "shared", "refused", "absent") credits nothing and says why.
type Presence struct {
	Person    kernel.PersonID `bson:"person"`
	As        kernel.PersonID `bson:"as,omitempty"` // the record they sat there under, where a merge moved it
	In        time.Time       `bson:"in"`
	Out       time.Time       `bson:"out"`
	Stretches []rule.Stretch  `bson:"stretches,omitempty"` // instead of In and Out, where there are several
	Source    string          `bson:"source"`
	MarkedBy  kernel.UserID   `bson:"markedBy"`
	Reason    string          `bson:"reason"`
	Flaw      string          `bson:"flaw"`
	Device    string          `bson:"device,omitempty"`  // the phone that checked in, by its key
	ScannedAt time.Time       `bson:"scannedAt"`         // the check-in of a phone, whatever a teacher said of it since
	Offline   bool            `bson:"offline,omitempty"` // made without a network: known to half a minute
}

// FactName implements event.Fact.
func (SessionClosed) FactName() string { return "training.session_closed" }

// FactKey implements event.Keyed: what is told of one session comes in order.
func (e SessionClosed) FactKey() string { return string(e.Session) }

// PresenceRefused tells that a second person refused a presence of a closed
// session: its credit is reversed.
type PresenceRefused struct {
	Session    kernel.SessionID `bson:"session"`
	Class      kernel.ClassID   `bson:"class"`
	Person     kernel.PersonID  `bson:"person"`
	As         kernel.PersonID  `bson:"as,omitempty"`
	By         kernel.UserID    `bson:"by"`
	Reason     string           `bson:"reason"`
	Finding    string           `bson:"finding,omitempty"` // that it rests on
	RecordedAt time.Time        `bson:"recordedAt"`
}

// FactName implements event.Fact.
func (PresenceRefused) FactName() string { return "training.presence_refused" }

// FactKey implements event.Keyed: after the closing it refers to.
func (e PresenceRefused) FactKey() string { return string(e.Session) }

// PhoneTurnedAway tells that somebody was turned away from a session because the
// phone was somebody else's in it.
type PhoneTurnedAway struct {
	Session kernel.SessionID `bson:"session"`
}

// FactName implements event.Fact.
func (PhoneTurnedAway) FactName() string { return "training.phone_turned_away" }

// FactKey implements event.Keyed.
func (e PhoneTurnedAway) FactKey() string { return string(e.Session) }

// AttendanceMoved tells that what was proved in a closed session stands under
// another record since: two records were one person, or were none after all.
type AttendanceMoved struct {
	Session kernel.SessionID `bson:"session"`
}

// FactName implements event.Fact.
func (AttendanceMoved) FactName() string { return "training.attendance_moved" }

// FactKey implements event.Keyed.
func (e AttendanceMoved) FactKey() string { return string(e.Session) }

// ClassEnded tells that a class was completed, and who was there: anybody with
// a standing presence, certified or not.
type ClassEnded struct {
	Class        kernel.ClassID          `bson:"class"`
	Title        string                  `bson:"title"`
	Course       kernel.CourseID         `bson:"course"`
	Provider     kernel.OrganizationID   `bson:"provider"`
	ProviderName string                  `bson:"providerName"`
	ProviderPath []kernel.OrganizationID `bson:"providerPath"`
	Region       kernel.RegionCode       `bson:"region"`
	EndsOn       kernel.Date             `bson:"endsOn"`   // the day of the last session
	Teachers     []string                `bson:"teachers"` // each once
	Learners     []kernel.PersonID       `bson:"learners"`
	RecordedAt   time.Time               `bson:"recordedAt"`
}

// FactName implements event.Fact.
func (ClassEnded) FactName() string { return "training.class_ended" }

// Completed tells that a person completed a class.
type Completed struct {
	Class         kernel.ClassID        `bson:"class"`
	Course        kernel.CourseID       `bson:"course"`
	Category      Category              `bson:"category"`
	StandardCodes []string              `bson:"standardCodes"`
	Audience      string                `bson:"audience"`
	Programme     string                `bson:"programme"`
	Provider      kernel.OrganizationID `bson:"provider"`
	Person        kernel.PersonID       `bson:"person"`
	On            kernel.Date           `bson:"on"`
	Certificate   kernel.CertificateID  `bson:"certificate"`
	RecordedAt    time.Time             `bson:"recordedAt"`
}

// FactName implements event.Fact.
func (Completed) FactName() string { return "training.completed" }
