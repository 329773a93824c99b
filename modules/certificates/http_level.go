package certificates

import (
	"context"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func routesLevels(r *web.Router, h *handlers) {
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
	return web.Answer(view(ctx, c)), nil
}
