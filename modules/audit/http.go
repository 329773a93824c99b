package audit

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type handlers struct{ s *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/audit", web.May("audit", "list"), h.list, web.Summary("The operation log, newest first"))
	routesExport(r, h)
}

// FilterInput is the query of the list and of the exports. It is exported for
// huma, which reads no fields of an unexported embedded struct.
type FilterInput struct {
	Actor          string `query:"actor" maxLength:"128" doc:"who: user name, name, user id or person id"`
	Noun           string `query:"noun" maxLength:"64" doc:"on what kind of thing: person, certificate, …"`
	Verb           string `query:"verb" maxLength:"64" doc:"what was done: create, reveal, revoke, …"`
	ID             string `query:"id" maxLength:"128" doc:"of the thing acted on"`
	From           string `query:"from" maxLength:"35" doc:"a day in Asia/Shanghai or an instant, inclusive"`
	To             string `query:"to" maxLength:"35" doc:"a day in Asia/Shanghai or an instant, inclusive"`
	OrganizationID string `query:"organizationId" maxLength:"64" doc:"the organisation and everything under it"`
}

func (in FilterInput) filter() (Filter, error) {
	f := Filter{Actor: in.Actor, Noun: in.Noun, Verb: in.Verb, ID: in.ID, Organization: kernel.OrganizationID(in.OrganizationID)}
	var err error
	if f.From, err = parseBound("query.from", in.From, false); err != nil {
		return f, err
	}
	f.Until, err = parseBound("query.to", in.To, true)
	return f, err
}

type listInput struct {
	FilterInput
	web.PageInput
}

type actorView struct {
	UserID   string `json:"userId,omitempty"`
	PersonID string `json:"personId,omitempty"`
	Name     string `json:"name"`
	System   bool   `json:"system,omitempty" doc:"the program itself"`
	Address  string `json:"address,omitempty"`
}

type entryView struct {
	ID             string            `json:"id"`
	Sequence       *int64            `json:"sequence" doc:"place in the chain; null for the second until it is chained"`
	At             string            `json:"at" format:"date-time"`
	Actor          actorView         `json:"actor"`
	Verb           string            `json:"verb"`
	Noun           string            `json:"noun"`
	SubjectID      string            `json:"subjectId,omitempty" doc:"of the thing acted on"`
	OrganizationID string            `json:"organizationId,omitempty"`
	Reason         string            `json:"reason,omitempty"`
	Detail         map[string]string `json:"detail,omitempty"`
	RequestID      string            `json:"requestId,omitempty"`
}

func view(e Sequenced) entryView {
	v := entryView{
		ID: e.ID, At: instant(e.At), Verb: e.Verb, Noun: e.Noun, SubjectID: e.Subject,
		Actor:          actorView{UserID: string(e.User), PersonID: string(e.Person), Name: e.Name, System: e.System, Address: e.Address},
		OrganizationID: string(e.Organization), Reason: e.Reason, Detail: e.Detail, RequestID: e.Request,
	}
	if e.Sequence > 0 {
		v.Sequence = &e.Sequence
	}
	return v
}

func instant(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

func (h *handlers) list(ctx context.Context, in *listInput) (*web.Body[web.List[entryView]], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	list, err := h.s.List(ctx, f, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]entryView, 0, len(list.Items))
	for _, e := range list.Items {
		items = append(items, view(e))
	}
	return web.Answer(web.NewList(items, list.Next, list.Total, list.More)), nil
}
