package imports

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// What is left to mend of a first file, after a second of another name.
func TestARefusedRowIsKnownAgainByWhatWasRightAboutIt(t *testing.T) {
	const taken = "王秀兰,310118198506150005,\n" // already in the register
	cases := map[string]struct {
		first, second string
		refused, left int
	}{
		"the name was missing":                      {",310118198506150013,\n", "李桂芳,310118198506150013,\n", 1, 0},
		"the number was missing":                    {"李桂芳,,\n", "李桂芳,310118198506150013,\n", 1, 0},
		"the number had lost digits":                {"李桂芳,3.10118E+17,\n", "李桂芳,310118198506150013,\n", 1, 0},
		"the date was wrong":                        {"李桂芳,310118198506150013,去年\n", "李桂芳,310118198506150013,2025-03-01\n", 1, 0},
		"the date was wrong, and it is again":       {"李桂芳,310118198506150013,去年\n", "李桂芳,310118198506150013,前年\n", 1, 0},
		"somebody else":                             {"李桂芳,310118198506150013,去年\n", "赵玉珍,310118198506150021,2025-03-01\n", 1, 1},
		"of the same name":                          {"李桂芳,310118198506150013,去年\n", "李桂芳,310118198506150021,2025-03-01\n", 1, 1},
		"of the same number":                        {"李桂芳,310118198506150013,去年\n", "赵玉珍,310118198506150013,2025-03-01\n", 1, 1},
		"what was named as wrong tells nothing":     {"王秀芳,310118198506150005,\n", "王秀芳,310118198506150013,\n", 1, 1},
		"a namesake who is there anyway":            {"王秀兰,3.1E+17,\n", "王秀兰,310118198506150005,\n", 1, 1},
		"another name of a number: the name mended": {"王秀芳,310118198506150005,\n", "王秀兰,310118198506150005,\n", 1, 0},
		"two of a name, one comes":                  {"李桂芳,,\n李桂芳,1,去年\n", "李桂芳,310118198506150013,\n", 2, 1},
		"two of a name, both come":                  {"李桂芳,,\n李桂芳,1.5E+17,\n", "李桂芳,310118198506150013,\n李桂芳,310118198506150021,\n", 2, 0},
		"the same row twice":                        {",310118198506150013,\n,310118198506150013,\n", "李桂芳,310118198506150013,\n", 2, 0},
		"nothing tells who it was":                  {",,去年\n", "李桂芳,310118198506150013,2025-03-01\n", 1, 1},
		"it comes in a row that says more elsewhere": {
			"李桂芳,,\n李桂芳,310118198506150013,去年\n",
			"李桂芳,310118198506150013,2025-03-01\n", 2, 1,
		},
	}
	const header = "姓名,身份证号码,入职日期\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		r.send(t, "登记.csv", header+taken)
		for name, c := range cases {
			a := r.send(t, "一月.csv", header+c.first)
			if a.Counts.Rejected != c.refused {
				t.Errorf("%s: %+v refused %v", name, a.Counts, findings(a, a.Errors))
			}
			b := r.send(t, "二月.csv", header+c.second)
			if n := r.toMend(t, a.ID); n != c.left || r.toMend(t, b.ID) != b.Counts.Rejected {
				t.Errorf("%s: %d left, want %d", name, n, c.left)
			}
			for _, id := range []string{b.ID, a.ID} { // the next case begins anew
				if _, err := r.Withdraw(r.ctx, id, "发错了"); err != nil {
					t.Fatal(err)
				}
			}
			if n := r.toMend(t, a.ID) + r.toMend(t, b.ID); n != 0 {
				t.Errorf("%s: %d left of withdrawn files", name, n)
			}
		}
	})
}

// Everything that told who a row was is mended: its number in the workbook does.
func TestTheWorkbookSaysWhichRowsTheyWere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		a := r.send(t, "花名册.csv", header+first1+",3.1E+17\n,3.2E+17\n")
		book := func(id string, cells map[string]string) []byte {
			t.Helper()
			var raw, out bytes.Buffer
			if err := r.ErrorWorkbook(r.ctx, id, silent{}, &raw); err != nil {
				t.Fatal(err)
			}
			f, err := excelize.OpenReader(&raw)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			sheet := f.GetSheetName(0)
			rows, err := f.GetRows(sheet)
			if err != nil || !slices.Equal(rows[0], []string{"姓名", "身份证号码", "imports.workbook.row", "imports.workbook.reason"}) {
				t.Fatalf("%v %v", rows, err)
			}
			cells["C1"], cells["D1"] = "原文件行号", "原因" // the words are not loaded here
			for at, text := range cells {
				if err := f.SetCellStr(sheet, at, text); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Write(&out); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}
		run := func(raw []byte) Report {
			t.Helper()
			req := r.request(raw, false)
			req.FileName = "改.xlsx"
			report, err := r.Run(r.ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			return report
		}
		old := book(a.ID, map[string]string{"A3": "赵玉珍", "B3": "310118198506150021"})
		b := run(book(a.ID, map[string]string{"A2": "李桂芳", "B2": "3.3E+17"})) // the second row is as wrong as before
		if r.toMend(t, a.ID) != 0 || r.toMend(t, b.ID) != 2 || len(b.Mended) != 1 || b.Mended[0].Rows != 2 {
			t.Fatalf("%d and %d left, %+v", r.toMend(t, a.ID), r.toMend(t, b.ID), b.Mended)
		}
		// The first workbook, mended otherwise, is about the same rows.
		c := run(old)
		if r.toMend(t, b.ID) != 0 || r.toMend(t, c.ID) != 1 || c.Counts.Created != 1 {
			t.Errorf("%d and %d left, %+v", r.toMend(t, b.ID), r.toMend(t, c.ID), c.Counts)
		}
		// What is not a row of that file mends nothing.
		if d := run(book(c.ID, map[string]string{"A2": "孙巧云", "B2": "310118198506150048", "C2": "77"})); r.toMend(t, c.ID) != 1 {
			t.Errorf("mended by %+v", d.Mended)
		}
	})
}

