package accounts

import (
	"context"
	"errors"
	"slices"
	"time"

	"carecert/modules/kernel"
)

// Of lists the accounts of a person, whoever asks.
func (s *Service) Of(ctx context.Context, person kernel.PersonID) ([]User, error) {
	ids, err := s.repo.of(ctx, person)
	if err != nil {
		return nil, err
	}
	var out []User
	for _, id := range ids {
		u, err := s.repo.user(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

// Acting tells as whom an account acts now; false where it is gone or closed.
func (s *Service) Acting(ctx context.Context, user kernel.UserID) (kernel.Actor, bool, error) {
	u, err := s.repo.user(ctx, user)
	if errors.Is(err, ErrUnknown) {
		return kernel.Actor{}, false, nil
	}
	return actorOf(u), err == nil && !u.Disabled, err
}

// Homes tells where users work: the first organisation that they have a role
// in. Whoever has none is left out.
func (s *Service) Homes(ctx context.Context, users []kernel.UserID) (map[kernel.UserID]kernel.OrganizationID, error) {
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = string(u)
	}
	slices.Sort(ids)
	docs, err := s.repo.users.GetMany(ctx, slices.Compact(ids))
	out := map[kernel.UserID]kernel.OrganizationID{}
	for _, d := range docs {
		if org := home(d.read()); org != "" {
			out[kernel.UserID(d.ID)] = org
		}
	}
	return out, err
}

// Built tells whether a person has an account that was made at an instant or
// after it, for the register: whoever can sign in does not leave it with an import.
func (s *Service) Built(ctx context.Context, person kernel.PersonID, since time.Time) (bool, error) {
	all, err := s.Of(ctx, person)
	return slices.ContainsFunc(all, func(u User) bool { return !u.CreatedAt.Before(since) }), err
}
