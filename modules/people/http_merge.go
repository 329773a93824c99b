package people

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

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
