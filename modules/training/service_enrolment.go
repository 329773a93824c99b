package training

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Enrolment is what became of one person.
type Enrolment struct {
	Person  kernel.PersonID
	Outcome Outcome
	Reason  *kernel.Reason
}

func refusedBecause(p kernel.PersonID, code string) Enrolment {
	reason := kernel.Because(code, "")
	return Enrolment{Person: p, Outcome: OutcomeRefused, Reason: &reason}
}

// Enrol gives people seats, in the order given. Who is unknown or out of the
// actor's reach is refused alike. The class document holds the capacity, so
// parallel requests line up there.
func (s *Service) Enrol(ctx context.Context, id kernel.ClassID, people []kernel.PersonID) (out []Enrolment, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		out = nil
		c, err := s.visibleClass(ctx, id)
		if err != nil {
			return err
		}
		if c.Status != ClassOpen {
			return ErrClassCompleted
		}
		cards, err := s.People.Cards(ctx, people)
		if err != nil {
			return fmt.Errorf("read cards: %w", err)
		}
		before := len(c.Seats)
		for _, p := range people {
			var e Enrolment
			if c, e, err = s.enrolOne(ctx, c, p, cards); err != nil {
				return err
			}
			out = append(out, e)
		}
		if len(c.Seats) == before {
			return nil
		}
		return s.docs.saveClass(ctx, &c)
	})
	return out, err
}

func (s *Service) enrolOne(ctx context.Context, c Class, p kernel.PersonID, cards map[kernel.PersonID]kernel.PersonCard) (Class, Enrolment, error) {
	card, known := cards[p]
	if known && card.Merged != "" {
		kept, err := s.People.Card(ctx, card.Merged)
		if err != nil {
			return c, Enrolment{}, fmt.Errorf("read card of %s: %w", card.Merged, err)
		}
		card = kept
	}
	if !known || !kernel.ReachFrom(ctx).CoversPerson(card.ID, card.Reach) {
		return c, refusedBecause(p, "training.person_unknown"), nil
	}
	c, outcome, err := c.Enrol(card.ID, kernel.ActorFrom(ctx).User, s.now())
	if err != nil {
		return c, Enrolment{}, err
	}
	switch outcome {
	case OutcomeRefused:
		return c, refusedBecause(p, "training.waiting_list_full"), nil
	case OutcomeAlready:
		return c, Enrolment{Person: p, Outcome: outcome}, nil
	case OutcomeEnrolled, OutcomeWaitlisted:
	}
	if err := s.seatChanged(ctx, c, card.ID, c.Seats[c.seat(card.ID)].State); err != nil {
		return c, Enrolment{}, err
	}
	if !slices.Contains(card.Reach, c.Provider) {
		if err := s.People.Grant(ctx, card.ID, c.Provider); err != nil {
			return c, Enrolment{}, fmt.Errorf("let the provider see %s: %w", card.ID, err)
		}
	}
	return c, Enrolment{Person: p, Outcome: outcome}, s.record(ctx, "enrol", "class", string(c.ID), c.Provider, "", "person", string(card.ID))
}

// seatChanged keeps the person's own list of classes in step with the seat.
func (s *Service) seatChanged(ctx context.Context, c Class, p kernel.PersonID, state SeatState) error {
	doc, err := s.docs.enrolments.Get(ctx, enrolmentID(c.ID, p))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil || doc.State == SeatWithdrawn {
		doc = enrolmentDoc{
			Doc:   store.Doc{ID: enrolmentID(c.ID, p), Version: doc.Version},
			Class: c.ID, Person: p, StartsOn: c.StartsOn, RecordedAt: s.now(),
		}
	}
	doc.State = state
	if state == SeatWithdrawn {
		doc.WithdrawnAt = s.now()
	}
	return s.docs.enrolments.Put(ctx, &doc)
}

// Withdraw gives a place up: by the provider, by the person's institution, or
// by the person. The head of the waiting list moves up.
func (s *Service) Withdraw(ctx context.Context, id kernel.ClassID, p kernel.PersonID) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := s.visibleClass(ctx, id)
		if err != nil {
			return err
		}
		if err := s.mayName(ctx, c, p); err != nil {
			return err
		}
		attended, err := s.docs.attendance.Find(ctx, store.Query{Index: "by_class", Equal: []any{string(id), string(p)}, Limit: 1})
		if err != nil {
			return err
		}
		if len(attended.Items) > 0 {
			return ErrAttendedAlready
		}
		c, up, err := c.Withdraw(p)
		if err != nil {
			return err
		}
		if err := s.seatChanged(ctx, c, p, SeatWithdrawn); err != nil {
			return err
		}
		if up != "" {
			if err := s.seatChanged(ctx, c, up, SeatEnrolled); err != nil {
				return err
			}
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		return s.record(ctx, "withdraw", "class", string(id), c.Provider, "", "person", string(p))
	})
}

// mayName refuses people out of reach as if they were not in the class.
func (s *Service) mayName(ctx context.Context, c Class, p kernel.PersonID) error {
	if provides(ctx, c.ProviderPath) {
		return nil
	}
	card, err := s.People.Card(ctx, p)
	if isUnknown(err) || (err == nil && !kernel.ReachFrom(ctx).CoversPerson(p, card.Reach)) {
		return ErrNotEnrolled
	}
	return err
}

// Learner is a line of the roster.
type Learner struct {
	Seat Seat
	Card kernel.PersonCard
}

// Roster lists the seats: all of them to the provider and the offices above it,
// their own people to everybody else.
func (s *Service) Roster(ctx context.Context, id kernel.ClassID) (Class, []Learner, error) {
	c, err := s.visibleClass(ctx, id)
	if err != nil {
		return c, nil, err
	}
	ids := make([]kernel.PersonID, len(c.Seats))
	for i, seat := range c.Seats {
		ids[i] = seat.Person
	}
	cards, err := s.People.Cards(ctx, ids)
	if err != nil {
		return c, nil, fmt.Errorf("read cards: %w", err)
	}
	shown := s.named(ctx, c.ProviderPath)
	out := make([]Learner, 0, len(c.Seats))
	for _, seat := range c.Seats {
		if card := cards[seat.Person]; shown(seat.Person, card) {
			out = append(out, Learner{Seat: seat, Card: card})
		}
	}
	return c, out, nil
}

// named tells which people of a class the actor may see by name.
func (s *Service) named(ctx context.Context, provider []kernel.OrganizationID) func(kernel.PersonID, kernel.PersonCard) bool {
	all, reach := provides(ctx, provider), kernel.ReachFrom(ctx)
	return func(p kernel.PersonID, card kernel.PersonCard) bool { return all || reach.CoversPerson(p, card.Reach) }
}
