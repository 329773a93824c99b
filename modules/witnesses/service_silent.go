package witnesses

import (
	"context"
	"fmt"
	"strconv"

	"carecert/modules/kernel"
)

// TellSilent tells of each witness that has become silent, once: an alarm in the
// operation log and in the program's own log, beside what waits on the page of
// today of whoever looks after witnesses. One that answers again may be told of
// anew. For the scheduler.
func (s *Service) TellSilent(ctx context.Context) error {
	row, err := s.Silence()
	if err != nil {
		return err
	}
	head, _, err := s.head(ctx, 0)
	if err != nil {
		return err
	}
	var silent []string
	if err := s.repo.active(ctx, func(w Witness) error {
		if w.SilentAt.IsZero() && s.IsSilent(w, row, head.N) {
			silent = append(silent, w.ID)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("silent witnesses: %w", err)
	}
	for _, id := range silent {
		if err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
			w, err := s.repo.witness(ctx, id)
			if err != nil || !w.SilentAt.IsZero() || !s.IsSilent(w, row, head.N) { // another instance, or an answer, was faster
				return err
			}
			w.SilentAt = s.now()
			if err := s.repo.save(ctx, &w); err != nil {
				return err
			}
			s.log.ErrorContext(ctx, "a witness of the issuance log is silent", "witness", w.Name, "since", w.Since(), "held", w.Held.Size, "size", head.N)
			return s.audit.Record(ctx, kernel.Act{Verb: "alarm", Noun: "logWitness", ID: w.ID, Detail: map[string]string{
				"name": w.Name, "size": strconv.FormatInt(head.N, 10), "cause": "silent",
			}})
		}); err != nil {
			return fmt.Errorf("silent witness %s: %w", id, err)
		}
	}
	return nil
}
