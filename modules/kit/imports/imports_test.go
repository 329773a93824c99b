package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// many is a CSV roster of so many people, with one bad row in every 100.
func many(n int) []byte {
	var b bytes.Buffer
	b.WriteString("花名册\n姓名,身份证号,入职日期\n")
	for i := range n {
		day := "2024-01-31"
		if i%100 == 7 {
			day = "2024-02-31"
		}
		fmt.Fprintf(&b, "王%c,%06d,%s\n", '一'+rune(i%500), i, day)
	}
	return b.Bytes()
}

func TestSamples(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		for _, c := range []struct {
			file           string
			name, id, date string
		}{
			{"roster-sample.xlsx", "姓名", "身份证号", "入职日期"},
			{"roster-sample.csv", "护理员姓名", "身份证号码", "入职时间"},
		} {
			report := r.run(t, sample(t, c.file), false)
			if report.Status != Done || report.Total != 60 || report.Counts.Created != 56 || report.Counts.Rejected != 4 {
				t.Errorf("%s: %+v", c.file, report.Import)
			}
			want := []string{
				"18 " + c.id + " imports.number_lost_digits", "30 " + c.id + " test.twice_in_file",
				"41 " + c.date + " imports.date_invalid", "47 " + c.name + " imports.required",
			}
			if d := cmp.Diff(want, findings(report, report.Errors)); d != "" {
				t.Errorf("%s: %s", c.file, d)
			}
			again := r.run(t, sample(t, c.file), false)
			if again.Counts.Unchanged != 56 || again.Counts.Created != 0 || again.Counts.Rejected != 4 {
				t.Errorf("%s again: %+v", c.file, again.Counts)
			}
		}
		if n := len(r.register.names(t)); n != 112 {
			t.Errorf("%d people, want 112", n)
		}
	})
}

func TestDryRunWritesNothingAndShowsWhatWouldBe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		dry := r.run(t, many(700), true)
		if dry.Counts.Created != 693 || dry.Counts.Rejected != 7 || len(dry.Preview) != previewRows || dry.Preview[0].Changes[0].New != "王一" {
			t.Errorf("%+v, %d rows shown", dry.Counts, len(dry.Preview))
		}
		if n := len(r.register.names(t)); n != 0 {
			t.Errorf("a dry run registered %d people", n)
		}
		rows, later := r.Service.Aged()["importRows"], r.now.AddDate(1, 0, 0)
		if n, more, err := rows.Count(t.Context(), later); n != 1 || more || err != nil {
			t.Errorf("%d imports show rows, %v", n, err)
		}
		if n, err := rows.Remove(t.Context(), later); n != 1 || err != nil {
			t.Errorf("%d forgot their rows, %v", n, err)
		}
		if err := db.ScanRaw(t.Context(), "kit_import_batches", func(_ string, raw []byte) error {
			if strings.Contains(string(raw), "王一") {
				t.Error("a value of a cell is kept")
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		if done := r.run(t, many(700), false); done.Counts != dry.Counts {
			t.Errorf("it said %+v and did %+v", dry.Counts, done.Counts)
		}
	})
}

func TestKilledBetweenBatches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		raw := append(many(2_000), []byte("李四,000000,2024-01-01\n")...) // the number of the first row under another name
		r.register.crashIn = 3
		_, err := r.Run(r.ctx, r.request(raw, false))
		if !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		if n := len(r.register.names(t)); n != 990 {
			t.Fatalf("%d people after two batches, want 990", n)
		}
		page, err := r.List(r.ctx, Filter{}, 10, "")
		if err != nil || len(page.Items) != 1 || page.Items[0].Status != Running || page.Items[0].Counts.Done() != 1_000 {
			t.Fatalf("%+v %v", page.Items, err)
		}
		id := page.Items[0].ID
		if err := r.perform(r.ctx, id); err != nil {
			t.Fatal(err)
		}
		report, err := r.Report(r.ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if report.Total != 2_001 || report.Counts != (Counts{Created: 1_980, Rejected: 21}) {
			t.Errorf("%+v", report.Import)
		}
		if !slices.Contains(findings(report, report.Errors), "2003 身份证号 test.twice_in_file") {
			t.Error("what stood before the crash was forgotten")
		}
		if len(report.Errors) != 21 || len(r.register.names(t)) != 1_980 {
			t.Errorf("%d refusals, %d people", len(report.Errors), len(r.register.names(t)))
		}
		if err := r.perform(r.ctx, id); err != nil {
			t.Errorf("an import that is over: %v", err)
		}
	})
}

func TestAPanicIsTheImportsOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		r.register.crashIn, r.register.panics = 2, true
		if _, err := r.Run(r.ctx, r.request(many(900), false)); err == nil || !strings.Contains(err.Error(), "cannot bear") {
			t.Fatalf("%v", err)
		}
		page, err := r.List(r.ctx, Filter{}, 10, "")
		if err != nil || len(page.Items) != 1 || page.Items[0].Counts.Done() != 500 {
			t.Fatalf("%+v %v", page.Items, err)
		}
		if err := r.perform(r.ctx, page.Items[0].ID); err != nil {
			t.Fatal(err)
		}
		if n := len(r.register.names(t)); n != 891 {
			t.Errorf("%d people", n)
		}
	})
}

func TestAnotherWriterAtTheSameMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		r.register.conflict = true
		if report := r.run(t, many(300), false); report.Counts.Created != 297 {
			t.Errorf("%+v", report.Counts)
		}
	})
}

func TestQueueDoesTheWork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		over := r.diary.over
		ctx, stop := context.WithCancel(r.ctx)
		ended := make(chan struct{})
		go func() { defer close(ended); r.queue.Run(ctx, 1) }()
		kept, err := r.Keep(r.ctx, r.request(many(1_200), false))
		if err != nil {
			t.Fatal(err)
		}
		id, err := r.Submit(r.ctx, kept)
		if err != nil {
			t.Fatal(err)
		}
		<-over
		report, err := r.Report(r.ctx, id)
		stop()
		<-ended
		if err != nil || report.Status != Done || report.Counts.Created != 1_188 || report.FileName != "花名册.xlsx" || report.By != "沈老师" {
			t.Errorf("%+v %v", report.Import, err)
		}
	})
}

func TestFilesAreSealedAndForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		report := r.run(t, sample(t, "roster-sample.csv"), false)
		err := db.ScanRaw(t.Context(), "kit_chunks", func(_ string, body []byte) error {
			if bytes.Contains(body, []byte("320582198307035762")) {
				t.Error("an identity number stands in the database in clear")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			days int
			want error
		}{{"a month later it is there", 30, nil}, {"a day after that it is gone", 1, ErrFileGone}} {
			*r.now = r.now.AddDate(0, 0, c.days)
			if _, err := r.forget(r.ctx, r.now.Add(-30*24*time.Hour)); err != nil {
				t.Fatal(err)
			}
			if err := r.ErrorWorkbook(r.ctx, report.ID, silent{}, &bytes.Buffer{}); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if again, err := r.Report(r.ctx, report.ID); err != nil || len(again.Errors) != 4 {
			t.Errorf("what became of the rows is forgotten: %v %v", again.Errors, err)
		}
	})
}

func TestAReportHasTheFirstThousand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		raw := append([]byte("姓名,身份证号\n"), bytes.Repeat([]byte("李四,3.1E+17\n"), 1_200)...)
		if report := r.run(t, raw, false); report.Counts.Rejected != 1_200 || len(report.Errors) != 1_000 || !report.MoreErrors || report.MoreWarnings {
			t.Errorf("%d refusals, more: %v", len(report.Errors), report.MoreErrors)
		}
	})
}

func TestARefusedRowStandsInNobodysWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		raw := append([]byte("姓名,身份证号,入职日期\n李四,999999,2021-02-29\n"), bytes.Repeat([]byte("王一,000000,2024-01-01\n"), batchRows)...)
		raw = append(raw, "李思,999999,2021-02-28\n"...)
		if report := r.run(t, raw, false); report.Counts != (Counts{Created: 2, Unchanged: batchRows - 1, Rejected: 1}) {
			t.Errorf("%+v %v", report.Counts, findings(report, report.Errors))
		}
	})
}
