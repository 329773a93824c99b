package training

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// Suggestion is an open class that some of a group of people could join, with
// how many of them it would suit.
type Suggestion struct {
	Class       Class
	Room        int            // free seats
	Minutes     kernel.Minutes // of the sessions to come
	Ready       int            // could sit in it
	Already     int            // are in it, or wait
	Conflicting int            // have something else at one of its times
	Unsuited    int            // are not whom it is meant for
	Mends       kernel.Minutes // at most, of what those who get a seat lack this year; who lacks most is seated first
	Enough      int            // would lack nothing more
}

// Takes is how many of the group would get a seat.
func (s Suggestion) Takes() int { return min(s.Room, s.Ready) }

// the most that one answer looks through and shows.
const (
	mostSuggested = 60
	mostShown     = 20
)

// Suggest ranks the open classes that count toward the year and are not over:
// which mends most of what the people lack first, then which takes most of them,
// then the soonest. People out of reach are left out of the count.
func (s *Service) Suggest(ctx context.Context, people []kernel.PersonID) ([]Suggestion, error) {
	classes, err := s.comingClasses(ctx)
	if err != nil || len(classes) == 0 {
		return nil, err
	}
	group, err := s.group(ctx, people)
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
	out := make([]Suggestion, 0, len(classes))
	for _, c := range classes {
		row, err := s.row(c.Region, c.StartsOn)
		if err != nil {
			return nil, err
		}
		if suggested := s.suggest(c, row, sessions[c.ID], group); suggested.Minutes > 0 {
			out = append(out, suggested)
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Mends, a.Mends), cmp.Compare(b.Takes(), a.Takes()), cmp.Compare(a.Class.StartsOn, b.Class.StartsOn))
	})
	return out[:min(len(out), mostShown)], nil
}

// comingClasses reads the open classes in reach that count and are not over.
func (s *Service) comingClasses(ctx context.Context) ([]Class, error) {
	today := kernel.DateOf(s.now())
	opened := ClassFilter{Status: ClassOpen}
	var out []Class
	seen := map[string]bool{}
	for _, q := range opened.queries(ownReach(ctx)) {
		q.Limit = mostSuggested
		found, err := s.docs.classes.Find(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("open classes: %w", err)
		}
		for _, d := range found.Items {
			if !seen[d.ID] && d.Terms.CountsTowardInService && d.EndsOn >= today {
				out = append(out, d.class())
			}
			seen[d.ID] = true
		}
	}
	return out[:min(len(out), mostSuggested)], nil
}

// candidate is one of the group, with what they have on.
type candidate struct {
	id       kernel.PersonID
	who      rule.Seeker
	sessions []Session
	lacks    kernel.Minutes
}

func (s *Service) group(ctx context.Context, people []kernel.PersonID) ([]candidate, error) {
	cards, err := s.People.Cards(ctx, people)
	if err != nil {
		return nil, fmt.Errorf("read cards: %w", err)
	}
	levels, err := s.levels(ctx, people)
	if err != nil {
		return nil, err
	}
	lacking := map[kernel.PersonID]kernel.Minutes{}
	if s.Shortfalls != nil {
		if lacking, err = s.Shortfalls.Lacking(ctx, people); err != nil {
			return nil, fmt.Errorf("what the year lacks: %w", err)
		}
	}
	var out []candidate
	var keys [][]string
	reach := kernel.ReachFrom(ctx)
	for _, p := range people {
		if card, known := cards[p]; known && reach.CoversPerson(p, card.Reach) {
			out = append(out, candidate{id: p, who: rule.Seeker{Kinds: card.Kinds, Level: levels[p]}, lacks: lacking[p]})
			keys = append(keys, []string{string(p)})
		}
	}
	enrolled, err := s.docs.enrolments.Match(ctx, "by_person", keys, mostClasses)
	if err != nil {
		return nil, err
	}
	var classes []kernel.ClassID
	for _, docs := range enrolled {
		for _, e := range docs {
			if e.takes() && !slices.Contains(classes, e.Class) {
				classes = append(classes, e.Class)
			}
		}
	}
	sessions, err := s.sessionsOfMany(ctx, classes)
	if err != nil {
		return nil, err
	}
	for i, docs := range enrolled {
		for _, e := range docs {
			if e.takes() {
				out[i].sessions = append(out[i].sessions, sessions[e.Class]...)
			}
		}
	}
	return out, nil
}

func (s *Service) suggest(c Class, row rule.Row, sessions []Session, group []candidate) Suggestion {
	out := Suggestion{Class: c, Room: max(0, c.Capacity-c.Enrolled())}
	now, inYear := s.now(), kernel.Minutes(0)
	for _, x := range sessions {
		if x.Status == SessionPlanned && x.Plan.StartsAt.After(now) {
			out.Minutes += x.Plan.Minutes
			if x.Date().Year() == kernel.DateOf(now).Year() {
				inYear += x.Plan.Minutes
			}
		}
	}
	var lacks []kernel.Minutes // of those who are ready
	for _, p := range group {
		switch {
		case c.seat(p.id) >= 0:
			out.Already++
		case len(row.Fits(c.Terms.For(), p.who)) > 0:
			out.Unsuited++
		case len(clashes(sessions, p.sessions)) > 0:
			out.Conflicting++
		default:
			out.Ready++
			lacks = append(lacks, p.lacks)
		}
	}
	slices.Sort(lacks)
	slices.Reverse(lacks)
	for _, missing := range lacks[:out.Takes()] {
		out.Mends += min(missing, inYear)
		if missing > 0 && missing <= inYear {
			out.Enough++
		}
	}
	return out
}
