package training

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// Service holds the use cases. Its exported methods are what neighbours ask
// and what http.go calls.
type Service struct {
	Deps
	docs     collections
	bells    bells
	rosters  singleflight.Group // by session
	readings atomic.Int64       // of rosters
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) draw(n int) int {
	if s.Draw != nil {
		return s.Draw(n)
	}
	return rand.IntN(n)
}

func (s *Service) row(region kernel.RegionCode, on kernel.Date) (rule.Row, error) {
	row, found := kernel.Nearest(s.Rules, region, on)
	if !found {
		return row, ErrNoRule.With("region", region).With("on", on)
	}
	return row, nil
}

// ownReach is the actor's reach without the institutions that commissioned
// their school: it may enrol their people, not see or run their classes.
func ownReach(ctx context.Context) kernel.Reach {
	reach, grants := kernel.ReachFrom(ctx), kernel.ActorFrom(ctx).Grants
	reach.Roots = slices.DeleteFunc(slices.Clone(reach.Roots), func(o kernel.OrganizationID) bool {
		return !slices.ContainsFunc(grants, func(g kernel.Grant) bool { return g.Organization == o })
	})
	return reach
}

// provides tells whether the actor works for the provider with that path, or
// for an office above it.
func provides(ctx context.Context, path []kernel.OrganizationID) bool {
	return ownReach(ctx).Covers(path)
}

// sees tells whether the class shows to the actor: to its provider and the
// offices above, to who commissioned the provider, to its learners, and while
// it is open to caregivers of the same region.
func (s *Service) sees(ctx context.Context, c Class) (bool, error) {
	reach := ownReach(ctx)
	if reach.Covers(c.SeenBy) {
		return true, nil
	}
	if reach.Self == "" || !c.Opened() {
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
