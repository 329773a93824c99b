package organizations_test

import (
	"errors"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

func TestTheBlacklistHoldsForItsTimeOrUntilItIsLifted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db) // it is 1 September 2025
		bureau := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		home := w.register(t, organizations.Institution, "重固镇养护院", "310118", "310118109")
		within := func(root kernel.OrganizationID) {
			w.ctx = kernel.WithReach(kernel.WithActor(t.Context(), kernel.Actor{User: "u", Name: "周晓岚"}), kernel.Reach{Roots: []kernel.OrganizationID{root}})
		}
		until := func(day kernel.Date) kernel.Date {
			t.Helper()
			w.Set(day.Start().Add(10 * time.Hour).UTC())
			card, err := w.Card(w.ctx, home)
			if err != nil {
				t.Fatal(err)
			}
			return card.BlacklistedUntil
		}
		within(home)
		if _, err := w.Blacklist(w.ctx, home, kernel.Period{From: "2025-09-01"}, "虐待老人"); !errors.Is(err, organizations.ErrNeedsSuperior) {
			t.Errorf("itself: %v", err)
		}
		within(bureau)
		if _, err := w.Blacklist(w.ctx, home, kernel.Period{From: "2025-09-05", To: "2025-09-04"}, "虐待老人"); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("reversed: %v", err)
		}
		first, err := w.Blacklist(w.ctx, home, kernel.Period{From: "2025-09-05", To: "2025-09-30"}, "虐待老人")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Blacklist(w.ctx, home, kernel.Period{From: "2025-09-30"}, "安全事故"); !errors.Is(err, organizations.ErrBlacklistedAlready) {
			t.Errorf("twice on one day: %v", err)
		}
		for day, want := range map[kernel.Date]kernel.Date{
			"2025-09-04": "", "2025-09-05": "2025-09-30", "2025-09-30": "2025-09-30", "2025-10-01": "",
		} {
			if got := until(day); got != want {
				t.Errorf("on %s until %q, want %q", day, got, want)
			}
		}
		w.Set(kernel.Date("2025-10-02").Start().UTC())
		if err := w.LiftBlacklisting(w.ctx, home, first.ID, "已整改"); !errors.Is(err, organizations.ErrLiftedAlready) {
			t.Errorf("lifting what is over: %v", err)
		}
		open, err := w.Blacklist(w.ctx, home, kernel.Period{From: "2025-10-02"}, "安全事故")
		if err != nil {
			t.Fatal(err)
		}
		if got := until("2025-11-11"); got != kernel.Forever {
			t.Errorf("an open one holds until %q", got)
		}
		if err := w.LiftBlacklisting(w.ctx, home, "no such", "已整改"); !errors.Is(err, organizations.ErrBlacklistingUnknown) {
			t.Errorf("lifting what is not: %v", err)
		}
		if err := w.LiftBlacklisting(w.ctx, home, open.ID, "已整改"); err != nil {
			t.Fatal(err)
		}
		if got := until("2025-11-11"); got != "" {
			t.Errorf("on the day it is lifted until %q", got)
		}
		all, err := w.Blacklistings(w.ctx, home)
		if err != nil || len(all) != 2 || all[0].ID != open.ID || all[0].Lifted == nil || all[0].Lifted.ByName != "周晓岚" {
			t.Errorf("listed: %+v %v", all, err)
		}
		changes, err := w.History(w.ctx, home, 20, "")
		if err != nil || len(changes.Items) != 4 || changes.Items[0].Fields[0].Field != "blacklisted" {
			t.Errorf("history: %+v %v", changes.Items, err)
		}
	})
}
