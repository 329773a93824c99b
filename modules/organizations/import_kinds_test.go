package organizations_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/imports/importstest"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

// desk imports lists through the real engine, for a district.
type desk struct {
	*world
	engine   *imports.Service
	district kernel.OrganizationID
}

func newDesk(t *testing.T, db *store.DB) desk {
	t.Helper()
	w := newWorld(t, db)
	engine := importstest.New(t, db, w, w.Service, w.importer)
	return desk{w, engine, w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")}
}

// send imports rows of 青浦区 under headers that follow kind, name and division.
func (d desk) send(t *testing.T, dryRun bool, headers string, rows ...string) imports.Report {
	t.Helper()
	file := "机构类型,机构名称,行政区划代码," + headers + "\n"
	for _, r := range rows {
		file += r + "\n"
	}
	r, err := d.engine.Run(d.in(d.district), imports.Request{
		Kind: "organizations", Organization: d.district, FileName: "a.csv", File: bytes.NewReader([]byte(file)), Size: int64(len(file)), DryRun: dryRun,
	})
	if err != nil || r.Status != imports.Done {
		t.Fatalf("%+v %v", r, err)
	}
	return r
}

// said is what a report came to: created+updated=unchanged-rejected, and every refusal.
func said(r imports.Report) []string {
	out := []string{fmt.Sprintf("%d+%d=%d-%d", r.Counts.Created, r.Counts.Updated, r.Counts.Unchanged, r.Counts.Rejected)}
	for _, f := range r.Errors {
		out = append(out, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Code))
	}
	return out
}

func TestColumnsOfOtherKinds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		const headers = "核定床位数,是否内设医疗机构,是否长者照护之家,等级,评价机构代码,有效期起,有效期止,备案职业"
		want := []string{
			"1+0=0-2", "2 approvedBeds organizations.field_of_other_kind", "2 inHouseClinic organizations.field_of_other_kind",
			"2 smallCareHome organizations.field_of_other_kind", "2 grade organizations.field_of_other_kind",
			"3 assessmentCode organizations.field_of_other_kind", "3 validFrom organizations.field_of_other_kind",
			"3 validTo organizations.field_of_other_kind", "3 occupations organizations.field_of_other_kind",
		}
		for _, dryRun := range []bool{true, false} {
			r := d.send(t, dryRun, headers,
				"培训学校,夏阳培训学校,310118,10,是,是,三级,,,,",
				"养老院,夏阳养老院,310118,10,是,是,三级,S000031000012,2024-01-01,2029-12-31,4-10-01-05",
				"培训学校,盈浦培训学校,310118,0,否,否,,,,,", // what says no is no matter
			)
			if diff := cmp.Diff(want, said(r)); diff != "" {
				t.Errorf("dry run %v: %s", dryRun, diff)
			}
		}
	})
}

// 长者照护之家 in the column of kinds is an institution with the mark of one.
func TestTheKindWordOfASmallCareHome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.register(t, organizations.Institution, "夏阳颐养院", "310118", "")
		const headers, contradicts = "是否长者照护之家", "3 smallCareHome organizations.import_small_contradicts"
		rows := []string{
			"长者照护之家,盈浦照护之家,310118,", "长者照护之家,重固照护之家,310118,否", "长者照护之家,夏阳颐养院,310118,是", "养老院,盈浦照护之家,310118,",
		}
		const again = "5 name organizations.import_twice"
		for _, step := range []struct {
			name   string
			dryRun bool
			want   []string
		}{
			{"a dry run", true, []string{"1+1=0-2", contradicts, again}},
			{"for good", false, []string{"1+1=0-2", contradicts, again}},
			{"again", false, []string{"0+0=2-2", contradicts, again}},
		} {
			r := d.send(t, step.dryRun, headers, rows...)
			if diff := cmp.Diff(step.want, said(r)); diff != "" {
				t.Errorf("%s: %s", step.name, diff)
			}
			if !step.dryRun {
				continue
			}
			if diff := cmp.Diff([]imports.Change{{Column: "smallCareHome", Old: "no", New: "yes"}}, r.Preview[2].Changes); diff != "" {
				t.Errorf("an update shows it: %s", diff)
			}
		}
		page, err := d.List(d.in(d.district), organizations.Filter{Kind: organizations.Institution}, 5, "")
		if err != nil || page.Total != 2 || !page.Items[0].SmallCareHome || !page.Items[1].SmallCareHome {
			t.Errorf("%+v %v", page.Items, err)
		}
		if r := d.send(t, false, "核定床位数", "养老院,盈浦照护之家,310118,30"); r.Counts.Updated != 1 {
			t.Errorf("%+v", r.Counts)
		}
		if page, err = d.List(d.in(d.district), organizations.Filter{Q: "盈浦"}, 5, ""); err != nil || !page.Items[0].SmallCareHome {
			t.Errorf("another word for an institution takes the mark away: %+v %v", page.Items, err)
		}
	})
}
