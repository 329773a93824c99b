package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// Card is what neighbours need to know of a person, whoever asks; ErrUnknown.
func (s *Service) Card(ctx context.Context, id kernel.PersonID) (kernel.PersonCard, error) {
	doc, err := s.docs.persons.Get(ctx, string(id))
	if errors.Is(err, store.ErrNotFound) {
		return kernel.PersonCard{}, ErrUnknown
	}
	return doc.card(s.today()), err
}

// Cards is Card of many; unknown ones are left out.
func (s *Service) Cards(ctx context.Context, wanted []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	docs, err := s.docs.persons.GetMany(ctx, texts(wanted))
	out := make(map[kernel.PersonID]kernel.PersonCard, len(docs))
	today := s.today()
	for _, d := range docs {
		out[kernel.PersonID(d.ID)] = d.card(today)
	}
	return out, err
}

// Spells are all versions of all spells, the superseded ones too, whoever
// asks; those of a record that was merged into another ended with that.
// ErrUnknown.
func (s *Service) Spells(ctx context.Context, person kernel.PersonID) ([]kernel.Spell, error) {
	doc, err := s.docs.persons.Get(ctx, string(person))
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrUnknown
	}
	return doc.career().Spells(), err
}

// SpellsOf is Spells of many; unknown ones are left out.
func (s *Service) SpellsOf(ctx context.Context, wanted []kernel.PersonID) (map[kernel.PersonID][]kernel.Spell, error) {
	docs, err := s.docs.persons.GetMany(ctx, texts(wanted))
	out := make(map[kernel.PersonID][]kernel.Spell, len(docs))
	for _, d := range docs {
		out[kernel.PersonID(d.ID)] = d.career().Spells()
	}
	return out, err
}

// BirthDates of people, whoever asks; where none is known it is empty.
func (s *Service) BirthDates(ctx context.Context, wanted []kernel.PersonID) (map[kernel.PersonID]kernel.Date, error) {
	docs, err := s.docs.persons.GetMany(ctx, texts(wanted))
	out := make(map[kernel.PersonID]kernel.Date, len(docs))
	for _, d := range docs {
		out[kernel.PersonID(d.ID)] = d.Birth
	}
	return out, err
}

// EachOnPost names who is on post today in the tree of an organisation, once
// each, and the region of the first post there; whoever asks.
func (s *Service) EachOnPost(ctx context.Context, org kernel.OrganizationID, take func(kernel.PersonID, kernel.RegionCode) error) error {
	today := s.today()
	q := store.Query{Index: "shelf", Equal: []any{string(org) + shelfOnPost}, Limit: 1000}
	return s.docs.persons.Each(ctx, q, func(d personDoc) error {
		for _, e := range d.Career.Latest() {
			if e.OnPost(today) && slices.Contains(e.Path, org) {
				return take(kernel.PersonID(d.ID), e.Region)
			}
		}
		return nil
	})
}

// Identify finds a person by identity number, of whatever kind, whoever asks.
// ErrUnknown; ErrNameDiffers when it is somebody else's.
func (s *Service) Identify(ctx context.Context, name, idNumber string) (kernel.PersonID, error) {
	found, err := s.ByNumber(ctx, []string{idNumber})
	if err != nil {
		return "", err
	}
	card, ok := found[idNumber]
	if !ok {
		return "", ErrUnknown
	}
	if name = rule.TidyName(name); card.Name == name {
		return card.ID, nil
	}
	doc, err := s.docs.persons.Get(ctx, string(card.ID))
	if err == nil && !doc.called(name) {
		err = ErrNameDiffers
	}
	return card.ID, err
}

// ByNumber finds the people with identity numbers, keyed by the number as it
// was given; unknown ones are left out. Whoever asks: for importers, who hold
// numbers and names.
func (s *Service) ByNumber(ctx context.Context, numbers []string) (map[string]kernel.PersonCard, error) {
	given := make(map[string]string, len(numbers)*len(rule.IDTypes())) // blind → as given
	var keys []string
	for _, n := range numbers {
		plain := rule.Normalise(n)
		for _, kind := range rule.IDTypes() {
			blind := s.blind(kind, plain)
			given[blind], keys = n, append(keys, blind)
		}
	}
	found, err := s.docs.identities.GetMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	people := make([]kernel.PersonID, len(found))
	for i, f := range found {
		people[i] = kernel.PersonID(f.Person)
	}
	cards, err := s.Cards(ctx, people)
	out := make(map[string]kernel.PersonCard, len(found))
	for _, f := range found {
		if card, ok := cards[kernel.PersonID(f.Person)]; ok {
			out[given[f.ID]] = card
		}
	}
	return out, err
}

// IDNumber gives the identity number of a record in clear, also of one that
// was merged into another: for a neighbour that binds a document to it, never
// for an answer.
func (s *Service) IDNumber(ctx context.Context, id kernel.PersonID) (string, error) {
	doc, err := s.docs.persons.Get(ctx, string(id))
	if err != nil {
		return "", fmt.Errorf("identity number of %s: %w", id, err)
	}
	return s.open(doc, FieldIDNumber)
}
