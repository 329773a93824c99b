package training

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) baseRoutes(r *web.Router) {
	web.Get(r, "/training-bases/use", web.May("baseUse", "read"), h.basesUsed, web.Summary("How the practice bases in reach were used, month by month"))
}

type basesUsedInput struct {
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
	Year           int                   `query:"year" required:"true" minimum:"1990" maximum:"2100"`
}

type baseUseView struct {
	Month          int            `json:"month,omitempty" doc:"1 to 12"`
	Sessions       int            `json:"sessions" doc:"held"`
	Planned        int            `json:"planned" doc:"sessions to come, or not closed"`
	Attendances    int            `json:"attendances" doc:"presences that stand"`
	LearnerMinutes kernel.Minutes `json:"learnerMinutes"`
}

type baseYearView struct {
	BaseID   kernel.OrganizationID `json:"baseId"`
	Name     string                `json:"name"`
	ParentID kernel.OrganizationID `json:"parentId,omitempty" doc:"the base it is a branch of"`
	Closed   bool                  `json:"closed"`
	Months   []baseUseView         `json:"months"`
	Total    baseUseView           `json:"total"`
}

type basesUsedView struct {
	Year  int            `json:"year"`
	Items []baseYearView `json:"items"`
	Total baseUseView    `json:"total"`
}

func viewBaseUse(month int, u BaseUse) baseUseView {
	return baseUseView{Month: month, Sessions: u.Held, Planned: u.Planned, Attendances: u.Learners, LearnerMinutes: u.Minutes}
}

func (h *handlers) basesUsed(ctx context.Context, in *basesUsedInput) (*web.Body[basesUsedView], error) {
	found, err := h.service.BasesUsed(ctx, in.OrganizationID, in.Year)
	if err != nil {
		return nil, err
	}
	out, total := basesUsedView{Year: in.Year, Items: []baseYearView{}}, BaseUse{}
	bases := map[kernel.OrganizationID]bool{}
	for _, b := range found {
		bases[b.Base.ID] = true
	}
	for _, b := range found {
		v := baseYearView{BaseID: b.Base.ID, Name: b.Base.Name, Closed: b.Base.Closed, Total: viewBaseUse(0, b.Total())}
		if len(b.Base.Path) > 1 && bases[b.Base.Path[1]] {
			v.ParentID = b.Base.Path[1]
		}
		for i, m := range b.Months {
			v.Months = append(v.Months, viewBaseUse(i+1, m))
		}
		total = total.plus(b.Total())
		out.Items = append(out.Items, v)
	}
	out.Total = viewBaseUse(0, total)
	return web.Answer(out), nil
}
