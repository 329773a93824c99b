package certificates

import (
	"context"
	"fmt"
	"strconv"

	"carecert/modules/certificates/layout"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// change loads an issuer's template in reach, changes and saves it.
func (s *Service) changeTemplate(ctx context.Context, id TemplateID, how func(context.Context, Template) (Template, error)) (t Template, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if t, err = s.Template(ctx, id); err != nil {
			return err
		}
		if t.House() {
			return ErrTemplateHouse
		}
		if t, err = how(ctx, t); err != nil {
			return err
		}
		doc := templateDocOf(t)
		if err := s.repo.templates.docs.Replace(ctx, &doc); err != nil {
			return fmt.Errorf("template: %w", err)
		}
		t.Stored = doc.Version
		return nil
	})
	return t, err
}

// SaveDraft keeps what somebody works on. It may be unfinished: what keeps it
// from being published is told by Problems.
func (s *Service) SaveDraft(ctx context.Context, id TemplateID, content layout.Content, fresh func(stored int64) error) (Template, error) {
	return s.changeTemplate(ctx, id, func(ctx context.Context, t Template) (Template, error) {
		if err := fresh(t.Stored); err != nil {
			return t, err
		}
		t.Draft, t.DraftBy, t.DraftAt = content.Tidy(), kernel.ActorFrom(ctx).Name, s.now()
		return t, nil
	})
}

// Problems says what keeps a content from being published.
func (s *Service) Problems(ctx context.Context, t Template, content layout.Content) ([]layout.Problem, error) {
	family, _ := s.house.Family(string(t.Family))
	out := content.Check(family, s.modules)
	known, err := s.repo.templates.images(ctx, t.ID, content)
	for _, e := range content.Elements {
		if _, there := known[e.Image]; e.Kind == layout.Image && e.Image != "" && !there {
			out = append(out, layout.Problem{Element: e.ID, Code: "certificates.template_pictureless", Params: map[string]string{"element": e.ID}})
		}
	}
	return out, err
}

// PublishTemplate freezes the draft as the next version: what is issued from
// now on is printed from it, and what was issued before stays as it is.
// ErrTemplateRefused names the elements that are wrong.
func (s *Service) PublishTemplate(ctx context.Context, id TemplateID, note string, fresh func(stored int64) error) (Template, error) {
	return s.changeTemplate(ctx, id, func(ctx context.Context, t Template) (Template, error) {
		if err := fresh(t.Stored); err != nil {
			return t, err
		}
		wrong, err := s.Problems(ctx, t, t.Draft)
		if err != nil {
			return t, err
		}
		if len(wrong) > 0 {
			return t, refusedFor(wrong)
		}
		before := t.Hash
		next, version, err := t.Publish(kernel.ActorFrom(ctx), note, s.now())
		if err != nil {
			return t, err
		}
		if err := s.repo.templates.add(ctx, version); err != nil {
			return t, fmt.Errorf("template version: %w", err)
		}
		act := templateAct("publish", next, map[string]string{"version": strconv.Itoa(version.Number), "hash": before + " → " + version.Hash})
		act.Reason = note
		return next, s.audit.Record(ctx, act)
	})
}

// refusedFor makes a refusal of problems, one field each.
func refusedFor(wrong []layout.Problem) error {
	f := ErrTemplateRefused.With("count", len(wrong))
	for _, p := range wrong {
		at := "body.content"
		if p.Element != "" {
			at += ".elements[" + p.Element + "]"
		}
		f.Fields = append(f.Fields, fault.Field{Location: at, Code: p.Code, Params: p.Params})
	}
	return f
}
