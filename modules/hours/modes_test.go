package hours_test

import (
	"context"
	"testing"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// A rebuild tells apart by mode what was recorded before anybody asked.
func TestModesAreFilledIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		online := held("a", "2025-03-01", "08:00", 90, wang)
		online.Mode = ""
		lost := held("b", "2025-03-02", "08:00", 90, wang)
		lost.Mode = ""
		w.record(t, online, lost)
		known := func(_ context.Context, ids []kernel.SessionID) (map[kernel.SessionID]string, error) {
			if len(ids) > 2 {
				t.Errorf("asked for %v", ids)
			}
			return map[kernel.SessionID]string{"a": rule.ModeRemote}, nil
		}
		for _, want := range []int{1, 0} {
			if n, err := w.SupplyModes(w.ctx, known); n != want || err != nil {
				t.Fatalf("filled in %d, %v; want %d", n, err, want)
			}
		}
		if n, err := w.Rebuild(w.ctx); n != 1 || err != nil {
			t.Fatalf("%d years differ, %v", n, err)
		}
		lines := w.year(t, wang, 2025).Year.Lines
		if lines[0].Mode != rule.ModeRemote || lines[1].Mode != "" {
			t.Errorf("%+v", lines)
		}
	})
}

func TestStretchesAreCreditedInTheYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		h := held("a", "2025-03-01", "08:00", 90, wang)
		h.Mode = rule.ModeRemote
		a := &h.Presences[0]
		a.Stretches = []rule.Stretch{{From: a.In, To: a.In.Add(20 * 60e9)}, {From: a.In.Add(10 * 60e9), To: a.In.Add(45 * 60e9)}}
		w.record(t, h)
		if y := w.year(t, wang, 2025).Year; y.Credited != 45 || y.Lines[0].Mode != rule.ModeRemote {
			t.Errorf("%+v", y)
		}
	})
}