// A file with more than a batch of rows mends more than a batch, though it is
// killed between them; its withdrawal gives all of them back.
func TestManyRowsAreBroughtAgainOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		var bad, good strings.Builder
		bad.WriteString(header)
		good.WriteString(header)
		const rows = 1_200
		for i := range rows {
			fmt.Fprintf(&bad, ",%018d\n", i)
			fmt.Fprintf(&good, "王秀兰,%018d\n", rows-1-i)
		}
		a := r.send(t, "一月.csv", bad.String())
		if n := r.toMend(t, a.ID); n != rows {
			t.Fatalf("%d to mend", n)
		}
		r.register.crashIn = r.register.applied + 2
		req := r.request([]byte(good.String()), false)
		req.FileName = "二月.csv"
		if _, err := r.Run(r.ctx, req); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		if n := r.toMend(t, a.ID); n != rows-batchRows {
			t.Errorf("%d left after one batch", n)
		}
		page, err := r.List(r.ctx, Filter{}, 1, "")
		if err != nil {
			t.Fatal(err)
		}
		b := page.Items[0]
		if err := r.perform(r.ctx, b.ID); err != nil {
			t.Fatal(err)
		}
		report, err := r.Report(r.ctx, b.ID)
		if err != nil || r.toMend(t, a.ID) != 0 || len(report.Mended) != 1 || report.Mended[0] != (Mended{Import: a.ID, Rows: rows}) {
			t.Errorf("%d left, mended %+v %v", r.toMend(t, a.ID), report.Mended, err)
		}
		r.must(t, b.ID)
		if n := r.toMend(t, a.ID); n != rows {
			t.Errorf("%d left after the withdrawal, want all", n)
		}
	})
}

// What is kept of refused rows says nothing of them, and is forgotten when
// nobody waits for them any more.
func TestWhatRefusedRowsAreKnownByIsForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		a := r.send(t, "花名册.csv", header+first1+first2+first3)
		b := r.send(t, "二月.csv", header+mended)
		kept := func() (n int) {
			t.Helper()
			if err := db.ScanRaw(t.Context(), "kit_import_refusals", func(_ string, raw []byte) error {
				if strings.Contains(string(raw), "31011819850615") {
					t.Error("a number is kept")
				}
				n++
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := kept(); n != 2 || r.toMend(t, a.ID) != 1 {
			t.Fatalf("%d kept, %d left", n, r.toMend(t, a.ID))
		}
		clues, later := r.Aged()["importClues"], r.now.AddDate(1, 0, 0)
		remove := func(want int) {
			t.Helper()
			n, _, err := clues.Count(t.Context(), later)
			removed, again := clues.Remove(t.Context(), later)
			if n != int64(want) || removed != n || err != nil || again != nil {
				t.Errorf("%d counted, %d removed, want %d: %v %v", n, removed, want, err, again)
			}
		}
		remove(1) // the other still waits
		if _, err := r.Dismiss(r.ctx, a.ID, "不再报送"); err != nil {
			t.Fatal(err)
		}
		remove(1)
		if n := kept(); n != 0 {
			t.Errorf("%d kept", n)
		}
		if _, err := r.Withdraw(r.ctx, b.ID, "发错了"); err != nil {
			t.Error(err)
		}
		elsewhere := kernel.WithReach(r.ctx, kernel.Reach{Everywhere: true})
		req := r.request([]byte(header+first2), false)
		req.Organization = "far"
		far, err := r.Run(elsewhere, req)
		if err != nil {
			t.Fatal(err)
		}
		r.send(t, "三月.csv", header+mended)
		if page, err := r.List(elsewhere, Filter{Organization: "far", ToMend: true}, 5, ""); err != nil || len(page.Items) != 1 || page.Items[0].ID != far.ID {
			t.Errorf("another organisation mended it: %+v %v", page.Items, err)
		}
	})
}
