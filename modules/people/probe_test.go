package people_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

func roster(rows ...string) []byte {
	return []byte("\ufeff姓名,证件类型,身份证号,入职日期\n" + strings.Join(rows, "\n"))
}

// probes are the rows that registered numbers left, and on whom.
func (w *world) probes() map[string]int {
	out := map[string]int{}
	for _, a := range w.Logged() {
		if a.Verb == "probe" {
			out[a.ID+" "+a.Detail["nameMatches"]]++
		}
	}
	return out
}

func TestATableOfNumbersDoesNotTellWhoIsRegistered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := d.register(t, d.as(other), "王小兰", wang)
		d.employ(t, d.as(other), id, other, "2024-01-01", "")
		file := roster("李红,,"+wang+",2025-09-01", "陈静,,"+numbered(1)+",2025-09-01")
		for _, dry := range []bool{true, false} {
			r := d.send(t, home, "a.csv", file, dry)
			if diff := cmp.Diff([]string{"2 idNumber people.number_not_checked"}, findings(r.Errors)); diff != "" {
				t.Errorf("dry run %v: %s", dry, diff)
			}
		}
		if diff := cmp.Diff(map[string]int{string(id) + " false": 1}, d.probes()); diff != "" {
			t.Errorf("a trial run and the run leave one row on the person: %s", diff)
		}
		if r := d.send(t, other, "a.csv", roster("李红,,"+wang+",2024-01-01"), true); findings(r.Errors)[0] != "2 name people.name_differs" {
			t.Errorf("who sees the person is told plainly: %v", findings(r.Errors))
		}
		if r := d.send(t, home, "b.csv", roster("王小兰,,"+wang+","), true); counts(r) != "1 rows: 0 created, 0 updated, 1 unchanged, 0 rejected" {
			t.Errorf("who knows number and name: %s", counts(r))
		}
		if got := d.probes()[string(id)+" true"]; got != 1 { // another name is another try
			t.Errorf("%d rows with the right name", got)
		}
		d.send(t, home, "b.csv", roster("王小兰,,"+wang+","), true)
		d.on("2025-10-02")
		d.send(t, home, "b.csv", roster("王小兰,,"+wang+","), true)
		if got := d.probes()[string(id)+" true"]; got != 2 { // once an hour
			t.Errorf("number and name left %d rows", got)
		}
	})
}

// What a spreadsheet takes for a formula is nobody's name.
func TestAFormulaIsNoName(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		r := d.send(t, home, "a.csv", roster("=HYPERLINK(1),,"+wang+",", "王小兰,,"+numbered(1)+","), false)
		if diff := cmp.Diff([]string{"2 name people.name_formula"}, findings(r.Errors)); diff != "" || r.Counts.Created != 1 {
			t.Errorf("%s %s", counts(r), diff)
		}
		ask := newServer(t, d.world, db)
		clerk := "institution|" + string(home) + "|"
		for _, name := range []string{"=1+1", "+王", "-王", "@王", "\t=王"} {
			status, body, _ := ask(clerk, "POST", "/people", fmt.Sprintf(`{"name":%q,"idType":"residentId","idNumber":%q,"kinds":["caregiver"]}`, name, numbered(2)))
			if status != 422 || !strings.Contains(body, "姓名不能以") {
				t.Errorf("%q: %d %s", name, status, body)
			}
		}
		id := d.register(t, d.as(home), "王小兰", numbered(2))
		if _, err := d.Amend(d.as(home), id, func(p *people.Particulars, _ int64) error { p.Name = "@王"; return nil }); err == nil {
			t.Error("a name becomes a formula")
		}
		if _, body, _ := ask(clerk, "GET", "/people/"+string(id)+"/service", ""); strings.Contains(body, "outcome") || !strings.Contains(body, `"reasons":[]`) {
			t.Errorf("nothing was asked: %s", body)
		}
		if _, body, _ := ask(clerk, "GET", "/people/"+string(id)+"/service?months=1", ""); !strings.Contains(body, `"outcome":"notReached"`) {
			t.Errorf("%s", body)
		}
	})
}

