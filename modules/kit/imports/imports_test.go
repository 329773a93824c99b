package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/sheet"
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
		page, err := r.List(r.ctx, 10, "")
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

func TestAnotherWriterAtTheSameMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		r.register.conflict = true
		if report := r.run(t, many(300), false); report.Counts.Created != 297 {
			t.Errorf("%+v", report.Counts)
		}
	})
}

func TestErrorWorkbookIsMendedAndSentAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		first := r.run(t, sample(t, "roster-sample.xlsx"), false)
		var out bytes.Buffer
		if err := r.ErrorWorkbook(r.ctx, first.ID, silent{}, &out); err != nil {
			t.Fatal(err)
		}
		if unmended := r.run(t, out.Bytes(), false); unmended.Counts != (Counts{Rejected: 4}) {
			t.Errorf("sent again unmended: %+v", unmended.Counts)
		}
		f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"序号", "姓名", "性别", "身份证号", "联系电话", "学历", "岗位", "入职日期", "备注", "imports.workbook.reason"}, rows[0]); d != "" {
			t.Error(d)
		}
		if len(rows) != 5 || rows[1][1] != "卫文红" || rows[1][3] != "6.40522197603162e+17" || rows[1][9] != "imports.number_lost_digits" {
			t.Errorf("%d rows, %v", len(rows), rows[1])
		}
		for at, v := range map[string]string{"D2": "640522197603162147", "D3": "110105194912310021", "H4": "2021.2.28", "B5": "李四"} {
			if err := f.SetCellStr(f.GetSheetName(0), at, v); err != nil {
				t.Fatal(err)
			}
		}
		var mended bytes.Buffer
		if err := f.Write(&mended); err != nil {
			t.Fatal(err)
		}
		if again := r.run(t, mended.Bytes(), false); again.Counts.Rejected != 0 || again.Total != 4 {
			t.Errorf("mended: %+v %v", again.Counts, findings(again, again.Errors))
		}
	})
}

func TestDamagedFilesLeaveNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		good := sample(t, "roster-sample.xlsx")
		random := rand.New(rand.NewPCG(5, 2026))
		for i := range 500 {
			raw := bytes.Clone(good)
			if i%2 == 0 {
				raw = raw[:random.IntN(len(raw))]
			}
			for range random.IntN(10) {
				if len(raw) > 0 {
					raw[random.IntN(len(raw))] = byte(random.UintN(256))
				}
			}
			before := len(r.register.names(t))
			report, err := r.Run(r.ctx, r.request(raw, false))
			if _, refused := fault.From(err); err != nil && !refused {
				t.Fatalf("file %d: %v is no refusal", i, err)
			}
			if (err != nil || report.Status == Failed) && len(r.register.names(t)) != before {
				t.Fatalf("file %d left something behind", i)
			}
			if err == nil && report.Status == Failed && report.Failure == nil {
				t.Fatalf("file %d failed without a word", i)
			}
		}
	})
}

func TestRefusalsOfARequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		abroad := kernel.WithReach(r.ctx, kernel.Reach{Roots: []kernel.OrganizationID{"other"}})
		for _, c := range []struct {
			name   string
			ctx    context.Context
			change func(*Request)
			want   *fault.Fault
		}{
			{"an organisation out of reach is unknown", r.ctx, func(q *Request) { q.Organization = "far" }, fault.ErrNotFound},
			{"so is one from elsewhere", abroad, func(*Request) {}, fault.ErrNotFound},
			{"a kind nobody imports", r.ctx, func(q *Request) { q.Kind = "hours" }, ErrUnsupported},
			{"no file", r.ctx, func(q *Request) { q.File, q.Size = bytes.NewReader(nil), 0 }, sheet.ErrEmpty},
			{"a table of something else", r.ctx, func(q *Request) {
				raw := []byte("菜名,价格\n红烧肉,38\n")
				q.File, q.Size = bytes.NewReader(raw), int64(len(raw))
			}, sheet.ErrNoHeader},
		} {
			t.Run(c.name, func(t *testing.T) {
				q := r.request(many(3), false)
				c.change(&q)
				if _, err := r.Submit(c.ctx, q); !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
			})
		}
		report := r.run(t, many(3), false)
		if _, err := r.Report(abroad, report.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("a stranger reads an import: %v", err)
		}
		if page, err := r.List(abroad, 10, ""); err != nil || len(page.Items) != 0 {
			t.Errorf("a stranger lists imports: %v %v", page.Items, err)
		}
	})
}

func TestWithdrawal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		first, second := r.run(t, many(10), false), r.run(t, many(20), false)
		if second.Counts.Created != 10 || !second.Withdrawable {
			t.Fatalf("%+v", second.Import)
		}
		if _, err := r.Withdraw(r.ctx, second.ID, "发错了文件"); err != nil {
			t.Fatal(err)
		}
		if n := len(r.register.names(t)); n != first.Counts.Created {
			t.Errorf("%d people are left, want %d", n, first.Counts.Created)
		}
		if _, err := r.Withdraw(r.ctx, second.ID, "又一次"); !errors.Is(err, ErrWithdrawn) {
			t.Error(err)
		}
		dry := r.run(t, many(10), true)
		if _, err := r.Withdraw(r.ctx, dry.ID, "试一下"); !errors.Is(err, ErrDryRun) {
			t.Error(err)
		}
		if !slices.Contains(r.diary.verbs, "withdraw") {
			t.Error("the operation log does not tell of it")
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
		id, err := r.Submit(r.ctx, r.request(many(1_200), false))
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

func TestTemplateCanBeSentBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		var out bytes.Buffer
		if err := r.Template("people", silent{}, &out); err != nil {
			t.Fatal(err)
		}
		if report := r.run(t, out.Bytes(), false); report.Total != 0 {
			t.Errorf("the example was taken for a person: %+v", report.Import)
		}
		f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.SetSheetRow("花名册", "A3", &[]string{"李四", "110105194912310021", "女"}); err != nil {
			t.Fatal(err)
		}
		var filled bytes.Buffer
		if err := f.Write(&filled); err != nil {
			t.Fatal(err)
		}
		if report := r.run(t, filled.Bytes(), false); report.Counts.Created != 1 {
			t.Errorf("%+v %s", report.Import, strings.Join(findings(report, report.Errors), "; "))
		}
	})
}
