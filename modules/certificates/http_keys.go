package certificates

import (
	"context"

	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func routesKeys(r *web.Router, h *handlers) {
	web.Post(r, "/certificates/keys", web.May("certificateKey", "rotate"), h.rotateKey, web.Summary("Retire the signing key and make the next one; what it signed stays genuine"))
	web.Act(r, "/certificates/keys/{kid}/compromise", web.May("certificateKey", "compromise"), h.compromiseKey, web.Summary("Say since when a key was in other hands; what it signed from then on is not genuine"))
}

type rotateKeyInput struct {
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) rotateKey(ctx context.Context, in *rotateKeyInput) (*web.Body[verify.Keys], error) {
	k, err := h.s.RotateKey(ctx, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(k), nil
}

type compromiseKeyInput struct {
	Key  uint32 `path:"kid"`
	Body struct {
		Since  string `json:"since" format:"date" maxLength:"10" doc:"the first day on which others may have had it"`
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) compromiseKey(ctx context.Context, in *compromiseKeyInput) (*web.Body[verify.Keys], error) {
	k, err := h.s.CompromiseKey(ctx, in.Key, kernel.Date(in.Body.Since), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(k), nil
}
