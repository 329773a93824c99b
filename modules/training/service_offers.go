package training

import (
	"context"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// Offer is an open class as one person sees it.
type Offer struct {
	Class     Class
	Seat      *Seat // theirs, if they have one
	Place     int   // on the waiting list, from 1
	Next      *Session
	Schedule  Schedule
	Deadlines Deadlines
	Conflicts []Conflict
	Doubts    []kernel.Reason
}

// mostOffers bounds what one person is offered.
const mostOffers = 100

// Offers lists the open classes that somebody is in, and those not over that
// they may join: seen by their organisations, and meant for their kind and
// level. Their own come first, then the soonest.
func (s *Service) Offers(ctx context.Context, p kernel.PersonID) ([]Offer, error) {
	card, err := kernel.ReachFrom(ctx).Person(ctx, s.People, p, ErrPersonUnknown)
	if err != nil {
		return nil, err
	}
	classes, err := s.around(ctx, card)
	if err != nil {
		return nil, err
	}
	ids := make([]kernel.ClassID, len(classes))
	for i, c := range classes {
		ids[i] = c.ID
	}
	sessions, err := s.sessionsOfMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	levels, err := s.levels(ctx, []kernel.PersonID{p})
	if err != nil {
		return nil, err
	}
	var mine []Session
	for _, c := range classes {
		if c.seat(p) >= 0 {
			mine = append(mine, sessions[c.ID]...)
		}
	}
	who := rule.Seeker{Kinds: card.Kinds, Level: levels[p]}
	var out []Offer
	for _, c := range classes {
		o, meant, err := s.offer(c, p, who, sessions[c.ID], mine)
		if err != nil {
			return nil, err
		}
		if meant {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Offer) int {
		if (a.Seat != nil) != (b.Seat != nil) {
			return map[bool]int{true: -1, false: 1}[a.Seat != nil]
		}
		return strings.Compare(string(a.Class.StartsOn), string(b.Class.StartsOn))
	})
	return out[:min(len(out), mostOffers)], nil
}

// around reads the open classes that the person is in or could see.
func (s *Service) around(ctx context.Context, card kernel.PersonCard) ([]Class, error) {
	in, err := s.enrolledIn(ctx, card.ID)
	if err != nil {
		return nil, err
	}
	docs, err := s.docs.classes.GetMany(ctx, in)
	if err != nil {
		return nil, err
	}
	opened := ClassFilter{Status: ClassOpen}
	for _, q := range opened.queries(kernel.Reach{Roots: card.Reach}) {
		q.Limit = 2 * mostOffers
		more, err := s.docs.classes.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		docs = append(docs, more.Items...)
	}
	var out []Class
	seen := map[string]bool{}
	for _, d := range docs {
		if !seen[d.ID] && d.Status == ClassOpen {
			out = append(out, d.class())
		}
		seen[d.ID] = true
	}
	return out, nil
}

// offer shows a class to somebody; false when it is not for them or over.
func (s *Service) offer(c Class, p kernel.PersonID, who rule.Seeker, sessions, mine []Session) (Offer, bool, error) {
	o := Offer{Class: c, Place: c.Place(p), Conflicts: clashes(sessions, mine), Schedule: s.schedule(sessions)}
	row, err := s.row(c.Region, c.StartsOn)
	if err != nil {
		return o, false, err
	}
	if i := c.seat(p); i >= 0 {
		o.Seat = &c.Seats[i]
	} else if c.EndsOn < kernel.DateOf(s.now()) || len(row.Fits(c.Terms.For(), who)) > 0 {
		return o, false, nil
	}
	if o.Doubts, err = s.doubtsOf(c, who); err != nil {
		return o, false, err
	}
	if o.Deadlines, err = s.deadlinesOf(c, sessions); err != nil {
		return o, false, err
	}
	now := s.now()
	for _, x := range sessions {
		if x.Status == SessionPlanned && x.Plan.EndsAt.After(now) && (o.Next == nil || x.Plan.StartsAt.Before(o.Next.Plan.StartsAt)) {
			o.Next = &x
		}
	}
	return o, true, nil
}
