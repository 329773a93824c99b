package organizations

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) blacklistRoutes(r *web.Router) {
	web.Post(r, "/organizations/{id}/blacklistings", web.May("blacklisting", "create"), h.blacklist, web.Summary("Put an organisation on the blacklist: it opens no classes until then"))
	web.Get(r, "/organizations/{id}/blacklistings", web.May("blacklisting", "read"), h.blacklistings, web.Summary("When an organisation was on the blacklist, and why"))
	web.Act(r, "/organizations/{id}/blacklistings/{blacklistingId}/lifting", web.May("blacklisting", "lift"), h.liftBlacklisting, web.Summary("Take an organisation off the blacklist"))
}

type blacklistingView struct {
	ID         string       `json:"id"`
	Reason     string       `json:"reason"`
	StartsOn   kernel.Date  `json:"startsOn" format:"date"`
	EndsOn     kernel.Date  `json:"endsOn,omitempty" doc:"the last day; until it is lifted when left out"`
	Holds      bool         `json:"holds" doc:"today"`
	ByName     string       `json:"byName"`
	RecordedAt time.Time    `json:"recordedAt"`
	Lifted     *liftingView `json:"lifted,omitempty"`
}

type liftingView struct {
	Reason string    `json:"reason"`
	ByName string    `json:"byName"`
	At     time.Time `json:"at"`
}

func (h *handlers) viewBlacklisting(b Blacklisting) blacklistingView {
	v := blacklistingView{
		ID: b.ID, Reason: b.Reason, StartsOn: b.Period.From, EndsOn: b.Period.To, Holds: b.Holds(h.service.today()),
		ByName: b.ByName, RecordedAt: b.RecordedAt,
	}
	if v.EndsOn == kernel.Forever {
		v.EndsOn = ""
	}
	if b.Lifted != nil {
		v.Lifted = &liftingView{Reason: b.Lifted.Reason, ByName: b.Lifted.ByName, At: b.Lifted.At}
	}
	return v
}

type blacklistInput struct {
	ID   kernel.OrganizationID `path:"id" maxLength:"64"`
	Body struct {
		Reason   string      `json:"reason" minLength:"2" maxLength:"500"`
		StartsOn kernel.Date `json:"startsOn" format:"date" maxLength:"10"`
		EndsOn   kernel.Date `json:"endsOn,omitempty" format:"date" maxLength:"10" doc:"the last day; until it is lifted when left out"`
	}
}

func (h *handlers) blacklist(ctx context.Context, in *blacklistInput) (*web.Body[blacklistingView], error) {
	made, err := h.service.Blacklist(ctx, in.ID, kernel.Period{From: in.Body.StartsOn, To: in.Body.EndsOn}, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(h.viewBlacklisting(made)), nil
}

func (h *handlers) blacklistings(ctx context.Context, in *readInput) (*web.Body[web.List[blacklistingView]], error) {
	found, err := h.service.Blacklistings(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	views := make([]blacklistingView, 0, len(found))
	for _, b := range found {
		views = append(views, h.viewBlacklisting(b))
	}
	return web.Answer(web.NewList(views, "", int64(len(views)), false)), nil
}

type liftInput struct {
	ID             kernel.OrganizationID `path:"id" maxLength:"64"`
	BlacklistingID string                `path:"blacklistingId" maxLength:"64"`
	Body           struct {
		Reason string `json:"reason" minLength:"2" maxLength:"500"`
	}
}

func (h *handlers) liftBlacklisting(ctx context.Context, in *liftInput) (*web.Body[web.List[blacklistingView]], error) {
	if err := h.service.LiftBlacklisting(ctx, in.ID, in.BlacklistingID, in.Body.Reason); err != nil {
		return nil, err
	}
	return h.blacklistings(ctx, &readInput{ID: in.ID})
}
