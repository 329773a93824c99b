package job_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"carecert/modules/kernel/fault"
	"carecert/modules/kit/job"
)

var errShaky = errors.New("shaky")

func TestAFailureIsTriedAgainFromItsCheckpoint(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var resumed []int
		o.queue.Register("import", func(ctx context.Context, run *job.Run) error {
			var at mark
			if _, err := run.Resume(&at); err != nil {
				return err
			}
			resumed = append(resumed, at.Row)
			if err := run.Save(ctx, job.Progress{Done: int64(at.Row + 10), Total: 30}, mark{at.Row + 10}); err != nil {
				return err
			}
			if at.Row < 20 {
				o.clock.move(time.Hour) // however long the pause is
				return errShaky
			}
			return nil
		})
		start(t, o.queue, 1)
		id := o.enqueue(t, "import", "k")
		for o.status(t, id).State != job.Done {
			o.clock.move(time.Minute)
		}
		s := o.until(t, id, job.Done)
		if want := []int{0, 10, 20}; !slices.Equal(resumed, want) || s.Attempts != 3 || s.Progress.Done != 30 {
			t.Errorf("began at %v, status %+v", resumed, s)
		}
	})
}

func TestFailures(t *testing.T) {
	refusal := fault.New(fault.Invalid, "import.no_header")
	for _, c := range []struct {
		name     string
		how      func() error
		attempts int
		cause    job.Cause
	}{
		{"a refusal is final and names itself", func() error { return refusal.With("row", 3) }, 1, job.Cause{Code: "import.no_header", Params: map[string]string{"row": "3"}}},
		{"a failure is final after six attempts", func() error { return errShaky }, 6, job.Cause{Code: job.CauseFailure}},
		{"a panic is a failure", func() error { panic("broken") }, 6, job.Cause{Code: job.CauseFailure}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, o *office) {
				var healed atomic.Bool
				o.queue.Register("import", func(context.Context, *job.Run) error {
					if healed.Load() {
						return nil
					}
					return c.how()
				})
				start(t, o.queue, 1)
				id := o.enqueue(t, "import", "k")
				for o.status(t, id).State != job.Failed {
					o.clock.move(time.Minute)
				}
				s := o.status(t, id)
				if s.Attempts != c.attempts || s.Cause == nil || s.Cause.Code != c.cause.Code || s.Cause.Params["row"] != c.cause.Params["row"] {
					t.Errorf("status %+v, cause %+v", s, s.Cause)
				}
				healed.Store(true)
				if err := o.queue.Retry(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				if s := o.until(t, id, job.Done); s.Cause != nil {
					t.Errorf("cause of a job that is done: %+v", s.Cause)
				}
				if err := o.queue.Retry(t.Context(), id); !errors.Is(err, job.ErrNotFailed) {
					t.Errorf("a job that is done is retried: %v", err)
				}
			})
		})
	}
}

func TestStoppingGivesTheJobBack(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		began := make(chan struct{})
		o.queue.Register("import", func(ctx context.Context, run *job.Run) error {
			if err := run.Save(ctx, job.Progress{Done: 1, Total: 2}, mark{1}); err != nil {
				return err
			}
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})
		stop := start(t, o.queue, 1)
		id := o.enqueue(t, "import", "k")
		<-began
		stop()
		if s := o.status(t, id); s.State != job.Queued || s.Attempts != 0 || s.Progress.Done != 1 {
			t.Errorf("after the stop: %+v", s)
		}
		next := o.another()
		next.Register("import", func(_ context.Context, run *job.Run) error {
			var at mark
			if found, err := run.Resume(&at); err != nil || !found || at.Row != 1 {
				t.Errorf("resumes at %+v, %v, %v", at, found, err)
			}
			return nil
		})
		start(t, next, 1)
		o.until(t, id, job.Done)
	})
}

// A program that slept through its lease finds its batch refused.
func TestATakenOverRunCannotSave(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		asleep, awake := make(chan struct{}), make(chan struct{})
		late := make(chan error, 1)
		o.queue.Register("import", func(ctx context.Context, run *job.Run) error {
			close(asleep)
			<-awake
			err := o.db.Tx(context.WithoutCancel(ctx), func(ctx context.Context) error {
				if err := o.effects.Increment(ctx, "batch", map[string]int64{"count": 1}); err != nil {
					return err
				}
				return run.Save(ctx, job.Progress{}, mark{1})
			})
			late <- err
			return err
		})
		id := o.enqueue(t, "import", "k")
		start(t, o.queue, 1)
		<-asleep
		next := o.another()
		next.Register("import", func(ctx context.Context, _ *job.Run) error {
			return o.effects.Increment(ctx, "batch", map[string]int64{"count": 1})
		})
		start(t, next, 1)
		for o.status(t, id).State != job.Done {
			o.clock.move(time.Hour)
			time.Sleep(time.Millisecond) // a pause between looks, nothing hangs on it
		}
		close(awake)
		if err := <-late; !errors.Is(err, job.ErrLost) {
			t.Errorf("the late batch: %v", err)
		}
		if doc, err := o.effects.Get(t.Context(), "batch"); err != nil || doc.Count != 1 {
			t.Errorf("the batch happened %d times, %v", doc.Count, err)
		}
	})
}
