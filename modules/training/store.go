package training

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

type courseDoc struct {
	store.Doc  `bson:",inline"`
	Number     int                     `bson:"number"`
	Title      string                  `bson:"title"` // again outside Terms, for the index
	Terms      Terms                   `bson:"terms"`
	Owner      []kernel.OrganizationID `bson:"owner"`
	By         kernel.UserID           `bson:"by"`
	RecordedAt time.Time               `bson:"recordedAt"`
}

func courseSpec() store.Spec {
	return store.Spec{Name: "training_courses", Indexes: []store.Index{
		{Name: "by_title", Fields: []string{"title"}},
	}}
}

// versionDoc is one published version, never written again; _id "course:number".
type versionDoc struct {
	store.Doc  `bson:",inline"`
	Course     kernel.CourseID         `bson:"course"`
	Number     int                     `bson:"number"`
	Terms      Terms                   `bson:"terms"`
	Owner      []kernel.OrganizationID `bson:"owner"`
	By         kernel.UserID           `bson:"by"`
	RecordedAt time.Time               `bson:"recordedAt"`
}

func versionSpec() store.Spec {
	return store.Spec{Name: "training_course_versions", Indexes: []store.Index{
		{Name: "by_course", Fields: []string{"course", "number"}},
	}}
}

type classDoc struct {
	store.Doc     `bson:",inline"`
	Course        kernel.CourseID         `bson:"course"`
	CourseVersion int                     `bson:"courseVersion"`
	Terms         Terms                   `bson:"terms"`
	Programme     string                  `bson:"programme"`
	Provider      kernel.OrganizationID   `bson:"provider"`
	ProviderName  string                  `bson:"providerName"`
	ProviderPath  []kernel.OrganizationID `bson:"providerPath"`
	Region        kernel.RegionCode       `bson:"region"`
	Tier          OrganiserTier           `bson:"tier"`
	Base          kernel.OrganizationID   `bson:"base"`
	BaseName      string                  `bson:"baseName"`
	Reach         []kernel.OrganizationID `bson:"reach"`
	SeenBy        []kernel.OrganizationID `bson:"seenBy"`
	StartsOn      kernel.Date             `bson:"startsOn"`
	EndsOn        kernel.Date             `bson:"endsOn"`
	Capacity      int                     `bson:"capacity"`
	Status        ClassStatus             `bson:"status"`
	Seats         []Seat                  `bson:"seats"`
	Application   *Application            `bson:"application,omitempty"`
	OpenedBy      kernel.UserID           `bson:"openedBy,omitempty"`
	ArchivedAt    time.Time               `bson:"archivedAt,omitempty"`
	RecordedAt    time.Time               `bson:"recordedAt"`
	CompletedAt   time.Time               `bson:"completedAt"`
	Withdrawal    *Withdrawal             `bson:"withdrawal,omitempty"`
	Imports       []string                `bson:"imports,omitempty"` // that brought scores
}

func classSpec() store.Spec {
	return store.Spec{Name: "training_classes", Indexes: []store.Index{
		{Name: "by_seen", Fields: []string{"seenBy", "startsOn"}, Many: "seenBy"},
		{Name: "by_seen_status", Fields: []string{"seenBy", "status", "startsOn"}, Many: "seenBy"},
		{Name: "by_start", Fields: []string{"startsOn"}},
		{Name: "by_status", Fields: []string{"status", "startsOn"}},
		{Name: "by_provider", Fields: []string{"provider", "status", "startsOn"}},
		{Name: "by_import", Fields: []string{"imports"}, Many: "imports"},
	}}
}

type sessionDoc struct {
	store.Doc  `bson:",inline"`
	Class      kernel.ClassID          `bson:"class"`
	Title      string                  `bson:"title"`
	Provider   []kernel.OrganizationID `bson:"provider"`
	SeenBy     []kernel.OrganizationID `bson:"seenBy"`
	Region     kernel.RegionCode       `bson:"region"`
	StartsAt   time.Time               `bson:"startsAt"`
	EndsAt     time.Time               `bson:"endsAt"`
	Minutes    kernel.Minutes          `bson:"minutes"`
	Venue      string                  `bson:"venue"`
	Teacher    string                  `bson:"teacher"`
	TeacherID  string                  `bson:"teacherId,omitempty"`
	Unfit      bool                    `bson:"unqualified,omitempty"`
	Mode       Mode                    `bson:"mode"`
	Location   *Place                  `bson:"location"`
	Status     SessionStatus           `bson:"status"`
	Moves      []Move                  `bson:"moves"`
	Reason     string                  `bson:"reason"`
	Revision   int                     `bson:"revision"`
	RecordedAt time.Time               `bson:"recordedAt"`
	ClosedAt   time.Time               `bson:"closedAt"`
	Base       kernel.OrganizationID   `bson:"base,omitempty"`
	Learners   int                     `bson:"learners,omitempty"`
	Attended   kernel.Minutes          `bson:"attended,omitempty"`
	Video      *Video                  `bson:"video,omitempty"`
	Mentor     *Mentor                 `bson:"mentor,omitempty"`
	Draft      bool                    `bson:"draft,omitempty"`
	Gates      int                     `bson:"gates,omitempty"`
}

