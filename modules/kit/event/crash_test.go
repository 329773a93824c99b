package event_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"carecert/modules/kit/event"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/sqlite"
)

// crashVariable makes the test binary the program that is killed: its value is
// the database file.
const crashVariable = "EVENT_TEST_CRASH"

func openHouse(t *testing.T, path string) *house {
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
	return newHouse(t, db)
}

func changeAndAnnounce(t *testing.T, h *house) {
	t.Helper()
	err := h.db.Tx(t.Context(), func(ctx context.Context) error {
		if err := h.add(ctx, "change"); err != nil {
			return err
		}
		return h.bus.Announce(ctx, hired{"a"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCrashingProgram is the program that is killed in the middle of its
// reaction; it does nothing in an ordinary run.
func TestCrashingProgram(t *testing.T) {
	path := os.Getenv(crashVariable)
	if path == "" {
		return
	}
	h := openHouse(t, path)
	event.On(h.bus, "done", func(ctx context.Context, _ hired) error { return h.add(ctx, "done") })
	event.On(h.bus, "cut short", func(ctx context.Context, _ hired) error {
		if err := h.add(ctx, "cut short"); err != nil {
			return err
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	})
	event.On(h.bus, "never begun", func(ctx context.Context, _ hired) error { return h.add(ctx, "never begun") })
	changeAndAnnounce(t, h)
}

func TestKillBetweenChangeAndReactionLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crash.db")
	const rounds = 3
	for range rounds {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashingProgram$")
		child.Env = append(os.Environ(), crashVariable+"="+path)
		out, err := child.CombinedOutput()
		if child.ProcessState == nil || child.ProcessState.Sys() == nil {
			t.Fatal(err)
		}
		if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			t.Fatalf("the program ended by itself: %v\n%s", child.ProcessState, out)
		}
	}
	h := openHouse(t, path)
	names := []string{"done", "cut short", "never begun"}
	for _, name := range names {
		event.On(h.bus, name, func(ctx context.Context, _ hired) error { return h.add(ctx, name) })
	}
	if n := h.backlog(t); n != rounds {
		t.Errorf("%d parcels wait for the next program, want %d", n, rounds)
	}
	if err := h.bus.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "change") {
		if n := h.count(t, name); n != rounds {
			t.Errorf("%q happened %d times, want %d", name, n, rounds)
		}
	}
	if n := h.backlog(t); n != 0 {
		t.Errorf("backlog %d", n)
	}
}
