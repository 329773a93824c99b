package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/sqlite"
)

type d struct {
	store.Doc `bson:",inline"`
	N         string `bson:"n"`
}

func openAll(t *testing.T) (*store.DB, *store.Collection[d]) {
	t.Helper()
	e, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "carecert.db"))
	if err != nil {
		t.Fatal(err)
	}
	db := store.New(e)
	c := store.Open[d](db, store.Spec{Name: "x_ds", Indexes: []store.Index{{Name: "n", Fields: []string{"n"}}}})
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db, c
}

// TestWhoeverGivesUpSpoilsNobodysCommit: requests share a commit. One whose
// time runs out in the middle of a write leaves nothing, and takes nothing of
// the others with it.
func TestWhoeverGivesUpSpoilsNobodysCommit(t *testing.T) {
	db, c := openAll(t)
	defer db.Close(context.Background())
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if err := c.Insert(t.Context(), d{Doc: store.Doc{ID: fmt.Sprintf("patient %d %d", g, i)}}); err != nil {
					t.Errorf("somebody else's write: %v", err)
					return
				}
			}
		})
	}
	for round := range 60 {
		hasty, cancel := context.WithTimeout(t.Context(), time.Duration(200+90*round)*time.Microsecond)
		err := db.Tx(hasty, func(ctx context.Context) error {
			for i := range 2000 {
				if err := c.Insert(ctx, d{Doc: store.Doc{ID: fmt.Sprintf("hasty %d %d", round, i)}, N: fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("round %d: %v", round, err)
		}
		if _, gerr := c.Get(t.Context(), fmt.Sprintf("hasty %d 0", round)); (gerr == nil) != (err == nil) {
			t.Errorf("round %d: the transaction said %v, its first write %v", round, err, gerr)
		}
	}
	stop()
	all.Wait()
}
