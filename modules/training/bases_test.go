package training_test

import (
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

func TestHowABaseWasUsed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		course := must[training.Course](t)(w.PublishCourse(w.asSchool(), training.Terms{Title: "压疮预防", Mode: training.ModeClassroom}))
		c := must[training.Class](t)(w.OpenClass(w.asSchool(), training.ClassDraft{
			Course: course.ID, Provider: school, Base: base, Tier: training.TierDistrict, StartsOn: "2025-05-10", EndsOn: "2025-05-31", Capacity: 5,
		}))
		staff := w.hire(2, home)
		w.enrol(t, c, staff...)
		x := w.session(t, c)
		must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, training.Plan{
			StartsAt: morning().AddDate(0, 0, 30), EndsAt: morning().AddDate(0, 0, 30).Add(time.Hour), Minutes: 60, Venue: "201", Teacher: "周老师",
		}))
		w.session(t, w.class(t, 5, training.Terms{})) // elsewhere
		for i, p := range staff {
			if err := w.scan(x, p, training.DirectionIn, morning()); err != nil {
				t.Fatal(err)
			}
			if err := w.scan(x, p, training.DirectionOut, morning().Add(time.Duration(90-30*i)*time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		w.Set(morning().Add(90 * time.Minute))
		if _, _, err := w.CloseSession(w.asSchool(), x.ID); err != nil {
			t.Fatal(err)
		}
		office := w.as(kernel.RoleDistrictBureau, bureau)
		may := func() training.BaseUse {
			t.Helper()
			found := must[[]training.BaseYear](t)(w.BasesUsed(office, "", 2025))
			if len(found) != 1 || found[0].Base.ID != base || found[0].Months[time.June-1].Planned != 1 {
				t.Fatalf("bases: %+v", found)
			}
			return found[0].Months[time.May-1]
		}
		if got := may(); got != (training.BaseUse{Held: 1, Learners: 2, Minutes: 150}) {
			t.Errorf("after closing: %+v", got)
		}
		if _, _, err := w.Vouch(w.asSchool(), x.ID, staff[1], training.WordDraft{In: morning(), Out: morning().Add(90 * time.Minute), Reason: "漏签"}); err != nil {
			t.Fatal(err)
		}
		if got := may(); got.Minutes != 180 {
			t.Errorf("after a correction: %+v", got)
		}
		if _, _, err := w.RefusePresence(w.as(kernel.RoleInstitution, home), x.ID, staff[1], "当天值班"); err != nil {
			t.Fatal(err)
		}
		if got := may(); got != (training.BaseUse{Held: 1, Learners: 1, Minutes: 90}) {
			t.Errorf("after a refusal: %+v", got)
		}
		// A database from before knows neither where sessions were held nor what
		// they came to; what is right is left as it is.
		var old [][]byte
		if err := db.ScanRaw(t.Context(), "training_sessions", func(_ string, body []byte) error {
			var d bson.M
			if err := bson.Unmarshal(body, &d); err != nil {
				return err
			}
			for _, field := range []string{"base", "learners", "attended"} {
				delete(d, field)
			}
			raw, err := bson.Marshal(d)
			old = append(old, raw)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for _, raw := range old {
			if err := db.PutRaw(t.Context(), "training_sessions", raw); err != nil {
				t.Fatal(err)
			}
		}
		if got := must[[]training.BaseYear](t)(w.BasesUsed(office, "", 2025)); got[0].Total() != (training.BaseUse{}) {
			t.Errorf("before the rebuild: %+v", got)
		}
		for _, lacked := range []int{2, 0} {
			if n, err := w.RebuildBases(t.Context()); n != lacked || err != nil {
				t.Errorf("rebuilt %d of %d, %v", n, lacked, err)
			}
		}
		if got := may(); got != (training.BaseUse{Held: 1, Learners: 1, Minutes: 90}) {
			t.Errorf("after the rebuild: %+v", got)
		}
		if none := must[[]training.BaseYear](t)(w.BasesUsed(office, bureau, 2024)); none[0].Total() != (training.BaseUse{}) {
			t.Errorf("the year before: %+v", none[0].Total())
		}
		if _, err := w.BasesUsed(w.as(kernel.RoleSubdistrict, home), bureau, 2025); !errors.Is(err, training.ErrProviderUnknown) {
			t.Errorf("out of reach: %v", err)
		}
	})
}
