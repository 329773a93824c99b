package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"carecert/modules/kit/store"
)

type note struct {
	store.Doc `bson:",inline"`
}

func openNotes(t *testing.T) (*Engine, *store.DB, *store.Collection[note]) {
	t.Helper()
	opened, err := Open(t.Context(), filepath.Join(t.TempDir(), "carecert.db"))
	if err != nil {
		t.Fatal(err)
	}
	e, ok := opened.(*Engine)
	if !ok {
		t.Fatalf("opened a %T", opened)
	}
	db := store.New(e)
	c := store.Open[note](db, store.Spec{Name: "x_notes"})
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e, db, c
}

func noteOf(id string) note { return note{Doc: store.Doc{ID: id}} }

// TestALostTransactionIsNobodysSuccess: SQLite rolls a whole transaction back
// by itself when the disk is full. Whoever shares that commit is told, nothing
// of it stays, and the writer goes on.
func TestALostTransactionIsNobodysSuccess(t *testing.T) {
	e, db, c := openNotes(t)
	defer db.Close(context.Background())
	full := errors.New("the disk is full")
	answers, held, release := make(chan error, 2), make(chan struct{}), make(chan struct{})
	go func() {
		answers <- db.Tx(t.Context(), func(ctx context.Context) error {
			close(held)
			<-release
			return c.Insert(ctx, noteOf("before"))
		})
	}()
	<-held
	go func() {
		answers <- db.Tx(t.Context(), func(ctx context.Context) error {
			return errors.Join(full, e.write.exec(ctx, "ROLLBACK"))
		})
	}()
	queued(e, 1)
	after := make(chan error, 1)
	go func() { after <- c.Insert(t.Context(), noteOf("after")) }()
	queued(e, 2)
	close(release)
	for range cap(answers) {
		if err := <-answers; err == nil {
			t.Error("a request of the lost transaction was told that it is saved")
		}
	}
	if err := <-after; err != nil {
		t.Errorf("the one behind: %v", err)
	}
	for id, want := range map[string]error{"before": store.ErrNotFound, "after": nil} {
		if _, err := c.Get(t.Context(), id); !errors.Is(err, want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if err := c.Insert(t.Context(), noteOf("next")); err != nil {
		t.Errorf("the writer does not go on: %v", err)
	}
}

// queued waits until so many requests wait for the writer.
func queued(e *Engine, n int) {
	for len(e.write.requests) < n {
		time.Sleep(time.Millisecond)
	}
}

// TestClosingAnswersWhoeverStillWrites: the program stops while a background
// worker writes.
func TestClosingAnswersWhoeverStillWrites(t *testing.T) {
	for range 50 {
		_, db, c := openNotes(t)
		ended := make(chan error, 8)
		for range cap(ended) {
			go func() {
				var err error
				for err == nil {
					n := noteOf("same")
					err = c.Put(context.Background(), &n)
				}
				ended <- err
			}()
		}
		if err := db.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		for range cap(ended) {
			if err := <-ended; !errors.Is(err, errClosed) {
				t.Fatalf("a writer ended with %v", err)
			}
		}
	}
}
