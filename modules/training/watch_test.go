package training_test

import (
	"context"
	"errors"
	"testing"
	"time"

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

func TestNobodyWatchesAForeignSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		x := w.session(t, w.class(t, 20, training.Terms{}))
		if _, err := w.Watch(w.as(kernel.RoleSchool, otherSchool), x.ID, time.Time{}); !errors.Is(err, training.ErrSessionUnknown) {
			t.Errorf("%v", err)
		}
	})
}
