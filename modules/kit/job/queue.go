package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
)

// Queue holds the jobs of a database and the handlers of this program.
type Queue struct {
	db        *store.DB
	docs      *store.Collection[jobDoc]
	schedules *store.Collection[scheduleDoc]
	leases    *lease.Leases
	clock     kernel.Clock
	log       *slog.Logger
	handlers  map[string]Handler
	tasks     []task
	wake      chan struct{}

	leaseFor time.Duration // without a sign of life
	poll     time.Duration // for what other instances queued or left
}

// New opens the queue. The clock is the machine's: it times retries, no fact
// of the domain.
func New(db *store.DB, leases *lease.Leases, clock kernel.Clock, log *slog.Logger) *Queue {
	q := &Queue{
		db: db, leases: leases, clock: clock, log: log,
		docs: store.Open[jobDoc](db, store.Spec{Name: "kit_jobs", Indexes: []store.Index{
			{Name: "state", Fields: []string{"state", "at"}},
		}}),
		schedules: store.Open[scheduleDoc](db, store.Spec{Name: "kit_schedules"}),
		handlers:  map[string]Handler{},
		wake:      make(chan struct{}, 1),
		leaseFor:  10 * time.Second,
		poll:      time.Second,
	}
	q.Every("job.forget", 24*time.Hour, func(ctx context.Context) error { return q.forget(ctx, q.now().Add(-keepEnded)) })
	return q
}

// keepEnded is how long a job can be read after its end; so long its key
// stands against a second one.
const keepEnded = 30 * 24 * time.Hour

// Register names the handler of a kind. Call it before Run.
func (q *Queue) Register(kind string, h Handler) { q.handlers[kind] = h }

// Enqueue adds a job, in the transaction of ctx if it has one, and wakes a
// worker after the commit. The payload is a struct with bson tags. With a key,
// a second job of that kind and key is the first; an empty key is unique. The
// handler acts for the actor of ctx and reaches everywhere: what the actor may
// ask for is decided here, before.
func (q *Queue) Enqueue(ctx context.Context, kind, key string, payload any) (id string, err error) {
	raw, err := bson.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("enqueue %s: %w", kind, err)
	}
	if key == "" {
		key = kernel.NewID()
	}
	id = kind + ":" + key
	now := q.now()
	doc := jobDoc{
		Doc: store.Doc{ID: id}, Kind: kind, State: Queued, At: now, Payload: raw,
		Actor: kernel.ActorFrom(ctx), CreatedAt: now,
	}
	err = q.db.Tx(ctx, func(ctx context.Context) error {
		_, err := q.docs.Get(ctx, id)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return q.docs.Insert(ctx, doc)
	})
	if err != nil {
		return "", fmt.Errorf("enqueue %s: %w", id, err)
	}
	store.AfterCommit(ctx, func(context.Context) { q.nudge() })
	return id, nil
}

func (q *Queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default: // a worker is being woken already
	}
}

func (q *Queue) now() time.Time { return q.clock.Now().UTC().Truncate(time.Millisecond) }

// Status reads a job; ErrUnknown.
func (q *Queue) Status(ctx context.Context, id string) (Status, error) {
	d, err := q.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrUnknown
	}
	return d.status(), err
}

// Retry queues a failed job again, from its last checkpoint; ErrUnknown,
// ErrNotFailed.
func (q *Queue) Retry(ctx context.Context, id string) error {
	err := q.db.Tx(ctx, func(ctx context.Context) error {
		d, err := q.docs.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		if d.State != Failed {
			return ErrNotFailed
		}
		d = d.again(q.now())
		d.Attempts, d.Cause, d.FinishedAt = 0, nil, nil
		return q.docs.Replace(ctx, &d)
	})
	if err == nil {
		store.AfterCommit(ctx, func(context.Context) { q.nudge() })
	}
	return err
}

// change writes a change to the job of a run that still has it; ErrLost.
func (q *Queue) change(ctx context.Context, r *Run, how func(jobDoc) jobDoc) error {
	return q.db.Tx(ctx, func(ctx context.Context) error {
		d, err := q.docs.Get(ctx, r.ID)
		if err != nil {
			return err
		}
		if d.Run != r.token {
			return ErrLost
		}
		d = how(d)
		return q.docs.Replace(ctx, &d)
	})
}

// Waiting counts the jobs in a state, to 10,000.
func (q *Queue) Waiting(ctx context.Context, state State) (int64, error) {
	n, _, err := q.docs.Count(ctx, store.Query{Index: "state", Equal: []any{string(state)}}, 10_000)
	return n, err
}

// forget removes jobs that ended before the instant.
func (q *Queue) forget(ctx context.Context, before time.Time) error {
	for _, state := range []State{Done, Failed} {
		err := q.docs.Each(ctx, store.Query{Index: "state", Equal: []any{string(state)}, Until: before}, func(d jobDoc) error {
			err := q.docs.Delete(ctx, d.ID, d.Version)
			if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("forget %s jobs: %w", state, err)
		}
	}
	return nil
}
