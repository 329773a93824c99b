package job

import (
	"context"
	"errors"
	"sync"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Run works on jobs, so many at a time, and on the recurring tasks, until the
// context ends. Then handlers see their context end; a job that stops because
// of that goes back to the queue with its checkpoint, at once and unharmed.
func (q *Queue) Run(ctx context.Context, workers int) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { q.work(ctx) })
	}
	for _, t := range q.tasks {
		all.Go(func() { q.recur(ctx, t) })
	}
	all.Wait()
}

func (q *Queue) work(ctx context.Context) {
	tick := time.NewTicker(q.poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		worked, err := q.next(ctx)
		if err != nil && ctx.Err() == nil {
			q.log.ErrorContext(ctx, "look for jobs", "error", err)
		}
		if worked {
			continue
		}
		select {
		case <-ctx.Done():
		case <-q.wake:
		case <-tick.C:
		}
	}
}

// next does one job: one that is due, else one whose instance has vanished.
func (q *Queue) next(ctx context.Context) (worked bool, err error) {
	due := store.Query{Index: "state", Equal: []any{string(Queued)}, Until: q.now().Add(time.Millisecond), Limit: 20}
	left := store.Query{Index: "state", Equal: []any{string(Running)}, Limit: 20}
	for _, query := range []store.Query{due, left} {
		err := q.docs.Each(ctx, query, func(d jobDoc) error {
			handler, known := q.handlers[d.Kind]
			if !known {
				return nil // another version of the program knows it
			}
			held, err := q.leases.While(ctx, "job:"+d.ID, q.leaseFor, func(ctx context.Context) error {
				return q.take(ctx, d, handler)
			})
			if err != nil || !held {
				return err
			}
			worked = true
			return store.Stop
		})
		if err != nil || worked {
			return worked, err
		}
	}
	return false, nil
}

// take begins the job as it was read and does it. Whoever began it first has
// changed its version.
func (q *Queue) take(ctx context.Context, d jobDoc, handler Handler) error {
	r := &Run{ID: d.ID, queue: q, token: kernel.NewID(), payload: d.Payload, checkpoint: d.Checkpoint}
	if d.State == Running && d.Attempts >= maxAttempts {
		d = d.end(&Cause{Code: CauseInterrupted}, q.now())
		q.log.ErrorContext(ctx, "job given up: its process ended every time", "job", d.ID)
		return ignoreLost(q.docs.Replace(ctx, &d))
	}
	d = d.begin(r.token, q.now())
	if err := q.docs.Replace(ctx, &d); err != nil {
		return ignoreLost(err)
	}
	q.nudge() // there may be more for the other workers
	acting := kernel.WithReach(kernel.WithActor(ctx, d.Actor), kernel.Reach{Everywhere: true})
	failure := fault.Caught(func() error { return handler(acting, r) })
	ending := context.WithoutCancel(ctx)
	switch _, refused := fault.From(failure); {
	case failure == nil:
		return ignoreLost(q.change(ending, r, func(d jobDoc) jobDoc { return d.end(nil, q.now()) }))
	case errors.Is(failure, ErrLost):
		q.log.WarnContext(ctx, "job was taken over", "job", d.ID)
		return nil
	case ctx.Err() != nil: // the program stops, or the lease is lost
		return ignoreLost(q.change(ending, r, func(d jobDoc) jobDoc {
			d.Attempts--
			return d.again(q.now())
		}))
	case refused || d.Attempts >= maxAttempts:
		q.log.ErrorContext(ctx, "job failed", "job", d.ID, "attempts", d.Attempts, "error", failure)
		return ignoreLost(q.change(ending, r, func(d jobDoc) jobDoc { return d.end(causeOf(failure), q.now()) }))
	default:
		q.log.WarnContext(ctx, "job will be tried again", "job", d.ID, "attempts", d.Attempts, "error", failure)
		return ignoreLost(q.change(ending, r, func(d jobDoc) jobDoc { return d.again(q.now().Add(backoff(d.Attempts))) }))
	}
}

// ignoreLost: a job that is in other hands by now is no failure of this worker.
func ignoreLost(err error) error {
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) || errors.Is(err, ErrLost) {
		return nil
	}
	return err
}
