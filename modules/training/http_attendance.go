package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) attendanceRoutes(r *web.Router) {
	web.Get(r, "/sessions/{id}/check-in-code", web.May("checkInCode", "read"), h.checkInCode, web.Summary("The code for the projector; it rotates"))
	web.Post(r, "/sessions/{id}/check-ins", web.May("checkIn", "create"), h.checkIn, web.Summary("Check oneself in or out"))
	web.Post(r, "/check-ins", web.May("checkIn", "create"), h.scan, web.Summary("Check oneself in or out by a scanned code, which names its session"))
	web.Get(r, "/sessions/{id}/attendance", web.May("attendance", "read"), h.readAttendance, web.Summary("Who has shown up; since asks for the changes"))
	web.Stream(r, "/sessions/{id}/attendance/stream", web.May("attendance", "read"), h.follow, web.Summary("Who shows up, as it happens"))
	web.Act(r, "/sessions/{id}/attendance", web.May("attendance", "mark"), h.markMany, web.Summary("Enter the teacher's word on many presences at once"))
	web.Put(r, "/sessions/{id}/attendance/{personId}", web.May("attendance", "mark"), h.vouch, web.Summary("Enter the teacher's word on a presence"))
	web.Act(r, "/sessions/{id}/attendance/{personId}/refusal", web.May("attendance", "refuse"), h.refusePresence, web.Summary("Refuse the teacher's word, as a second person"))
}

type checkInCodeView struct {
	Code      string    `json:"code" doc:"to type by hand"`
	QRText    string    `json:"qrText" doc:"to show as QR; version 4 or less"`
	RotatesAt time.Time `json:"rotatesAt" doc:"fetch the next code"`
	ExpiresAt time.Time `json:"expiresAt" doc:"this code is no longer taken"`
}

