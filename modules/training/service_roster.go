package training

import (
	"context"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Learner is a line of the roster.
type Learner struct {
	Seat      Seat
	Place     int // on the waiting list, from 1
	Card      kernel.PersonCard
	Conflicts []Conflict // while the class is open
}

// Leaver is somebody who gave a place up.
type Leaver struct {
	Card       kernel.PersonCard
	By         string // LeftSelf, LeftProvider or LeftOffice
	Reason     string
	At         time.Time
	SwappedFor kernel.PersonID
}

// Roster is who is in a class, and who was.
type Roster struct {
	Class    Class
	Learners []Learner
	Left     []Leaver // the latest first
}

// mostLeavers bounds how many of those who left are shown.
const mostLeavers = 200

// Roster lists the seats: all of them to the provider and the offices above it,
// their own people to everybody else.
func (s *Service) Roster(ctx context.Context, id kernel.ClassID) (r Roster, err error) {
	if r.Class, err = s.visibleClass(ctx, id); err != nil {
		return r, err
	}
	left, err := s.docs.enrolments.Find(ctx, store.Query{
		Index: "by_class", Equal: []any{string(id), string(SeatWithdrawn)}, Desc: true, Limit: mostLeavers,
	})
	if err != nil {
		return r, err
	}
	var ids []kernel.PersonID
	for _, seat := range r.Class.Seats {
		ids = append(ids, seat.Person)
	}
	for _, d := range left.Items {
		ids = append(ids, d.Person)
	}
	cards, err := s.People.Cards(ctx, ids)
	if err != nil {
		return r, fmt.Errorf("read cards: %w", err)
	}
	shown := s.named(ctx, r.Class.ProviderPath)
	for _, d := range left.Items {
		if card := cards[d.Person]; shown(d.Person, card) {
			r.Left = append(r.Left, Leaver{Card: card, By: d.WithdrawnBy, Reason: d.Reason, At: d.WithdrawnAt, SwappedFor: d.SwappedFor})
		}
	}
	for _, seat := range r.Class.Seats {
		if card := cards[seat.Person]; shown(seat.Person, card) {
			r.Learners = append(r.Learners, Learner{Seat: seat, Place: r.Class.Place(seat.Person), Card: card})
		}
	}
	return r, s.clashing(ctx, &r)
}

// clashing adds what the learners of an open class have elsewhere.
func (s *Service) clashing(ctx context.Context, r *Roster) error {
	if r.Class.Status == ClassCompleted || r.Class.Status == ClassArchived {
		return nil
	}
	ids := make([]kernel.PersonID, len(r.Learners))
	for i, l := range r.Learners {
		ids[i] = l.Seat.Person
	}
	found, err := s.conflicts(ctx, r.Class, ids)
	for i := range r.Learners {
		r.Learners[i].Conflicts = found[r.Learners[i].Seat.Person]
	}
	return err
}

// named tells which people of a class the actor may see by name.
func (s *Service) named(ctx context.Context, provider []kernel.OrganizationID) func(kernel.PersonID, kernel.PersonCard) bool {
	all, reach := provides(ctx, provider), kernel.ReachFrom(ctx)
	return func(p kernel.PersonID, card kernel.PersonCard) bool { return all || reach.CoversPerson(p, card.Reach) }
}