func sessionSpec() store.Spec {
	return store.Spec{Name: "training_sessions", Indexes: []store.Index{
		{Name: "by_class", Fields: []string{"class", "startsAt"}},
		{Name: "by_seen", Fields: []string{"seenBy", "startsAt"}, Many: "seenBy"},
		{Name: "by_start", Fields: []string{"startsAt"}},
		{Name: "by_base", Fields: []string{"base", "startsAt"}, Where: "base"},
	}}
}

// enrolmentDoc lets a person find their classes; the seat in the class document
// decides. _id "class:person".
type enrolmentDoc struct {
	store.Doc   `bson:",inline"`
	Class       kernel.ClassID  `bson:"class"`
	Person      kernel.PersonID `bson:"person"`
	State       SeatState       `bson:"state"`
	StartsOn    kernel.Date     `bson:"startsOn"` // of the class
	RecordedAt  time.Time       `bson:"recordedAt"`
	WithdrawnAt time.Time       `bson:"withdrawnAt"`
	WithdrawnBy string          `bson:"withdrawnBy,omitempty"` // "self", "provider" or "office"
	Reason      string          `bson:"reason,omitempty"`      // of the withdrawal
	SwappedFor  kernel.PersonID `bson:"swappedFor,omitempty"`  // who took the place

	Was    []kernel.PersonID `bson:"was,omitempty"`    // whose it was before merges, the last at the end
	Covers *enrolmentDoc     `bson:"covers,omitempty"` // a withdrawn one that a merge laid it over
}

// enrolled is the record that the seat was given to, where a merge moved it.
func (d enrolmentDoc) enrolled() kernel.PersonID {
	if len(d.Was) > 0 {
		return d.Was[0]
	}
	return ""
}

func enrolmentSpec() store.Spec {
	return store.Spec{Name: "training_enrolments", Indexes: []store.Index{
		{Name: "by_person", Fields: []string{"person", "startsOn"}},
		{Name: "by_class", Fields: []string{"class", "state", "withdrawnAt"}},
	}}
}

// attendanceDoc is one per session and person; _id "session:person".
type attendanceDoc struct {
	store.Doc  `bson:",inline"`
	Session    kernel.SessionID `bson:"session"`
	Class      kernel.ClassID   `bson:"class"`
	Person     kernel.PersonID  `bson:"person"`
	As         kernel.PersonID  `bson:"as,omitempty"` // the record they sat there under, where a merge moved it
	ScannedIn  time.Time        `bson:"scannedIn"`
	ScannedOut time.Time        `bson:"scannedOut"`
	SentIn     time.Time        `bson:"sentIn,omitempty"`
	SentOut    time.Time        `bson:"sentOut,omitempty"`
	Device     string           `bson:"device,omitempty"`
	DeviceOut  string           `bson:"deviceOut,omitempty"`
	Shared     bool             `bson:"shared,omitempty"`
	Elsewhere  *Elsewhere       `bson:"elsewhere,omitempty"`
	Words      []Word           `bson:"words"`
	Refusal    *Refusal         `bson:"refusal"`
	ChangedAt  time.Time        `bson:"changedAt"`
}

func attendanceSpec() store.Spec {
	return store.Spec{Name: "training_attendance", Indexes: []store.Index{
		{Name: "by_session", Fields: []string{"session", "changedAt"}},
		{Name: "by_class", Fields: []string{"class", "person"}},
		{Name: "by_person", Fields: []string{"person", "scannedIn"}},
	}}
}

type collections struct {
	courses     *store.Collection[courseDoc]
	versions    *store.Collection[versionDoc]
	classes     *store.Collection[classDoc]
	sessions    *store.Collection[sessionDoc]
	enrolments  *store.Collection[enrolmentDoc]
	attendance  *store.Collection[attendanceDoc]
	gates       *store.Collection[gateDoc]
	feeds       *store.Collection[feedDoc]
	bindings    *store.Collection[bindingDoc]
	turnedAway  *store.Collection[turnedAwayDoc]
	devices     *store.Collection[deviceDoc]
	sheets      *store.Collection[sheetDoc]
	learning    *store.Collection[learningDoc]
	watching    *store.Collection[watchingDoc]
	logbook     *store.Collection[logEntryDoc]
	instructors *store.Collection[instructorDoc]
}

