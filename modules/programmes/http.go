package programmes

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/programmes/rule"
)

type handlers struct{ service *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Post(r, "/programmes", web.May("programme", "create"), h.begin, web.Summary("Enter a programme of an office, with its target in people"))
	web.Get(r, "/programmes", web.May("programme", "read"), h.list, web.Summary("Programmes of one's tree and of the offices above, with who took part"))
	web.Get(r, "/programmes/{id}", web.May("programme", "read"), h.read, web.Summary("A programme, with who took part"))
	web.Patch(r, "/programmes/{id}", web.May("programme", "update"), h.change, web.Summary("Change a programme"))
}

type progressView struct {
	Heads       int64   `json:"heads" doc:"people, each once"`
	Attendances int64   `json:"attendances" doc:"completed classes, each person in each"`
	Percent     *string `json:"percent" doc:"of the target, two decimals, truncated"`
	Met         *bool   `json:"met"`
	Gap         *int64  `json:"gap"`
}

type programmeView struct {
	ID                string                `json:"id"`
	Name              string                `json:"name"`
	Kind              Kind                  `json:"kind" enum:"qualityUp,rateTarget,goldManager,spearhead,training,standards,informalCare,other"`
	OrganizationID    kernel.OrganizationID `json:"organizationId"`
	OrganizationName  string                `json:"organizationName"`
	StartsOn          kernel.Date           `json:"startsOn" format:"date"`
	EndsOn            kernel.Date           `json:"endsOn" format:"date"`
	Target            *int64                `json:"target" doc:"people; null where none is set"`
	StartDueOn        *kernel.Date          `json:"startDueOn" doc:"the day by which it must have begun"`
	StartedOn         *kernel.Date          `json:"startedOn" doc:"the day it did begin"`
	State             rule.State            `json:"state" enum:"planned,running,ended"`
	Overdue           bool                  `json:"overdue" doc:"it should have begun and has not"`
	Document          string                `json:"document,omitempty"`
	Clause            string                `json:"clause,omitempty"`
	Note              string                `json:"note,omitempty"`
	IncludeSmallHomes bool                  `json:"includeSmallHomes" doc:"small community care homes belong to it"`
	RecordedAt        time.Time             `json:"recordedAt"`
	Progress          progressView          `json:"progress"`
}

func optional(d kernel.Date) *kernel.Date {
	if d == "" {
		return nil
	}
	return &d
}

func view(p Programme, name string, count kernel.HeadCount, today kernel.Date) programmeView {
	t := p.Terms
	v := programmeView{
		ID: p.ID, Name: t.Name, Kind: t.Kind, OrganizationID: p.Organization, OrganizationName: name, StartsOn: t.StartsOn, EndsOn: t.EndsOn,
		Target: t.Target, StartDueOn: optional(t.StartDueOn), StartedOn: optional(t.StartedOn), State: t.Plan().StateOn(today),
		Overdue: t.Plan().Overdue(today), Document: t.Document, Clause: t.Clause, Note: t.Note, IncludeSmallHomes: !t.WithoutSmall,
		RecordedAt: p.RecordedAt, Progress: progressView{Heads: count.Heads, Attendances: count.Attendances},
	}
	if t.Target != nil {
		share := kernel.Ratio{Numerator: count.Heads, Denominator: *t.Target}
		percent, met, gap := share.Percent(), share.AtLeast(10000), share.Gap(10000)
		v.Progress.Percent, v.Progress.Met, v.Progress.Gap = &percent, &met, &gap
	}
	return v
}

func (h *handlers) views(ctx context.Context, all []Programme) ([]programmeView, error) {
	counts, err := h.service.Progress(ctx, all)
	if err != nil {
		return nil, err
	}
	names, err := h.service.Names(ctx, all)
	if err != nil {
		return nil, err
	}
	out := make([]programmeView, 0, len(all))
	for _, p := range all {
		out = append(out, view(p, names[p.Organization].Name, counts[p.ID], h.service.today()))
	}
	return out, nil
}

func (h *handlers) answer(ctx context.Context, p Programme) (*web.Versioned[programmeView], error) {
	v, err := h.views(ctx, []Programme{p})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(v[0], p.Stored), nil
}

type beginInput struct {
	Body beginBody
}

