package training_test

import (
	"testing"
	"time"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

// A test in two parts is passed by who reaches the mark in each.
func TestTheoryAndPracticeAreEachToBePassed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 5, training.Terms{HasTest: true})
		x, staff := w.session(t, c), w.hire(4, home)
		w.enrol(t, c, staff...)
		w.Set(morning().Add(2 * time.Hour))
		w.marks(t, x, training.MarkDraft{WordDraft: training.WordDraft{Reason: "纸质签到表"}})
		if _, _, err := w.CloseSession(w.asSchool(), x.ID); err != nil {
			t.Fatal(err)
		}
		must[training.Class](t)(w.EnterResults(w.asSchool(), c.ID, []training.TestResult{
			{Person: staff[0], Parts: &training.Parts{Theory: 6000, Practice: 9500}},
			{Person: staff[1], Parts: &training.Parts{Theory: 10000, Practice: 5999}},
			{Person: staff[2], Parts: &training.Parts{Theory: 3000, Practice: 3000}},
		}))
		// One score instead takes the place of both parts.
		must[training.Class](t)(w.EnterResults(w.asSchool(), c.ID, []training.TestResult{{Person: staff[2], Score: 8000}}))
		done := must[training.Class](t)(w.CompleteClass(w.asSchool(), c.ID))
		completed, refused := done.Results()
		if len(completed) != 2 || completed[0].Person != staff[0] || *completed[0].Score != 6000 || completed[0].Parts.Practice != 9500 ||
			completed[1].Person != staff[2] || completed[1].Parts != nil {
			t.Errorf("completed: %+v", completed)
		}
		if len(refused) != 2 || refused[0].Person != staff[1] || *refused[0].Score != 5999 {
			t.Errorf("refused: %+v", refused)
		}
	})
}
