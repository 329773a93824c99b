package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Service holds the use cases.
type Service struct {
	Deps
	runs *store.Collection[runDoc]
}

// List tells of every kind how long it is kept, why, and how many records are
// past their time.
func (s *Service) List(ctx context.Context) ([]Line, error) {
	now := s.Clock.Now()
	out := make([]Line, 0, len(s.Rows))
	for _, row := range s.Rows {
		if !row.InForce(kernel.DateOf(now)) {
			continue
		}
		line := Line{Row: row, Before: row.Before(now)}
		if aged, ok := s.Kinds[row.Kind]; ok && row.Ends() {
			n, more, err := aged.Count(ctx, line.Before)
			if err != nil {
				return nil, fmt.Errorf("count %s: %w", row.Kind, err)
			}
			line.Counted, line.Past, line.More = true, n, more
		}
		last, err := s.runs.Get(ctx, row.Kind)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			line.Last = &Run{At: last.At, Removed: last.Removed, Total: last.Total, Rule: last.Rule}
		}
		out = append(out, line)
	}
	return out, nil
}

// Remove removes what has served its purpose, kind by kind, and writes down
// what it removed. It may be cut short and repeated. A kind that fails leaves
// the others.
func (s *Service) Remove(ctx context.Context) error {
	now := s.Clock.Now()
	var wrong []error
	for _, row := range s.Rows {
		aged, known := s.Kinds[row.Kind]
		if !known || aged.Remove == nil || !row.Removable() || !row.InForce(kernel.DateOf(now)) {
			continue
		}
		before := row.Before(now)
		n, err := aged.Remove(ctx, before)
		if n > 0 { // also what was removed before it failed
			err = errors.Join(err, s.note(ctx, row.Kind, row.Stamp(), before, n))
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("remove %s: %w", row.Kind, err))
		}
	}
	return errors.Join(wrong...)
}

func (s *Service) note(ctx context.Context, kind, stamp string, before time.Time, n int64) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		last, err := s.runs.Get(ctx, kind)
		if errors.Is(err, store.ErrNotFound) {
			last, err = runDoc{Doc: store.Doc{ID: kind}}, nil
		}
		if err != nil {
			return err
		}
		last.At, last.Removed, last.Rule = s.Clock.Now().UTC(), n, stamp
		last.Total += n
		if err := s.runs.Put(ctx, &last); err != nil {
			return err
		}
		return s.Audit.Record(ctx, kernel.Act{Verb: "purge", Noun: "retention", ID: kind, Detail: map[string]string{
			"removed": fmt.Sprint(n), "before": before.UTC().Format(time.RFC3339), "rule": stamp,
		}})
	})
}
