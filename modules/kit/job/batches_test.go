package job_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"carecert/modules/kit/job"
)

// A job in batches that fails in the middle goes on behind its last batch:
// each happens once, and what a failed one did is undone.
func TestBatchesHappenOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		const last = 7
		failures := 2
		o.queue.Register("walk", func(ctx context.Context, run *job.Run) error {
			return run.InBatches(ctx, "2", func(ctx context.Context, after string) (string, int, error) {
				n, err := strconv.Atoi(after)
				if err != nil {
					return "", 0, err
				}
				if err := o.effects.Increment(ctx, after, map[string]int64{"count": 1}); err != nil {
					return "", 0, err
				}
				if n == 5 && failures > 0 {
					failures--
					return "", 0, errors.New("the database is away")
				}
				if n == last {
					return "", 10, nil
				}
				return strconv.Itoa(n + 1), 10, nil
			})
		})
		start(t, o.queue, 1)
		id := o.enqueue(t, "walk", "")
		for o.status(t, id).State != job.Done {
			o.clock.move(time.Minute) // for the next attempt
			time.Sleep(5 * time.Millisecond)
		}
		if s := o.status(t, id); s.Progress.Done != 60 || s.Attempts != 3 {
			t.Errorf("%+v", s)
		}
		for n := 2; n <= last; n++ {
			if d, err := o.effects.Get(t.Context(), strconv.Itoa(n)); err != nil || d.Count != 1 {
				t.Errorf("batch %d happened %d times: %v", n, d.Count, err)
			}
		}
	})
}
