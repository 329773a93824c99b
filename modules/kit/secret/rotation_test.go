package secret_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestAddKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	if _, err := secret.AddKey(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	first, err := secret.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	longer, err := secret.AddKey(path)
	if err != nil {
		t.Fatal(err)
	}
	prints := longer.Fingerprints()
	if len(prints) != 2 || prints[0] != first.Fingerprints()[0] {
		t.Errorf("keys %v after %v", prints, first.Fingerprints())
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	var all sync.WaitGroup
	var added, busy int
	var mu sync.Mutex
	for range 8 {
		all.Go(func() {
			_, err := secret.AddKey(path)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				added++
			case errors.Is(err, secret.ErrAdding):
				busy++
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	ring, err := secret.Load(path)
	if err != nil || len(ring.Fingerprints()) != 2+added || added == 0 || added+busy != 8 {
		t.Errorf("%d added, %d refused, file holds %v (%v)", added, busy, ring.Fingerprints(), err)
	}
	if err := os.WriteFile(path+".adding", nil, 0o600); err != nil { // a command was killed
		t.Fatal(err)
	}
	if _, err := secret.AddKey(path); !errors.Is(err, secret.ErrAdding) || !strings.Contains(err.Error(), "remove") {
		t.Errorf("what a killed command left: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestAddKeyToWhatIsNoKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	if err := os.WriteFile(path, []byte("not a key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.AddKey(path); err == nil {
		t.Error("a damaged file was built upon")
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw) != "not a key\n" {
		t.Errorf("the file is now %q, %v", raw, err)
	}
}

type noteDoc struct {
	store.Doc `bson:",inline"`
	Body      string `bson:"body"`
	Seen      int    `bson:"seen"`
}

func noteValues(d *noteDoc) []secret.Value { return []secret.Value{{Purpose: "notes", At: &d.Body}} }

// A rotation is cut short, another writer works on the same documents, and it
// is begun again: nothing of the old key is left, everything opens.
func TestResealIsResumable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		notes := store.Open[noteDoc](db, store.Spec{Name: "kit_notes"})
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		before, after := ring(t, key(1)), ring(t, key(1), key(2))
		const many = 350
		for i := range many {
			d := noteDoc{Doc: store.Doc{ID: fmt.Sprintf("%04d", i)}, Body: before.Seal("notes", fmt.Sprint(i))}
			if i%50 == 0 {
				d.Body = "" // nothing is sealed here
			}
			if err := notes.Insert(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cut := context.WithCancel(t.Context())
		first := &secret.Rotation{Ring: after, DB: db, Told: func(string, int) { cut() }}
		if err := secret.Reseal(ctx, first, notes, noteValues); err == nil {
			t.Fatal("it was not cut short")
		}
		left, err := first.Left(t.Context())
		if err != nil || left["kit_notes"] != many-7-first.Total() || first.Total() == 0 {
			t.Errorf("left %v after %d, %v", left, first.Total(), err)
		}
		var writer sync.WaitGroup
		writer.Go(func() { // whoever works on the documents meanwhile loses nothing
			for i := range many {
				err := db.Tx(t.Context(), func(ctx context.Context) error {
					d, err := notes.Get(ctx, fmt.Sprintf("%04d", i))
					if err != nil {
						return err
					}
					d.Seen++
					return notes.Replace(ctx, &d)
				})
				if err != nil && !errors.Is(err, store.ErrConflict) {
					t.Error(err)
				}
			}
		})
		second := &secret.Rotation{Ring: after, DB: db}
		if err := secret.Reseal(t.Context(), second, notes, noteValues); err != nil {
			t.Fatal(err)
		}
		writer.Wait()
		if got := first.Total() + second.Total(); got != many-7 {
			t.Errorf("%d sealed anew, want %d", got, many-7)
		}
		if left, err := second.Left(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("left %v, %v", left, err)
		}
		again := &secret.Rotation{Ring: after, DB: db}
		if err := secret.Reseal(t.Context(), again, notes, noteValues); err != nil || again.Total() != 0 {
			t.Errorf("a third time: %d, %v", again.Total(), err)
		}
		err = notes.Scan(t.Context(), func(d noteDoc) error {
			if d.Body == "" {
				return nil
			}
			if _, err := before.Open("notes", d.Body); !errors.Is(err, secret.ErrUnknownKey) {
				t.Errorf("%s opens with the old key alone: %v", d.ID, err)
			}
			if plain, err := after.Open("notes", d.Body); err != nil || fmt.Sprintf("%04s", plain) != d.ID {
				t.Errorf("%s opens as %q, %v", d.ID, plain, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A running program takes up a key that is added to its file, and until it has
// done so nothing may be sealed anew.
func TestHolderFollowsTheFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		vault, err := secret.Open(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		path, copied := filepath.Join(dir, "secret.key"), filepath.Join(dir, "copy.key")
		serving, err := vault.Keyring(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, raw, 0o600); err != nil { // another machine's
			t.Fatal(err)
		}
		elsewhere, err := secret.Load(copied)
		if err != nil {
			t.Fatal(err)
		}
		machine := kernel.ClockFunc(time.Now)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { vault.Holder(serving, path, machine, slog.New(slog.DiscardHandler)).Run(ctx) })
		running.Go(func() { vault.Holder(elsewhere, copied, machine, slog.New(slog.DiscardHandler)).Run(ctx) })

		stranger := ring(t, key(7))
		for begun := 0; begun < 2; { // both have said that they run
			names, err := vault.Behind(t.Context(), stranger, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			begun = len(names)
		}
		newest, err := secret.AddKey(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := vault.Await(t.Context(), newest, machine, time.Second); !errors.Is(err, secret.ErrBehind) {
			t.Errorf("the other machine has no new key: %v", err)
		}
		raw, err = os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := vault.Await(t.Context(), newest, machine, 20*time.Second); err != nil {
			t.Errorf("it was handed over: %v", err)
		}
		for name, ring := range map[string]*secret.Keyring{"the server": serving, "the other machine": elsewhere} {
			if plain, err := ring.Open("p", newest.Seal("p", "x")); err != nil || plain != "x" || newest.Stale(ring.Seal("p", "y")) {
				t.Errorf("%s opens %q, %v", name, plain, err)
			}
		}
		stop()
		running.Wait()
		if names, err := vault.Behind(t.Context(), stranger, time.Now()); err != nil || len(names) != 0 {
			t.Errorf("programs that ended still count: %v, %v", names, err)
		}
	})
}

func TestAnotherFileIsNotTakenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		vault, err := secret.Open(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "secret.key")
		serving, err := secret.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		prints := serving.Fingerprints()
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Create(path); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.AddKey(path); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		vault.Holder(serving, path, kernel.ClockFunc(time.Now), slog.New(slog.DiscardHandler)).Run(ctx)
		if !slices.Equal(serving.Fingerprints(), prints) {
			t.Errorf("the ring is now %v", serving.Fingerprints())
		}
	})
}
