// Package job does background work from a queue in the database. A job is
// enqueued in the transaction of what asks for it and starts as soon as that
// has committed, on one instance; when the instance is killed another one goes
// on from the last checkpoint. Failures are tried again with growing pauses,
// refusals (faults) are not.
//
// Owns: kit_jobs, kit_schedules.
package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// State of a job.
type State string

// The states.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

var (
	// ErrUnknown: there is no such job.
	ErrUnknown = fault.New(fault.NotFound, "job.unknown")
	// ErrNotFailed: only a failed job is started again by hand.
	ErrNotFailed = fault.New(fault.Conflict, "job.not_failed")
	// ErrLost: another instance has taken the job over; stop.
	ErrLost = errors.New("job: taken over by another instance")
)

// Code of the cause of a job that failed without a fault, or that took its
// process with it time and again.
const (
	CauseFailure     = "job.failed"
	CauseInterrupted = "job.interrupted"
)

// Progress is how far a job is; Note is a message code of the module's.
type Progress struct {
	Done  int64  `bson:"done" json:"done"`
	Total int64  `bson:"total" json:"total"`
	Note  string `bson:"note,omitempty" json:"note,omitempty"`
}

// Cause is why a job failed, as a message code with its parameters.
type Cause struct {
	Code   string            `bson:"code" json:"code"`
	Params map[string]string `bson:"params,omitempty" json:"params,omitempty"`
}

// Status is what can be read of a job.
type Status struct {
	ID         string
	Kind       string
	State      State
	Progress   Progress
	Attempts   int
	Cause      *Cause
	CreatedAt  time.Time
	FinishedAt *time.Time
}

type jobDoc struct {
	store.Doc  `bson:",inline"`
	Kind       string       `bson:"kind"`
	State      State        `bson:"state"`
	At         time.Time    `bson:"at"` // queued: not before; otherwise since when
	Run        string       `bson:"run,omitempty"`
	Attempts   int          `bson:"attempts"`
	Payload    bson.Raw     `bson:"payload"`
	Checkpoint bson.Raw     `bson:"checkpoint,omitempty"`
	Progress   Progress     `bson:"progress"`
	Cause      *Cause       `bson:"cause,omitempty"`
	Actor      kernel.Actor `bson:"actor"`
	CreatedAt  time.Time    `bson:"createdAt"`
	FinishedAt *time.Time   `bson:"finishedAt,omitempty"`
}

func (d jobDoc) status() Status {
	return Status{
		ID: d.ID, Kind: d.Kind, State: d.State, Progress: d.Progress, Attempts: d.Attempts, Cause: d.Cause,
		CreatedAt: d.CreatedAt, FinishedAt: d.FinishedAt,
	}
}

// begin gives the job to a run.
func (d jobDoc) begin(run string, now time.Time) jobDoc {
	d.State, d.Run, d.At = Running, run, now
	d.Attempts++
	return d
}

// end closes the job; a nil cause means that it is done.
func (d jobDoc) end(cause *Cause, now time.Time) jobDoc {
	d.State, d.Cause = Done, cause
	if cause != nil {
		d.State = Failed
	}
	d.Run, d.At, d.FinishedAt = "", now, &now
	return d
}

// again queues the job for a later time.
func (d jobDoc) again(at time.Time) jobDoc {
	d.State, d.Run, d.At = Queued, "", at
	return d
}

func causeOf(err error) *Cause {
	if f, ok := fault.From(err); ok {
		return &Cause{Code: f.Code, Params: f.Params}
	}
	return &Cause{Code: CauseFailure}
}

const (
	maxAttempts = 6
	maxBackoff  = 10 * time.Minute
)

func backoff(attempts int) time.Duration {
	return min(maxBackoff, time.Second<<min(attempts, 20))
}

// Handler does a job of a kind. It may be called again for the same job, then
// with the checkpoint that was saved last.
type Handler func(ctx context.Context, run *Run) error

// Run is a job in hand.
type Run struct {
	ID         string
	queue      *Queue
	token      string
	payload    bson.Raw
	checkpoint bson.Raw
}

// Payload decodes what was enqueued.
func (r *Run) Payload(into any) error {
	if err := bson.Unmarshal(r.payload, into); err != nil {
		return fmt.Errorf("payload of job %s: %w", r.ID, err)
	}
	return nil
}

// Resume decodes the checkpoint of an earlier run; false when there is none.
func (r *Run) Resume(into any) (bool, error) {
	if len(r.checkpoint) == 0 {
		return false, nil
	}
	if err := bson.Unmarshal(r.checkpoint, into); err != nil {
		return false, fmt.Errorf("checkpoint of job %s: %w", r.ID, err)
	}
	return true, nil
}

// Save keeps the progress, and the checkpoint unless it is nil. In the
// transaction of a batch it makes the batch happen exactly once: a run that
// has been taken over gets ErrLost, and its batch is rolled back.
func (r *Run) Save(ctx context.Context, p Progress, checkpoint any) error {
	var raw bson.Raw
	if checkpoint != nil {
		var err error
		if raw, err = bson.Marshal(checkpoint); err != nil {
			return fmt.Errorf("checkpoint of job %s: %w", r.ID, err)
		}
	}
	return r.queue.change(ctx, r, func(d jobDoc) jobDoc {
		d.Progress = p
		if raw != nil {
			d.Checkpoint = raw
		}
		return d
	})
}

// InBatches works batch by batch, each in a transaction of its own that keeps
// where it ended: killed, the next run goes on there. batch is given where the
// one before it ended, first at the start, and says where it ended itself, ""
// when all is done, and how much it did.
func (r *Run) InBatches(ctx context.Context, first string, batch func(ctx context.Context, after string) (next string, done int, err error)) error {
	at := struct {
		After string `bson:"after"`
		Done  int64  `bson:"done"`
	}{After: first}
	if _, err := r.Resume(&at); err != nil {
		return err
	}
	for over := false; !over; {
		step := at
		err := r.queue.db.Tx(ctx, func(ctx context.Context) error {
			next, done, err := batch(ctx, at.After)
			if err != nil {
				return err
			}
			step.After, step.Done, over = next, at.Done+int64(done), next == ""
			return r.Save(ctx, Progress{Done: step.Done}, step)
		})
		if err != nil {
			return err
		}
		at = step
	}
	return nil
}
