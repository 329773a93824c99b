package organizations_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

// A region has one office that is not closed: under two, every home would stand
// under both.
func TestARegionHasOneOffice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.register(t, organizations.CityBureau, "上海市民政局", "310000", "")
		w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		first := w.register(t, organizations.Subdistrict, "夏阳街道", "310118", "310118001")
		other := w.register(t, organizations.Subdistrict, "盈浦街道", "310118", "310118002")
		add := func(kind organizations.Kind, name string, division, street kernel.RegionCode) (organizations.Organization, error) {
			return w.Register(w.admin(), organizations.Draft{Kind: kind, Particulars: organizations.Particulars{Name: name, Division: division, Street: street}})
		}
		set := func(id kernel.OrganizationID, change func(*organizations.Particulars)) error {
			_, err := w.Amend(w.admin(), id, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { change(p); return nil })
			return err
		}
		taken := func(what, by, field string, err error) {
			t.Helper()
			f, _ := fault.From(err)
			if !errors.Is(err, organizations.ErrSeatTaken) || f.Params["name"] != by || len(f.Fields) != 1 || f.Fields[0].Location != "body."+field {
				t.Errorf("%s: %v %+v", what, err, f)
			}
		}
		_, err := add(organizations.Subdistrict, "夏阳街道办事处", "310118", "310118001")
		taken("a second subdistrict", "夏阳街道", "subdistrictCode", err)
		_, err = add(organizations.DistrictBureau, "青浦民政", "310118", "")
		taken("a second district bureau", "青浦区民政局", "divisionCode", err)
		_, err = add(organizations.CityBureau, "市民政", "310000", "")
		taken("a second city bureau", "上海市民政局", "divisionCode", err)
		taken("moved to the seat", "夏阳街道", "subdistrictCode", set(other, func(p *organizations.Particulars) { p.Street = "310118001" }))
		if _, err := add(organizations.Institution, "夏阳养老院", "310118", "310118001"); err != nil {
			t.Errorf("a home has no seat: %v", err)
		}
		if err := set(first, func(p *organizations.Particulars) { p.Name = "夏阳街道办" }); err != nil {
			t.Errorf("the office itself: %v", err)
		}
		if err := set(first, func(p *organizations.Particulars) { p.ClosedOn = "2025-05-31" }); err != nil {
			t.Fatal(err)
		}
		made := make(chan kernel.OrganizationID, 4)
		var wait sync.WaitGroup
		for _, name := range []string{"夏阳一", "夏阳二", "夏阳三", "夏阳四"} {
			wait.Go(func() {
				o, err := add(organizations.Subdistrict, name, "310118", "310118001")
				if err == nil {
					made <- o.ID
				} else if !errors.Is(err, organizations.ErrSeatTaken) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if len(made) != 1 {
			t.Fatalf("%d of 4 at once hold the seat", len(made))
		}
		if err := set(first, func(p *organizations.Particulars) { p.ClosedOn = "" }); !errors.Is(err, organizations.ErrSeatTaken) {
			t.Errorf("reopened: %v", err)
		}
		home := w.register(t, organizations.Institution, "夏阳护理院", "310118", "310118001")
		if path := w.path(t, home); len(path) != 4 || !slices.Contains(path, <-made) {
			t.Errorf("a home stands under %v", path)
		}
	})
}

func TestOneOfficeInAList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.register(t, organizations.Subdistrict, "夏阳街道", "310118", "310118001")
		rows := []string{
			"街镇,夏阳街道办事处,310118,310118001", "街镇,盈浦街道,310118,310118002", "街镇,盈浦街道办事处,310118,310118002", "街镇,夏阳街道,310118,310118109",
		}
		want := []string{"1+1=0-2", "2 subdistrictCode organizations.seat_taken", "4 subdistrictCode organizations.seat_taken"}
		var shown imports.Report
		for _, dryRun := range []bool{true, false} {
			r := d.send(t, dryRun, "街镇代码", rows...)
			if diff := cmp.Diff(want, said(r)); diff != "" {
				t.Errorf("dry run %v: %s", dryRun, diff)
			}
			shown = r
		}
		for i, name := range []string{"夏阳街道", "盈浦街道"} {
			if got := shown.Errors[i].Params["name"]; got != name {
				t.Errorf("row %d names %q, want %s", shown.Errors[i].Row, got, name)
			}
		}
		r := d.send(t, false, "街镇代码", rows[1:2]...)
		if diff := cmp.Diff([]string{"0+0=1-0"}, said(r)); diff != "" {
			t.Errorf("again: %s", diff)
		}
	})
}
