package organizations

import (
	"context"
	"errors"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// Card is what neighbours need to know, whoever asks; ErrUnknown.
func (s *Service) Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	found, err := s.cards.many(ctx, []kernel.OrganizationID{id})
	if err != nil {
		return kernel.OrganizationCard{}, err
	}
	card, ok := found[id]
	if !ok {
		return card, ErrUnknown
	}
	return card, nil
}

// Cards is Card of many; unknown ones are left out.
func (s *Service) Cards(ctx context.Context, wanted []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	return s.cards.many(ctx, wanted)
}

// Under lists the organisations of a kind ("" for all) in a subtree, by name,
// whoever asks.
func (s *Service) Under(ctx context.Context, root kernel.OrganizationID, kind string) ([]kernel.OrganizationCard, error) {
	var out []kernel.OrganizationCard
	today := s.today()
	q := store.Query{Index: "shelf", Equal: []any{shelfOf(string(root), Kind(kind))}}
	return out, s.docs.organizations.Each(ctx, q, func(d organizationDoc) error {
		out = append(out, d.card(today))
		return nil
	})
}

// AssessmentBody finds the body with a 13-character code and the period for
// which it is registered (open ends are empty); ErrUnknown.
func (s *Service) AssessmentBody(ctx context.Context, code string) (kernel.OrganizationCard, kernel.Period, error) {
	all, err := s.bearers(ctx, code)
	if err != nil {
		return kernel.OrganizationCard{}, kernel.Period{}, err
	}
	if len(all) == 0 {
		return kernel.OrganizationCard{}, kernel.Period{}, ErrUnknown
	}
	doc := all[0]
	for _, d := range all[1:] { // who closed may have been followed by another
		if doc.ClosedOn != "" && (d.ClosedOn == "" || d.ClosedOn > doc.ClosedOn) {
			doc = d
		}
	}
	return doc.card(s.today()), doc.organization().validity(), nil
}

// CardsOn is Cards as of a day: names, terms and paths; unknown ones are left
// out.
func (s *Service) CardsOn(ctx context.Context, wanted []kernel.OrganizationID, on kernel.Date) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	out := make(map[kernel.OrganizationID]kernel.OrganizationCard, len(wanted))
	return out, s.cards.each(ctx, wanted, func(d organizationDoc) {
		out[kernel.OrganizationID(d.ID)] = d.organization().On(on).card(on)
	})
}

// UnderOn lists the organisations of a kind that stood in a subtree on a day,
// as they were then, by today's name, whoever asks.
func (s *Service) UnderOn(ctx context.Context, root kernel.OrganizationID, kind string, on kernel.Date) ([]kernel.OrganizationCard, error) {
	var out []kernel.OrganizationCard
	phase := listing.Phase[organizationDoc]{
		Queries: []store.Query{
			{Index: "shelf", Equal: []any{shelfOf(string(root), Kind(kind))}},
			{Index: "shelf", Equal: []any{shelfWas(string(root), Kind(kind))}},
		},
		Less: func(a, b organizationDoc) bool { return before(a.Sort, b.Sort, a.ID, b.ID) },
	}
	return out, phase.Each(ctx, s.docs.organizations, func(d organizationDoc) {
		if card := d.organization().On(on).card(on); slices.Contains(card.Path, root) {
			out = append(out, card)
		}
	})
}

// AssessmentCode is the code of 13 characters under which a body is registered
// and the period for which it is (open ends are empty); ErrUnknown for what is
// no such body.
func (s *Service) AssessmentCode(ctx context.Context, id kernel.OrganizationID) (string, kernel.Period, error) {
	doc, err := s.docs.organizations.Get(ctx, string(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.bears() == "" {
		return "", kernel.Period{}, ErrUnknown
	}
	return doc.AssessmentCode, doc.organization().validity(), err
}

// NamesOn is NameOn of many; unknown ones are left out.
func (s *Service) NamesOn(ctx context.Context, wanted []kernel.OrganizationID, on kernel.Date) (map[kernel.OrganizationID]string, error) {
	out := make(map[kernel.OrganizationID]string, len(wanted))
	return out, s.cards.each(ctx, wanted, func(d organizationDoc) {
		out[kernel.OrganizationID(d.ID)] = d.organization().NameOn(on)
	})
}

// NameOn is what an organisation was called on a day; ErrUnknown.
func (s *Service) NameOn(ctx context.Context, id kernel.OrganizationID, on kernel.Date) (string, error) {
	doc, err := s.docs.organizations.Get(ctx, string(id))
	if errors.Is(err, store.ErrNotFound) {
		return "", ErrUnknown
	}
	return doc.organization().NameOn(on), err
}
