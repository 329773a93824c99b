package imports

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

const (
	header = "姓名,身份证号码\n"
	first1 = "王秀兰,310118198506150005\n"
	first2 = ",310118198506150013\n" // without a name: refused
	first3 = ",310118198506150021\n"
	mended = "李桂芳,310118198506150013\n"
)

func (r rig) send(t *testing.T, name, text string) Report {
	t.Helper()
	req := r.request([]byte(text), false)
	req.FileName = name
	report, err := r.Run(r.ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// toMend is how many rows of an import are left, as it says itself and as it
// was announced.
func (r rig) toMend(t *testing.T, id string) int {
	t.Helper()
	report, err := r.Report(r.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if told := r.bus.last[id]; told.Rows != report.ToMend || (told.Import != "" && told.Organization != "home") {
		t.Errorf("announced %+v, stands %d", told, report.ToMend)
	}
	return report.ToMend
}

func TestRefusedRowsStandUntilTheFileIsSentAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		a := r.send(t, "花名册.csv", header+first1+first2+first3)
		if n := r.toMend(t, a.ID); n != 2 {
			t.Fatalf("%d rows to mend, want 2", n)
		}
		other := r.send(t, "另一份.csv", header+first1)
		if n := r.toMend(t, a.ID); n != 2 || len(other.Mended) != 0 {
			t.Errorf("another file mended it: %d left", n)
		}
		if dry := r.run(t, []byte(header+first2), true); r.toMend(t, dry.ID) != 0 || r.toMend(t, a.ID) != 2 {
			t.Error("a dry run counts")
		}
		again := r.send(t, "花名册.csv", header+first1+mended+first3)
		if n := r.toMend(t, a.ID); n != 0 || r.toMend(t, again.ID) != 1 {
			t.Errorf("sent again: %d and %d left, want 0 and 1", n, r.toMend(t, again.ID))
		}
		if len(again.Mended) != 1 || again.Mended[0] != (Mended{Import: a.ID, Rows: 2}) {
			t.Errorf("mended %+v", again.Mended)
		}
		if _, err := r.Withdraw(r.ctx, again.ID, "发错了"); err != nil {
			t.Fatal(err)
		}
		if n := r.toMend(t, a.ID); n != 2 || r.toMend(t, again.ID) != 0 {
			t.Errorf("after the later file was withdrawn: %d left, want 2", n)
		}
	})
}

func TestTheWorkbookOfRefusalsIsKnownAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		a := r.send(t, "花名册.csv", header+first1+first2+first3)
		var book bytes.Buffer
		if err := r.ErrorWorkbook(r.ctx, a.ID, silent{}, &book); err != nil {
			t.Fatal(err)
		}
		req := r.request(book.Bytes(), false)
		req.FileName = "改了名字.xlsx"
		b, err := r.Run(r.ctx, req) // nothing was mended: both rows stand against it
		if err != nil {
			t.Fatal(err)
		}
		if r.toMend(t, a.ID) != 0 || r.toMend(t, b.ID) != 2 {
			t.Errorf("%d and %d left, want 0 and 2", r.toMend(t, a.ID), r.toMend(t, b.ID))
		}
		// A file of fewer rows mends no more than it has.
		c := r.send(t, "改了名字.xlsx", header+mended)
		if r.toMend(t, b.ID) != 1 || r.toMend(t, c.ID) != 0 {
			t.Errorf("%d left, want 1", r.toMend(t, b.ID))
		}
	})
}

// The file is sent again as it was, and then somebody mends the workbook of its
// first sending: nothing is left to mend, in whatever order files are withdrawn.
func TestTheWorkbookOfAnEarlierSendingMendsTheLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		mark := func(id string) string { return workbookMark + id }
		a := r.send(t, "花名册.csv", header+first1+first2+first3)
		b := r.send(t, "花名册.csv", header+first1+first2+first3)
		c := r.send(t, "花名册.csv", header+first1+first2+first3)
		var book bytes.Buffer
		if err := r.ErrorWorkbook(r.ctx, a.ID, silent{}, &book); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(keywordsOf(t, book.Bytes()), mark(a.ID)) {
			t.Fatal("the workbook is not marked")
		}
		left := func() [3]int { return [3]int{r.toMend(t, a.ID), r.toMend(t, b.ID), r.toMend(t, c.ID)} }
		if n := left(); n != [3]int{0, 0, 2} {
			t.Fatalf("%v left, want it against the last", n)
		}
		req := r.request(mendedBook(t, book.Bytes()), false)
		req.FileName = "已修改.xlsx"
		d, err := r.Run(r.ctx, req)
		if err != nil || d.Counts.Rejected != 0 || left() != [3]int{} {
			t.Fatalf("%+v %v: %v left", d.Counts, err, left())
		}
		withdraw := func(id string) {
			t.Helper()
			if _, err := r.Withdraw(r.ctx, id, "发错了"); err != nil {
				t.Fatal(err)
			}
		}
		withdraw(c.ID) // its rows are mended all the same
		if n := left(); n != [3]int{} {
			t.Errorf("%v left after the third file was withdrawn", n)
		}
		withdraw(d.ID)
		if n := left(); n != [3]int{0, 2, 0} {
			t.Errorf("%v left after what mended them was withdrawn, want it against the second", n)
		}
	})
}

