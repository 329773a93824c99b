package statistics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// Completed is a class that a person completed.
type Completed struct {
	Person    kernel.PersonID
	Class     kernel.ClassID
	Standards []string
	Audience  string
	Programme string
	On        kernel.Date
	At        time.Time // when it was entered
}

// HearCompletions takes in completed classes. Hearing one twice changes
// nothing.
func (s *Service) HearCompletions(ctx context.Context, done []Completed) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		set := map[kernel.PersonID]func(*personDoc){}
		for _, c := range done {
			now, was, err := s.repo.standsFor(ctx, c.Person)
			if err != nil {
				return err
			}
			fresh := rule.Completion{
				Class: c.Class, As: c.Person, Was: was, Standards: c.Standards, Audience: c.Audience, Programme: c.Programme,
				On: c.On, RecordedAt: c.At,
			}
			before := set[now]
			set[now] = func(d *personDoc) {
				if before != nil {
					before(d)
				}
				if !slices.ContainsFunc(d.Completions, func(k rule.Completion) bool { return k.Class == fresh.Class && k.As == fresh.As }) {
					d.Completions = append(d.Completions, fresh)
				}
			}
		}
		return s.hear(ctx, set)
	})
}

// Supply takes in a completion that was never heard of, and tells whether it
// was missing: databases from before completions were counted.
func (s *Service) Supply(ctx context.Context, c Completed) (missing bool, err error) {
	now, _, err := s.repo.standsFor(ctx, c.Person)
	if err != nil {
		return false, err
	}
	docs, err := s.repo.persons(ctx, []kernel.PersonID{now})
	if err != nil {
		return false, fmt.Errorf("completions of %s: %w", now, err)
	}
	for _, known := range docs[0].Completions {
		if known.Class == c.Class && known.LeftAt == nil {
			return false, nil
		}
	}
	return true, s.HearCompletions(ctx, []Completed{c})
}

// Revoked is the certificate of a completed class that was revoked.
type Revoked struct {
	Person kernel.PersonID
	Class  kernel.ClassID
	On     kernel.Date
	At     time.Time
}

// HearRevocation takes in that a completion counts no longer.
func (s *Service) HearRevocation(ctx context.Context, r Revoked) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		now, _, err := s.repo.standsFor(ctx, r.Person)
		if err != nil {
			return err
		}
		return s.hear(ctx, map[kernel.PersonID]func(*personDoc){now: func(d *personDoc) {
			for i := range d.Completions {
				c := &d.Completions[i]
				if c.Class == r.Class && c.As == r.Person && c.LeftAt == nil && c.RevokedAt == nil {
					c.RevokedOn, c.RevokedAt = r.On, &r.At
				}
			}
		}})
	})
}

// FollowMerge has the completions of a record that turned out to be another's
// twin count for the one who stays, from now on: figures frozen before still
// rest on the record they were counted under. It listens to people.merged.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.moveCompletions(ctx, gone, kept, func(c rule.Completion) (rule.Completion, bool) {
		c.Was = append(slices.Clone(c.Was), gone)
		return c, true
	}, kept)
}

// FollowUnmerge gives back what came with a merge that was undone.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.moveCompletions(ctx, kept, gone, func(c rule.Completion) (rule.Completion, bool) {
		n := len(c.Was)
		if n == 0 || c.Was[n-1] != gone {
			return c, false
		}
		c.Was = slices.Clone(c.Was[:n-1])
		return c, true
	}, "")
}

// moveCompletions moves what still counts for one record to another; into is
// where the record that goes is to be looked for afterwards.
func (s *Service) moveCompletions(ctx context.Context, from, to kernel.PersonID,
	moved func(rule.Completion) (rule.Completion, bool), into kernel.PersonID,
) error {
	at := s.clock.Now().UTC().Truncate(time.Millisecond)
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		docs, err := s.repo.persons(ctx, []kernel.PersonID{from})
		if err != nil {
			return fmt.Errorf("completions of %s: %w", from, err)
		}
		var come []rule.Completion
		stay := slices.Clone(docs[0].Completions)
		for i, c := range stay {
			next, goes := moved(c)
			if c.LeftAt != nil || !goes {
				continue
			}
			stay[i].LeftAt, next.RecordedAt = &at, at
			come = append(come, next)
		}
		return s.hear(ctx, map[kernel.PersonID]func(*personDoc){
			from: func(d *personDoc) {
				d.Completions = stay
				if into != "" {
					d.Into = into
				}
			},
			to: func(d *personDoc) {
				d.Completions = append(d.Completions, come...)
				if into == "" { // the merge is undone
					d.Into = ""
				}
			},
		})
	})
}

// standsFor finds the record that stands for another now, and the records it
// came through by merges, the last at the end.
func (r *repository) standsFor(ctx context.Context, person kernel.PersonID) (now kernel.PersonID, was []kernel.PersonID, err error) {
	for now = person; ; {
		doc, err := r.people.Get(ctx, string(now))
		if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Into == "") {
			return now, was, nil
		}
		if err != nil {
			return now, nil, fmt.Errorf("facts of %s: %w", now, err)
		}
		was = append(was, now)
		now = doc.Into
	}
}
