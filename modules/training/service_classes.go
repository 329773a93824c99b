package training

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// ClassDraft is what opens a class.
type ClassDraft struct {
	Course    kernel.CourseID
	Programme string
	Provider  kernel.OrganizationID
	Tier      OrganiserTier
	Base      kernel.OrganizationID
	StartsOn  kernel.Date
	EndsOn    kernel.Date
	Capacity  int
}

// OpenClass opens a class under the terms that the course has today. Where a
// bureau reviews classes of its kind, it begins as a draft. Whoever is on the
// blacklist opens none.
func (s *Service) OpenClass(ctx context.Context, d ClassDraft) (c Class, err error) {
	if d.EndsOn < d.StartsOn {
		return c, ErrDatesReversed.At("body.endsOn", "training.dates_reversed", string(d.EndsOn))
	}
	if err := s.forProgramme(ctx, d.Programme); err != nil {
		return c, err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		course, err := s.docs.course(ctx, d.Course)
		if err != nil {
			return err
		}
		provider, err := s.provider(ctx, d.Provider)
		if err != nil {
			return err
		}
		c = Class{
			ID: kernel.ClassID(kernel.NewID()), Course: course.ID, CourseVersion: course.Version, Terms: course.Terms,
			Programme: d.Programme, Provider: provider.ID, ProviderName: provider.Name, ProviderPath: provider.Path,
			Region: provider.Region, Tier: d.Tier, Reach: provider.Path, StartsOn: d.StartsOn, EndsOn: d.EndsOn,
			Capacity: d.Capacity, Status: ClassOpen, OpenedBy: kernel.ActorFrom(ctx).User, RecordedAt: s.now(), Stored: 1,
		}
		if c, err = s.housed(ctx, c, d.Base); err != nil {
			return err
		}
		if row, review := s.reviewed(c); review {
			c.Status, c.SeenBy, c.Application = ClassInDraft, c.Reach, &Application{RuleVersion: row.Stamp()}
		} else if c.SeenBy, err = s.audience(ctx, c); err != nil {
			return err
		}
		if err := s.docs.classes.Insert(ctx, docOfClass(c)); err != nil {
			return err
		}
		return s.record(ctx, "open", "class", string(c.ID), c.Provider, "")
	})
	return c, err
}

func (s *Service) provider(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	card, err := s.Organizations.Card(ctx, id)
	switch {
	case fault.Missing(err) || (err == nil && !provides(ctx, card.Path)):
		return card, ErrProviderUnknown
	case err != nil:
		return card, fmt.Errorf("read provider %s: %w", id, err)
	case card.Closed:
		return card, ErrProviderClosed
	}
	return card, s.notBlacklisted(card)
}

// housed places the class at a practice base, whose offices then see it too.
func (s *Service) housed(ctx context.Context, c Class, base kernel.OrganizationID) (Class, error) {
	if base == "" {
		return c, nil
	}
	card, err := s.Organizations.Card(ctx, base)
	switch {
	case fault.Missing(err):
		return c, ErrBaseUnknown
	case err != nil:
		return c, fmt.Errorf("read base %s: %w", base, err)
	case card.Closed:
		return c, ErrBaseClosed.At("body.baseId", ErrBaseClosed.Code, string(base))
	}
	c.Base, c.BaseName = base, card.Name
	c.Reach = union(c.Reach, card.Path)
	return c, nil
}

// audience is who may see the class: its reach, and the institutions that
// commissioned the provider with the offices above them.
func (s *Service) audience(ctx context.Context, c Class) ([]kernel.OrganizationID, error) {
	seen := slices.Clone(c.Reach)
	ids, err := s.Organizations.Commissioned(ctx, c.Provider, kernel.DateOf(s.now()))
	if err != nil || len(ids) == 0 {
		return seen, err
	}
	cards, err := s.Organizations.Cards(ctx, ids)
	for _, id := range ids {
		seen = union(seen, cards[id].Path)
	}
	return seen, err
}

// Class reads a class that the actor may see.
func (s *Service) Class(ctx context.Context, id kernel.ClassID) (Class, error) {
	return s.visibleClass(ctx, id)
}

// ChangeClass changes the plan of a class that is open or being written. A larger capacity lets the
// waiting list move up; a smaller one never takes a seat away.
func (s *Service) ChangeClass(ctx context.Context, id kernel.ClassID, change func(*ClassDraft, int64) error) (c Class, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.ownClass(ctx, id); err != nil {
			return err
		}
		if err := c.editable(); err != nil {
			return err
		}
		d := ClassDraft{StartsOn: c.StartsOn, EndsOn: c.EndsOn, Capacity: c.Capacity}
		if err := change(&d, c.Stored); err != nil {
			return err
		}
		if d.EndsOn < d.StartsOn {
			return ErrDatesReversed.At("body.endsOn", "training.dates_reversed", string(d.EndsOn))
		}
		if d.Capacity < c.Enrolled() {
			return ErrCapacityBelowSeats.With("enrolled", c.Enrolled())
		}
		if err := s.keepsSessions(ctx, c, d); err != nil {
			return err
		}
		c.StartsOn, c.EndsOn, c.Capacity, c.Seats = d.StartsOn, d.EndsOn, d.Capacity, slices.Clone(c.Seats)
		for {
			var up kernel.PersonID
			if c, up, err = c.moveUp(s.now()); err != nil || up == "" {
				break
			}
			if err := s.movedUp(ctx, c, up); err != nil {
				return err
			}
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		return s.record(ctx, "update", "class", string(id), c.Provider, "")
	})
	return c, err
}

// keepsSessions refuses days that would leave sessions outside of the class.
func (s *Service) keepsSessions(ctx context.Context, c Class, d ClassDraft) error {
	if d.StartsOn <= c.StartsOn && d.EndsOn >= c.EndsOn {
		return nil
	}
	sessions, err := s.docs.sessionsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, x := range sessions {
		switch on := x.Date(); {
		case x.Status == SessionCancelled:
		case d.StartsOn > c.StartsOn && on < d.StartsOn:
			return ErrSessionsOutside.With("on", on).At("body.startsOn", ErrSessionsOutside.Code, string(d.StartsOn))
		case d.EndsOn < c.EndsOn && on > d.EndsOn:
			return ErrSessionsOutside.With("on", on).At("body.endsOn", ErrSessionsOutside.Code, string(d.EndsOn))
		}
	}
	return nil
}

// WidenForCommission lets an institution that commissioned the school see the
// school's open classes. It may be repeated.
func (s *Service) WidenForCommission(ctx context.Context, school, institution kernel.OrganizationID) error {
	card, err := s.Organizations.Card(ctx, institution)
	if err != nil {
		return fmt.Errorf("read institution %s: %w", institution, err)
	}
	q := store.Query{Index: "by_provider", Equal: []any{string(school), string(ClassOpen)}}
	return s.docs.classes.Each(ctx, q, func(d classDoc) error {
		return s.DB.Tx(ctx, func(ctx context.Context) error { return s.widen(ctx, kernel.ClassID(d.ID), card.Path) })
	})
}

func (s *Service) widen(ctx context.Context, id kernel.ClassID, path []kernel.OrganizationID) error {
	c, err := s.docs.class(ctx, id)
	if err != nil {
		return err
	}
	c, grew := c.Widen(path)
	if !grew {
		return nil
	}
	sessions, err := s.docs.sessionsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, x := range sessions {
		x.SeenBy = c.SeenBy
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return err
		}
	}
	return s.docs.saveClass(ctx, &c)
}

// isUnknown recognises a neighbour's refusal of something unknown.