func (h *handlers) checkInCode(ctx context.Context, in *sessionInput) (*web.Body[checkInCodeView], error) {
	c, err := h.service.CheckInCode(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(checkInCodeView(c)), nil
}

type pointBody struct {
	Lat float64 `json:"lat" minimum:"-90" maximum:"90"`
	Lng float64 `json:"lng" minimum:"-180" maximum:"180"`
}

type checkInBody struct {
	Code      string      `json:"code" minLength:"1" maxLength:"300" doc:"as typed, or the text of the QR"`
	Direction Direction   `json:"direction" enum:"in,out"`
	Location  *pointBody  `json:"location,omitempty"`
	Device    *deviceBody `json:"device,omitempty" doc:"the phone's proof; one phone is one person's in a session"`
	Offline   bool        `json:"offline,omitempty" doc:"scanned without a network: the code tells when, and the teacher has to confirm it"`
}

type checkInInput struct {
	ID   kernel.SessionID `path:"id" maxLength:"64"`
	Body checkInBody
}

type checkInView struct {
	SessionID    kernel.SessionID `json:"sessionId"`
	ClassID      kernel.ClassID   `json:"classId"`
	PersonID     kernel.PersonID  `json:"personId"`
	Title        string           `json:"title"`
	StartsAt     time.Time        `json:"startsAt"`
	EndsAt       time.Time        `json:"endsAt"`
	Direction    Direction        `json:"direction"`
	CheckedInAt  *time.Time       `json:"checkedInAt"`
	CheckedOutAt *time.Time       `json:"checkedOutAt"`
	Late         bool             `json:"late" doc:"needs the teacher's word to be credited"`
	Flaw         *kernel.Reason   `json:"flaw,omitempty" doc:"what else has to be confirmed by the teacher"`
	Elsewhere    *elsewhereView   `json:"elsewhere,omitempty" doc:"another session at that time in which one is checked in and not out"`
}

type elsewhereView struct {
	SessionID kernel.SessionID `json:"sessionId"`
	Title     string           `json:"title"`
	StartsAt  time.Time        `json:"startsAt"`
	EndsAt    time.Time        `json:"endsAt"`
}

func viewElsewhere(e *Elsewhere) *elsewhereView {
	if e == nil {
		return nil
	}
	return &elsewhereView{SessionID: e.Session, Title: e.Title, StartsAt: e.StartsAt, EndsAt: e.EndsAt}
}

func (h *handlers) checkIn(ctx context.Context, in *checkInInput) (*web.Body[checkInView], error) {
	return h.take(ctx, in.ID, in.Body)
}

type scanInput struct {
	Body checkInBody
}

func (h *handlers) scan(ctx context.Context, in *scanInput) (*web.Body[checkInView], error) {
	return h.take(ctx, "", in.Body)
}

func (h *handlers) take(ctx context.Context, session kernel.SessionID, b checkInBody) (*web.Body[checkInView], error) {
	d := ScanDraft{Session: session, Code: b.Code, Direction: b.Direction, Offline: b.Offline}
	var err error
	if d.Device, err = b.Device.proof(); err != nil {
		return nil, err
	}
	if b.Location != nil {
		d.Location = &Point{Lat: b.Location.Lat, Lng: b.Location.Lng}
	}
	a, x, err := h.service.Scan(ctx, d)
	if err != nil {
		return nil, err
	}
	return web.Answer(checkInView{
		SessionID: x.ID, ClassID: x.Class, PersonID: a.Person, Title: x.Title, StartsAt: x.Plan.StartsAt,
		EndsAt: x.Plan.EndsAt, Direction: b.Direction, CheckedInAt: known(a.ScannedIn), CheckedOutAt: known(a.ScannedOut),
		Late: h.service.Late(x, a), Flaw: saidOne(ctx, flawReason(h.service.doubt(x, a))), Elsewhere: viewElsewhere(a.Elsewhere),
	}), nil
}

type wordView struct {
	Act          string     `json:"act" enum:"enter,confirm,checkOut" doc:"the whole presence, what was scanned, or when somebody left"`
	CheckedInAt  *time.Time `json:"checkedInAt"`
	CheckedOutAt *time.Time `json:"checkedOutAt"`
	Reason       string     `json:"reason"`
	ByName       string     `json:"byName"`
	RecordedAt   time.Time  `json:"recordedAt"`
	SheetID      string     `json:"sheetId,omitempty" doc:"the signed sheet that it was read from"`
}

func viewWord(w Word) wordView {
	v := wordView{
		Act: "enter", CheckedInAt: known(w.In), CheckedOutAt: known(w.Out), Reason: w.Reason, ByName: w.ByName,
		RecordedAt: w.RecordedAt, SheetID: w.Sheet,
	}
	switch w.Of {
	case WordConfirm:
		v.Act = "confirm"
	case WordOut:
		v.Act = "checkOut"
	case WordWhole:
	}
	return v
}

type presenceRefusalView struct {
	Reason     string    `json:"reason"`
	RecordedAt time.Time `json:"recordedAt"`
}

type attendanceView struct {
	PersonID     kernel.PersonID      `json:"personId"`
	Name         string               `json:"name,omitempty"`
	CheckedInAt  *time.Time           `json:"checkedInAt"`
	CheckedOutAt *time.Time           `json:"checkedOutAt"`
	Source       string               `json:"source" enum:"scan,teacher,learning,logbook"`
	Late         bool                 `json:"late"`
	Pending      bool                 `json:"pending" doc:"scanned, and waits for the teacher's word"`
	SentInAt     *time.Time           `json:"sentInAt,omitempty" doc:"checked in without a network: when that arrived"`
	SentOutAt    *time.Time           `json:"sentOutAt,omitempty"`
	OtherDevice  bool                 `json:"otherDevice,omitempty" doc:"checked out by another phone than in"`
	Elsewhere    *elsewhereView       `json:"elsewhere,omitempty" doc:"checked in to another session at that time, and not out"`
	Flaw         *kernel.Reason       `json:"flaw,omitempty" doc:"why it would credit nothing as it stands"`
	Words        []wordView           `json:"words" doc:"the teacher's, the last one counts"`
	Refusal      *presenceRefusalView `json:"refusal,omitempty"`
	ChangedAt    time.Time            `json:"changedAt"`
}

func viewAttendance(ctx context.Context, p Present) attendanceView {
	stands := p.Proof.Presence()
	v := attendanceView{
		PersonID: p.Proof.Person, Name: p.Card.Name, CheckedInAt: known(stands.In), CheckedOutAt: known(stands.Out),
		Source: SourceScan, Late: p.Late, ChangedAt: p.Proof.ChangedAt,
		Words: each(p.Proof.Words, viewWord),
	}
	switch {
	case len(p.Proof.Words) > 0:
		v.Source = SourceTeacher
	case len(stands.Stretches) > 0:
		all := stands.Stretches
		v.Source, v.CheckedInAt, v.CheckedOutAt = p.Learned, known(all[0].From), known(all[len(all)-1].To)
	}
	v.SentInAt, v.SentOutAt, v.Elsewhere = known(p.Proof.SentIn), known(p.Proof.SentOut), viewElsewhere(p.Proof.Elsewhere)
	v.OtherDevice = p.Proof.Device != "" && p.Proof.DeviceOut != "" && p.Proof.Device != p.Proof.DeviceOut
	v.Pending = p.Flaw.Confirmable()
	v.Flaw = saidOne(ctx, flawReason(p.Flaw))
	if r := p.Proof.Refusal; r != nil {
		v.Refusal = &presenceRefusalView{r.Reason, r.RecordedAt}
	}
	return v
}

type readAttendanceInput struct {
	ID    kernel.SessionID `path:"id" maxLength:"64"`
	Since time.Time        `query:"since" doc:"only what changed at that instant or later: the asOf of the answer before"`
}

type attendanceListView struct {
	SessionID kernel.SessionID `json:"sessionId"`
	Status    SessionStatus    `json:"status"`
	Enrolled  int              `json:"enrolled"`
	Items     []attendanceView `json:"items"`
	AsOf      time.Time        `json:"asOf" doc:"use as since next time"`
}

// settling is how long a scan may take to commit: a poller asks again for that
// much, so that none slips between two answers.
const settling = 5 * time.Second

func (h *handlers) readAttendance(ctx context.Context, in *readAttendanceInput) (*web.Body[attendanceListView], error) {
	asOf := h.service.now().Add(-settling)
	x, enrolled, present, err := h.service.Attendance(ctx, in.ID, in.Since)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewLive(ctx, Live{Session: x, Enrolled: enrolled, Present: present, AsOf: asOf})), nil
}