func TestTheAccountOfProbesStopsTheWholeImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		var rows []string
		for n := range 61 {
			id := d.register(t, d.as(other), "王小兰", numbered(n))
			d.employ(t, d.as(other), id, other, "2024-01-01", "")
			rows = append(rows, fmt.Sprintf("李红,,%s,2025-09-01", numbered(n)))
		}
		free := "陈静,," + numbered(200) + ",2025-09-01"
		if r := d.send(t, home, "a.csv", roster(append(rows[:30:30], free)...), true); r.Counts.Created != 1 {
			t.Errorf("half of them: %s", counts(r))
		}
		raw := roster(append(rows, free)...)
		r, err := d.engine.Run(d.as(home), imports.Request{Kind: "people", Organization: home, FileName: "b.csv", File: strings.NewReader(string(raw)), Size: int64(len(raw))})
		if err != nil || r.Status != imports.Failed || r.Failure.Code != "people.too_many_probes" {
			t.Fatalf("all of them: %v %+v %v", r.Status, r.Failure, err)
		}
		for _, dry := range []bool{true, false} { // and no more when it is sent again
			r, err := d.engine.Run(d.as(home), imports.Request{Kind: "people", Organization: home, FileName: "b.csv", DryRun: dry, File: strings.NewReader(string(raw)), Size: int64(len(raw))})
			if err != nil || r.Status != imports.Failed || r.Failure.Code != "people.too_many_probes" {
				t.Errorf("again: %v %+v %v", r.Status, r.Failure, err)
			}
		}
		if page, _ := d.List(d.as(home), people.Filter{}, 20, ""); page.Total != 0 {
			t.Errorf("%d people were left", page.Total)
		}
		if _, err := d.Register(d.as(home), draft("李红", numbered(3))); !errors.Is(err, people.ErrTooManyProbes) {
			t.Errorf("by hand after that: %v", err)
		}
		if len(d.probes()) != 61 {
			t.Errorf("%d people have a row", len(d.probes()))
		}
	})
}

// A number of one's own people tells nothing that one does not see anyway.
func TestOnesOwnPeopleAreNoTries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.register(t, w.as(home), "王小兰", wang)
		for n := range 70 {
			if _, err := w.Register(w.as(home), draft("王小兰", wang)); !errors.Is(err, people.ErrDuplicate) || errors.Is(err, people.ErrTooManyProbes) {
				t.Fatalf("attempt %d: %v", n, err)
			}
		}
	})
}

// One number is not tried with many names, neither in one table nor in many.
func TestNamesAreNotTried(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.employ(t, d.as(other), d.register(t, d.as(other), "王小兰", wang), other, "2024-01-01", "")
		told := 0
		for n := range 70 {
			raw := string(roster(fmt.Sprintf("王%c,,%s,2025-09-01", rune('一'+n), wang)))
			r, err := d.engine.Run(d.as(home), imports.Request{Kind: "people", Organization: home, FileName: "a.csv", DryRun: true, File: strings.NewReader(raw), Size: int64(len(raw))})
			if err != nil {
				t.Fatal(err)
			}
			if r.Status == imports.Done {
				told++
			}
		}
		if told != 60 {
			t.Errorf("%d names were tried", told)
		}
	})
}

func TestOneNumberOnTwoTypesOfDocuments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		var ids []kernel.PersonID
		for kind, name := range map[rule.IDType]string{rule.Passport: "王小兰", rule.HMTPass: "李红"} {
			p, err := d.Register(d.as(home), people.Draft{Name: name, IDType: kind, IDNumber: "12345678", Kinds: []people.Kind{people.KindCaregiver}})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, p.ID)
		}
		found, err := d.ByNumber(d.ctx, []kernel.IDNumber{{Number: "12345678"}, {Type: string(rule.Passport), Number: "12345678"}})
		if err != nil || len(found[kernel.IDNumber{Number: "12345678"}]) != 2 {
			t.Fatalf("%v %v", found, err)
		}
		of := found[kernel.IDNumber{Type: string(rule.Passport), Number: "12345678"}]
		if len(of) != 1 || of[0].Name != "王小兰" {
			t.Errorf("by type: %v", of)
		}
		for _, name := range []string{"王小兰", "李红"} {
			if _, err := d.Identify(d.ctx, name, "12345678"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		page, err := d.List(d.as(home), people.Filter{Q: "12345678"}, 20, "")
		if err != nil || page.Total != int64(len(ids)) {
			t.Errorf("the list has %d: %v", page.Total, err)
		}
	})
}
