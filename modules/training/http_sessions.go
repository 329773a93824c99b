package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/training/rule"
)

func (h *handlers) sessionRoutes(r *web.Router) {
	web.Post(r, "/classes/{id}/sessions", web.May("trainingSession", "create"), h.addSession, web.Summary("Plan a session"))
	web.Get(r, "/sessions", web.May("trainingSession", "read"), h.calendar, web.Summary("The calendar of sessions in reach"))
	web.Get(r, "/sessions/{id}", web.May("trainingSession", "read"), h.readSession, web.Summary("A session"))
	web.Patch(r, "/sessions/{id}", web.May("trainingSession", "update"), h.reschedule, web.Summary("Reschedule a session"))
	web.Act(r, "/sessions/{id}/cancellation", web.May("trainingSession", "cancel"), h.cancelSession, web.Summary("Call a session off"))
	web.Act(r, "/sessions/{id}/close", web.May("trainingSession", "close"), h.closeSession, web.Summary("Close a session; what it is worth is credited"))
}

type placeBody struct {
	Lat     float64 `json:"lat" minimum:"-90" maximum:"90"`
	Lng     float64 `json:"lng" minimum:"-180" maximum:"180"`
	RadiusM int     `json:"radiusM" minimum:"10" maximum:"10000"`
}

func (p *placeBody) place() *Place {
	if p == nil {
		return nil
	}
	return &Place{Lat: p.Lat, Lng: p.Lng, RadiusM: p.RadiusM}
}

type moveView struct {
	StartsAt   time.Time `json:"startsAt"`
	EndsAt     time.Time `json:"endsAt"`
	RecordedAt time.Time `json:"recordedAt"`
}

type sessionView struct {
	ID         kernel.SessionID      `json:"id"`
	ClassID    kernel.ClassID        `json:"classId"`
	Title      string                `json:"title"`
	ProviderID kernel.OrganizationID `json:"providerId"`
	Date       kernel.Date           `json:"date" format:"date"`
	StartsAt   time.Time             `json:"startsAt"`
	EndsAt     time.Time             `json:"endsAt"`
	OpensAt    time.Time             `json:"checkInOpensAt"`
	LateFrom   time.Time             `json:"lateFrom" doc:"a check-in after it needs the teacher's word"`
	Minutes    kernel.Minutes        `json:"minutes"`
	Venue      string                `json:"venue"`
	Teacher    string                `json:"teacher"`
	TeacherID  string                `json:"teacherId,omitempty" doc:"on the provider's list"`
	Unfit      bool                  `json:"teacherUnqualified,omitempty" doc:"no qualification of theirs holds on the day"`
	Mode       Mode                  `json:"mode" enum:"classroom,remote,onTheJob"`
	Location   *placeBody            `json:"location,omitempty"`
	Mentor     *mentorView           `json:"mentor,omitempty" doc:"of a session on the job"`
	Material   *videoView            `json:"material,omitempty" doc:"what a remote session is learned from"`
	Status     SessionStatus         `json:"status" enum:"planned,closed,cancelled"`
	Reason     string                `json:"reason,omitempty" doc:"of the cancellation"`
	Moves      []moveView            `json:"moves" doc:"when it was planned before"`
	RecordedAt time.Time             `json:"recordedAt"`
	ClosedAt   *time.Time            `json:"closedAt,omitempty"`
}

func (h *handlers) viewSession(x Session) sessionView {
	opens, late := h.service.Hours(x)
	v := sessionView{
		OpensAt: opens, LateFrom: late,
		ID: x.ID, ClassID: x.Class, Title: x.Title, ProviderID: first(x.Provider), Date: x.Date(),
		StartsAt: x.Plan.StartsAt, EndsAt: x.Plan.EndsAt, Minutes: x.Plan.Minutes, Venue: x.Plan.Venue,
		Teacher: x.Plan.Teacher, TeacherID: x.Plan.TeacherID, Unfit: x.Plan.Unqualified, Mode: x.Plan.Mode, Status: x.Status, Reason: x.Reason,
		Moves: each(x.Moves, func(m Move) moveView {
			return moveView{StartsAt: m.StartsAt, EndsAt: m.EndsAt, RecordedAt: m.RecordedAt}
		}),
		RecordedAt: x.RecordedAt, ClosedAt: known(x.ClosedAt), Material: viewVideo(x),
	}
	if m := x.Mentor; m != nil {
		v.Mentor = &mentorView{m.Name, m.Person}
	}
	if p := x.Plan.Location; p != nil {
		v.Location = &placeBody{Lat: p.Lat, Lng: p.Lng, RadiusM: p.RadiusM}
	}
	return v
}

type addSessionInput struct {
	ID   kernel.ClassID `path:"id" maxLength:"64"`
	Body addSessionBody
}

type addSessionBody struct {
	StartsAt time.Time      `json:"startsAt"`
	EndsAt   time.Time      `json:"endsAt"`
	Minutes  kernel.Minutes `json:"minutes" minimum:"1" maximum:"960" doc:"taught, without breaks"`
	Venue    string         `json:"venue" maxLength:"200"`
	Teacher  string         `json:"teacher,omitempty" maxLength:"100" doc:"as written; needed without teacherId"`
	Listed   string         `json:"teacherId,omitempty" maxLength:"64" doc:"on the provider's list; the name comes from there"`
	Mode     Mode           `json:"mode,omitempty" enum:"classroom,remote,onTheJob" doc:"the course's, unless stated"`
	Location *placeBody     `json:"location,omitempty" doc:"scans must come from within its radius"`
}