func viewLive(ctx context.Context, l Live) attendanceListView {
	return attendanceListView{
		SessionID: l.Session.ID, Status: l.Session.Status, Enrolled: l.Enrolled, AsOf: l.AsOf,
		Items: each(l.Present, func(p Present) attendanceView { return viewAttendance(ctx, p) }),
	}
}

// follow streams the list: whole first, then what changes. The id of an event
// is its asOf.
func (h *handlers) follow(ctx context.Context, o web.Opening) (web.Feed[attendanceListView], error) {
	since, err := time.Parse(time.RFC3339Nano, o.Last)
	if o.Last == "" || err != nil {
		since = time.Time{} // all of it
	}
	w, err := h.service.Watch(ctx, kernel.SessionID(o.ID), since)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (string, attendanceListView, error) {
		l, err := w.Next(ctx)
		return l.AsOf.Format(time.RFC3339Nano), viewLive(ctx, l), err
	}, nil
}

type vouchInput struct {
	ID       kernel.SessionID `path:"id" maxLength:"64"`
	PersonID kernel.PersonID  `path:"personId" maxLength:"64"`
	Body     vouchBody
}

type vouchBody struct {
	CheckedInAt  *time.Time `json:"checkedInAt" nullable:"true" doc:"null together with checkedOutAt: was not there"`
	CheckedOutAt *time.Time `json:"checkedOutAt" nullable:"true"`
	Reason       string     `json:"reason" minLength:"1" maxLength:"500"`
	SheetID      string     `json:"sheetId,omitempty" maxLength:"64" doc:"the signed sheet that it was read from"`
}

func (h *handlers) vouch(ctx context.Context, in *vouchInput) (*web.Body[attendanceView], error) {
	var from, to time.Time
	set(&from, in.Body.CheckedInAt)
	set(&to, in.Body.CheckedOutAt)
	a, x, err := h.service.Vouch(ctx, in.ID, in.PersonID, WordDraft{In: instant(from), Out: instant(to), Reason: in.Body.Reason, Sheet: in.Body.SheetID})
	if err != nil {
		return nil, err
	}
	return h.one(ctx, x, a)
}

type refusePresenceInput struct {
	ID       kernel.SessionID `path:"id" maxLength:"64"`
	PersonID kernel.PersonID  `path:"personId" maxLength:"64"`
	Body     sessionReasonBody
}

func (h *handlers) refusePresence(ctx context.Context, in *refusePresenceInput) (*web.Body[attendanceView], error) {
	a, x, err := h.service.RefusePresence(ctx, in.ID, in.PersonID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return h.one(ctx, x, a)
}

func (h *handlers) one(ctx context.Context, x Session, a Attendance) (*web.Body[attendanceView], error) {
	p, err := h.service.present(ctx, x, a)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewAttendance(ctx, p)), nil
}
