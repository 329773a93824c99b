package job_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"carecert/modules/kit/job"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/sqlite"
)

// crashVariable makes the test binary the program that is killed: its value is
// the database file.
const crashVariable = "JOB_TEST_CRASH"

const batches = 4

// importer does one batch after the other, each with its checkpoint in one
// transaction; after the batch it is told to, it kills its program.
func (o *office) importer(kill int) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		var at mark
		if _, err := run.Resume(&at); err != nil {
			return err
		}
		for at.Row < batches {
			at.Row++
			err := o.db.Tx(ctx, func(ctx context.Context) error {
				if err := o.effects.Increment(ctx, "rows", map[string]int64{"count": 1}); err != nil {
					return err
				}
				if at.Row == kill+1 {
					return syscall.Kill(os.Getpid(), syscall.SIGKILL) // in the middle of the next batch
				}
				return run.Save(ctx, job.Progress{Done: int64(at.Row), Total: batches}, at)
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func openOffice(t *testing.T, path string) *office {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	db := store.New(engine)
	t.Cleanup(func() {
		if err := db.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return newOffice(t, db)
}

// TestCrashingProgram is the program that is killed in the middle of its job;
// it does nothing in an ordinary run.
func TestCrashingProgram(t *testing.T) {
	path := os.Getenv(crashVariable)
	if path == "" {
		return
	}
	o := openOffice(t, path)
	o.queue.Register("import", o.importer(2))
	o.enqueue(t, "import", "k")
	o.queue.Run(t.Context(), 1)
}

func TestAKilledProgramsJobIsPickedUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crash.db")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashingProgram$")
	child.Env = append(os.Environ(), crashVariable+"="+path)
	out, err := child.CombinedOutput()
	if child.ProcessState == nil {
		t.Fatal(err)
	}
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the program ended by itself: %v\n%s", child.ProcessState, out)
	}
	o := openOffice(t, path)
	id := "import:k"
	if s := o.status(t, id); s.State != job.Running || s.Progress.Done != 2 {
		t.Errorf("after the kill: %+v", s)
	}
	o.queue.Register("import", o.importer(batches))
	start(t, o.queue, 1)
	o.clock.move(time.Minute) // the dead program's lease runs out
	if s := o.until(t, id, job.Done); s.Attempts != 2 || s.Progress.Done != batches {
		t.Errorf("picked up: %+v", s)
	}
	if doc, err := o.effects.Get(t.Context(), "rows"); err != nil || doc.Count != batches {
		t.Errorf("%d batches happened, want %d (%v)", doc.Count, batches, err)
	}
}
