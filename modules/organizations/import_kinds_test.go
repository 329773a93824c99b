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

// occupations are their codes by name.
type occupations map[string]string

func (o occupations) Occupation(said string) (string, bool) {
	if code, known := o[said]; known {
		return code, true
	}
	return said, false
}

// Occupations are written by name or by code; what nobody knows is refused.
func TestOccupationsByName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		rows := []string{"评价机构,评价一,310118,养老护理员", "评价机构,评价二,310118,4-14-01-03、养老护理员", "评价机构,评价三,310118,养老院长"}
		want := []string{"2+0=0-1", "4 occupations organizations.occupation_invalid"}
		for _, dryRun := range []bool{true, false} {
			if diff := cmp.Diff(want, said(d.send(t, dryRun, "备案职业", rows...))); diff != "" {
				t.Errorf("dry run %v: %s", dryRun, diff)
			}
		}
		page, err := d.List(d.in(d.district), organizations.Filter{Kind: organizations.AssessmentBody}, 5, "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for _, o := range page.Items {
			got[o.Name] = o.Occupations
		}
		if diff := cmp.Diff(map[string][]string{"评价一": {"4-10-01-05"}, "评价二": {"4-10-01-05", "4-14-01-03"}}, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"0+0=2-0"}, said(d.send(t, false, "备案职业", rows[:2]...))); diff != "" {
			t.Errorf("again: %s", diff)
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

// An organisation stands once in a file, whichever of its names a row uses.
func TestOneOrganisationByTwoNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		home := d.register(t, organizations.Institution, "重固镇养护院", "310118", "")
		rename := func(p *organizations.Particulars, _ int64) error { p.Name = "重固镇敬老院"; return nil }
		if _, err := d.Amend(d.admin(), home, organizations.Days{Renamed: "2025-07-01"}, rename); err != nil {
			t.Fatal(err)
		}
		const twice = "3 name organizations.import_twice"
		for _, step := range []struct {
			name   string
			dryRun bool
			want   []string
		}{
			{"a dry run", true, []string{"0+1=0-1", twice}},
			{"for good", false, []string{"0+1=0-1", twice}},
			{"again", false, []string{"0+0=1-1", twice}},
		} {
			r := d.send(t, step.dryRun, "核定床位数", "养老院,重固镇敬老院,310118,100", "养老院,重固镇养护院,310118,200")
			if diff := cmp.Diff(step.want, said(r)); diff != "" {
				t.Errorf("%s: %s", step.name, diff)
			}
		}
		if r := d.send(t, false, "核定床位数", "养老院,重固镇敬老院,310118,-1", "养老院,重固镇养护院,310118,200"); r.Counts.Updated != 1 {
			t.Errorf("a refused row takes nothing from the next: %+v", said(r))
		}
	})
}

// A dry run sees that two rows have one code as the real run does.
func TestOneCodeForTwoBodiesInAFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		const headers, taken = "评价机构代码", "3 assessmentCode organizations.assessment_code_taken"
		rows := []string{
			"评价机构,评价一,310118," + bodyCode, "评价机构,评价二,310118," + bodyCode, "评价机构,评价三,310118,S000031000013",
		}
		for _, step := range []struct {
			name   string
			dryRun bool
			want   string
		}{{"a dry run", true, "2+0=0-1"}, {"for good", false, "2+0=0-1"}, {"again", false, "0+0=2-1"}, {"again, dry", true, "0+0=2-1"}} {
			r := d.send(t, step.dryRun, headers, rows...)
			if diff := cmp.Diff([]string{step.want, taken}, said(r)); diff != "" || r.Errors[0].Params["name"] != "评价一" {
				t.Errorf("%s: %s %+v", step.name, diff, r.Errors)
			}
		}
	})
}

// Rows that were applied before a restart are shown to the importer again: no
// row is the second of its own organisation or code.
func TestARowIsNoSecondOfItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		columns := d.importer.Columns()
		row := func(number int, name, code string) imports.Row {
			return imports.RowOf(number, columns, map[string]string{"kind": "assessmentBody", "name": name, "divisionCode": "310118", "assessmentCode": code})
		}
		rows := []imports.Row{row(2, "评价一", bodyCode), row(3, "评价二", "S000031000013")}
		scope := &imports.Scope{Import: "i", Seen: imports.NewSeen()}
		ctx := d.in(d.district)
		for name, work := range map[string]func() ([]imports.Outcome, error){
			"applied": func() ([]imports.Outcome, error) { return d.importer.Apply(ctx, scope, rows) },
			"shown":   func() ([]imports.Outcome, error) { return d.importer.Check(ctx, scope, rows) },
		} {
			for range 2 {
				out, err := work()
				if err != nil || out[0].Action == imports.Rejected || out[1].Action == imports.Rejected {
					t.Errorf("%s: %+v %v", name, out, err)
				}
			}
		}
	})
}
