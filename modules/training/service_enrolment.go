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
	Person    kernel.PersonID
	Outcome   Outcome
	Reason    *kernel.Reason
	Place     int             // on the waiting list, from 1
	Conflicts []Conflict      // sessions elsewhere at the same time
	Warnings  []kernel.Reason // what speaks against the class being right for them
}

func refusedBecause(p kernel.PersonID, code string) Enrolment {
	reason := kernel.Because(code, "")
	return Enrolment{Person: p, Outcome: OutcomeRefused, Reason: &reason}
}

// Enrol gives people seats, in the order given. Who is unknown or out of the
// actor's reach is refused alike. The class document holds the capacity, so
// parallel requests line up there. What else somebody has at the same time, and
// what speaks against the class for them, is said and keeps nobody out.
func (s *Service) Enrol(ctx context.Context, id kernel.ClassID, people []kernel.PersonID) (out []Enrolment, err error) {
	var c Class
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		out = nil
		if c, err = s.visibleClass(ctx, id); err != nil {
			return err
		}
		if err := c.editable(); err != nil {
			return err
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
	if err != nil {
		return nil, err
	}
	return out, s.warn(ctx, c, out)
}

// warn adds what whoever enrolled should know; it decides nothing.
func (s *Service) warn(ctx context.Context, c Class, enrolled []Enrolment) error {
	var in []kernel.PersonID
	for _, e := range enrolled {
		if e.Outcome != OutcomeRefused {
			in = append(in, e.Person)
		}
	}
	conflicts, err := s.conflicts(ctx, c, in)
	if err != nil {
		return fmt.Errorf("conflicts of the enrolled: %w", err)
	}
	doubts, err := s.doubts(ctx, c, in)
	if err != nil {
		return fmt.Errorf("doubts about the enrolled: %w", err)
	}
	for i := range enrolled {
		if e := &enrolled[i]; e.Outcome != OutcomeRefused {
			e.Conflicts, e.Warnings = conflicts[e.Person], doubts[e.Person]
		}
	}
	return nil
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
	if reason, err := s.notMeantFor(ctx, c, card); err != nil || reason != nil {
		return c, Enrolment{Person: p, Outcome: OutcomeRefused, Reason: reason}, err
	}
	c, outcome, err := c.Enrol(card.ID, kernel.ActorFrom(ctx).User, s.now())
	if err != nil {
		return c, Enrolment{}, err
	}
	switch outcome {
	case OutcomeRefused:
		return c, refusedBecause(p, "training.waiting_list_full"), nil
	case OutcomeAlready:
		return c, Enrolment{Person: p, Outcome: outcome, Place: c.Place(card.ID)}, nil
	case OutcomeEnrolled, OutcomeWaitlisted:
	}
	if err := s.seatChanged(ctx, c, card.ID, c.Seats[c.seat(card.ID)].State); err != nil {
		return c, Enrolment{}, err
	}
	if err := s.letProviderSee(ctx, c, card); err != nil {
		return c, Enrolment{}, err
	}
	if err := s.Facts.Announce(ctx, c.seatFact(card.ID, changeOf(c.Seats[c.seat(card.ID)].State), "", s.now())); err != nil {
		return c, Enrolment{}, err
	}
	return c, Enrolment{Person: p, Outcome: outcome, Place: c.Place(card.ID)}, s.record(ctx, "enrol", "class", string(c.ID), c.Provider, "", "person", string(card.ID))
}

func (s *Service) letProviderSee(ctx context.Context, c Class, card kernel.PersonCard) error {
	if slices.Contains(card.Reach, c.Provider) {
		return nil
	}
	if err := s.People.Grant(ctx, card.ID, c.Provider); err != nil {
		return fmt.Errorf("let the provider see %s: %w", card.ID, err)
	}
	return nil
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
	return s.docs.enrolments.Put(ctx, &doc)
}

// mayName refuses people out of reach as if they were not in the class.
func (s *Service) mayName(ctx context.Context, c Class, p kernel.PersonID) error {
	if provides(ctx, c.ProviderPath) {
		return nil
	}
	_, err := kernel.ReachFrom(ctx).Person(ctx, s.People, p, ErrNotEnrolled)
	return err
}
