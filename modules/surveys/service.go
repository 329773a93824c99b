package surveys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// Service holds the use cases: load, decide, save.
type Service struct {
	Deps
	repo *repository
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }

// Open opens the survey of a class that ended, once, and tells it; false where
// no row asks, or too few were there to be asked.
func (s *Service) Open(ctx context.Context, e Ended) (x Survey, opens bool, err error) {
	today := kernel.DateOf(e.At)
	row, found := kernel.Nearest(s.Rows, e.Region, today)
	if !found || !row.Asks(len(e.Learners), e.EndsOn, today) {
		return x, false, nil
	}
	x = opened(e, row)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.repo.survey(ctx, x.ID); !errors.Is(err, ErrUnknown) {
			return err
		}
		asked := make([]askedDoc, 0, len(e.Learners))
		for _, p := range e.Learners {
			asked = append(asked, askedDoc{Doc: store.Doc{ID: askedID(x.ID, p)}, Survey: x.ID, Person: p, ClosesAt: x.ClosesAt})
		}
		if err := s.repo.surveys.Insert(ctx, docOf(x)); err != nil {
			return fmt.Errorf("open survey: %w", err)
		}
		return s.repo.asked.Insert(ctx, asked...)
	})
	return x, err == nil, err
}

// Own is a survey that somebody is asked in.
type Own struct {
	Survey
	Answered bool
}

// ownListed is how many of one's surveys are told: the latest.
const ownListed = 50

// Owns lists what the actor is asked, the latest first.
func (s *Service) Owns(ctx context.Context) ([]Own, error) {
	return s.asksOf(ctx, kernel.ReachFrom(ctx).Self)
}

func (s *Service) asksOf(ctx context.Context, p kernel.PersonID) ([]Own, error) {
	if p == "" {
		return nil, nil
	}
	page, err := s.repo.asked.Find(ctx, store.Query{Index: "person", Equal: []any{string(p)}, Desc: true, Limit: ownListed})
	if err != nil {
		return nil, err
	}
	out := make([]Own, 0, len(page.Items))
	for _, a := range page.Items {
		x, err := s.repo.survey(ctx, a.Survey)
		if err != nil {
			return nil, err
		}
		out = append(out, Own{x, a.Answered})
	}
	return out, nil
}

// OwnOne reads a survey that the actor is asked in; ErrUnknown.
func (s *Service) OwnOne(ctx context.Context, id kernel.ClassID) (Own, error) {
	a, err := s.repo.asks(ctx, id, kernel.ReachFrom(ctx).Self)
	if err != nil {
		return Own{}, err
	}
	x, err := s.repo.survey(ctx, id)
	return Own{x, a.Answered}, err
}

// Answer takes the actor's answers, by question, once: who answered already
// changes nothing. The operation log says nothing of it. ErrUnknown, ErrClosed,
// ErrAnswers.
func (s *Service) Answer(ctx context.Context, id kernel.ClassID, answers map[string]string) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		a, err := s.repo.asks(ctx, id, kernel.ReachFrom(ctx).Self)
		if err != nil || a.Answered {
			return err
		}
		x, err := s.repo.survey(ctx, id)
		if err != nil {
			return err
		}
		if x.Closed(s.now()) {
			return ErrClosed
		}
		counted, said, wrong := x.Row.Take(answers)
		if len(wrong) > 0 {
			refusal := ErrAnswers
			for _, w := range wrong {
				refusal = refusal.At("body.answers."+w.Question, w.Code, "")
			}
			return refusal.With("limit", x.Row.TextLimit)
		}
		a.Answered = true
		if err := s.repo.asked.Replace(ctx, &a); err != nil {
			return fmt.Errorf("note answer: %w", err)
		}
		if err := s.repo.count(ctx, id, counted); err != nil {
			return err
		}
		return s.repo.say(ctx, id, said)
	})
}

// roots are the trees that a list is read from.
func (s *Service) roots(ctx context.Context, org kernel.OrganizationID) ([]kernel.OrganizationID, error) {
	reach := kernel.ReachFrom(ctx)
	if org == "" {
		return reach.Roots, nil
	}
	if _, err := reach.Organization(ctx, s.Organizations, org, ErrUnknownOrganization); err != nil {
		return nil, err
	}
	return []kernel.OrganizationID{org}, nil
}

