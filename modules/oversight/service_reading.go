package oversight

import (
	"context"
	"fmt"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/oversight/rule"
)

// Filter narrows the radar.
type Filter struct {
	Organization kernel.OrganizationID
	Status       Status // Todo for what waits
	Kind         rule.Kind
}

// List pages through the findings in reach, the latest first.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (listing.Listing[Finding], error) {
	roots, err := s.roots(ctx, f.Organization)
	if err != nil {
		return listing.Listing[Finding]{}, err
	}
	found, err := listing.Read(ctx, s.repo.findings, limit, cursor, listing.Phase[findingDoc]{
		Queries: queries(roots, f.Status, f.Kind),
		Less:    func(a, b findingDoc) bool { return a.FirstSeenAt.After(b.FirstSeenAt) },
	})
	return listing.Map(found, findingDoc.finding), badCursor(err)
}

func queries(roots []kernel.OrganizationID, st Status, k rule.Kind) []store.Query {
	out := make([]store.Query, len(roots))
	for i, o := range roots {
		out[i] = store.Query{Index: "shelf", Equal: []any{shelf(o, st, k)}, Desc: true}
	}
	return out
}

// roots are the shelves to look at: an organisation in reach, or one's own.
func (s *Service) roots(ctx context.Context, org kernel.OrganizationID) ([]kernel.OrganizationID, error) {
	reach := ownReach(ctx)
	if org == "" {
		if reach.Everywhere {
			return []kernel.OrganizationID{everywhere}, nil
		}
		return reach.Roots, nil
	}
	if _, err := reach.Organization(ctx, s.Organizations, org, ErrUnknownOrganization); err != nil {
		return nil, err
	}
	return []kernel.OrganizationID{org}, nil
}

// Counts is how much there is, as far as countLimit.
type Counts struct {
	ByStatus map[Status]int64
	ByKind   map[rule.Kind]int64 // of what waits
	Todo     int64
}

const countLimit = 1000

// Count counts the radar; each is one look at an index.
func (s *Service) Count(ctx context.Context, org kernel.OrganizationID) (Counts, error) {
	c := Counts{ByStatus: map[Status]int64{}, ByKind: map[rule.Kind]int64{}}
	roots, err := s.roots(ctx, org)
	if err != nil {
		return c, err
	}
	count := func(st Status, k rule.Kind) (sum int64, err error) {
		for _, q := range queries(roots, st, k) {
			n, _, err := s.repo.findings.Count(ctx, q, countLimit)
			if err != nil {
				return 0, err
			}
			sum += n
		}
		return sum, nil
	}
	for _, st := range Statuses() {
		if c.ByStatus[st], err = count(st, ""); err != nil {
			return c, err
		}
	}
	c.Todo = c.ByStatus[Open] + c.ByStatus[InReview]
	if c.Todo == 0 {
		return c, nil
	}
	for _, k := range rule.Kinds() {
		if c.ByKind[k], err = count(Todo, k); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Case is a finding with what it rests on, side by side.
type Case struct {
	Finding  Finding
	Sessions []Held // with the presences that the finding names
	People   map[kernel.PersonID]kernel.PersonCard
	Names    map[kernel.OrganizationID]kernel.OrganizationCard
}

// shownPeople is how many presences of one session a case lays out: a class
// that is always full names everybody.
const shownPeople = 200

// Find reads a finding with its evidence; ErrUnknown. A provider sees its own
// sessions of a finding that touches another's.
func (s *Service) Find(ctx context.Context, id string) (Case, error) {
	_, f, err := s.inReach(ctx, id)
	if err != nil {
		return Case{}, err
	}
	kept, err := s.repo.sessionsOf(ctx, f.Sessions)
	if err != nil {
		return Case{}, err
	}
	c := Case{Finding: f}
	people := append([]kernel.PersonID(nil), f.People...)
	for _, id := range f.Sessions {
		x, ok := kept[id]
		if !ok {
			continue
		}
		var named []Presence
		for _, p := range x.Presences {
			if f.Names(Seat{id, p.Person}) && len(f.People) > 0 && len(named) < shownPeople {
				named = append(named, p)
			}
		}
		x.Presences, x.TurnedAway = named, f.refused(x)
		if !Oversees(ctx, f) && !ownReach(ctx).Covers(x.Path) {
			x = Held{Session: "", Date: x.Date, StartsAt: x.StartsAt, EndsAt: x.EndsAt} // another's
		}
		c.Sessions = append(c.Sessions, x)
	}
	if c.People, err = s.People.Cards(ctx, distinct(people)); err != nil {
		return c, fmt.Errorf("cards: %w", err)
	}
	c.Names, err = s.names(ctx, []Finding{f})
	return c, err
}

// refused are the refused check-ins that a finding rests on.
func (f Finding) refused(x Held) (out []TurnedAway) {
	if f.Kind != rule.TurnedAway {
		return nil
	}
	for _, a := range x.TurnedAway {
		if strings.HasSuffix(a.Device, f.Figures["device"]) && len(out) < shownPeople {
			out = append(out, a)
		}
	}
	return out
}

// Cards reads who findings name, and whose they are: for lists.
func (s *Service) Cards(ctx context.Context, all []Finding) (map[kernel.PersonID]kernel.PersonCard, map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	var people []kernel.PersonID
	for _, f := range all {
		people = append(people, f.People[:min(len(f.People), 3)]...)
	}
	cards, err := s.People.Cards(ctx, distinct(people))
	if err != nil {
		return nil, nil, fmt.Errorf("cards: %w", err)
	}
	names, err := s.names(ctx, all)
	return cards, names, err
}

func (s *Service) names(ctx context.Context, all []Finding) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	var ids []kernel.OrganizationID
	for _, f := range all {
		ids = append(ids, f.Providers...)
	}
	return s.Organizations.Cards(ctx, distinct(ids))
}
