package people

import (
	"cmp"
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
	return s.card(doc), err
}

// Cards is Card of many; unknown ones are left out.
func (s *Service) Cards(ctx context.Context, wanted []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	docs, err := s.docs.persons.GetMany(ctx, texts(wanted))
	out := make(map[kernel.PersonID]kernel.PersonCard, len(docs))
	for _, d := range docs {
		out[kernel.PersonID(d.ID)] = s.card(d)
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

// Roster calls those who are on post today in the tree of an organisation, by
// name, with all posts they hold there; it stops beyond `most` people. Whoever
// asks.
func (s *Service) Roster(ctx context.Context, org kernel.OrganizationID, most int) ([]kernel.OnPost, error) {
	today, enough := s.today(), errors.New("enough")
	var out []kernel.OnPost
	q := store.Query{Index: "shelf", Equal: []any{string(org) + shelfOnPost}, Limit: 1000}
	err := s.docs.persons.Each(ctx, q, func(d personDoc) error {
		var posts []kernel.StaffRole
		for _, e := range d.Career.Latest() {
			if e.OnPost(today) && slices.Contains(e.Path, org) && !slices.Contains(posts, e.Role) {
				posts = append(posts, e.Role)
			}
		}
		if len(posts) > 0 {
			out = append(out, kernel.OnPost{Person: kernel.PersonID(d.ID), Name: d.Name, Posts: posts})
		}
		if len(out) > most {
			return enough
		}
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		return nil, fmt.Errorf("roster of %s: %w", org, err)
	}
	slices.SortStableFunc(out, func(a, b kernel.OnPost) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func (s *Service) card(d personDoc) kernel.PersonCard { return d.card(s.today(), s.careerRow(d)) }

// Identify finds a person by identity number, of whatever kind, whoever asks.
// ErrUnknown; ErrNameDiffers when it is somebody else's.
func (s *Service) Identify(ctx context.Context, name, idNumber string) (kernel.PersonID, error) {
	number := kernel.IDNumber{Number: idNumber}
	found, err := s.ByNumber(ctx, []kernel.IDNumber{number})
	if err != nil {
		return "", err
	}
	name = rule.TidyName(name)
	for _, card := range found[number] {
		if card.Called(name) {
			return card.ID, nil
		}
	}
	if bearers := found[number]; len(bearers) > 0 {
		return bearers[0].ID, ErrNameDiffers
	}
	return "", ErrUnknown
}

// ByNumber finds the people with identity numbers, keyed by the number as it
// was given; unknown ones are left out. Where no type is given, documents of
// several types may have the number. Whoever asks: for importers, who hold
// numbers and names.
func (s *Service) ByNumber(ctx context.Context, numbers []kernel.IDNumber) (map[kernel.IDNumber]kernel.Bearers, error) {
	given := make(map[string][]kernel.IDNumber, len(numbers)*len(rule.IDTypes())) // by blind
	var keys []string
	for _, n := range numbers {
		plain := rule.Normalise(n.Number)
		for _, kind := range rule.IDTypes() {
			if n.Type != "" && n.Type != string(kind) {
				continue
			}
			blind := s.blind(kind, plain)
			if len(given[blind]) == 0 {
				keys = append(keys, blind)
			}
			if !slices.Contains(given[blind], n) {
				given[blind] = append(given[blind], n)
			}
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
	out := make(map[kernel.IDNumber]kernel.Bearers, len(found))
	for _, f := range found {
		card, ok := cards[kernel.PersonID(f.Person)]
		if !ok {
			continue
		}
		for _, n := range given[f.ID] {
			if !slices.ContainsFunc(out[n], func(c kernel.PersonCard) bool { return c.ID == card.ID }) {
				out[n] = append(out[n], card)
			}
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
