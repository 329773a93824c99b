package witnesses

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/kit/web"
	"carecert/modules/witnesses/wire"
)

func routesPublic(r *web.Router, h *handlers) {
	web.Get(r, "/public/log/witnesses", web.Public("logWitness", "read"), h.public, web.Summary("Who keeps heads of the issuance log, and which head each acknowledged last"))
	web.Get(r, "/public/witness", web.Public("logWitness", "read"), h.own, web.Summary("This program as a witness of other logs: its name and key"))
	web.Raw(r, http.MethodPost, "/public/witness/add-checkpoint", web.Public("watchedLog", "submit"), h.addCheckpoint,
		web.Summary("For logs that are witnessed here: a head to countersign, with the proof that it goes on from the last one (C2SP tlog-witness)"),
		web.MaxBody(wire.Longest), web.Pace(60, 20))
}

type publicWitnessView struct {
	Name     string    `json:"name"`
	Kind     Kind      `json:"kind" enum:"bureau,folder,mail,hand"`
	Verifier string    `json:"verifier,omitempty" doc:"what its countersignature is checked with"`
	Held     *headView `json:"held" doc:"the head that it acknowledged last; null where it has none yet"`
}

type publicWitnessesView struct {
	Items []publicWitnessView `json:"items"`
}

func (h *handlers) public(ctx context.Context, _ *struct{}) (*web.Body[publicWitnessesView], error) {
	all, err := h.s.Public(ctx)
	if err != nil {
		return nil, err
	}
	v := publicWitnessesView{Items: make([]publicWitnessView, 0, len(all))}
	for _, w := range all {
		v.Items = append(v.Items, publicWitnessView{w.Name, w.Kind, w.Verifier, viewHeld(w.Held)})
	}
	return web.Answer(v), nil
}

type ownView struct {
	Name     string `json:"name"`
	Verifier string `json:"verifier"`
	Address  string `json:"address" doc:"what a log puts before /add-checkpoint"`
}

func (h *handlers) own(context.Context, *struct{}) (*web.Body[ownView], error) {
	w := h.s.Own()
	return web.Answer(ownView{w.Name, w.String(), h.s.baseURL + pathOfWitness}), nil
}

// addCheckpoint answers as the protocol says: 200 with the countersignature, 409
// with the size that is held, 422 for a proof that does not hold, 404 for a log
// that is not witnessed here, 403 for a signature that is not its own.
func (h *handlers) addCheckpoint(c *fiber.Ctx) error {
	if len(c.Body()) > wire.Longest {
		return fiber.ErrRequestEntityTooLarge
	}
	reply, err := h.s.Countersign(c.UserContext(), string(c.Body()))
	switch {
	case errors.Is(err, wire.ErrRequest) || errors.Is(err, wire.ErrHead):
		return c.SendStatus(http.StatusBadRequest)
	case errors.Is(err, ErrNoLog):
		return c.SendStatus(http.StatusNotFound)
	case errors.Is(err, ErrKey):
		return c.SendStatus(http.StatusForbidden)
	case err != nil:
		return err
	}
	switch reply.Judgement {
	case wire.Extends, wire.Same:
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return c.SendString(reply.Line)
	case wire.Unproven:
		return c.SendStatus(http.StatusUnprocessableEntity)
	default:
		c.Set(fiber.HeaderContentType, "text/x.tlog.size")
		return c.Status(http.StatusConflict).SendString(strconv.FormatInt(reply.Held, 10) + "\n")
	}
}
