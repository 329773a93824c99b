package training_test

import (
	"testing"
	"time"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

// What class hours rest on is counted by the day it happened and never removed;
// a phone goes when it has not been used for long.
func TestWhatIsPastItsTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		who := w.hire(1, home)
		c := w.class(t, 10, training.Terms{CountsTowardInService: true})
		w.enrol(t, c, who...)
		practice, remote := w.practice(t, c), w.remote(t, c)
		w.begin(t, remote, who[0], morning(), "phone")
		w.Set(morning().Add(9 * time.Hour))
		must[training.LogEntry](t)(w.Enter(w.asSchool(), practice.ID, entry(who[0], 0, 60)))
		phone := newPhone(t)
		w.signedIn(t, who[0], phone, morning().Add(9*time.Hour))
		kinds := w.Aged()
		for _, c := range []struct {
			kind  string
			since time.Time
		}{{"learning", morning()}, {"logbook", morning()}, {"checkInDevices", morning().Add(9 * time.Hour)}} {
			for before, want := range map[time.Time]int64{c.since: 0, c.since.Add(time.Second): 1} {
				if n, more, err := kinds[c.kind].Count(t.Context(), before); n != want || more || err != nil {
					t.Errorf("%s before %s: %d %v", c.kind, before, n, err)
				}
			}
		}
		if kinds["learning"].Remove != nil || kinds["logbook"].Remove != nil {
			t.Error("a floor is cut")
		}
		// Used again, it is young again.
		w.signedIn(t, who[0], phone, morning().Add(48*time.Hour))
		for _, c := range []struct {
			before time.Time
			want   int64
		}{{morning().Add(48 * time.Hour), 0}, {morning().Add(49 * time.Hour), 1}} {
			if n, err := kinds["checkInDevices"].Remove(t.Context(), c.before); n != c.want || err != nil {
				t.Errorf("before %s: %d %v", c.before, n, err)
			}
		}
		if left := must[[]training.Device](t)(w.Devices(w.asCaregiver(who[0]))); len(left) != 0 {
			t.Errorf("%+v", left)
		}
	})
}