func open(db *store.DB) collections {
	return collections{
		courses:     store.Open[courseDoc](db, courseSpec()),
		versions:    store.Open[versionDoc](db, versionSpec()),
		classes:     store.Open[classDoc](db, classSpec()),
		sessions:    store.Open[sessionDoc](db, sessionSpec()),
		enrolments:  store.Open[enrolmentDoc](db, enrolmentSpec()),
		attendance:  store.Open[attendanceDoc](db, attendanceSpec()),
		gates:       store.Open[gateDoc](db, gateSpec()),
		feeds:       store.Open[feedDoc](db, feedSpec()),
		bindings:    store.Open[bindingDoc](db, bindingSpec()),
		turnedAway:  store.Open[turnedAwayDoc](db, turnedAwaySpec()),
		devices:     store.Open[deviceDoc](db, deviceSpec()),
		sheets:      store.Open[sheetDoc](db, sheetSpec()),
		learning:    store.Open[learningDoc](db, learningSpec()),
		watching:    store.Open[watchingDoc](db, watchingSpec()),
		logbook:     store.Open[logEntryDoc](db, logbookSpec()),
		instructors: store.Open[instructorDoc](db, instructorSpec()),
	}
}

// unknown turns a missing document into the refusal that names what is missing.
func unknown(err, refusal error) error {
	if errors.Is(err, store.ErrNotFound) {
		return refusal
	}
	return err
}

func (c collections) course(ctx context.Context, id kernel.CourseID) (Course, error) {
	doc, err := c.courses.Get(ctx, string(id))
	return doc.course(), unknown(err, ErrCourseUnknown)
}

func (c collections) class(ctx context.Context, id kernel.ClassID) (Class, error) {
	doc, err := c.classes.Get(ctx, string(id))
	return doc.class(), unknown(err, ErrClassUnknown)
}

func (c collections) session(ctx context.Context, id kernel.SessionID) (Session, error) {
	doc, err := c.sessions.Get(ctx, string(id))
	return doc.session(), unknown(err, ErrSessionUnknown)
}

func (c collections) saveClass(ctx context.Context, class *Class) error {
	doc := docOfClass(*class)
	err := c.classes.Replace(ctx, &doc)
	class.Stored = doc.Version
	return err
}

func (c collections) saveSession(ctx context.Context, s *Session) error {
	doc := docOfSession(*s)
	err := c.sessions.Replace(ctx, &doc)
	s.Stored = doc.Version
	return err
}

func attendanceID(s kernel.SessionID, p kernel.PersonID) string { return string(s) + ":" + string(p) }

func enrolmentID(c kernel.ClassID, p kernel.PersonID) string { return string(c) + ":" + string(p) }

// proof reads somebody's attendance, an empty one when there is none yet.
func (c collections) proof(ctx context.Context, s Session, p kernel.PersonID) (Attendance, error) {
	seat, err := c.enrolments.Get(ctx, enrolmentID(s.Class, p))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Attendance{}, err
	}
	seat.Person = p
	return c.proofOf(ctx, s, seat)
}

// proofOf is proof where the seat is known.
func (c collections) proofOf(ctx context.Context, s Session, seat enrolmentDoc) (Attendance, error) {
	doc, err := c.attendance.Get(ctx, attendanceID(s.ID, seat.Person))
	if errors.Is(err, store.ErrNotFound) {
		return Attendance{Session: s.ID, Class: s.Class, Person: seat.Person, As: seat.enrolled()}, nil
	}
	return doc.attendance(), err
}

func (c collections) saveProof(ctx context.Context, a *Attendance) error {
	doc := docOfAttendance(*a)
	write := c.attendance.Replace
	if a.Stored == 0 {
		write = c.attendance.Put // the gate keeps a second first scan out
	}
	err := write(ctx, &doc)
	a.Stored = doc.Version
	return err
}

// proofs reads the attendance of a session, changed at since or later.
func (c collections) proofs(ctx context.Context, s kernel.SessionID, since time.Time) ([]Attendance, error) {
	q := store.Query{Index: "by_session", Equal: []any{string(s)}}
	if !since.IsZero() {
		q.From = since
	}
	var out []Attendance
	err := c.attendance.Each(ctx, q, func(d attendanceDoc) error {
		out = append(out, d.attendance())
		return nil
	})
	return out, err
}

func (c collections) sessionsOf(ctx context.Context, class kernel.ClassID) ([]Session, error) {
	var out []Session
	err := c.sessions.Each(ctx, store.Query{Index: "by_class", Equal: []any{string(class)}}, func(d sessionDoc) error {
		out = append(out, d.session())
		return nil
	})
	return out, err
}
