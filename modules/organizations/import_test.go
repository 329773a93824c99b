package organizations_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

// Reach lets everybody import as far as their own reach.
func (w *world) Reach(ctx context.Context, _, _ string) (kernel.Reach, bool, error) {
	return kernel.ReachFrom(ctx), true, nil
}

func TestAListOfOrganisationsIsImported(t *testing.T) {
	raw, err := os.ReadFile("../../policies/rules/import_columns.yaml")
	if err != nil {
		t.Fatal(err)
	}
	words, err := imports.ParseWords(raw)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ring, err := secret.New(bytes.Repeat([]byte{7}, secret.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		m, err := imports.New(imports.Deps{
			DB: db, Clock: w, Log: log, Audit: w, Facts: w, Files: blob.New(db, w), Ring: ring, Jobs: job.New(db, lease.New(db, w), w, log),
			Organizations: w.Service, Permits: w, Words: words, Importers: []imports.Importer{w.importer},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Ensure(w.ctx); err != nil {
			t.Fatal(err)
		}
		district := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		send := func(dryRun bool, rows string) (string, []string) {
			file := []byte("\ufeff机构类型,机构名称,上级机构,行政区划代码,街镇代码,核定床位数,统一社会信用代码\n" + rows)
			r, err := m.Service.Run(w.in(district), imports.Request{Kind: "organizations", Organization: district, FileName: "a.csv", File: bytes.NewReader(file), Size: int64(len(file)), DryRun: dryRun})
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, f := range r.Errors {
				found = append(found, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Code))
			}
			return fmt.Sprintf("%d+%d=%d-%d", r.Counts.Created, r.Counts.Updated, r.Counts.Unchanged, r.Counts.Rejected), found
		}
		const list = "养老院,重固镇养护院,,310118,310118109,100,52310118MJ4950000F\n" +
			"养老院,重固镇养护院二分院,重固镇养护院,310118,,50,\n" +
			"养老院,仙霞养老院,,310105,,50,\n" +
			"养老院,夏阳养老院,,310118,310118001,-1,\n" +
			"养老院,盈浦养老院,没有的机构,310118,,20001,\n" +
			"养老院,徐泾养老院,,310118,310105001,1,52310118MJ4950000A\n" +
			"养老院,重固镇养护院,,310118,310118109,100,\n" +
			"养老院,夏阳养老院,,310118,310118001,60,\n" + // once: row 5 was refused
			"养老院,夏阳养老院二分院,盈浦养老院,310118,,10,\n" // whose parent's row was refused
		want := []string{
			"4  organizations.outside_tree", "5 approvedBeds organizations.beds_invalid", "6 approvedBeds organizations.beds_invalid", "6 parent organizations.parent_unknown",
			"7 creditCode organizations.credit_code_invalid", "7 subdistrictCode organizations.street_unknown", "8 name organizations.import_twice",
			"10 parent organizations.parent_unknown",
		}
		for _, step := range []struct {
			name, rows, counts string
			dryRun             bool
			errors             []string
		}{
			{"a dry run", list, "3+0=0-6", true, want},
			{"for good", list, "3+0=0-6", false, want},
			{"again", list, "0+0=3-6", false, want},
			{"with other beds", "养老院,重固镇养护院,,310118,310118109,120,\n", "0+1=0-0", false, nil},
		} {
			counts, found := send(step.dryRun, step.rows)
			if d := cmp.Diff(step.errors, found); d != "" || counts != step.counts {
				t.Errorf("%s: %s %s", step.name, counts, d)
			}
		}
		w.register(t, organizations.OperatorGroup, "晚晴养老集团", "310105", "")
		home, _ := w.List(w.in(district), organizations.Filter{Q: "重固镇养护院"}, 1, "")
		if _, err := w.Amend(w.in(district), home.Items[0].ID, organizations.Days{Renamed: "2025-07-01"}, func(p *organizations.Particulars, _ int64) error { p.Name = "重固镇敬老院"; return nil }); err != nil {
			t.Fatal(err)
		}
		preview := func(header, row string) imports.Report {
			file := []byte("\ufeff机构类型,机构名称,行政区划代码," + header + "\n" + row + "\n")
			r, err := m.Service.Run(w.in(district), imports.Request{Kind: "organizations", Organization: district, FileName: "a.csv", File: bytes.NewReader(file), Size: int64(len(file)), DryRun: true})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := preview("街镇代码,核定床位数", "养老院,重固镇养护院,310118,310118109,120")
		if r.Counts.Unchanged != 1 || r.Counts.Warnings != 1 || r.Warnings[0].Code != "organizations.import_former_name" {
			t.Errorf("an old list: %+v %+v", r.Counts, r.Warnings)
		}
		r = preview("所属集团,核定床位,等级", "养老院,重固镇敬老院,310118,晚晴养老集团,130,三级")
		want2 := []imports.Change{{Column: "approvedBeds", Old: "120", New: "130"}, {Column: "grade", Old: "", New: "三级"}, {Column: "operatorGroup", Old: "", New: "晚晴养老集团"}}
		if len(r.Preview) != 1 {
			t.Fatalf("%+v", r)
		}
		if d := cmp.Diff(want2, r.Preview[0].Changes); d != "" {
			t.Error("old → new, by name", d)
		}
		if r = preview("所属集团", "养老院,重固镇敬老院,310118,没有的集团"); r.Counts.Rejected != 1 || r.Errors[0].Column != "operatorGroup" {
			t.Errorf("a group that is none: %+v", r.Errors)
		}
		if r = preview("备案职业", "评价机构,评价中心,310118,4-10-01-05、4-14-01-03"); r.Counts.Created != 1 {
			t.Errorf("%+v", r.Errors)
		}
		want3 := []imports.Change{{Column: "divisionCode", New: "310118"}, {Column: "inHouseClinic", New: "yes"}, {Column: "name", New: "新院"}, {Column: "parent", New: "重固镇敬老院"}}
		if r = preview("上级机构,内设医疗机构", "养老院,新院,310118,重固镇敬老院,是"); len(r.Preview) != 1 || cmp.Diff(want3, r.Preview[0].Changes) != "" {
			t.Errorf("what would be created: %+v", r.Preview)
		}
		taken := w.register(t, organizations.AssessmentBody, "另一评价中心", "310118", "")
		if _, err := w.Amend(w.admin(), taken, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.AssessmentCode = "S000031000099"; return nil }); err != nil {
			t.Fatal(err)
		}
		if r = preview("评价机构代码", "评价机构,评价中心,310118,S000031000099"); r.Counts.Rejected != 1 || r.Errors[0].Column != "assessmentCode" || r.Errors[0].Params["name"] != "另一评价中心" {
			t.Errorf("a code that another body has: %+v", r.Errors)
		}
		page, err := w.List(w.in(district), organizations.Filter{Kind: organizations.Institution}, 20, "")
		if err != nil || page.Total != 3 || page.Items[0].ApprovedBeds != 120 || page.Items[1].Path[1] != page.Items[0].ID {
			t.Errorf("%+v %v", page.Items, err)
		}
	})
}
