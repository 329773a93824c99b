package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) transferRoutes(r *web.Router) {
	web.Post(r, "/people/{id}/transfers", web.May("person", "employ"), h.transfer, web.Summary("Move somebody to another post in one step; asks the other home where only one of the two is in reach"))
	h.exportTransfers(r)
	web.Get(r, "/transfers", web.May("person", "employ"), h.transfers, web.Summary("Transfers that wait for a home in reach"))
	web.Act(r, "/transfers/{id}/answer", web.May("person", "employ"), h.answerTransfer, web.Summary("Agree to a transfer, which is carried out at once, or decline it"))
}

type transferInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		FromSpellID      string                `json:"fromSpellId,omitempty" maxLength:"64" doc:"the spell that ends; the post of the day before when left out"`
		ToOrganizationID kernel.OrganizationID `json:"toOrganizationId" minLength:"1" maxLength:"64"`
		Role             kernel.StaffRole      `json:"role,omitempty" enum:"caregiver,socialWorker,manager,director,medical,serviceStaff,careStaff" doc:"as before when left out"`
		On               kernel.Date           `json:"on" format:"date" maxLength:"10" doc:"the first day there; the last here is the day before"`
		Dispatched       bool                  `json:"dispatched,omitempty"`
		Reason           string                `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type transferView struct {
	ID             string                `json:"id"`
	State          TransferState         `json:"state" enum:"asked,done,declined" doc:"asked: the other home has to agree"`
	PersonID       kernel.PersonID       `json:"personId"`
	NameMasked     string                `json:"name"`
	IDNumberMasked string                `json:"idNumberMasked"`
	FromID         kernel.OrganizationID `json:"fromOrganizationId"`
	From           string                `json:"fromOrganizationName"`
	ToID           kernel.OrganizationID `json:"toOrganizationId"`
	To             string                `json:"toOrganizationName"`
	WaitsForID     kernel.OrganizationID `json:"waitsForOrganizationId,omitempty"`
	Role           kernel.StaffRole      `json:"role"`
	On             kernel.Date           `json:"on" format:"date"`
	Dispatched     bool                  `json:"dispatched"`
	Reason         string                `json:"reason"`
	By             string                `json:"by"`
	AskedAt        time.Time             `json:"askedAt"`
	Answer         string                `json:"answer,omitempty"`
}

func (h *handlers) transferViews(ctx context.Context, all ...Transfer) ([]transferView, error) {
	var homes []kernel.OrganizationID
	for _, t := range all {
		homes = append(homes, t.From, t.To)
	}
	cards, err := h.service.Organizations.Cards(ctx, homes)
	out := make([]transferView, 0, len(all))
	for _, t := range all {
		out = append(out, transferView{
			ID: t.ID, State: t.State, PersonID: t.Person, NameMasked: t.Name, IDNumberMasked: t.IDMasked, FromID: t.From, From: cards[t.From].Name,
			ToID: t.To, To: cards[t.To].Name, WaitsForID: t.Waits, Role: t.Role, On: t.On, Dispatched: t.Dispatched, Reason: t.Reason, By: t.By,
			AskedAt: t.AskedAt, Answer: t.Answer,
		})
	}
	return out, err
}

func (h *handlers) viewTransfer(ctx context.Context, t Transfer, err error) (*web.Body[transferView], error) {
	if err != nil {
		return nil, err
	}
	views, err := h.transferViews(ctx, t)
	if err != nil {
		return nil, err
	}
	return web.Answer(views[0]), nil
}

func (h *handlers) transfer(ctx context.Context, in *transferInput) (*web.Body[transferView], error) {
	b := in.Body
	t, err := h.service.Transfer(ctx, in.ID, TransferDraft{
		Spell: b.FromSpellID, To: b.ToOrganizationID, Role: b.Role, On: b.On, Dispatched: b.Dispatched, Reason: b.Reason,
	})
	return h.viewTransfer(ctx, t, err)
}

// TransfersInput asks for transfers; exported for huma.
type TransfersInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
}

func (h *handlers) transfers(ctx context.Context, in *TransfersInput) (*web.Body[web.List[transferView]], error) {
	found, err := h.service.Transfers(ctx, in.OrganizationID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items, err := h.transferViews(ctx, found.Items...)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(items, found.Next, found.Total, found.More)), nil
}

type answerInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Agree  bool   `json:"agree"`
		Reason string `json:"reason,omitempty" maxLength:"200"`
	}
}

func (h *handlers) answerTransfer(ctx context.Context, in *answerInput) (*web.Body[transferView], error) {
	t, err := h.service.Answer(ctx, in.ID, in.Body.Agree, in.Body.Reason)
	return h.viewTransfer(ctx, t, err)
}