type beginBody struct {
	Name              string                `json:"name" minLength:"1" maxLength:"120"`
	Kind              Kind                  `json:"kind,omitempty" enum:"qualityUp,rateTarget,goldManager,spearhead,training,standards,informalCare,other" default:"other"`
	OrganizationID    kernel.OrganizationID `json:"organizationId" minLength:"1" maxLength:"64" doc:"the office whose programme it is"`
	StartsOn          kernel.Date           `json:"startsOn" format:"date"`
	EndsOn            kernel.Date           `json:"endsOn" format:"date" doc:"the last day; who completes a class later does not count"`
	Target            *int64                `json:"target,omitempty" minimum:"1" maximum:"100000000" doc:"people, each once"`
	StartDueOn        kernel.Date           `json:"startDueOn,omitempty" format:"date" doc:"the day by which it must have begun"`
	StartedOn         kernel.Date           `json:"startedOn,omitempty" format:"date" doc:"the day it did begin"`
	Document          string                `json:"document,omitempty" maxLength:"200"`
	Clause            string                `json:"clause,omitempty" maxLength:"500"`
	Note              string                `json:"note,omitempty" maxLength:"1000"`
	IncludeSmallHomes *bool                 `json:"includeSmallHomes,omitempty" doc:"small community care homes belong to it; true when left out"`
}

func (h *handlers) begin(ctx context.Context, in *beginInput) (*web.Versioned[programmeView], error) {
	b := in.Body
	p, err := h.service.Begin(ctx, b.OrganizationID, Terms{
		Name: b.Name, Kind: b.Kind, StartsOn: b.StartsOn, EndsOn: b.EndsOn, Target: b.Target, StartDueOn: b.StartDueOn, StartedOn: b.StartedOn,
		Document: b.Document, Clause: b.Clause, Note: b.Note, WithoutSmall: b.IncludeSmallHomes != nil && !*b.IncludeSmallHomes,
	})
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, p)
}

type listInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"as it is seen from there; everything in reach when left out"`
	State          rule.State            `query:"state" enum:"planned,running,ended"`
	Q              string                `query:"q" maxLength:"100" doc:"part of the name"`
}

func (h *handlers) list(ctx context.Context, in *listInput) (*web.Body[web.List[programmeView]], error) {
	l, err := h.service.List(ctx, Filter{Organization: in.OrganizationID, State: in.State, Q: in.Q}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items, err := h.views(ctx, l.Items)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

type readInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) read(ctx context.Context, in *readInput) (*web.Versioned[programmeView], error) {
	p, err := h.service.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, p)
}

type changeInput struct {
	web.IfMatch
	ID   string `path:"id" maxLength:"64"`
	Body changeBody
}

type changeBody struct {
	Name              *string      `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Kind              *Kind        `json:"kind,omitempty" enum:"qualityUp,rateTarget,goldManager,spearhead,training,standards,informalCare,other"`
	StartsOn          *kernel.Date `json:"startsOn,omitempty" format:"date"`
	EndsOn            *kernel.Date `json:"endsOn,omitempty" format:"date"`
	Target            *int64       `json:"target,omitempty" minimum:"0" maximum:"100000000" doc:"0 takes the target away"`
	StartDueOn        *kernel.Date `json:"startDueOn,omitempty" format:"date-or-empty" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" maxLength:"10" doc:"empty takes it away"`
	StartedOn         *kernel.Date `json:"startedOn,omitempty" format:"date-or-empty" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" maxLength:"10" doc:"empty takes it away"`
	Document          *string      `json:"document,omitempty" maxLength:"200"`
	Clause            *string      `json:"clause,omitempty" maxLength:"500"`
	Note              *string      `json:"note,omitempty" maxLength:"1000"`
	IncludeSmallHomes *bool        `json:"includeSmallHomes,omitempty"`
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (b changeBody) apply(t *Terms) {
	set(&t.Name, b.Name)
	set(&t.Kind, b.Kind)
	set(&t.StartsOn, b.StartsOn)
	set(&t.EndsOn, b.EndsOn)
	set(&t.StartDueOn, b.StartDueOn)
	set(&t.StartedOn, b.StartedOn)
	set(&t.Document, b.Document)
	set(&t.Clause, b.Clause)
	set(&t.Note, b.Note)
	if b.Target != nil {
		if t.Target = b.Target; *b.Target == 0 {
			t.Target = nil
		}
	}
	if b.IncludeSmallHomes != nil {
		t.WithoutSmall = !*b.IncludeSmallHomes
	}
}

func (h *handlers) change(ctx context.Context, in *changeInput) (*web.Versioned[programmeView], error) {
	p, err := h.service.Change(ctx, in.ID, func(t *Terms, stored int64) error {
		if err := web.Check(in.IfMatch.IfMatch, stored); err != nil {
			return err
		}
		in.Body.apply(t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, p)
}
