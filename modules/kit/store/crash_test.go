package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carecert/modules/kit/mongod"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/mongodb"
	"carecert/modules/kit/store/sqlite"
	"carecert/modules/kit/store/storetest"
)

// The writing child of the crash tests is this test program again.
const (
	childEngine = "STORE_CRASH_CHILD" // "sqlite" or "mongodb"
	childTarget = "STORE_CRASH_TARGET"
	childRound  = "STORE_CRASH_ROUND"
	childHolds  = "STORE_CRASH_HOLDS" // it stops in the middle of a transaction
)

func TestMain(m *testing.M) {
	if os.Getenv(childEngine) != "" {
		if err := writeForEver(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func openAt(ctx context.Context, engine, target string) (*store.DB, *store.Collection[thing], error) {
	var e store.Engine
	var err error
	if engine == "sqlite" {
		e, err = sqlite.Open(ctx, target)
	} else {
		e, err = mongodb.Open(ctx, target)
	}
	if err != nil {
		return nil, nil, err
	}
	db := store.New(e)
	c := store.Open[thing](db, spec())
	return db, c, db.Ensure(ctx)
}

// pair writes two documents and a counter in one transaction.
func pair(ctx context.Context, db *store.DB, c *store.Collection[thing], id string) error {
	return db.Tx(ctx, func(ctx context.Context) error {
		if err := c.Insert(ctx, named(id+"-a")); err != nil {
			return err
		}
		if err := c.Insert(ctx, named(id+"-b")); err != nil {
			return err
		}
		return c.Increment(ctx, "count-"+id[:2], map[string]int64{"count": 1})
	})
}

// writers writes with several goroutines and acknowledges each pair once it is
// durable, until it is killed or the context ends.
func writers(ctx context.Context, db *store.DB, c *store.Collection[thing], round string, acked func(string)) error {
	return side(8, func(w int) error {
		if err := c.Insert(ctx, named(fmt.Sprintf("count-w%d", w))); err != nil && !store.IsDuplicate(err, "_id") {
			return err
		}
		for n := 0; ctx.Err() == nil; n++ {
			id := fmt.Sprintf("w%d-%s-%d", w, round, n)
			if err := pair(ctx, db, c, id); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
			acked(id)
		}
		return nil
	})
}

func writeForEver() error {
	ctx := context.Background()
	db, c, err := openAt(ctx, os.Getenv(childEngine), os.Getenv(childTarget))
	if err != nil {
		return err
	}
	if os.Getenv(childHolds) != "" {
		return db.Tx(ctx, func(ctx context.Context) error {
			err := c.Increment(ctx, "held", map[string]int64{"count": 1})
			fmt.Println("held", err)
			select {}
		})
	}
	var mu sync.Mutex
	out := bufio.NewWriter(os.Stdout)
	return writers(ctx, db, c, os.Getenv(childRound), func(id string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(out, id)
		_ = out.Flush()
	})
}

// crash starts the child, lets it acknowledge some writes and kills it.
func crash(t *testing.T, engine, target string, round, after int, env ...string) (acked []string) {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childEngine+"="+engine, childTarget+"="+target, fmt.Sprintf("%s=%d", childRound, round))
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		acked = append(acked, lines.Text())
		if len(acked) == after {
			must(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // it was killed
	if len(acked) < after {
		t.Fatalf("the child acknowledged %d writes only", len(acked))
	}
	return acked
}

// whole checks that every acknowledged pair is there, that no half of one is,
// and that the counters agree with the pairs.
func whole(t *testing.T, ctx context.Context, c *store.Collection[thing], acked []string) {
	t.Helper()
	halves, counts, counted := map[string]int{}, map[string]int64{}, map[string]int64{}
	must(t, c.Scan(ctx, func(d thing) error {
		if w, ok := strings.CutPrefix(d.ID, "count-"); ok {
			counted[w] = d.Count
			return nil
		}
		id := d.ID[:len(d.ID)-2]
		halves[id]++
		if halves[id] == 2 {
			counts[id[:2]]++
		}
		return nil
	}))
	for id, n := range halves {
		if n != 2 {
			t.Errorf("half of %s is there", id)
		}
	}
	lost := 0
	for _, id := range acked {
		if halves[id] != 2 {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged writes are lost", lost, len(acked))
	}
	for w, n := range counts {
		if counted[w] != n {
			t.Errorf("writer %s: counter %d, pairs %d", w, counted[w], n)
		}
	}
}

// TestKilledWriter kills a writing process ten times on each engine.
func TestKilledWriter(t *testing.T) {
	for _, engine := range []string{"sqlite", "mongodb"} {
		t.Run(engine, func(t *testing.T) {
			target := filepath.Join(t.TempDir(), "carecert.db")
			if engine == "mongodb" {
				target = storetest.NewMongoURI(t)
			}
			var acked []string
			for round := range 10 {
				acked = append(acked, crash(t, engine, target, round, 100+37*round)...)
			}
			db, c, err := openAt(t.Context(), engine, target)
			must(t, err)
			defer db.Close(t.Context())
			whole(t, t.Context(), c, acked)
		})
	}
}

// TestKilledInATransaction: what a killed process had locked is free for the
// next one at once, and what a living one has locked stays so.
func TestKilledInATransaction(t *testing.T) {
	for _, engine := range []string{"sqlite", "mongodb"} {
		t.Run(engine, func(t *testing.T) {
			target := filepath.Join(t.TempDir(), "carecert.db")
			if engine == "mongodb" {
				target = storetest.NewMongoURI(t)
			}
			first, c, err := openAt(t.Context(), engine, target)
			must(t, err)
			defer first.Close(context.Background())
			must(t, c.Insert(t.Context(), named("held"), named("free")))
			crash(t, engine, target, 0, 1, childHolds+"=1")
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			must(t, first.Tx(ctx, func(tx context.Context) error {
				if err := c.Increment(tx, "free", map[string]int64{"count": 1}); err != nil {
					return err
				}
				if engine == "sqlite" { // one writer at a time: the next would wait for this one
					return nil
				}
				second, d, err := openAt(ctx, engine, target)
				if err != nil {
					return err
				}
				defer second.Close(context.Background())
				return d.Increment(ctx, "held", map[string]int64{"count": 1})
			}))
			crash(t, engine, target, 0, 1, childHolds+"=1")
			must(t, first.Tx(ctx, func(tx context.Context) error { // without a start in between
				return c.Increment(tx, "held", map[string]int64{"count": 1})
			}))
			if d, err := c.Get(t.Context(), "free"); err != nil || d.Count != 1 {
				t.Errorf("the living one's transaction: %d, %v", d.Count, err)
			}
			want := map[string]int64{"sqlite": 1, "mongodb": 2}[engine]
			if d, err := c.Get(t.Context(), "held"); err != nil || d.Count != want {
				t.Errorf("beside the dead ones' transactions: %d, %v", d.Count, err)
			}
		})
	}
}

// TestAnExportIsOfOneInstant: what is exported beside working writers is whole.
func TestAnExportIsOfOneInstant(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, from *store.DB) {
		ctx, c := t.Context(), open(t, from)
		var over atomic.Bool
		var n atomic.Int64
		done := make(chan error, 1)
		go func() {
			done <- side(8, func(w int) error {
				if err := c.Insert(ctx, named(fmt.Sprintf("count-w%d", w))); err != nil {
					return err
				}
				for i := 0; !over.Load(); i++ {
					if err := pair(ctx, from, c, fmt.Sprintf("w%d-%d", w, i)); err != nil {
						return err
					}
					n.Add(1)
				}
				return nil
			})
		}()
		for n.Load() < 800 && len(done) == 0 { // more than one read of the export
			time.Sleep(time.Millisecond)
		}
		dir := t.TempDir()
		_, err := from.Export(ctx, dir, time.Unix(0, 0))
		over.Store(true)
		must(t, errors.Join(err, <-done))
		to := storetest.SQLite(t)
		d := open(t, to)
		_, err = to.Restore(ctx, dir)
		must(t, err)
		whole(t, ctx, d, nil)
	})
}

func startSet(t *testing.T, members int) *mongod.Set {
	t.Helper()
	binary, err := storetest.Binary()
	must(t, err)
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	set, err := mongod.Start(ctx, mongod.Options{Binary: binary, Dir: dir, Members: members})
	must(t, err)
	t.Cleanup(func() {
		if err := set.Stop(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
	})
	return set
}

// during writes with several goroutines while the test does something to the
// database, and goes on for a while after.
func during(t *testing.T, uri, round string, do func()) (acked []string) {
	t.Helper()
	db, c, err := openAt(t.Context(), "mongodb", uri)
	must(t, err)
	defer db.Close(context.Background())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	enough := make(chan struct{}, 1)
	want := 100
	done := make(chan error, 1)
	go func() {
		done <- writers(ctx, db, c, round, func(id string) {
			mu.Lock()
			defer mu.Unlock()
			if acked = append(acked, id); len(acked) == want {
				enough <- struct{}{}
			}
		})
	}()
	wait := func() {
		t.Helper()
		select {
		case <-enough:
		case err := <-done:
			t.Fatalf("a writer failed: %v", err)
		case <-time.After(time.Minute):
			t.Fatal("the writers stand still")
		}
	}
	wait()
	do()
	mu.Lock()
	want = len(acked) + 100
	mu.Unlock()
	wait()
	stop()
	must(t, <-done)
	return acked
}

// TestKilledMongod kills the database itself under its writers and starts it
// again: they go on, and nothing they were told is lost.
func TestKilledMongod(t *testing.T) {
	set := startSet(t, 1)
	uri := strings.Replace(set.URI(), "/?", "/crash?", 1)
	var acked []string
	for round := range 2 {
		acked = append(acked, during(t, uri, fmt.Sprint(round), func() {
			must(t, set.Kill(0))
			must(t, set.Restart(0))
		})...)
	}
	db, c, err := openAt(t.Context(), "mongodb", uri)
	must(t, err)
	defer db.Close(context.Background())
	whole(t, t.Context(), c, acked)
}

// TestKilledPrimary kills the primary of three under writers of transactions.
func TestKilledPrimary(t *testing.T) {
	set := startSet(t, 3)
	uri := strings.Replace(set.URI(), "/?", "/crash?", 1)
	acked := during(t, uri, "0", func() {
		primary, err := set.Primary(t.Context())
		must(t, err)
		must(t, set.Kill(primary))
	})
	db, c, err := openAt(t.Context(), "mongodb", uri)
	must(t, err)
	defer db.Close(context.Background())
	whole(t, t.Context(), c, acked)
}
