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
			DB: db, Clock: w, Log: log, Audit: w, Files: blob.New(db, w), Sealer: ring, Jobs: job.New(db, lease.New(db, w), w, log),
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
			"养老院,盈浦养老院,没有的机构,310118,,1,\n" +
			"养老院,徐泾养老院,,310118,,1,52310118MJ4950000A\n" +
			"养老院,重固镇养护院,,310118,310118109,100,\n"
		want := []string{
			"4  organizations.outside_tree", "5 approvedBeds organizations.beds_invalid", "6  organizations.parent_unknown",
			"7 creditCode organizations.credit_code_invalid", "8 name organizations.import_twice",
		}
		for _, step := range []struct {
			name, rows, counts string
			dryRun             bool
			errors             []string
		}{
			{"a dry run", list, "2+0=0-5", true, want},
			{"for good", list, "2+0=0-5", false, want},
			{"again", list, "0+0=2-5", false, want},
			{"with other beds", "养老院,重固镇养护院,,310118,310118109,120,\n", "0+1=0-0", false, nil},
		} {
			counts, found := send(step.dryRun, step.rows)
			if d := cmp.Diff(step.errors, found); d != "" || counts != step.counts {
				t.Errorf("%s: %s %s", step.name, counts, d)
			}
		}
		page, err := w.List(w.in(district), organizations.Filter{Kind: organizations.Institution}, 20, "")
		if err != nil || page.Total != 2 || page.Items[0].ApprovedBeds != 120 || page.Items[1].Path[1] != page.Items[0].ID {
			t.Errorf("%+v %v", page.Items, err)
		}
	})
}
