package witnesses_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/sqlite"
	"carecert/modules/witnesses"
	"carecert/modules/witnesses/carry"
)

// crashVariable makes the test binary the program that is killed: its value is
// the folder of its database and of the medium.
const crashVariable = "WITNESSES_TEST_CRASH"

// killed is a medium that takes the file, and the program is gone.
type killed struct{ carry.FolderKeeper }

func (k killed) Keep(ctx context.Context, p carry.Parcel) error {
	if err := k.FolderKeeper.Keep(ctx, p); err != nil {
		return err
	}
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func openedAt(t *testing.T, dir string) *store.DB {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), filepath.Join(dir, "crash.db"))
	if err != nil {
		t.Fatal(err)
	}
	db := store.New(engine)
	t.Cleanup(func() {
		if err := db.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestCrashingProgram is the program that is killed while it delivers; it does
// nothing in an ordinary run.
func TestCrashingProgram(t *testing.T) {
	dir := os.Getenv(crashVariable)
	if dir == "" {
		return
	}
	w := newWorldWith(t, openedAt(t, dir), func(string) witnesses.Keeper { return killed{carry.FolderKeeper{Dir: dir}} })
	w.issue.Add(t, "a", "b")
	x, err := w.Name(w.admin(), witnesses.Draft{Name: "档案馆", Kind: witnesses.Folder})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "id"), []byte(x.ID), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.Send(w.admin(), x.ID); err != nil {
		t.Fatal(err)
	}
	w.jobs.Run(t.Context(), 1)
}

func TestAKilledDeliveryGoesOn(t *testing.T) {
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashingProgram$")
	child.Env = append(os.Environ(), crashVariable+"="+dir)
	out, err := child.CombinedOutput()
	if child.ProcessState == nil {
		t.Fatal(err)
	}
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the program ended by itself: %v\n%s", child.ProcessState, out)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "id"))
	if err != nil {
		t.Fatal(err)
	}
	id := string(raw)
	w := newWorldWith(t, openedAt(t, dir), func(string) witnesses.Keeper { return carry.FolderKeeper{Dir: dir} })
	w.issue.Add(t, "a", "b")
	before, _, _, _, err := w.Deliveries(t.Context(), id, 10, "")
	if err != nil || len(before) != 1 || before[0].Outcome != witnesses.Failed {
		t.Fatalf("after the kill: %+v %v", before, err)
	}
	w.run()
	w.later.Store(int64(2 * time.Minute)) // the dead program's leases run out
	d := w.until(id, func(d witnesses.Delivery) bool { return d.Outcome == witnesses.Acknowledged })
	if d.Attempts != 2 || d.ID != before[0].ID || !strings.HasPrefix(d.ID, id) {
		t.Errorf("%+v", d)
	}
	if files, err := filepath.Glob(filepath.Join(dir, id, "*")); err != nil || len(files) != 1 {
		t.Errorf("%v %v", files, err)
	}
}