// queries over the trees in reach, or everywhere.
func (s *Service) queries(ctx context.Context, org kernel.OrganizationID, byTree, everywhere string, equal ...any) ([]store.Query, error) {
	if org == "" && kernel.ReachFrom(ctx).Everywhere {
		return []store.Query{{Index: everywhere, Equal: equal}}, nil
	}
	roots, err := s.roots(ctx, org)
	out := make([]store.Query, 0, len(roots))
	for _, o := range roots {
		out = append(out, store.Query{Index: byTree, Equal: append([]any{string(o)}, equal...)})
	}
	return out, err
}

// List pages through the surveys in reach, the latest first.
func (s *Service) List(ctx context.Context, org kernel.OrganizationID, limit int, cursor string) (listing.Listing[Result], error) {
	queries, err := s.queries(ctx, org, "path", "opens")
	if err != nil {
		return listing.Listing[Result]{}, err
	}
	for i := range queries {
		queries[i].Desc = true
	}
	found, err := listing.Read(ctx, s.repo.surveys, limit, cursor, listing.Phase[surveyDoc]{
		Queries: queries, Less: func(a, b surveyDoc) bool { return a.OpensAt.After(b.OpensAt) },
	})
	if err != nil {
		return listing.Listing[Result]{}, badCursor(err)
	}
	ids := make([]string, 0, len(found.Items))
	for _, d := range found.Items {
		ids = append(ids, d.ID)
	}
	answers, err := s.repo.answers(ctx, ids...)
	now := s.now()
	return listing.Map(found, func(d surveyDoc) Result {
		x := d.survey()
		return x.told(answers[x.ID].Answered, answers[x.ID].Counts, now)
	}), err
}

func badCursor(err error) error {
	if errors.Is(err, store.ErrBadCursor) {
		return fault.ErrInvalid.At("query.cursor", "input.cursor", "")
	}
	return err
}

// Find reads a survey in reach with what may be told of it; ErrUnknown.
func (s *Service) Find(ctx context.Context, id kernel.ClassID) (Result, error) {
	r, err := s.Of(ctx, id)
	if err == nil && !kernel.ReachFrom(ctx).Covers(r.Path) {
		return Result{}, ErrUnknown
	}
	return r, err
}

// Of reads the survey of a class, whoever asks; ErrUnknown.
func (s *Service) Of(ctx context.Context, id kernel.ClassID) (Result, error) {
	x, err := s.repo.survey(ctx, id)
	if err != nil {
		return Result{}, err
	}
	answers, err := s.repo.answers(ctx, string(id))
	return x.told(answers[id].Answered, answers[id].Counts, s.now()), err
}

// Remark is something that was said in words.
type Remark struct{ Question, Text string }

// Remarks pages through what was said, in an order that tells nothing; none of
// a survey that is not told. ErrUnknown.
func (s *Service) Remarks(ctx context.Context, id kernel.ClassID, limit int, cursor string) (listing.Listing[Remark], error) {
	r, err := s.Find(ctx, id)
	if err != nil || r.State != StateClosed {
		return listing.Listing[Remark]{}, err
	}
	found, err := listing.Read(ctx, s.repo.remarks, limit, cursor, listing.Phase[remarkDoc]{
		Queries: []store.Query{{Index: "survey", Equal: []any{string(id)}}},
	})
	return listing.Map(found, func(d remarkDoc) Remark { return Remark{d.Question, d.Text} }), badCursor(err)
}

// Totals pages through what the told surveys of a year add up to, by name.
func (s *Service) Totals(ctx context.Context, org kernel.OrganizationID, by Dimension, year, limit int, cursor string) (listing.Listing[Total], error) {
	queries, err := s.queries(ctx, org, "path", "by", string(by), year)
	if err != nil {
		return listing.Listing[Total]{}, err
	}
	found, err := listing.Read(ctx, s.repo.totals, limit, cursor, listing.Phase[totalDoc]{
		Queries: queries, Less: func(a, b totalDoc) bool { return a.Name < b.Name },
	})
	return listing.Map(found, totalDoc.total), badCursor(err)
}