func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func (h *handlers) addSession(ctx context.Context, in *addSessionInput) (*web.Versioned[sessionView], error) {
	b := in.Body
	x, err := h.service.AddSession(ctx, in.ID, Plan{
		StartsAt: instant(b.StartsAt), EndsAt: instant(b.EndsAt), Minutes: b.Minutes, Venue: b.Venue, Teacher: b.Teacher, TeacherID: b.Listed,
		Mode: b.Mode, Location: b.Location.place(),
	})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewSession(x), x.Stored), nil
}

type sessionInput struct {
	ID kernel.SessionID `path:"id" maxLength:"64"`
}

func (h *handlers) readSession(ctx context.Context, in *sessionInput) (*web.Versioned[sessionView], error) {
	x, err := h.service.Session(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewSession(x), x.Stored), nil
}

type rescheduleInput struct {
	web.IfMatch
	ID   kernel.SessionID `path:"id" maxLength:"64"`
	Body rescheduleBody
}

type rescheduleBody struct {
	StartsAt *time.Time      `json:"startsAt,omitempty"`
	EndsAt   *time.Time      `json:"endsAt,omitempty"`
	Minutes  *kernel.Minutes `json:"minutes,omitempty" minimum:"1" maximum:"960"`
	Venue    *string         `json:"venue,omitempty" maxLength:"200"`
	Teacher  *string         `json:"teacher,omitempty" maxLength:"100" doc:"alone: nobody of the provider's list"`
	Listed   *string         `json:"teacherId,omitempty" maxLength:"64" doc:"on the provider's list; the name comes from there"`
	Mode     *Mode           `json:"mode,omitempty" enum:"classroom,remote,onTheJob"`
	Location *placeBody      `json:"location,omitempty"`
}

func (h *handlers) reschedule(ctx context.Context, in *rescheduleInput) (*web.Versioned[sessionView], error) {
	b := in.Body
	x, err := h.service.Reschedule(ctx, in.ID, func(p *Plan, stored int64) error {
		set(&p.StartsAt, b.StartsAt)
		set(&p.EndsAt, b.EndsAt)
		set(&p.Minutes, b.Minutes)
		set(&p.Venue, b.Venue)
		if b.Teacher != nil {
			p.Teacher, p.TeacherID, p.Unqualified = *b.Teacher, "", false
		}
		set(&p.TeacherID, b.Listed)
		set(&p.Mode, b.Mode)
		if b.Location != nil {
			p.Location = b.Location.place()
		}
		p.StartsAt, p.EndsAt = instant(p.StartsAt), instant(p.EndsAt)
		return web.Check(in.IfMatch.IfMatch, stored)
	})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewSession(x), x.Stored), nil
}

type cancelSessionInput struct {
	ID   kernel.SessionID `path:"id" maxLength:"64"`
	Body sessionReasonBody
}

type sessionReasonBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

func (h *handlers) cancelSession(ctx context.Context, in *cancelSessionInput) (*web.Versioned[sessionView], error) {
	x, err := h.service.CancelSession(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewSession(x), x.Stored), nil
}

type calendarInput struct {
	web.PageInput
	From           kernel.Date           `query:"from" format:"date" maxLength:"10"`
	To             kernel.Date           `query:"to" format:"date" maxLength:"10"`
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
	ClassID        kernel.ClassID        `query:"classId" maxLength:"64"`
}

func (h *handlers) calendar(ctx context.Context, in *calendarInput) (*web.Body[web.List[sessionView]], error) {
	l, err := h.service.Calendar(ctx, CalendarFilter{
		From: in.From, To: in.To, Organization: in.OrganizationID, Class: in.ClassID,
	}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return listed(l, h.viewSession), nil
}

type standingPresenceView struct {
	PersonID kernel.PersonID `json:"personId"`
	Minutes  kernel.Minutes  `json:"minutes"`
}

type flawedPresenceView struct {
	PersonID kernel.PersonID `json:"personId"`
	Reason   kernel.Reason   `json:"reason"`
}

type closedSessionView struct {
	ID            kernel.SessionID       `json:"id"`
	ClassID       kernel.ClassID         `json:"classId"`
	Status        SessionStatus          `json:"status"`
	ClosedAt      time.Time              `json:"closedAt"`
	Attended      []standingPresenceView `json:"attended"`
	WithoutCredit []flawedPresenceView   `json:"withoutCredit" doc:"present in part, and why nothing is credited"`
}

func (h *handlers) closeSession(ctx context.Context, in *sessionInput) (*web.Body[closedSessionView], error) {
	x, presences, err := h.service.CloseSession(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := closedSessionView{
		ID: x.ID, ClassID: x.Class, Status: x.Status, ClosedAt: x.ClosedAt,
		Attended: []standingPresenceView{}, WithoutCredit: []flawedPresenceView{},
	}
	for _, p := range presences {
		if reason := saidOne(ctx, flawReason(rule.Flaw(p.Flaw))); reason != nil {
			v.WithoutCredit = append(v.WithoutCredit, flawedPresenceView{p.Person, *reason})
			continue
		}
		v.Attended = append(v.Attended, standingPresenceView{p.Person, p.attended(x)})
	}
	return web.Answer(v), nil
}
