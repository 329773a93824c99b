package certificates

import (
	"context"
	"strconv"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/web"
)

func routesQueue(r *web.Router, h *handlers) {
	web.Get(r, "/certificates/queue", web.May("certificate", "verify"), h.queue, web.Summary("What waits to be compared, the oldest first"))
}

type queueInput struct {
	OrganizationID string `query:"organizationId" maxLength:"64"`
	Family         string `query:"family" enum:"skillLevel,qualification,civilServiceGrade"`
	Level          int    `query:"level" minimum:"0" maximum:"5" doc:"0 is any"`
	Finding        string `query:"finding" enum:"many,level,family,age,shape,issuer,none" doc:"the gravest thing that the check of the number found"`
	web.PageInput
}

func (h *handlers) queue(ctx context.Context, in *queueInput) (*web.Body[web.List[certificateView]], error) {
	p, err := h.s.Queue(ctx, Waiting{
		Organization: kernel.OrganizationID(in.OrganizationID), Family: Family(in.Family), Level: kernel.SkillLevel(in.Level), Finding: in.Finding,
	}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]certificateView, 0, len(p.Items))
	for _, c := range p.Items {
		items = append(items, h.s.view(ctx, c))
	}
	return web.Answer(web.NewList(items, p.Next, p.Total, p.More)), nil
}

type partView struct {
	Key     string `json:"key"`
	Label   string `json:"label"`
	From    int    `json:"from" doc:"first place, counted from 1"`
	To      int    `json:"to"`
	Text    string `json:"text"`
	Meaning string `json:"meaning" doc:"what it stands for"`
	Mark    string `json:"mark" enum:"fits,differs,look,free"`
}

type bodyView struct {
	Code      string      `json:"code"`
	ID        string      `json:"organizationId,omitempty"`
	Name      string      `json:"name,omitempty" doc:"as registered; empty where the body is not"`
	ValidFrom kernel.Date `json:"validFrom,omitempty"`
	ValidTo   kernel.Date `json:"validTo,omitempty"`
	Valid     bool        `json:"valid" doc:"on the day of issue"`
	SameName  bool        `json:"sameName" doc:"as it stands on the certificate"`
}

type numberView struct {
	Parts     []partView `json:"parts" doc:"empty where the shape is not known"`
	QuerySite string     `json:"querySite,omitempty" doc:"where it can be looked up by hand"`
	Body      *bodyView  `json:"body,omitempty" doc:"whom the number names as issuer"`
	Source    string     `json:"source" doc:"the document that says how it reads; empty where none does"`
}

// number takes the number of a registered certificate apart.
func (h *handlers) number(ctx context.Context, c Certificate) (*numberView, error) {
	if c.Issued() {
		return nil, nil //nolint:nilnil // ours are signed: there is nothing to take apart
	}
	table := h.s.rules.Numbers
	v := &numberView{Parts: []partView{}, QuerySite: table.Family(string(c.Family)).QuerySite}
	if shape, known := table.Shape(rule.Normalize(c.Number)); known && shape.Strict {
		v.Source = table.Document
	}
	if code := table.Head(c.Number); code != "" {
		card, period, err := h.s.organizations.AssessmentBody(ctx, code)
		if x, ok := fault.From(err); err != nil && !(ok && x.Kind == fault.NotFound) {
			return nil, err
		}
		v.Body = &bodyView{Code: code}
		if err == nil {
			until := period.To
			if until == "" {
				until = kernel.Forever
			}
			v.Body.ID, v.Body.Name, v.Body.ValidFrom, v.Body.ValidTo = string(card.ID), card.Name, period.From, period.To
			then, err := h.s.organizations.NameOn(ctx, card.ID, c.IssuedOn)
			if err != nil {
				return nil, err
			}
			v.Body.Valid, v.Body.SameName = period.From <= c.IssuedOn && c.IssuedOn <= until, same(c.IssuerName, then) || same(c.IssuerName, card.Name)
		}
	}
	of := rule.Number{Text: c.Number, Family: string(c.Family), Level: c.Level, IssuedOn: c.IssuedOn}
	for _, p := range table.Apart(of, v.Body != nil && v.Body.Valid) {
		v.Parts = append(v.Parts, partView{
			Key: p.Key, Label: web.Text(ctx, "certificates.part."+p.Key), From: p.From, To: p.To, Text: p.Text, Mark: string(p.Mark),
			Meaning: meaning(ctx, p),
		})
	}
	return v, nil
}

// same compares names however their brackets and blanks were typed.
func same(a, b string) bool { return rule.Normalize(a) == rule.Normalize(b) }

// meaning says what a part stands for.
func meaning(ctx context.Context, p rule.Part) string {
	if said := p.Words[web.Language(ctx)]; said != "" {
		return said
	}
	switch p.Key {
	case "year":
		return web.Text(ctx, "certificates.part_year", "digits", p.Text)
	case "level":
		if n, err := strconv.Atoi(p.Text); err == nil && kernel.SkillLevel(n).Valid() {
			return web.Text(ctx, "certificates.print.level."+p.Text)
		}
	case "body":
		if p.Text == "0000" {
			return web.Text(ctx, "certificates.part_province_filed")
		}
	}
	return ""
}