// Settle adds surveys that closed to the totals, each once.
func (s *Service) Settle(ctx context.Context) error {
	var due []kernel.ClassID
	if err := s.repo.surveys.Each(ctx, store.Query{Index: "due", Until: s.now().Add(time.Millisecond)}, func(d surveyDoc) error {
		due = append(due, kernel.ClassID(d.ID))
		return nil
	}); err != nil {
		return err
	}
	for _, id := range due {
		if err := s.settle(ctx, id); err != nil {
			return fmt.Errorf("settle survey %s: %w", id, err)
		}
	}
	return nil
}

func (s *Service) settle(ctx context.Context, id kernel.ClassID) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.repo.surveys.Get(ctx, string(id))
		if err != nil || !d.Due {
			return err
		}
		d.Due = false
		if err := s.repo.surveys.Replace(ctx, &d); err != nil {
			return err
		}
		answers, err := s.repo.answers(ctx, d.ID)
		if err != nil {
			return err
		}
		if r := d.survey().told(answers[id].Answered, answers[id].Counts, s.now()); r.State == StateClosed {
			return s.repo.addUp(ctx, r.Survey, r.Answered, r.Counts)
		}
		return nil
	})
}

// EachWaiting tells the surveys that close soon, with who has not answered.
func (s *Service) EachWaiting(ctx context.Context, tell func(Survey, []kernel.PersonID) error) error {
	now := s.now()
	longest := 0
	for _, row := range s.Rows {
		longest = max(longest, row.RemindDays)
	}
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	q := store.Query{Index: "closes", From: now, Until: now.Add(days(longest))}
	return s.repo.surveys.Each(ctx, q, func(d surveyDoc) error {
		x := d.survey()
		if x.ClosesAt.Sub(now) > days(x.Row.RemindDays) {
			return nil
		}
		var waiting []kernel.PersonID
		unanswered := store.Query{Index: "survey", Equal: []any{d.ID, false}}
		if err := s.repo.asked.Each(ctx, unanswered, func(a askedDoc) error {
			waiting = append(waiting, a.Person)
			return nil
		}); err != nil {
			return err
		}
		return tell(x, waiting)
	})
}

// FollowMerge gives what a record was asked to the record it was merged into.
// Who was asked under both is asked once: that they answered stands.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.move(ctx, gone, kept, func(d *askedDoc) bool {
		d.Was = d.Was.Left(gone)
		return true
	})
}

// FollowUnmerge gives back what came with a merge that was undone.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.move(ctx, kept, gone, func(d *askedDoc) bool {
		was, came := d.Was.Back(gone)
		if came {
			d.Was = was
		}
		return came
	})
}

func (s *Service) move(ctx context.Context, from, to kernel.PersonID, alter func(*askedDoc) bool) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		page, err := s.repo.asked.Find(ctx, store.Query{Index: "person", Equal: []any{string(from)}, Limit: 500})
		if err != nil {
			return err
		}
		for _, d := range page.Items {
			moved := d
			if !alter(&moved) {
				continue
			}
			own, err := s.repo.asks(ctx, d.Survey, to)
			switch {
			case err == nil: // asked under both: the other question stays behind, answered where one was
				if d.Answered && !own.Answered {
					own.Answered = true
					if err := s.repo.asked.Replace(ctx, &own); err != nil {
						return err
					}
				}
				continue
			case !errors.Is(err, ErrUnknown):
				return err
			}
			if err := s.repo.asked.Delete(ctx, d.ID, 0); err != nil {
				return err
			}
			moved.Doc, moved.Person = store.Doc{ID: askedID(d.Survey, to)}, to
			if err := s.repo.asked.Insert(ctx, moved); err != nil {
				return err
			}
		}
		return nil
	})
}

// Aged are what the module keeps for a time, by kind
// (policies/rules/retention.yaml).
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{"surveyAnswerers": store.Aging(s.repo.asked, "closes")}
}
