package organizations

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
)

// Blacklist keeps an organisation out for a period; by a bureau above it.
// ErrNeedsSuperior, ErrBlacklistedAlready.
func (s *Service) Blacklist(ctx context.Context, id kernel.OrganizationID, p kernel.Period, reason string) (Blacklisting, error) {
	if p.To == "" {
		p.To = kernel.Forever
	}
	actor, now := kernel.ActorFrom(ctx), s.now()
	made := Blacklisting{ID: kernel.NewID(), Reason: reason, Period: p, By: actor.User, ByName: actor.Name, RecordedAt: now}
	return made, s.reconsider(ctx, id, "blacklist", reason, func(o Organization) (Organization, error) { return o.Blacklist(made) })
}

// LiftBlacklisting ends one before its time; by a bureau above the organisation.
// ErrNeedsSuperior, ErrBlacklistingUnknown, ErrLiftedAlready.
func (s *Service) LiftBlacklisting(ctx context.Context, id kernel.OrganizationID, which, reason string) error {
	actor := kernel.ActorFrom(ctx)
	return s.reconsider(ctx, id, "liftBlacklisting", reason, func(o Organization) (Organization, error) {
		return o.Lift(which, Lifting{Reason: reason, By: actor.User, ByName: actor.Name, At: s.now()})
	})
}

func (s *Service) reconsider(ctx context.Context, id kernel.OrganizationID, verb, reason string, decide func(Organization) (Organization, error)) error {
	_, err := s.change(ctx, func(ctx context.Context) (Organization, error) {
		doc, err := s.inReach(ctx, id)
		if err != nil {
			return Organization{}, err
		}
		before := doc.organization()
		if !kernel.ReachFrom(ctx).Covers(before.Path[1:]) {
			return Organization{}, ErrNeedsSuperior
		}
		after, err := decide(before)
		if err != nil {
			return Organization{}, err
		}
		doc.Blacklistings = after.Blacklistings
		if err := s.docs.organizations.Replace(ctx, &doc); err != nil {
			return Organization{}, fmt.Errorf("blacklist: %w", err)
		}
		if err := s.note(ctx, ChangeAmended, before, after, "", s.now()); err != nil {
			return Organization{}, err
		}
		act := kernel.Act{Verb: verb, Noun: "organization", ID: string(id), Organization: id, Reason: reason}
		return s.shown(doc), s.Audit.Record(ctx, act)
	})
	return err
}

// Blacklistings lists them, the latest first; ErrUnknown.
func (s *Service) Blacklistings(ctx context.Context, id kernel.OrganizationID) ([]Blacklisting, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make([]Blacklisting, 0, len(doc.Blacklistings))
	for i := range doc.Blacklistings {
		out = append(out, doc.Blacklistings[len(doc.Blacklistings)-1-i])
	}
	return out, nil
}
