package training

import (
	"context"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type enrolInput struct {
	ID   kernel.ClassID `path:"id" maxLength:"64"`
	Body enrolBody
}

type enrolBody struct {
	PersonIDs []kernel.PersonID `json:"personIds" minItems:"1" maxItems:"500" maxLength:"64"`
}

type conflictView struct {
	SessionID     kernel.SessionID `json:"sessionId"`
	StartsAt      time.Time        `json:"startsAt"`
	EndsAt        time.Time        `json:"endsAt"`
	OtherClassID  kernel.ClassID   `json:"otherClassId"`
	OtherTitle    string           `json:"otherTitle"`
	OtherStartsAt time.Time        `json:"otherStartsAt"`
	OtherEndsAt   time.Time        `json:"otherEndsAt"`
	OtherVenue    string           `json:"otherVenue"`
}

func viewConflict(c Conflict) conflictView {
	return conflictView{
		SessionID: c.Session.ID, StartsAt: c.Session.Plan.StartsAt, EndsAt: c.Session.Plan.EndsAt,
		OtherClassID: c.Other.Class, OtherTitle: c.Other.Title, OtherStartsAt: c.Other.Plan.StartsAt,
		OtherEndsAt: c.Other.Plan.EndsAt, OtherVenue: c.Other.Plan.Venue,
	}
}

type enrolmentView struct {
	PersonID  kernel.PersonID `json:"personId"`
	Outcome   Outcome         `json:"outcome" enum:"enrolled,alreadyEnrolled,waitlisted,refused"`
	Reason    *kernel.Reason  `json:"reason,omitempty"`
	Place     int             `json:"place,omitempty" doc:"on the waiting list, from 1"`
	Conflicts []conflictView  `json:"conflicts" doc:"what they have elsewhere at the same time; it keeps nobody out"`
	Warnings  []kernel.Reason `json:"warnings" doc:"what speaks against the class for them; it keeps nobody out"`
}

func viewEnrolment(ctx context.Context) func(Enrolment) enrolmentView {
	return func(e Enrolment) enrolmentView {
		return enrolmentView{
			PersonID: e.Person, Outcome: e.Outcome, Reason: saidOne(ctx, e.Reason), Place: e.Place,
			Conflicts: each(e.Conflicts, viewConflict), Warnings: said(ctx, e.Warnings),
		}
	}
}

type enrolmentsView struct {
	Outcomes []enrolmentView `json:"outcomes"`
}

func (h *handlers) enrol(ctx context.Context, in *enrolInput) (*web.Body[enrolmentsView], error) {
	outcomes, err := h.service.Enrol(ctx, in.ID, in.Body.PersonIDs)
	if err != nil {
		return nil, err
	}
	return web.Answer(enrolmentsView{Outcomes: each(outcomes, viewEnrolment(ctx))}), nil
}

type seatInput struct {
	ID       kernel.ClassID  `path:"id" maxLength:"64"`
	PersonID kernel.PersonID `path:"personId" maxLength:"64"`
}

func (h *handlers) withdraw(ctx context.Context, in *seatInput) (*struct{}, error) {
	if err := h.service.Withdraw(ctx, in.ID, in.PersonID, ""); err != nil {
		return nil, err
	}
	return &struct{}{}, nil
}

type leaveInput struct {
	ID       kernel.ClassID  `path:"id" maxLength:"64"`
	PersonID kernel.PersonID `path:"personId" maxLength:"64"`
	Body     struct {
		Reason string `json:"reason,omitempty" maxLength:"200" doc:"needed after the cut-off"`
	}
}

func (h *handlers) leave(ctx context.Context, in *leaveInput) (*struct{}, error) {
	if err := h.service.Withdraw(ctx, in.ID, in.PersonID, strings.TrimSpace(in.Body.Reason)); err != nil {
		return nil, err
	}
	return &struct{}{}, nil
}

type swapInput struct {
	ID       kernel.ClassID  `path:"id" maxLength:"64"`
	PersonID kernel.PersonID `path:"personId" maxLength:"64"`
	Body     struct {
		PersonID kernel.PersonID `json:"personId" minLength:"1" maxLength:"64" doc:"who takes the place"`
		Reason   string          `json:"reason,omitempty" maxLength:"200" doc:"needed after the cut-off"`
	}
}

func (h *handlers) swap(ctx context.Context, in *swapInput) (*web.Body[enrolmentView], error) {
	e, err := h.service.Swap(ctx, in.ID, in.PersonID, in.Body.PersonID, strings.TrimSpace(in.Body.Reason))
	if err != nil {
		return nil, err
	}
	return web.Answer(viewEnrolment(ctx)(e)), nil
}

type suggestInput struct {
	Body struct {
		PersonIDs []kernel.PersonID `json:"personIds" minItems:"1" maxItems:"200" maxLength:"64"`
	}
}

type suggestionView struct {
	Class         classView      `json:"class"`
	Room          int            `json:"room" doc:"free seats"`
	MinutesToCome kernel.Minutes `json:"minutesToCome" doc:"of the sessions still to come"`
	Takes         int            `json:"takes" doc:"of the people, would get a seat"`
	Ready         int            `json:"ready" doc:"of the people, nothing speaks against it"`
	Already       int            `json:"already" doc:"of the people, are in it or wait"`
	Conflicting   int            `json:"conflicting" doc:"of the people, have something else at one of its times"`
	Unsuited      int            `json:"unsuited" doc:"of the people, are not whom it is meant for"`
	MendsMinutes  kernel.Minutes `json:"mendsMinutes" doc:"at most, of what those who get a seat lack this year beyond what is planned"`
	Enough        int            `json:"enough" doc:"of those who get a seat, would lack nothing more"`
}

type suggestionsView struct {
	Items []suggestionView `json:"items"`
}

func (h *handlers) suggest(ctx context.Context, in *suggestInput) (*web.Body[suggestionsView], error) {
	found, err := h.service.Suggest(ctx, in.Body.PersonIDs)
	if err != nil {
		return nil, err
	}
	view := h.viewClass(ctx)
	return web.Answer(suggestionsView{Items: each(found, func(s Suggestion) suggestionView {
		return suggestionView{
			Class: view(s.Class), Room: s.Room, MinutesToCome: s.Minutes, Takes: s.Takes(), Ready: s.Ready, Already: s.Already,
			Conflicting: s.Conflicting, Unsuited: s.Unsuited, MendsMinutes: s.Mends, Enough: s.Enough,
		}
	})}), nil
}

type personClassesInput struct {
	ID kernel.PersonID `path:"id" maxLength:"64"`
}

type offerView struct {
	Class     classView       `json:"class"`
	Seat      SeatState       `json:"seat,omitempty" enum:"enrolled,waitlisted"`
	Place     int             `json:"place,omitempty" doc:"on the waiting list, from 1"`
	MovedUpAt *time.Time      `json:"movedUpAt,omitempty" doc:"when the waiting list let them in"`
	LeaveBy   time.Time       `json:"leaveBy" doc:"a seat is given up until then; later the provider must be asked"`
	MayLeave  bool            `json:"mayLeave"`
	Next      *sessionView    `json:"nextSession,omitempty"`
	Conflicts []conflictView  `json:"conflicts" doc:"what they have elsewhere at the same time"`
	Warnings  []kernel.Reason `json:"warnings"`
}

type offersView struct {
	Items []offerView `json:"items"`
}

func (h *handlers) personClasses(ctx context.Context, in *personClassesInput) (*web.Body[offersView], error) {
	offers, err := h.service.Offers(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	now, view := h.service.now(), h.viewClass(ctx)
	return web.Answer(offersView{Items: each(offers, func(o Offer) offerView {
		v := offerView{
			Class: view(o.Class), Place: o.Place, LeaveBy: o.Deadlines.Leave.UTC(),
			Conflicts: each(o.Conflicts, viewConflict), Warnings: said(ctx, o.Doubts),
		}
		v.Class.Planned, v.Class.Open = &o.Schedule.Planned, &o.Schedule.Open
		if o.Seat != nil {
			v.Seat, v.MovedUpAt = o.Seat.State, known(o.Seat.MovedUpAt)
			v.MayLeave = o.Seat.State == SeatWaitlisted || !now.After(o.Deadlines.Leave)
		}
		if o.Next != nil {
			next := h.viewSession(*o.Next)
			v.Next = &next
		}
		return v
	})}), nil
}

type learnerView struct {
	PersonID       kernel.PersonID      `json:"personId"`
	Name           string               `json:"name"`
	IDNumberMasked string               `json:"idNumberMasked"`
	State          SeatState            `json:"state"`
	Place          int                  `json:"place,omitempty" doc:"on the waiting list, from 1"`
	EnrolledAt     time.Time            `json:"enrolledAt"`
	MovedUpAt      *time.Time           `json:"movedUpAt,omitempty" doc:"when the waiting list let them in"`
	Score          *float64             `json:"score,omitempty" doc:"of a test in two parts the lower one"`
	Theory         *float64             `json:"theory,omitempty"`
	Practice       *float64             `json:"practice,omitempty"`
	Result         string               `json:"result,omitempty" doc:"completed or refused, once the class is complete"`
	CertificateID  kernel.CertificateID `json:"certificateId,omitempty"`
	Reasons        []kernel.Reason      `json:"reasons"`
	Conflicts      []conflictView       `json:"conflicts" doc:"what they have elsewhere at the same time"`
}

type leaverView struct {
	PersonID   kernel.PersonID `json:"personId"`
	Name       string          `json:"name"`
	By         string          `json:"by,omitempty" enum:"self,provider,office"`
	Reason     string          `json:"reason,omitempty"`
	LeftAt     time.Time       `json:"leftAt"`
	SwappedFor kernel.PersonID `json:"swappedFor,omitempty" doc:"who took the place"`
}

type rosterView struct {
	ClassID    kernel.ClassID `json:"classId"`
	Capacity   int            `json:"capacity"`
	Enrolled   int            `json:"enrolled"`
	Waitlisted int            `json:"waitlisted"`
	Items      []learnerView  `json:"items"`
	Left       []leaverView   `json:"left" doc:"who gave a place up, the latest first"`
}

func (h *handlers) readRoster(ctx context.Context, in *classInput) (*web.Body[rosterView], error) {
	r, err := h.service.Roster(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	c := r.Class
	return web.Answer(rosterView{
		ClassID: c.ID, Capacity: c.Capacity, Enrolled: c.Enrolled(), Waitlisted: c.Waiting(),
		Items: each(r.Learners, func(l Learner) learnerView {
			v := learnerView{
				PersonID: l.Seat.Person, Name: l.Card.Name, IDNumberMasked: l.Card.IDNumberMasked, State: l.Seat.State, Place: l.Place,
				EnrolledAt: l.Seat.RecordedAt, MovedUpAt: known(l.Seat.MovedUpAt), Score: points(l.Seat.Score), Result: l.Seat.Result,
				CertificateID: l.Seat.Certificate, Reasons: said(ctx, l.Seat.Reasons), Conflicts: each(l.Conflicts, viewConflict),
			}
			v.Theory, v.Practice = l.Seat.Parts.points()
			return v
		}),
		Left: each(r.Left, func(l Leaver) leaverView {
			return leaverView{PersonID: l.Card.ID, Name: l.Card.Name, By: l.By, Reason: l.Reason, LeftAt: l.At, SwappedFor: l.SwappedFor}
		}),
	}), nil
}

// points of both parts; nil of a test that is not in parts.
func (p *Parts) points() (theory, practice *float64) {
	if p == nil {
		return nil, nil
	}
	return points(&p.Theory), points(&p.Practice)
}

func points(hundredths *int) *float64 {
	if hundredths == nil {
		return nil
	}
	p := float64(*hundredths) / 100
	return &p
}
