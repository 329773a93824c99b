package people_test

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestTheListAsAWorkbook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		call := newServer(t, w, db)
		const clerk, caregiver = "institution|wanqing|", "caregiver||x"
		const people = 205 // more than a page
		for n := range people {
			p := w.register(t, w.as(home), map[bool]string{true: "王小小", false: "李红"}[n == 0], numbered(n+1))
			w.employ(t, w.as(home), p, home, "2025-03-01", "")
		}
		// Nobody is registered under a formula any more, but somebody may have been.
		var older []byte
		err := db.ScanRaw(t.Context(), "people_persons", func(_ string, raw []byte) error {
			if bytes.Contains(raw, []byte("王小小")) {
				older = bytes.ReplaceAll(raw, []byte("王小小"), []byte("=HYPERLIN")) // as long
			}
			return nil
		})
		if err == nil {
			err = db.PutRaw(t.Context(), "people_persons", older)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name, who, query string
			status           int
			has              string
		}{
			{"without a reason there is no file", clerk, "", 422, "reason"},
			{"a blank is no reason", clerk, "?reason=%20%20", 422, ""},
			{"a caregiver takes no list out", caregiver, "?reason=统计用", 403, ""},
			{"nor does a home that of another", clerk, "?reason=统计用&organizationId=xujing-home", 404, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				status, body, _ := call(c.who, "GET", "/people/export.xlsx"+strings.ReplaceAll(c.query, "统计用", url.QueryEscape("统计用")), "")
				if status != c.status || !strings.Contains(body, c.has) {
					t.Errorf("%d %s", status, body)
				}
			})
		}
		before := len(w.Logged())
		status, body, head := call(clerk, "GET", "/people/export.xlsx?role=caregiver&reason="+url.QueryEscape("季度统计"), "")
		if status != 200 || !strings.Contains(head.Get("Content-Disposition"), ".xlsx") {
			t.Fatalf("%d %s", status, body)
		}
		f, err := excelize.OpenReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != people+2 || !strings.Contains(rows[0][0], "季度统计") || !strings.Contains(rows[0][0], "100000") || rows[1][0] != "姓名" {
			t.Fatalf("%d rows, %q, %q", len(rows), rows[0], rows[1])
		}
		if !slices.ContainsFunc(rows, func(r []string) bool { return r[0] == "'=HYPERLIN" }) {
			t.Error("a name that is a formula was not neutralised")
		}
		for _, r := range rows[2:] {
			if len(r[1]) != 18 || !strings.Contains(r[1], "********") {
				t.Fatalf("not masked: %q", r)
			}
		}
		if kind, err := f.GetCellType(f.GetSheetName(0), "B3"); err != nil || kind == excelize.CellTypeNumber {
			t.Errorf("a number is a %v: %v", kind, err)
		}
		taken := w.Logged()[before:]
		if len(taken) != 1 || taken[0].Verb != "export" || taken[0].Noun != "person" || taken[0].Reason != "季度统计" || taken[0].Detail["role"] != "caregiver" {
			t.Errorf("the log says %+v", taken)
		}
	})
}
