package certificates

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/certificates/layout"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// houseTemplate is the house's own template of a family, from the data.
func (s *Service) houseTemplate(f Family) (Template, bool) {
	family, known := s.house.Family(string(f))
	if !known {
		return Template{}, false
	}
	newest := len(family.Versions)
	content := family.Versions[newest-1]
	hash, err := content.Hash()
	return Template{
		ID: templateID(f, ""), Family: f, Draft: content, Published: newest, Hash: hash, Validity: content.Validity,
	}, err == nil
}

// houseVersion is one of the house's versions; ErrTemplateUnknown.
func (s *Service) houseVersion(f Family, number int) (TemplateVersion, error) {
	family, known := s.house.Family(string(f))
	if !known || number < 1 || number > len(family.Versions) {
		return TemplateVersion{}, ErrTemplateUnknown
	}
	content := family.Versions[number-1]
	hash, err := content.Hash()
	return TemplateVersion{Template: templateID(f, ""), Number: number, Content: content, Hash: hash}, err
}

// inForce finds what an issuer's certificates of a family are printed from: its
// own published template, else that of the nearest office above it, else the
// house's. One read, whatever the depth of the tree.
func (s *Service) inForce(ctx context.Context, f Family, path []kernel.OrganizationID) (Template, error) {
	ids := make([]string, 0, len(path))
	for _, issuer := range path {
		ids = append(ids, string(templateID(f, issuer)))
	}
	docs, err := s.repo.templates.docs.GetMany(ctx, ids) // in the order of the path
	if err != nil {
		return Template{}, fmt.Errorf("templates: %w", err)
	}
	for _, d := range docs {
		if d.Published > 0 {
			return d.read(), nil
		}
	}
	house, known := s.houseTemplate(f)
	if !known {
		return house, fmt.Errorf("certificates: family %s has no template", f)
	}
	return house, nil
}

// TemplatesOf tells, family by family, what an organisation's certificates are
// printed from; ErrUnknown where it is out of reach. Without an organisation it
// is the reader's own, and the house's for who has none.
func (s *Service) TemplatesOf(ctx context.Context, of kernel.OrganizationID) (out []Applies, card kernel.OrganizationCard, err error) {
	reach := kernel.ReachFrom(ctx)
	if of == "" && len(reach.Roots) > 0 {
		of = reach.Roots[0]
	}
	if of != "" {
		if card, err = s.issuerInReach(ctx, of); err != nil {
			return nil, card, err
		}
	}
	for _, family := range s.house.Families {
		a := Applies{Family: Family(family.ID)}
		if a.InForce, err = s.inForce(ctx, a.Family, card.Path); err != nil {
			return nil, card, err
		}
		if of != "" {
			own, err := s.repo.templates.get(ctx, templateID(a.Family, of))
			switch {
			case err == nil:
				own.IssuerName = card.Name
				a.Own = &own
			case !errors.Is(err, ErrTemplateUnknown):
				return nil, card, err
			}
		}
		if a.InForce.IssuerName, err = s.nameOf(ctx, a.InForce.Issuer); err != nil {
			return nil, card, err
		}
		a.Expiring = a.InForce.Validity.Ends()
		out = append(out, a)
	}
	return out, card, nil
}

func (s *Service) nameOf(ctx context.Context, id kernel.OrganizationID) (string, error) {
	if id == "" {
		return "", nil
	}
	card, err := s.organizations.Card(ctx, id)
	return card.Name, err
}

// issuerInReach is an organisation that whoever asks may act for; ErrUnknown.
func (s *Service) issuerInReach(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	card, err := s.organizations.Card(ctx, id)
	if fault.Missing(err) {
		return card, ErrTemplateUnknown
	}
	if err == nil && !kernel.ReachFrom(ctx).Covers(card.Path) {
		return kernel.OrganizationCard{}, ErrTemplateUnknown
	}
	return card, err
}

// Template reads a template in reach; everybody may look at the house's.
func (s *Service) Template(ctx context.Context, id TemplateID) (Template, error) {
	family, issuer := id.parts()
	if issuer == "" {
		house, known := s.houseTemplate(family)
		if !known {
			return house, ErrTemplateUnknown
		}
		return house, nil
	}
	card, err := s.issuerInReach(ctx, issuer)
	if err != nil {
		return Template{}, err
	}
	t, err := s.repo.templates.get(ctx, id)
	t.IssuerName = card.Name
	return t, err
}

// TemplateVersions lists the versions of a template in reach, the newest first.
func (s *Service) TemplateVersions(ctx context.Context, id TemplateID) ([]TemplateVersion, error) {
	t, err := s.Template(ctx, id)
	if err != nil {
		return nil, err
	}
	if !t.House() {
		return s.repo.templates.history(ctx, id)
	}
	var out []TemplateVersion
	for n := t.Published; n >= 1; n-- {
		v, err := s.houseVersion(t.Family, n)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// TemplateVersion reads one version of a template in reach.
func (s *Service) TemplateVersion(ctx context.Context, id TemplateID, number int) (TemplateVersion, error) {
	if _, err := s.Template(ctx, id); err != nil {
		return TemplateVersion{}, err
	}
	return s.frozen(ctx, id, number)
}

// frozen reads a version, whoever asks: for what is printed from it.
func (s *Service) frozen(ctx context.Context, id TemplateID, number int) (TemplateVersion, error) {
	if family, issuer := id.parts(); issuer == "" {
		return s.houseVersion(family, number)
	}
	return s.repo.templates.version(ctx, id, number)
}

// Begin makes a template of an issuer's own, with what is in force for it as
// the first draft; ErrTemplateExists.
func (s *Service) Begin(ctx context.Context, f Family, issuer kernel.OrganizationID) (t Template, err error) {
	if _, known := s.house.Family(string(f)); !known {
		return t, ErrTemplateFamily.At("body.family", ErrTemplateFamily.Code, string(f))
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		card, err := s.issuerInReach(ctx, issuer)
		if err != nil {
			return err
		}
		now, err := s.inForce(ctx, f, card.Path)
		if err != nil {
			return err
		}
		if now.Issuer == issuer {
			return ErrTemplateExists
		}
		from, err := s.frozen(ctx, now.ID, now.Published)
		if err != nil {
			return err
		}
		t = Template{ID: templateID(f, issuer), Family: f, Issuer: issuer, IssuerName: card.Name, Draft: from.Content, DraftBy: kernel.ActorFrom(ctx).Name, DraftAt: s.now(), Stored: 1}
		// A picture belongs to its template: the draft begins without those of the office above.
		t.Draft.Elements = slices.DeleteFunc(slices.Clone(t.Draft.Elements), func(e layout.Element) bool { return e.Kind == layout.Image })
		if err := s.repo.templates.docs.Insert(ctx, templateDocOf(t)); err != nil {
			if store.IsDuplicate(err, "_id") {
				return ErrTemplateExists
			}
			return fmt.Errorf("template: %w", err)
		}
		return s.audit.Record(ctx, templateAct("create", t, map[string]string{"from": string(now.ID)}))
	})
	return t, err
}

func templateAct(verb string, t Template, detail map[string]string) kernel.Act {
	detail["family"] = string(t.Family)
	return kernel.Act{Verb: verb, Noun: "certificateTemplate", ID: string(t.ID), Organization: t.Issuer, Detail: detail}
}
