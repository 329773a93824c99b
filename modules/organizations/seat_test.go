package organizations_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

// Under two open offices of a region every home would stand under both: it is
// told, and who it is, but not refused; a region may have two for a time.
func TestASecondOfficeOfARegionIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.register(t, organizations.CityBureau, "上海市民政局", "310000", "")
		w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		first := w.register(t, organizations.Subdistrict, "夏阳街道", "310118", "310118001")
		for _, c := range []struct {
			kind         organizations.Kind
			division     kernel.RegionCode
			street, want string
		}{
			{organizations.CityBureau, "310000", "", "上海市民政局"},
			{organizations.DistrictBureau, "310118", "", "青浦区民政局"},
			{organizations.Subdistrict, "310118", "310118001", "夏阳街道"},
			{organizations.Subdistrict, "310118", "310118002", ""},
			{organizations.Institution, "310118", "310118001", ""},
		} {
			o := organizations.Organization{Kind: c.kind, Particulars: organizations.Particulars{Name: "另一家", Division: c.division, Street: kernel.RegionCode(c.street)}}
			if got := w.sharers(t, o); got != c.want {
				t.Errorf("%s of %s%s: %q, want %q", c.kind, c.division, c.street, got, c.want)
			}
		}
		known, err := w.Find(w.admin(), first)
		if err != nil || w.sharers(t, known) != "" {
			t.Errorf("the office itself: %v", err)
		}
		if _, err := w.Amend(w.admin(), first, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.ClosedOn = "2025-05-31"; return nil }); err != nil {
			t.Fatal(err)
		}
		again := organizations.Organization{Kind: organizations.Subdistrict, Particulars: organizations.Particulars{Name: "夏阳街道办事处", Division: "310118", Street: "310118001"}}
		if got := w.sharers(t, again); got != "" {
			t.Errorf("the other is closed: %q", got)
		}
	})
}

// sharers are the names that a warning about the seat gives.
func (w *world) sharers(t *testing.T, o organizations.Organization) string {
	t.Helper()
	all, err := w.Warnings(w.admin(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Code == "organizations.seat_shared" {
			return r.Params["names"]
		}
	}
	return ""
}

func TestASecondOfficeInAList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.register(t, organizations.Subdistrict, "夏阳街道", "310118", "310118001")
		rows := []string{"街镇,夏阳街道办事处,310118,310118001", "街镇,盈浦街道,310118,310118002", "街镇,盈浦街道办事处,310118,310118002"}
		for _, dryRun := range []bool{true, false} {
			r := d.send(t, dryRun, "街镇代码", rows...)
			told := map[int]string{}
			for _, w := range r.Warnings {
				if w.Code == "organizations.seat_shared" {
					told[w.Row] = w.Params["names"]
				}
			}
			if diff := cmp.Diff(map[int]string{2: "夏阳街道", 4: "盈浦街道"}, told); diff != "" || r.Counts.Created != 3 {
				t.Errorf("dry run %v: %+v %s", dryRun, r.Counts, diff)
			}
		}
	})
}
