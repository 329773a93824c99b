package certificates_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// merge makes one record of two, as the register tells it.
func (w *world) merge(t testing.TB, kept, gone kernel.PersonID) {
	t.Helper()
	w.mu.Lock()
	card := w.cards[gone]
	card.Merged, card.Reach = kept, nil
	w.cards[gone] = card
	w.ids[kept], w.ids[gone] = w.ids[gone], w.ids[kept]
	w.mu.Unlock()
	for range 2 { // facts may come twice
		if err := w.FollowMerge(w.ctx, kept, gone); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCertificatesOfATwinCountForWhoStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		skill := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-2")))
		skill = must[certificates.Certificate](t)(w.Confirm(w.as(bureau), skill.ID, said("ostaQuery", "confirmed", "已查")))
		course := w.issue(t, completion("person-2", ""))
		own := w.issue(t, completion("person-1", ""))
		w.merge(t, "person-1", "person-2")

		if h := w.holdings("person-1"); len(h) != 1 || h[0].Certificate != skill.ID || h[0].VerifiedAt == nil {
			t.Errorf("who stays holds %+v", h)
		}
		if h := w.holdings("person-2"); len(h) != 0 {
			t.Errorf("the twin still holds %+v", h)
		}
		for _, id := range []kernel.PersonID{"person-1", "person-2"} {
			all := must[certificates.Page](t)(w.List(w.as(home), certificates.Filter{Person: id}, 20, ""))
			if all.Total != 3 {
				t.Errorf("%s: %d certificates", id, all.Total)
			}
		}
		for _, c := range []certificates.Certificate{skill, course, own} {
			if _, err := w.Find(w.asCaregiver("person-1"), c.ID); err != nil {
				t.Errorf("their own certificate %s: %v", c.Number, err)
			}
			if _, err := w.Find(w.asCaregiver("person-3"), c.ID); !errors.Is(err, certificates.ErrUnknown) {
				t.Errorf("somebody else's certificate %s: %v", c.Number, err)
			}
		}
		healthy(t, w, nil) // what was logged stands

		// What happens to it later is told of who stays; so is a further merge.
		w.merge(t, "person-3", "person-1")
		must[certificates.Certificate](t)(w.Revoke(w.as(bureau), skill.ID, "证书无效"))
		if h := w.holdings("person-3"); len(h) != 1 || h[0].RevokedAt == nil {
			t.Errorf("who stays holds %+v", h)
		}
		healthy(t, w, nil)
	})
}

// TestHoldingsChangedAtOnce: each change tells all that a person holds, so of
// changes made side by side the last one tells of every other.
func TestHoldingsChangedAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const n = 8
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() {
				d := claim("person-1")
				d.Family, d.Number = certificates.FamilyQualification, fmt.Sprintf("20090000004%05d", i)
				d.IssuedOn = "2016-06-01"
				if _, err := w.Register(w.as(home), d); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		most := 0
		for _, f := range w.Announced() {
			if h, ok := f.(certificates.HoldingsChanged); ok {
				most = max(most, len(h.Holdings))
			}
		}
		if most != n {
			t.Errorf("%d certificates were registered at once, and no more than %d were told of together", n, most)
		}
	})
}
