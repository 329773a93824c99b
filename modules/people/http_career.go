package people

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/people/rule"
)

func (h *handlers) careerRoutes(r *web.Router) {
	web.Post(r, "/people/{id}/employments", web.May("person", "employ"), h.employ, web.Summary("Record a spell of employment"))
	web.Patch(r, "/people/{id}/employments/{spellId}", web.May("person", "employ"), h.correct, web.Summary("Correct a spell: the version before stays on record"))
	web.Get(r, "/people/{id}/service", web.May("person", "read"), h.seniority, web.Summary("Years of service at the end of a day, overlaps once, and whether so many months are full"))
	web.Act(r, "/people/{id}/employments/{spellId}/end", web.May("person", "employ"), h.end, web.Summary("Record the last day on post"))
	web.Act(r, "/people/{id}/employments/{spellId}/void", web.May("person", "employ"), h.void, web.Summary("Void a spell that never was: it stays on record as voided and counts nowhere"))
}

type employInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		OrganizationID kernel.OrganizationID `json:"organizationId" minLength:"1" maxLength:"64"`
		Role           kernel.StaffRole      `json:"role" enum:"caregiver,socialWorker,manager,director,medical,serviceStaff,careStaff"`
		StartedOn      kernel.Date           `json:"startedOn" format:"date" maxLength:"10"`
		EndedOn        kernel.Date           `json:"endedOn,omitempty" format:"date" maxLength:"10" doc:"the last day on post"`
		Position       string                `json:"position,omitempty" maxLength:"40" doc:"what the post is called there, beside the role that figures count"`
		Dispatched     bool                  `json:"dispatched,omitempty" doc:"by a labour agency; counted here all the same"`
	}
}

func (h *handlers) employ(ctx context.Context, in *employInput) (*web.Body[spellView], error) {
	b := in.Body
	e, err := h.service.Employ(ctx, in.ID, Post{
		Organization: b.OrganizationID, Role: b.Role, Period: kernel.Period{From: b.StartedOn, To: b.EndedOn}, Position: b.Position, Dispatched: b.Dispatched,
	})
	return h.answerSpell(ctx, e, err)
}

func (h *handlers) answerSpell(ctx context.Context, e Entry, err error) (*web.Body[spellView], error) {
	if err != nil {
		return nil, err
	}
	views, err := h.spellViews(ctx, Career{e})
	if err != nil {
		return nil, err
	}
	return web.Answer(views[0]), nil
}

type correctInput struct {
	ID      kernel.PersonID `path:"id" maxLength:"64"`
	SpellID string          `path:"spellId" maxLength:"64"`
	Body    struct {
		OrganizationID *kernel.OrganizationID `json:"organizationId,omitempty" minLength:"1" maxLength:"64"`
		Role           *kernel.StaffRole      `json:"role,omitempty" enum:"caregiver,socialWorker,manager,director,medical,serviceStaff,careStaff"`
		StartedOn      *kernel.Date           `json:"startedOn,omitempty" format:"date" maxLength:"10"`
		EndedOn        *kernel.Date           `json:"endedOn,omitempty" format:"date" maxLength:"10"`
		BackOnPost     bool                   `json:"backOnPost,omitempty" doc:"there is no last day after all"`
		Position       *string                `json:"position,omitempty" maxLength:"40"`
		Dispatched     *bool                  `json:"dispatched,omitempty"`
		Reason         string                 `json:"reason" minLength:"1" maxLength:"200"`
	}
}

func (h *handlers) correct(ctx context.Context, in *correctInput) (*web.Body[spellView], error) {
	b := in.Body
	c := Change{Organization: b.OrganizationID, Role: b.Role, From: b.StartedOn, To: b.EndedOn, Position: b.Position, Dispatched: b.Dispatched, Reason: b.Reason}
	if b.BackOnPost {
		open := kernel.Forever
		c.To = &open
	}
	e, err := h.service.Correct(ctx, in.ID, in.SpellID, c)
	return h.answerSpell(ctx, e, err)
}

type endInput struct {
	ID      kernel.PersonID `path:"id" maxLength:"64"`
	SpellID string          `path:"spellId" maxLength:"64"`
	Body    struct {
		EndedOn kernel.Date `json:"endedOn" format:"date" maxLength:"10" doc:"the last day on post"`
		Reason  string      `json:"reason,omitempty" maxLength:"200"`
	}
}

func (h *handlers) end(ctx context.Context, in *endInput) (*web.Body[spellView], error) {
	e, err := h.service.End(ctx, in.ID, in.SpellID, in.Body.EndedOn, in.Body.Reason)
	return h.answerSpell(ctx, e, err)
}

type voidInput struct {
	ID      kernel.PersonID `path:"id" maxLength:"64"`
	SpellID string          `path:"spellId" maxLength:"64"`
	Body    struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) void(ctx context.Context, in *voidInput) (*web.Body[spellView], error) {
	e, err := h.service.Void(ctx, in.ID, in.SpellID, in.Body.Reason)
	return h.answerSpell(ctx, e, err)
}

type seniorityInput struct {
	ID     kernel.PersonID `path:"id" maxLength:"64"`
	AsOf   kernel.Date     `query:"asOf" format:"date" maxLength:"10" doc:"today when left out"`
	Months int             `query:"months" minimum:"0" maximum:"720" doc:"asks whether so many months are full"`
}

type seniorityView struct {
	PersonID    kernel.PersonID   `json:"personId"`
	AsOf        kernel.Date       `json:"asOf" format:"date"`
	Months      int               `json:"months" doc:"full months"`
	Days        int               `json:"days" doc:"and days beyond"`
	Required    int               `json:"requiredMonths,omitempty"`
	Outcome     string            `json:"outcome,omitempty" enum:"reached,notReached" doc:"where months were asked for"`
	Reasons     []kernel.Reason   `json:"reasons"`
	RuleVersion string            `json:"ruleVersion"`
	FormerOnly  bool              `json:"formerOnly" doc:"of the spells at a former employer in reach alone"`
	Evidence    []kernel.Evidence `json:"evidence"`
}

func (h *handlers) seniority(ctx context.Context, in *seniorityInput) (*web.Body[seniorityView], error) {
	p, err := h.service.Read(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	asOf := in.AsOf
	if asOf == "" {
		asOf = h.service.today()
	}
	s, verdict := rule.Seniority(p.Career.Periods(), in.Months, asOf)
	web.Say(ctx, verdict.Reasons)
	spells := web.Prefix + "/people/" + string(p.ID)
	if !p.FormerOnly {
		spells += "/record?chapter=spells"
	}
	return web.Answer(seniorityView{
		PersonID: p.ID, AsOf: asOf, Months: s.Months, Days: s.Days, Required: in.Months, Outcome: verdict.Outcome, Reasons: verdict.Reasons,
		RuleVersion: verdict.RuleVersion, FormerOnly: p.FormerOnly,
		Evidence: []kernel.Evidence{{Label: web.Text(ctx, "people.record.chapter.spells"), Href: spells}},
	}), nil
}
