package accounts

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
)

// own is the card of the account's person; ErrNeedsPerson of a caregiver without
// one, ErrPersonUnknown of somebody whom the actor does not keep: an office of
// long ago reads the record, and makes no account that reads everything.
func (s *Service) own(ctx context.Context, grants []kernel.Grant, person kernel.PersonID) (kernel.PersonCard, error) {
	if person == "" {
		if slices.ContainsFunc(grants, func(g kernel.Grant) bool { return g.Role == kernel.RoleCaregiver }) {
			return kernel.PersonCard{}, ErrNeedsPerson
		}
		return kernel.PersonCard{}, nil
	}
	card, known, err := s.card(ctx, person)
	if err != nil {
		return card, err
	}
	if !known || !kernel.ReachFrom(ctx).Covers(card.Keepers) {
		return card, ErrPersonUnknown
	}
	return card, nil
}

func (s *Service) card(ctx context.Context, person kernel.PersonID) (kernel.PersonCard, bool, error) {
	cards, err := s.people.Cards(ctx, []kernel.PersonID{person})
	if err != nil {
		return kernel.PersonCard{}, false, fmt.Errorf("person of account: %w", err)
	}
	card, known := cards[person]
	return card, known, nil
}

// changeable refuses a change of an account that one could not have made.
// Whoever reads the account of somebody whom others keep now leaves it alone:
// ErrKeptElsewhere. Only an office that they had can be closed where it is, for
// it must end with the post.
func (s *Service) changeable(ctx context.Context, u User, c Change) error {
	if u.Person != "" {
		card, known, err := s.card(ctx, u.Person)
		if err != nil {
			return err
		}
		if known && !kernel.ReachFrom(ctx).Covers(card.Keepers) {
			if !u.office() || !c.closes() {
				return ErrKeptElsewhere
			}
			offices := slices.DeleteFunc(slices.Clone(u.Grants), func(g kernel.Grant) bool { return g.Role == kernel.RoleCaregiver })
			_, err := s.authorize(ctx, offices, "")
			return err
		}
	}
	_, err := s.authorize(ctx, u.Grants, u.Person)
	return err
}

// alone refuses a second account by which a person signs in for themselves: of
// two, one would be forgotten open. A closed one and one with an office count
// for none. It writes the person's list, so that of two at once one sees the
// other. ErrHasAccount.
func (s *Service) alone(ctx context.Context, u User) error {
	ids, err := s.repo.of(ctx, u.Person)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == u.ID {
			continue
		}
		other, err := s.repo.user(ctx, id)
		if err != nil {
			return err
		}
		if other.personal() {
			return ErrHasAccount.With("username", other.Username)
		}
	}
	return s.repo.holdAnew(ctx, u.Person, u.ID)
}

// stillKept tells whether whoever issued a slip could issue it today: one that
// was printed before the person moved on opens nothing for the old office.
func (s *Service) stillKept(ctx context.Context, issuer kernel.UserID, person kernel.PersonID) (bool, error) {
	if issuer == "" { // the program itself
		return true, nil
	}
	by, err := s.repo.user(ctx, issuer)
	if err != nil {
		return false, err
	}
	card, known, err := s.card(ctx, person)
	return known && slices.ContainsFunc(by.Grants, func(g kernel.Grant) bool {
		return g.Role == kernel.RoleAdmin || slices.Contains(card.Keepers, g.Organization)
	}), err
}
