package training

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"carecert/modules/kernel"
)

// Planned is a session that is yet to be held, with its class.
type Planned struct {
	Session Session
	Class   Class
}

// Planned tells, by person, the sessions on the days from..to that they have a
// seat in and that are yet to be held, whoever asks: three look-ups, however many
// they are.
func (s *Service) Planned(ctx context.Context, people []kernel.PersonID, from, to kernel.Date) (map[kernel.PersonID][]Planned, error) {
	keys := make([][]string, len(people))
	for i, p := range people {
		keys[i] = []string{string(p)}
	}
	enrolled, err := s.docs.enrolments.Match(ctx, "by_person", keys, mostClasses)
	if err != nil {
		return nil, fmt.Errorf("classes of %d people: %w", len(people), err)
	}
	open, sessions, err := s.openAmong(ctx, enrolled)
	if err != nil {
		return nil, err
	}
	out := map[kernel.PersonID][]Planned{}
	for i, p := range people {
		for _, e := range enrolled[i] {
			c, is := open[e.Class]
			if !is || !c.Learns(p) {
				continue
			}
			for _, x := range sessions[e.Class] {
				if x.Status == SessionPlanned && from <= x.Date() && x.Date() <= to {
					out[p] = append(out[p], Planned{Session: x, Class: c})
				}
			}
		}
	}
	return out, nil
}

// openAmong reads the classes of enrolments that are open, with their sessions.
func (s *Service) openAmong(ctx context.Context, enrolled [][]enrolmentDoc) (open map[kernel.ClassID]Class, sessions map[kernel.ClassID][]Session, err error) {
	ids := map[string]bool{}
	for _, docs := range enrolled {
		for _, e := range docs {
			if e.State == SeatEnrolled {
				ids[string(e.Class)] = true
			}
		}
	}
	docs, err := s.docs.classes.GetMany(ctx, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return nil, nil, fmt.Errorf("read %d classes: %w", len(ids), err)
	}
	open = map[kernel.ClassID]Class{}
	var classes []kernel.ClassID
	for _, d := range docs {
		if c := d.class(); c.Status == ClassOpen {
			open[c.ID] = c
			classes = append(classes, c.ID)
		}
	}
	sessions, err = s.sessionsOfMany(ctx, classes)
	return open, sessions, err
}
