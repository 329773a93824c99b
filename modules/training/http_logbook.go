package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/training/rule"
)

func (h *handlers) logbookRoutes(r *web.Router) {
	web.Put(r, "/sessions/{id}/mentor", web.May("trainingSession", "update"), h.appoint, web.Summary("Name the mentor of a session on the job"))
	web.Get(r, "/sessions/{id}/logbook", web.May("logbook", "read"), h.readLogbook, web.Summary("What was practised on the job, and who said so"))
	web.Post(r, "/sessions/{id}/logbook", web.May("logbook", "create"), h.log, web.Summary("Enter a time of practice; it counts once the other side confirms it"))
	web.Act(r, "/logbook/{id}/confirmation", web.May("logbook", "confirm"), h.confirmEntry, web.Summary("Confirm an entry as the second person"))
	web.Act(r, "/logbook/{id}/contest", web.May("logbook", "confirm"), h.contestEntry, web.Summary("Contest an entry as the second person; it credits nothing"))
	web.Get(r, "/people/{id}/logbook", web.May("logbook", "read"), h.logbookOf, web.Summary("A person's times of practice, the latest first"))
}

type mentorView struct {
	Name     string          `json:"name" minLength:"1" maxLength:"100"`
	PersonID kernel.PersonID `json:"personId,omitempty" maxLength:"64" doc:"where they are in the register"`
}

type appointInput struct {
	ID   kernel.SessionID `path:"id" maxLength:"64"`
	Body mentorView
}

func (h *handlers) appoint(ctx context.Context, in *appointInput) (*web.Versioned[sessionView], error) {
	x, err := h.service.Appoint(ctx, in.ID, Mentor{in.Body.Name, in.Body.PersonID})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewSession(x), x.Stored), nil
}

type topicView struct {
	Standard string `json:"standard,omitempty" maxLength:"100" doc:"code of a standard of the course or of the catalogue, or its title where it has none"`
	Text     string `json:"text,omitempty" maxLength:"300"`
}

type signatureView struct {
	Side   Side      `json:"side" enum:"mentor,learner"`
	ByName string    `json:"byName"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

func viewSignature(s Signature) signatureView { return signatureView{s.Side, s.ByName, s.Reason, s.At} }

type logEntryView struct {
	ID         string           `json:"id"`
	SessionID  kernel.SessionID `json:"sessionId"`
	ClassID    kernel.ClassID   `json:"classId"`
	Title      string           `json:"title"`
	PersonID   kernel.PersonID  `json:"personId"`
	Name       string           `json:"name,omitempty"`
	From       time.Time        `json:"from"`
	To         time.Time        `json:"to"`
	Topic      topicView        `json:"topic"`
	Remark     string           `json:"remark,omitempty"`
	Standing   EntryState       `json:"standing" enum:"written,confirmed,contested,replaced"`
	Reason     *kernel.Reason   `json:"reason,omitempty" doc:"why it credits nothing"`
	Written    signatureView    `json:"written"`
	Answered   *signatureView   `json:"answered,omitempty"`
	Replaces   string           `json:"replaces,omitempty"`
	ReplacedBy string           `json:"replacedBy,omitempty"`
	MayAnswer  bool             `json:"mayAnswer" doc:"the reader is the second person"`
}

func viewLogEntry(ctx context.Context, e LogEntry, name string) logEntryView {
	v := logEntryView{
		ID: e.ID, SessionID: e.Session, ClassID: e.Class, Title: e.Title, PersonID: e.Person, Name: name, From: e.When.From, To: e.When.To,
		Topic: topicView(e.Topic), Remark: e.Remark, Standing: e.State, Written: viewSignature(e.Written), Replaces: e.Replaces,
		ReplacedBy: e.ReplacedBy,
	}
	if e.Answered != nil {
		answered := viewSignature(*e.Answered)
		v.Answered = &answered
	}
	v.Reason = saidOne(ctx, e.uncredited())
	actor := kernel.ActorFrom(ctx)
	learner := actor.Person == e.Person
	v.MayAnswer = e.State == EntryWritten && actor.User != e.Written.By && learner == (e.Written.Side == SideMentor)
	return v
}

func (h *handlers) readLogbook(ctx context.Context, in *sessionInput) (*web.Body[web.List[logEntryView]], error) {
	_, all, cards, err := h.service.Logbook(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	items := each(all, func(e LogEntry) logEntryView { return viewLogEntry(ctx, e, cards[e.Person].Name) })
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

type logInput struct {
	ID   kernel.SessionID `path:"id" maxLength:"64"`
	Body logBody
}

type logBody struct {
	PersonID kernel.PersonID `json:"personId" maxLength:"64" doc:"the learner"`
	From     time.Time       `json:"from"`
	To       time.Time       `json:"to"`
	Topic    topicView       `json:"topic"`
	Remark   string          `json:"remark,omitempty" maxLength:"500"`
	Replaces string          `json:"replaces,omitempty" maxLength:"64" doc:"the entry that it corrects"`
}

func (h *handlers) log(ctx context.Context, in *logInput) (*web.Body[logEntryView], error) {
	b := in.Body
	e, err := h.service.Enter(ctx, in.ID, LogDraft{
		Person: b.PersonID, When: rule.Stretch{From: instant(b.From), To: instant(b.To)}, Topic: Practised(b.Topic), Remark: b.Remark,
		Replaces: b.Replaces,
	})
	if err != nil {
		return nil, err
	}
	return web.Answer(viewLogEntry(ctx, e, "")), nil
}

type entryInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) confirmEntry(ctx context.Context, in *entryInput) (*web.Body[logEntryView], error) {
	return h.answered(ctx, in.ID, true, "")
}

type contestInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body sessionReasonBody
}

func (h *handlers) contestEntry(ctx context.Context, in *contestInput) (*web.Body[logEntryView], error) {
	return h.answered(ctx, in.ID, false, in.Body.Reason)
}

func (h *handlers) answered(ctx context.Context, id string, yes bool, reason string) (*web.Body[logEntryView], error) {
	e, err := h.service.AnswerEntry(ctx, id, yes, reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewLogEntry(ctx, e, "")), nil
}

type logbookOfInput struct {
	web.PageInput
	ID kernel.PersonID `path:"id" maxLength:"64"`
}

func (h *handlers) logbookOf(ctx context.Context, in *logbookOfInput) (*web.Body[web.List[logEntryView]], error) {
	l, err := h.service.LogbookOf(ctx, in.ID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return listed(l, func(e LogEntry) logEntryView { return viewLogEntry(ctx, e, "") }), nil
}
