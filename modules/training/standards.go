package training

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// Standard is a line of the catalogue of standards that courses train on. One
// without a number yet is named by its title.
type Standard struct {
	ID     string
	Code   string
	Title  string
	Source string
}

// Name is what courses and entries name the standard by.
func (s Standard) Name() string {
	if s.Code == "" {
		return s.Title
	}
	return s.Code
}

// Programmes is what training asks of programmes.
type Programmes interface {
	// Seen reads a programme that the actor may see; its own refusal where
	// they may not.
	Seen(ctx context.Context, id string) (kernel.ProgrammeCard, error)
}

// forProgramme refuses a class for a programme that the actor does not see.
func (s *Service) forProgramme(ctx context.Context, id string) error {
	if id == "" || s.Programmes == nil {
		return nil
	}
	_, err := s.Programmes.Seen(ctx, id)
	return err
}

func (h *handlers) standardRoutes(r *web.Router) {
	web.Get(r, "/standards", web.May("standard", "read"), h.standards, web.Summary("The catalogue of standards that courses train on"))
}

type standardView struct {
	ID     string `json:"id"`
	Code   string `json:"code" doc:"empty of a standard without a number yet: courses name it by its title"`
	Title  string `json:"title"`
	Source string `json:"source" doc:"where training on it is asked for"`
}

func (h *handlers) standards(context.Context, *struct{}) (*web.Body[web.List[standardView]], error) {
	items := each(h.service.Standards, func(s Standard) standardView { return standardView(s) })
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}
