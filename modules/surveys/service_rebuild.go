package surveys

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Rebuild works the totals out anew from the surveys that were told, and counts
// those that differed. Surveys may be settled meanwhile: a total that changed
// since it was read is right already.
func (s *Service) Rebuild(ctx context.Context) (differences int, err error) {
	kept := map[string]totalDoc{}
	if err := s.repo.totals.Scan(ctx, func(d totalDoc) error { kept[d.ID] = d; return nil }); err != nil {
		return 0, fmt.Errorf("survey totals: %w", err)
	}
	right := map[string]totalDoc{}
	if err := s.repo.surveys.Scan(ctx, func(d surveyDoc) error { return s.add(ctx, d, right) }); err != nil {
		return 0, fmt.Errorf("survey totals: %w", err)
	}
	for id := range kept {
		if _, ok := right[id]; ok {
			continue
		}
		differences++
		if err := s.repo.totals.Delete(ctx, id, kept[id].Version); err != nil && !errors.Is(err, store.ErrConflict) {
			return differences, fmt.Errorf("survey total: %w", err)
		}
	}
	for id, d := range right {
		old, there := kept[id]
		if there { // it has the names that the first of its surveys had
			d.Doc, d.Name, d.Provider, d.Path = old.Doc, old.Name, old.Provider, old.Path
		}
		if reflect.DeepEqual(old, d) {
			continue
		}
		differences++
		if there {
			err = s.repo.totals.Replace(ctx, &d)
		} else {
			err = s.repo.totals.Insert(ctx, d)
		}
		if err != nil && !errors.Is(err, store.ErrConflict) && !store.IsDuplicate(err, "_id") {
			return differences, fmt.Errorf("survey total: %w", err)
		}
	}
	return differences, nil
}

// add counts a settled survey that may be told.
func (s *Service) add(ctx context.Context, d surveyDoc, totals map[string]totalDoc) error {
	if d.Due {
		return nil
	}
	answers, err := s.repo.answers(ctx, d.ID)
	if err != nil {
		return err
	}
	of := answers[kernel.ClassID(d.ID)]
	r := d.survey().told(of.Answered, of.Counts, s.now())
	if r.State != StateClosed {
		return nil
	}
	for _, fresh := range totalsOf(r.Survey) {
		t, ok := totals[fresh.ID]
		if !ok {
			t, t.Counts = fresh, map[string]map[string]int64{}
		}
		t.Surveys, t.Asked, t.Answered = t.Surveys+1, t.Asked+r.Asked, t.Answered+r.Answered
		for question, counts := range r.Counts {
			if t.Counts[question] == nil {
				t.Counts[question] = map[string]int64{}
			}
			for answer, n := range counts {
				t.Counts[question][answer] += n
			}
		}
		totals[fresh.ID] = t
	}
	return nil
}
