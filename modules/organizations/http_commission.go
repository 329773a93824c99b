package organizations

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) commissionRoutes(r *web.Router) {
	web.Post(r, "/organizations/{id}/commissions", web.May("commission", "create"), h.commission, web.Summary("Commission a training school: it may import and enrol the institution's people"))
	web.Get(r, "/organizations/{id}/commissions", web.May("commission", "read"), h.commissions, web.Summary("Commissions of an institution, or of a school"))
	web.Delete(r, "/organizations/{id}/commissions/{commissionId}", web.May("commission", "end"), h.endCommission, web.Summary("End a commission at once"))
}

type commissionView struct {
	ID            string                `json:"id"`
	InstitutionID kernel.OrganizationID `json:"institutionId"`
	Institution   string                `json:"institutionName"`
	SchoolID      kernel.OrganizationID `json:"schoolId"`
	School        string                `json:"schoolName"`
	StartsOn      kernel.Date           `json:"startsOn"`
	EndsOn        kernel.Date           `json:"endsOn,omitempty"`
	RecordedAt    time.Time             `json:"recordedAt"`
}

func (h *handlers) commissionViews(ctx context.Context, cs ...Commission) ([]commissionView, error) {
	var involved []kernel.OrganizationID
	for _, c := range cs {
		involved = append(involved, c.Institution, c.School)
	}
	cards, err := h.service.Cards(ctx, involved)
	if err != nil {
		return nil, err
	}
	out := make([]commissionView, 0, len(cs))
	for _, c := range cs {
		v := commissionView{
			ID: c.ID, InstitutionID: c.Institution, Institution: cards[c.Institution].Name, SchoolID: c.School, School: cards[c.School].Name,
			StartsOn: c.Period.From, EndsOn: c.Period.To, RecordedAt: c.RecordedAt,
		}
		if v.EndsOn == kernel.Forever {
			v.EndsOn = ""
		}
		out = append(out, v)
	}
	return out, nil
}

type commissionInput struct {
	ID   kernel.OrganizationID `path:"id" maxLength:"64"`
	Body struct {
		SchoolID kernel.OrganizationID `json:"schoolId" minLength:"1" maxLength:"64"`
		StartsOn kernel.Date           `json:"startsOn" format:"date" maxLength:"10"`
		EndsOn   kernel.Date           `json:"endsOn,omitempty" format:"date" maxLength:"10" doc:"the last day; open when left out"`
	}
}

func (h *handlers) commission(ctx context.Context, in *commissionInput) (*web.Body[commissionView], error) {
	made, err := h.service.Commission(ctx, in.ID, in.Body.SchoolID, kernel.Period{From: in.Body.StartsOn, To: in.Body.EndsOn})
	if err != nil {
		return nil, err
	}
	views, err := h.commissionViews(ctx, made)
	if err != nil {
		return nil, err
	}
	return web.Answer(views[0]), nil
}

func (h *handlers) commissions(ctx context.Context, in *readInput) (*web.Body[web.List[commissionView]], error) {
	found, err := h.service.Commissions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	views, err := h.commissionViews(ctx, found...)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(views, "", int64(len(views)), false)), nil
}

type endCommissionInput struct {
	ID           kernel.OrganizationID `path:"id" maxLength:"64"`
	CommissionID string                `path:"commissionId" maxLength:"64"`
}

func (h *handlers) endCommission(ctx context.Context, in *endCommissionInput) (*struct{}, error) {
	return nil, h.service.EndCommission(ctx, in.ID, in.CommissionID)
}
