package certificates

import (
	"context"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func routesLevels(r *web.Router, h *handlers) {
	web.Get(r, "/certificates/skill-levels/desk", web.May("certificate", "issueLevel"), h.levelDesk,
		web.Summary("Whether an assessment body may issue today, and how many serials of its year are given"))
	web.Post(r, "/certificates/skill-levels", web.May("certificate", "issueLevel"), h.issueLevel, web.Pace(240, 240),
		web.Summary("Issue a skill level certificate as a registered assessment body, with the next number of its year"))
}

type issueLevelInput struct {
	Body struct {
		BodyID     string `json:"bodyId" minLength:"1" maxLength:"64" doc:"the assessment body that issues it"`
		PersonID   string `json:"personId,omitempty" maxLength:"64" doc:"somebody in reach; else name and idNumber"`
		Name       string `json:"name,omitempty" maxLength:"60" doc:"has to match idNumber"`
		IDNumber   string `json:"idNumber,omitempty" maxLength:"30"`
		Level      int    `json:"level" minimum:"1" maximum:"5" doc:"5 is the lowest, 1 the highest"`
		Occupation string `json:"occupationCode,omitempty" maxLength:"40" doc:"that of elderly-care workers (4-10-01-05) when left out"`
		Direction  string `json:"direction,omitempty" maxLength:"40" doc:"work type or direction; printed as -- when left out"`
		IssuedOn   string `json:"issuedOn,omitempty" format:"date" maxLength:"10" doc:"today when left out"`
	}
}

func (h *handlers) issueLevel(ctx context.Context, in *issueLevelInput) (*web.Body[certificateView], error) {
	b := in.Body
	c, err := h.s.IssueLevel(ctx, LevelDraft{
		Body: kernel.OrganizationID(b.BodyID), Person: kernel.PersonID(b.PersonID), Name: strings.TrimSpace(b.Name), IDNumber: b.IDNumber,
		Level: kernel.SkillLevel(b.Level), Occupation: b.Occupation, Direction: b.Direction, IssuedOn: kernel.Date(b.IssuedOn),
	})
	if err != nil {
		return nil, err
	}
	return web.Answer(h.s.view(ctx, c)), nil
}

type levelDeskInput struct {
	BodyID string `query:"bodyId" required:"true" minLength:"1" maxLength:"64"`
}

type levelDeskView struct {
	BodyID      string                `json:"bodyId"`
	Name        string                `json:"name"`
	Code        string                `json:"code" doc:"13 characters, the beginning of its numbers"`
	ValidFrom   *kernel.Date          `json:"validFrom" format:"date"`
	ValidTo     *kernel.Date          `json:"validTo" format:"date" doc:"last day; null where no end is known"`
	Open        bool                  `json:"open" doc:"whether it may issue with today's date"`
	Refusal     string                `json:"refusal,omitempty" doc:"why not"`
	Year        int                   `json:"year"`
	Issued      int64                 `json:"issued" doc:"serials of the year that are given; the next number has the one after"`
	Occupations []levelOccupationView `json:"occupations" doc:"what it may certify; the first is meant where nothing is said"`
}

type levelOccupationView struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

func (h *handlers) levelDesk(ctx context.Context, in *levelDeskInput) (*web.Body[levelDeskView], error) {
	d, err := h.s.LevelDesk(ctx, kernel.OrganizationID(in.BodyID))
	if err != nil {
		return nil, err
	}
	v := levelDeskView{
		BodyID: string(d.Body.ID), Name: d.Body.Name, Code: d.Code, Open: d.Open(), Year: d.Today.Year(), Issued: d.Issued, Occupations: []levelOccupationView{},
	}
	if d.Valid.From != "" {
		v.ValidFrom = &d.Valid.From
	}
	if d.Valid.To != kernel.Forever {
		v.ValidTo = &d.Valid.To
	}
	if !v.Open {
		v.Refusal = web.Text(ctx, ErrBodyNotValid.Code, "on", string(d.Today), "from", string(d.Valid.From), "to", string(d.Valid.To))
	}
	for _, o := range d.Occupations {
		v.Occupations = append(v.Occupations, levelOccupationView(o))
	}
	return web.Answer(v), nil
}
