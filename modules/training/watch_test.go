package training_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

func TestWhoWatchesHearsOfEachArrivalOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 20, training.Terms{})
		x := w.session(t, c)
		staff := w.hire(3, home)
		w.enrol(t, c, staff...)
		if err := w.scan(x, staff[0], training.DirectionIn, morning()); err != nil {
			t.Fatal(err)
		}
		watch := must[*training.Watch](t)(w.Watch(w.asSchool(), x.ID, time.Time{}))
		first := must[training.Live](t)(watch.Next(w.asSchool()))
		if first.Enrolled != 3 || len(first.Present) != 1 || first.Present[0].Proof.Person != staff[0] {
			t.Fatalf("first look: %+v", first)
		}
		heard := map[kernel.PersonID]int{}
		for _, p := range staff[1:] {
			if err := w.scan(x, p, training.DirectionIn, morning().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			news := must[training.Live](t)(watch.Next(w.asSchool()))
			for _, present := range news.Present {
				heard[present.Proof.Person]++
			}
		}
		if len(heard) != 2 || heard[staff[1]] != 1 || heard[staff[2]] != 1 {
			t.Errorf("heard %v", heard)
		}
		if _, _, err := w.CloseSession(w.asSchool(), x.ID); err != nil {
			t.Fatal(err)
		}
		if news := must[training.Live](t)(watch.Next(w.asSchool())); news.Session.Status != training.SessionHeld || len(news.Present) != 0 {
			t.Errorf("after closing: %+v", news)
		}
		gone, cancel := context.WithCancel(w.asSchool())
		cancel()
		if _, err := watch.Next(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("with nothing new: %v", err)
		}
	})
}

// A room that checks in while many look on is read once for all of them, and each is told once, and only of
// those they may see.
func TestManyWhoWatchShareOneReading(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 40, training.Terms{})
		x := w.session(t, c)
		w.Set(morning())
		ours, theirs := w.hire(6, home), w.hire(1, otherHome)
		w.cards[theirs[0]] = kernel.PersonCard{ID: theirs[0], Name: "别院的人", Reach: []kernel.OrganizationID{otherHome, school, bureau}}
		w.enrol(t, c, append(slices.Clone(ours), theirs...)...)
		readers := []context.Context{w.as(kernel.RoleInstitution, home)}
		for range 20 {
			readers = append(readers, w.asSchool())
		}
		watches := make([]*training.Watch, len(readers))
		for i, ctx := range readers {
			watches[i] = must[*training.Watch](t)(w.Watch(ctx, x.ID, time.Time{}))
			if first := must[training.Live](t)(watches[i].Next(ctx)); len(first.Present) != 0 {
				t.Fatalf("first look: %+v", first)
			}
		}
		before := w.asked
		var room errgroup.Group
		room.Go(func() (err error) {
			for _, p := range append(slices.Clone(ours), theirs...) {
				err = errors.Join(err, w.scan(x, p, training.DirectionIn, morning()))
			}
			return err
		})
		heard := make([]map[kernel.PersonID]int, len(readers))
		for i, ctx := range readers {
			heard[i] = map[kernel.PersonID]int{}
			room.Go(func() error {
				soon, cancel := context.WithTimeout(ctx, 10*time.Second)
				defer cancel()
				wanted := 7
				if i == 0 {
					wanted = len(ours)
				}
				for len(heard[i]) < wanted {
					news, err := watches[i].Next(soon)
					if err != nil {
						return fmt.Errorf("reader %d, who heard %v: %w", i, heard[i], err)
					}
					for _, p := range news.Present {
						heard[i][p.Proof.Person]++
					}
				}
				return nil
			})
		}
		if err := room.Wait(); err != nil {
			t.Fatal(err)
		}
		for i, people := range heard {
			for p, times := range people {
				if times != 1 || (i == 0 && p == theirs[0]) {
					t.Errorf("reader %d heard of %s %d times", i, p, times)
				}
			}
		}
		if read := w.asked - before; read >= 7*len(readers) {
			t.Errorf("%d cards were read for %d readers of 7 people", read, len(readers))
		}
	})
}

func TestNobodyWatchesAForeignSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		x := w.session(t, w.class(t, 20, training.Terms{}))
		if _, err := w.Watch(w.as(kernel.RoleSchool, otherSchool), x.ID, time.Time{}); !errors.Is(err, training.ErrSessionUnknown) {
			t.Errorf("%v", err)
		}
	})
}