// mendedBook gives every row of a workbook of refusals a name.
func mendedBook(t *testing.T, raw []byte) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	for row, name := range map[string]string{"A2": "李桂芳", "A3": "赵玉珍"} {
		if err := f.SetCellStr(sheet, row, name); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func keywordsOf(t *testing.T, raw []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	props, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	return props.Keywords
}

func TestRefusedRowsAreDismissed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		a := r.send(t, "花名册.csv", header+first1+first2)
		open := func(ctx kernel.Reach, f Filter) int64 {
			t.Helper()
			p, err := r.List(kernel.WithReach(r.ctx, ctx), f, 20, "")
			if err != nil {
				t.Fatal(err)
			}
			return p.Total
		}
		everywhere, home, far := kernel.Reach{Everywhere: true}, kernel.Reach{Roots: []kernel.OrganizationID{"home"}}, kernel.Reach{Roots: []kernel.OrganizationID{"far"}}
		for name, c := range map[string]struct {
			reach kernel.Reach
			f     Filter
			want  int64
		}{
			"everywhere": {everywhere, Filter{ToMend: true}, 1}, "at home": {home, Filter{ToMend: true}, 1}, "far away": {far, Filter{ToMend: true}, 0},
			"of the district": {everywhere, Filter{Organization: "home", ToMend: true}, 1}, "of another": {everywhere, Filter{Organization: "far", ToMend: true}, 0},
			"all of the home": {everywhere, Filter{Organization: "home"}, 1},
		} {
			if n := open(c.reach, c.f); n != c.want {
				t.Errorf("%s: %d to mend, want %d", name, n, c.want)
			}
		}
		if _, err := r.List(kernel.WithReach(r.ctx, far), Filter{Organization: "home"}, 20, ""); err == nil {
			t.Error("the imports of an organisation out of reach are listed")
		}
		stranger := kernel.WithActor(kernel.WithReach(r.ctx, far), kernel.Actor{User: "u2", Name: "陌生人"})
		if _, err := r.Dismiss(stranger, a.ID, "不需要"); !errors.Is(err, ErrUnknown) {
			t.Errorf("dismissed out of reach: %v", err)
		}
		d, err := r.Dismiss(r.ctx, a.ID, "该员工未入职")
		if err != nil || d.Dismissal == nil || d.Dismissal.Rows != 1 || d.Dismissal.ByName != "沈老师" {
			t.Fatalf("%+v %v", d.Dismissal, err)
		}
		if n := r.toMend(t, a.ID); n != 0 || open(everywhere, Filter{ToMend: true}) != 0 {
			t.Errorf("%d left", n)
		}
		if _, err := r.Dismiss(r.ctx, a.ID, "再来一次"); !errors.Is(err, ErrNothingToMend) {
			t.Errorf("dismissed twice: %v", err)
		}
	})
}

// What a file had mended stands open again when it is withdrawn, though the rest
// was dismissed since; the rest stays dismissed.
func TestWhatWasDismissedStaysDismissed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		a := r.send(t, "花名册.csv", header+first1+first2+first3)
		b := r.send(t, "二月.csv", header+mended)
		if _, err := r.Dismiss(r.ctx, a.ID, "该员工未入职"); err != nil {
			t.Fatal(err)
		}
		const rest = "李梅,310118198506150021\n"
		r.send(t, "三月.csv", header+rest)
		*r.now = r.now.AddDate(0, 0, 1)
		if _, err := r.Withdraw(r.ctx, b.ID, "发错了"); err != nil {
			t.Fatal(err)
		}
		if n := r.toMend(t, a.ID); n != 1 {
			t.Fatalf("%d open again, want what the file had mended", n)
		}
		r.send(t, "四月.csv", header+rest)
		if n := r.toMend(t, a.ID); n != 1 {
			t.Errorf("%d left after a dismissed row came", n)
		}
		r.send(t, "五月.csv", header+mended)
		if n := r.toMend(t, a.ID); n != 0 {
			t.Errorf("%d left after it was mended once more", n)
		}
	})
}

// A later file brought a refused row, which was refused again and dismissed
// there: withdrawn, the file leaves that word behind, but opens what it had mended.
func TestADismissalOutlivesTheFileThatItWasSaidOf(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		a := r.send(t, "一月.csv", "姓名,身份证号码,入职日期\n李桂芳,310118198506150013,去年\n王桂英,310118198506150021,去年\n")
		b := r.send(t, "二月.csv", "姓名,身份证号码,入职日期\n李桂芳,310118198506150013,前年\n王桂英,310118198506150021,2025-03-01\n")
		if n, m := r.toMend(t, a.ID), r.toMend(t, b.ID); n != 0 || m != 1 {
			t.Fatalf("%d and %d left", n, m)
		}
		if _, err := r.Dismiss(r.ctx, b.ID, "该员工未入职"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Withdraw(r.ctx, b.ID, "发错了"); err != nil {
			t.Fatal(err)
		}
		if n := r.toMend(t, a.ID); n != 1 {
			t.Errorf("%d left after the withdrawal, want the one that was not dismissed", n)
		}
		r.send(t, "三月.csv", "姓名,身份证号码,入职日期\n李桂芳,310118198506150013,2025-03-01\n")
		if n := r.toMend(t, a.ID); n != 1 {
			t.Errorf("%d left after the dismissed row came", n)
		}
		r.send(t, "四月.csv", "姓名,身份证号码,入职日期\n王桂英,310118198506150021,2025-03-01\n")
		if n := r.toMend(t, a.ID); n != 0 {
			t.Errorf("%d left after both came", n)
		}
	})
}
