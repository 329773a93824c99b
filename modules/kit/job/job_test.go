package job_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

type order struct {
	File string `bson:"file"`
}

type mark struct {
	Row int `bson:"row"`
}

type countDoc struct {
	store.Doc `bson:",inline"`
	Count     int64 `bson:"count"`
}

// hand is a clock that a test moves.
type hand struct{ ns atomic.Int64 }

func (h *hand) Now() time.Time       { return time.Unix(1_772_000_000, h.ns.Load()).UTC() }
func (h *hand) move(d time.Duration) { h.ns.Add(int64(d)) }

type office struct {
	db      *store.DB
	queue   *job.Queue
	effects *store.Collection[countDoc]
	clock   *hand
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	o := &office{db: db, clock: &hand{}, effects: store.Open[countDoc](db, store.Spec{Name: "kit_effects"})}
	o.queue = o.another()
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o
}

// another is the queue of a second program on the same database.
func (o *office) another() *job.Queue {
	return job.New(o.db, lease.New(o.db, o.clock), o.clock, slog.New(slog.DiscardHandler))
}

func (o *office) enqueue(t *testing.T, kind, key string) string {
	t.Helper()
	id, err := o.queue.Enqueue(t.Context(), kind, key, order{"roster.xlsx"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (o *office) status(t *testing.T, id string) job.Status {
	t.Helper()
	s, err := o.queue.Status(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start runs workers; the answer ends them and waits.
func start(t *testing.T, q *job.Queue, workers int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		q.Run(ctx, workers)
	}()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return stop
}

// until waits for the state, whatever the time it takes.
func (o *office) until(t *testing.T, id string, want job.State) job.Status {
	t.Helper()
	for {
		if s := o.status(t, id); s.State == want {
			return s
		}
		if t.Context().Err() != nil {
			t.Fatal(t.Context().Err())
		}
		time.Sleep(time.Millisecond) // a pause between looks, nothing hangs on it
	}
}

func each(t *testing.T, body func(t *testing.T, o *office)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { body(t, newOffice(t, db)) })
}

func TestAJobIsDoneForWhoAskedForIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		clerk := kernel.Actor{User: "u1", Name: "clerk", Request: "r1"}
		var got order
		var actor kernel.Actor
		var everywhere bool
		o.queue.Register("import", func(ctx context.Context, run *job.Run) error {
			actor, everywhere = kernel.ActorFrom(ctx), kernel.ReachFrom(ctx).Everywhere
			if err := run.Payload(&got); err != nil {
				return err
			}
			return run.Save(ctx, job.Progress{Done: 3, Total: 3}, nil)
		})
		start(t, o.queue, 2)
		id, err := o.queue.Enqueue(kernel.WithActor(t.Context(), clerk), "import", "", order{"roster.xlsx"})
		if err != nil {
			t.Fatal(err)
		}
		s := o.until(t, id, job.Done)
		if got.File != "roster.xlsx" || actor.User != clerk.User || actor.Request != clerk.Request || !everywhere {
			t.Errorf("payload %+v, actor %+v, everywhere %v", got, actor, everywhere)
		}
		if s.Progress.Done != 3 || s.Attempts != 1 || s.FinishedAt == nil || s.Cause != nil {
			t.Errorf("status %+v", s)
		}
	})
}

func TestAJobIsPartOfItsTransaction(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		no := errors.New("no")
		var id string
		err := o.db.Tx(t.Context(), func(ctx context.Context) error {
			var err error
			id, err = o.queue.Enqueue(ctx, "import", "k", order{})
			return errors.Join(err, no)
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		if _, err := o.queue.Status(t.Context(), id); !errors.Is(err, job.ErrUnknown) {
			t.Errorf("a job that was rolled back is there: %v", err)
		}
	})
}

func TestOneKeyIsOneJob(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var runs atomic.Int32
		o.queue.Register("import", func(context.Context, *job.Run) error { runs.Add(1); return nil })
		ids := make([]string, 8)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				id, err := o.queue.Enqueue(context.Background(), "import", "same", order{})
				if err != nil {
					t.Error(err)
				}
				ids[i] = id
			})
		}
		all.Wait()
		if len(slices.Compact(ids)) != 1 {
			t.Errorf("jobs %v", ids)
		}
		other := o.enqueue(t, "import", "other")
		start(t, o.queue, 4)
		o.until(t, ids[0], job.Done)
		o.until(t, other, job.Done)
		if o.enqueue(t, "import", "same") != ids[0] || o.status(t, ids[0]).State != job.Done {
			t.Error("a job that is done begins again")
		}
		if runs.Load() != 2 {
			t.Errorf("%d runs", runs.Load())
		}
	})
}

func TestManyWorkersOfTwoProgramsDoEveryJobOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		queues := []*job.Queue{o.queue, o.another()}
		var ids []string
		for range 20 {
			ids = append(ids, o.enqueue(t, "count", ""))
		}
		for _, q := range queues {
			q.Register("count", func(ctx context.Context, run *job.Run) error {
				return o.effects.Increment(ctx, run.ID, map[string]int64{"count": 1})
			})
			start(t, q, 4)
		}
		for _, id := range ids {
			o.until(t, id, job.Done)
			if doc, err := o.effects.Get(t.Context(), id); err != nil || doc.Count != 1 {
				t.Errorf("%s was done %d times, %v", id, doc.Count, err)
			}
		}
	})
}

func TestRecurringTasksAreDoneByOneProgram(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var done atomic.Int32
		did := make(chan struct{}, 100)
		queues := []*job.Queue{o.queue, o.another()}
		var stops []func()
		for _, q := range queues {
			q.Every("heads", time.Hour, func(ctx context.Context) error {
				if !kernel.ActorFrom(ctx).System {
					t.Error("a task acts for the program")
				}
				done.Add(1)
				did <- struct{}{}
				return nil
			})
			stops = append(stops, start(t, q, 1))
		}
		<-did
		for _, stop := range stops {
			stop()
		}
		if done.Load() != 1 {
			t.Errorf("done %d times within its interval", done.Load())
		}
		o.clock.move(time.Hour)
		later := o.another()
		later.Every("heads", time.Hour, func(context.Context) error { did <- struct{}{}; return nil })
		start(t, later, 1)
		<-did
	})
}
