package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) mergeRoutes(r *web.Router) {
	web.Post(r, "/people/{id}/merges", web.May("person", "merge"), h.merge, web.Summary("Merge another record of the same person into this one"))
	web.Get(r, "/people/{id}/merges", web.May("person", "merge"), h.merges, web.Summary("What was merged into a record"))
	web.Act(r, "/people/{id}/merges/{otherId}/undo", web.May("person", "merge"), h.undoMerge, web.Summary("Part two records again that were no one person; refused with the cause when something was built since that could be either's"))
}

type mergeInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		OtherID kernel.PersonID `json:"otherId" minLength:"1" maxLength:"64" doc:"the record that goes: it points to this one from then on"`
		Reason  string          `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) merge(ctx context.Context, in *mergeInput) (*web.Versioned[personView], error) {
	p, err := h.service.Merge(ctx, in.ID, in.Body.OtherID, in.Body.Reason)
	return h.answer(ctx, p, err)
}

type mergeView struct {
	OtherID        kernel.PersonID `json:"otherId" doc:"the record that went"`
	Name           string          `json:"name"`
	IDNumberMasked string          `json:"idNumberMasked"`
	MergedAt       time.Time       `json:"mergedAt"`
	By             string          `json:"by"`
	Reason         string          `json:"reason"`
	UndoneAt       *time.Time      `json:"undoneAt,omitempty"`
	UndoneBy       string          `json:"undoneBy,omitempty"`
	UndoneReason   string          `json:"undoneReason,omitempty"`
}

func (h *handlers) merges(ctx context.Context, in *personInput) (*web.Body[web.List[mergeView]], error) {
	all, err := h.service.Merges(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	items := viewMerges(all)
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

func viewMerges(all []Merging) []mergeView {
	items := make([]mergeView, 0, len(all))
	for _, m := range all {
		items = append(items, mergeView{
			OtherID: m.Gone, Name: m.Name, IDNumberMasked: m.IDMasked, MergedAt: m.At, By: m.By, Reason: m.Reason,
			UndoneAt: m.UndoneAt, UndoneBy: m.UndoneBy, UndoneReason: m.UndoneFor,
		})
	}
	return items
}

type undoMergeInput struct {
	ID      kernel.PersonID `path:"id" maxLength:"64"`
	OtherID kernel.PersonID `path:"otherId" maxLength:"64"`
	Body    struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type undoMergeView struct {
	Kept  personView `json:"kept"`
	Other personView `json:"other"`
}

func (h *handlers) undoMerge(ctx context.Context, in *undoMergeInput) (*web.Body[undoMergeView], error) {
	kept, other, err := h.service.Undo(ctx, in.ID, in.OtherID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	var v undoMergeView
	if v.Kept, err = h.view(ctx, kept); err != nil {
		return nil, err
	}
	if v.Other, err = h.view(ctx, other); err != nil {
		return nil, err
	}
	return web.Answer(v), nil
}
