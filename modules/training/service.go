package training

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// Service holds the use cases. Its exported methods are what neighbours ask
// and what http.go calls.
type Service struct {
	Deps
	docs collections
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) row(region kernel.RegionCode, on kernel.Date) (rule.Row, error) {
	row, found := kernel.Nearest(s.Rules, region, on)
	if !found {
		return row, ErrNoRule.With("region", region).With("on", on)
	}
	return row, nil
}

// provides tells whether the actor works for the provider, or for an office
// above it. A school's reach also holds the institutions that commissioned it;
// it may enrol their people, not run their classes.
func provides(ctx context.Context, path []kernel.OrganizationID) bool {
	reach := kernel.ReachFrom(ctx)
	if reach.Everywhere {
		return true
	}
	granted := func(g kernel.Grant) bool { return slices.Contains(path, g.Organization) }
	return reach.Covers(path) && slices.ContainsFunc(kernel.ActorFrom(ctx).Grants, granted)
}

// sees tells whether the class shows to the actor: to its provider and the
// offices above, to who commissioned the provider, to its learners, and while
// it is open to caregivers of the same region.
func (s *Service) sees(ctx context.Context, c Class) (bool, error) {
	reach := kernel.ReachFrom(ctx)
	if reach.Covers(c.SeenBy) {
		return true, nil
	}
	if reach.Self == "" {
		return false, nil
	}
	if c.seat(reach.Self) >= 0 {
		return true, nil
	}
	if c.Status != ClassOpen {
		return false, nil
	}
	card, err := s.People.Card(ctx, reach.Self)
	if err != nil {
		return false, fmt.Errorf("read card of %s: %w", reach.Self, err)
	}
	return fits(c, card), nil
}

func fits(c Class, card kernel.PersonCard) bool {
	return slices.ContainsFunc(card.Reach, func(o kernel.OrganizationID) bool { return slices.Contains(c.SeenBy, o) })
}

func (s *Service) visibleClass(ctx context.Context, id kernel.ClassID) (Class, error) {
	c, err := s.docs.class(ctx, id)
	if err != nil {
		return c, err
	}
	ok, err := s.sees(ctx, c)
	if err == nil && !ok {
		err = ErrClassUnknown
	}
	return c, err
}

func (s *Service) ownClass(ctx context.Context, id kernel.ClassID) (Class, error) {
	c, err := s.docs.class(ctx, id)
	if err == nil && !provides(ctx, c.ProviderPath) {
		err = ErrClassUnknown
	}
	return c, err
}

func (s *Service) ownSession(ctx context.Context, id kernel.SessionID) (Session, error) {
	x, err := s.docs.session(ctx, id)
	if err == nil && !provides(ctx, x.Provider) {
		err = ErrSessionUnknown
	}
	return x, err
}

func (s *Service) record(ctx context.Context, verb, noun, id string, org kernel.OrganizationID, reason string, detail ...string) error {
	act := kernel.Act{Verb: verb, Noun: noun, ID: id, Organization: org, Reason: reason}
	for i := 0; i+1 < len(detail); i += 2 {
		if act.Detail == nil {
			act.Detail = map[string]string{}
		}
		act.Detail[detail[i]] = detail[i+1]
	}
	return s.Audit.Record(ctx, act)
}
