package training_test

import (
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

func TestAScheduleIsWhatTheSessionsGive(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c, empty := w.class(t, 20, training.Terms{}), w.class(t, 20, training.Terms{})
		x := w.session(t, c)
		later := x.Plan
		later.StartsAt, later.EndsAt = later.StartsAt.AddDate(0, 0, 7), later.EndsAt.AddDate(0, 0, 7)
		must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, later))
		off := must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, later))
		must[training.Session](t)(w.CancelSession(w.asSchool(), off.ID, "the teacher is ill"))
		_, late := w.Hours(x)
		both, one := 2*x.Plan.Minutes, x.Plan.Minutes
		for _, at := range []struct {
			name string
			now  time.Time
			want training.Schedule
		}{
			{"before it begins both count, the cancelled one never", morning().Add(-time.Hour), training.Schedule{Planned: both, Open: both}},
			{"up to the late limit one may still come", late, training.Schedule{Planned: both, Open: both}},
			{"past it the first is lost", late.Add(time.Second), training.Schedule{Planned: both, Open: one}},
			{"after the last nothing is left", late.AddDate(0, 0, 8), training.Schedule{Planned: both}},
		} {
			w.Set(at.now)
			got := must[map[kernel.ClassID]training.Schedule](t)(w.Schedules(t.Context(), []training.Class{c, empty}))
			if got[c.ID] != at.want || got[empty.ID] != (training.Schedule{}) {
				t.Errorf("%s: %+v", at.name, got)
			}
		}
	})
}
