package job

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

type task struct {
	name  string
	every time.Duration
	fn    func(context.Context) error
}

// scheduleDoc remembers when a recurring task was done last, for all instances
// and over restarts.
type scheduleDoc struct {
	store.Doc `bson:",inline"`
	DoneAt    time.Time `bson:"doneAt"`
}

// Every does a task again and again, on one instance at a time, as the program
// itself. A task that fails is tried again after a minute, or after its
// interval if that is shorter. Call it before Run.
func (q *Queue) Every(name string, interval time.Duration, fn func(context.Context) error) {
	q.tasks = append(q.tasks, task{name, interval, fn})
}

func (q *Queue) recur(ctx context.Context, t task) {
	ctx = kernel.AsSystem(ctx, t.name)
	for ctx.Err() == nil {
		wait, err := q.perform(ctx, t)
		if err != nil && ctx.Err() == nil {
			q.log.ErrorContext(ctx, "recurring task failed", "task", t.name, "error", err)
		}
		pause := time.NewTimer(max(wait, time.Millisecond))
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
}

// perform does the task if it is due, and tells how long to wait. Other
// instances do it too: nobody waits longer than a minute before looking again.
func (q *Queue) perform(ctx context.Context, t task) (time.Duration, error) {
	retry := min(t.every, time.Minute)
	last, err := q.lastDone(ctx, t)
	if err != nil {
		return retry, err
	}
	if wait := last.DoneAt.Add(t.every).Sub(q.now()); wait > 0 {
		return min(wait, retry), nil
	}
	_, err = q.leases.While(ctx, "every:"+t.name, q.leaseFor, func(ctx context.Context) error {
		last, err := q.lastDone(ctx, t) // another instance may just have done it
		if err != nil || q.now().Before(last.DoneAt.Add(t.every)) {
			return err
		}
		if err := t.fn(ctx); err != nil {
			return err
		}
		last.DoneAt = q.now()
		return q.schedules.Put(context.WithoutCancel(ctx), &last) // done is done, also while stopping
	})
	return retry, err
}

func (q *Queue) lastDone(ctx context.Context, t task) (scheduleDoc, error) {
	doc, err := q.schedules.Get(ctx, t.name)
	if errors.Is(err, store.ErrNotFound) {
		return scheduleDoc{Doc: store.Doc{ID: t.name}}, nil
	}
	return doc, err
}
