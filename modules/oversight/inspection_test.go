package oversight_test

import (
	"errors"
	"fmt"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/oversight"
	"carecert/modules/oversight/rule"
)

func TestInspection(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.head, w.onPost = "the log\n12\nroot\n", map[kernel.PersonID]kernel.RegionCode{}
		for i := range 40 {
			w.onPost[kernel.PersonID(fmt.Sprintf("p%02d", i))] = kernel.RegionCode(fmt.Sprint(310118001 + i/30)) // 30 in one street, 10 in another
		}
		district := as(t.Context(), kernel.RoleDistrictBureau, "district")
		order := oversight.Order{Organization: "district", Year: 2025, Subject: oversight.OfPeople, Size: 8, Stratified: true}
		for _, c := range []struct {
			name string
			as   kernel.Role
			at   kernel.OrganizationID
			what func(o oversight.Order) oversight.Order
			want error
		}{
			{"a school", kernel.RoleSchool, "school", func(o oversight.Order) oversight.Order { o.Organization = "school"; return o }, oversight.ErrOfficeNeeded},
			{"the street over it", kernel.RoleSubdistrict, "street", func(o oversight.Order) oversight.Order { return o }, oversight.ErrUnknownOrganization},
			{"an administrator", kernel.RoleAdmin, "", func(o oversight.Order) oversight.Order { return o }, oversight.ErrOfficeNeeded},
			{"no size", kernel.RoleDistrictBureau, "district", func(o oversight.Order) oversight.Order { o.Size = 0; return o }, oversight.ErrSizeNeeded},
			{"nothing there", kernel.RoleDistrictBureau, "district", func(o oversight.Order) oversight.Order { o.Subject = oversight.OfSessions; return o }, oversight.ErrNobodyToDraw},
		} {
			if _, err := w.Draw(as(t.Context(), c.as, c.at), c.what(order)); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		i, err := w.Draw(district, order)
		if err != nil || i.Population != 40 || i.Size != 8 || i.Head != w.head {
			t.Fatalf("%+v %v", i, err)
		}
		if _, err := w.Draw(district, order); !errors.Is(err, oversight.ErrDrawnAlready) {
			t.Errorf("drawn anew: %v", err)
		}
		l, err := w.Items(district, i.ID, "", 50, "")
		streets := map[string]int{}
		for _, x := range l.Items {
			streets[x.Member.Stratum]++
		}
		if err != nil || fmt.Sprint(streets) != "map[310118001:6 310118002:2]" || l.Total != 8 {
			t.Errorf("%v %v", streets, err)
		}
		// The register goes on; the population stays as it was.
		w.onPost["new"], w.head = "310118001", "a later head"
		if r, err := w.Recompute(district, i.ID); err != nil || !r.SameDigest || !r.SameSeed || !r.SameDraw || r.Population != 40 {
			t.Errorf("%+v %v", r, err)
		}
		for _, c := range []struct {
			name string
			rank int
			is   oversight.Result
			note string
			want error
		}{
			{"fine", 1, oversight.Fine, "", nil},
			{"a deviation says what", 2, oversight.Deviation, "", oversight.ErrNoteNeeded},
			{"said", 2, oversight.Deviation, "签到表缺页", nil},
			{"not drawn", 9, oversight.Fine, "", oversight.ErrItemUnknown},
		} {
			if _, err := w.Enter(district, i.ID, c.rank, c.is, c.note, ""); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if _, err := w.Enter(as(t.Context(), kernel.RoleDistrictBureau, "elsewhere"), i.ID, 1, oversight.Fine, "", ""); !errors.Is(err, oversight.ErrInspectionUnknown) {
			t.Errorf("another district: %v", err)
		}
		if tally, err := w.Tally(district, i.ID); err != nil || tally[oversight.ToInspect] != 6 || tally[oversight.Fine] != 1 || tally[oversight.Deviation] != 1 {
			t.Errorf("%v %v", tally, err)
		}
		if got, err := w.Items(district, i.ID, oversight.Deviation, 50, ""); err != nil || len(got.Items) != 1 || got.Items[0].Note != "签到表缺页" {
			t.Errorf("%+v %v", got, err)
		}
		// Given up, it stays to be read, and another may be drawn.
		if _, err := w.Withdraw(district, i.ID, "范围选错"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Enter(district, i.ID, 1, oversight.Fine, "", ""); !errors.Is(err, oversight.ErrWithdrawn) {
			t.Errorf("%v", err)
		}
		again, err := w.Draw(district, order)
		if err != nil || again.Seed == i.Seed {
			t.Errorf("%v", err)
		}
		all, err := w.Inspections(district, "", 10, "")
		if err != nil || len(all.Items) != 2 || all.Items[0].Withdrawal == nil && all.Items[1].Withdrawal == nil {
			t.Errorf("%+v %v", all, err)
		}
		if p, name, err := w.Published(t.Context(), i.ID); err != nil || name != "district" || p.Withdrawal.Reason != "范围选错" {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func TestInspectionOfSessionsAndInstitutions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.hear(t, lesson("a", "k1", "2025-01-01", "09:00", "10:00", "lan"), lesson("b", "k1", "2025-12-31", "09:00", "10:00", "lan"), lesson("c", "k1", "2026-01-01", "09:00", "10:00", "lan"))
		city := as(t.Context(), kernel.RoleCityBureau, "city")
		for subject, want := range map[oversight.Subject]string{oversight.OfSessions: "2", oversight.OfInstitutions: "1"} {
			i, err := w.Draw(city, oversight.Order{Organization: "city", Year: 2025, Subject: subject, Percent: 100})
			if err != nil || fmt.Sprint(i.Population) != want || i.Size != i.Population {
				t.Fatalf("%s: %+v %v", subject, i, err)
			}
			l, err := w.Items(city, i.ID, "", 10, "")
			if err != nil {
				t.Fatal(err)
			}
			if labels, err := w.Labels(city, subject, l.Items); err != nil || len(labels) != i.Size {
				t.Errorf("%v %v", labels, err)
			}
		}
	})
}

// TestLots: anybody draws again from what is told of a draw; of institutions
// and sessions the digest can be taken too, of people it cannot.
func TestLots(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.head, w.onPost = "head", map[kernel.PersonID]kernel.RegionCode{}
		for i := range 20 {
			w.onPost[kernel.PersonID(fmt.Sprintf("p%02d", i))] = kernel.RegionCode(fmt.Sprint(310118001 + i%3))
		}
		w.hear(t, lesson("a", "k1", "2025-01-01", "09:00", "10:00", "lan"), lesson("b", "k1", "2025-12-31", "09:00", "10:00", "lan"))
		district := as(t.Context(), kernel.RoleDistrictBureau, "district")
		for _, o := range []oversight.Order{
			{Subject: oversight.OfPeople, Size: 7, Stratified: true}, {Subject: oversight.OfInstitutions, Size: 1}, {Subject: oversight.OfSessions, Size: 1},
		} {
			o.Organization, o.Year = "district", 2025
			i, err := w.Draw(district, o)
			if err != nil {
				t.Fatal(err)
			}
			var members []rule.Member
			ranks := map[int]string{}
			if err := w.Lots(t.Context(), i, func(l oversight.Lot) error {
				if l.Number != len(members)+1 || (l.ID == "") != (o.Subject == oversight.OfPeople) {
					t.Errorf("%+v", l)
				}
				members = append(members, rule.Member{ID: l.ID, Stratum: l.Stratum})
				if l.Rank > 0 {
					ranks[l.Rank] = l.Key
				}
				return nil
			}); err != nil || len(members) != i.Population || len(ranks) != i.Size {
				t.Fatalf("%s: %d of %d, %v", o.Subject, len(ranks), len(members), err)
			}
			if o.Subject != oversight.OfPeople && rule.Digest(members) != i.Digest {
				t.Errorf("%s: another digest", o.Subject)
			}
			l, err := w.Items(district, i.ID, "", 50, "")
			for _, x := range l.Items {
				if ranks[x.Rank] != x.Key {
					t.Errorf("%s: rank %d has key %s", o.Subject, x.Rank, ranks[x.Rank])
				}
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
}
