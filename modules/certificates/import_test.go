package certificates_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/imports/importstest"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// desk imports lists through the real engine.
type desk struct {
	*world
	engine *imports.Service
	sample []byte
}

// newDesk knows everybody in the sample but the person of row 32; the one of
// row 35 by another name.
func newDesk(t *testing.T, db *store.DB) desk {
	t.Helper()
	w := newWorld(t, db)
	w.body = "晚晴护理评价中心"
	w.module = w.open(t)
	w.Service = w.module.Service
	sample, err := os.ReadFile("../kit/sheet/testdata/certificates-sample.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	f := must[*excelize.File](t)(excelize.OpenReader(bytes.NewReader(sample)))
	defer f.Close()
	for i, row := range must[[][]string](t)(f.GetRows(f.GetSheetName(0))) {
		if number := i + 1; number < 3 || number == 32 || len(row) < 3 {
			continue
		}
		id, name := kernel.PersonID(fmt.Sprint("row ", i+1)), row[1]
		if i+1 == 35 {
			name = "何真名"
		}
		w.ids[id] = row[2]
		w.cards[id] = kernel.PersonCard{ID: id, Name: name, IDNumberMasked: row[2][:6] + "********" + row[2][14:], Reach: []kernel.OrganizationID{home, bureau}}
	}
	return desk{w, importstest.New(t, db, w, organizations{}, w.module.Importer()), sample}
}

func (d desk) send(t *testing.T, dryRun bool) imports.Report {
	t.Helper()
	r, err := d.engine.Run(d.as(home), imports.Request{
		Kind: "certificates", Organization: home, FileName: d.fileName(), File: bytes.NewReader(d.sample), Size: int64(len(d.sample)), DryRun: dryRun,
	})
	if err != nil || r.Status != imports.Done {
		t.Fatalf("%+v %v", r, err)
	}
	return r
}

func found(all []imports.Finding) []string {
	var out []string
	for _, f := range all {
		out = append(out, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Code))
	}
	return out
}

func TestTheListThatInstitutionsReallySend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		for _, c := range []struct {
			name   string
			dryRun bool
			want   imports.Counts
		}{
			{"a dry run", true, imports.Counts{Created: 34, Rejected: 6, Warnings: 2}},
			{"the file", false, imports.Counts{Created: 34, Rejected: 6, Warnings: 2}},
			{"the same file again", false, imports.Counts{Unchanged: 34, Rejected: 6, Warnings: 2}},
		} {
			r := d.send(t, c.dryRun)
			if r.Total != 40 || r.Counts != c.want {
				t.Errorf("%s: %d rows, %+v", c.name, r.Total, r.Counts)
			}
			if diff := cmp.Diff([]string{
				"7 number certificates.number_level", "11 number certificates.number_year", "16 number certificates.number_length",
				"20 number certificates.import_duplicate_row", "32 idNumber certificates.import_person_unknown", "35 name certificates.import_name_differs",
			}, found(r.Errors)); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
			if diff := cmp.Diff([]string{
				"24 number certificates.number_manual", "24 number certificates.number_level_manual", "28 number certificates.number_manual",
			}, found(r.Warnings)); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
		p := must[certificates.Page](t)(d.List(d.as(home), certificates.Filter{Status: certificates.StatusClaimed}, 200, ""))
		if p.Total != 34 {
			t.Errorf("%d wait to be verified", p.Total)
		}
		if h := d.holdings("row 41"); len(h) != 1 || h[0].IssuedOn != "2023-11-15" {
			t.Errorf("a serial as date: %+v", h)
		}
	})
}

// Sent again after everything was verified, one refuted, the file still changes
// nothing; and a number that another person has is a conflict.
func TestAListSentAfterVerification(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		other := claim("person-1")
		other.Number, other.Level, other.IssuedOn = d.numberOfRow(t, 3)
		held := must[certificates.Certificate](t)(d.Register(d.as(home), other))
		r := d.send(t, true)
		if p, err := d.Conflicts(d.as(home), certificates.ConflictOpen, "", 5, ""); err != nil || p.Total != 0 {
			t.Errorf("a dry run records %d: %v", p.Total, err)
		}
		r = d.send(t, false)
		if r.Counts.Rejected != 7 || found(r.Errors)[0] != "3 number certificates.import_number_other_person" {
			t.Errorf("%+v %v", r.Counts, found(r.Errors))
		}
		p, err := d.Conflicts(d.as(home), certificates.ConflictOpen, "", 5, "")
		if err != nil || p.Total != 1 || p.Items[0].Held.Certificate != held.ID || p.Items[0].Claimed.Person != "row 3" {
			t.Fatalf("%+v %v", p, err)
		}
		ruling := certificates.Ruling{Holder: certificates.RulingHeld, Method: "issuerLetter", Reason: "来函核实"}
		must[certificates.Conflict](t)(d.Decide(d.by("市局", bureau), p.Items[0].ID, ruling))
		waiting := must[certificates.Page](t)(d.Queue(d.as(bureau), certificates.Waiting{}, 200, ""))
		for i, c := range waiting.Items {
			result := "confirmed"
			if i == 5 {
				result = "refuted"
			}
			must[certificates.Certificate](t)(d.Confirm(d.as(bureau), c.ID, said("ostaQuery", result, "")))
		}
		r = d.send(t, false)
		if r.Counts.Unchanged != 33 || r.Counts.Created != 0 || r.Counts.Updated != 0 || r.Counts.Rejected != 7 {
			t.Errorf("after verification: %+v", r.Counts)
		}
	})
}

// A list names the date of issue where that cannot be, or is to be looked at.
func TestDatesOfIssueInAList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		file := "姓名,证件号码,证书编号,职业名称,等级,发证日期,评价机构\n"
		for i, born := range []kernel.Date{"2023-06-02", "2007-06-02", "2007-06-01"} {
			p := kernel.PersonID(fmt.Sprintf("person-%d", i+1))
			card := d.cards[p]
			card.BirthDate = born
			d.cards[p] = card
			file += fmt.Sprintf("%s,%s,S00003100001223400012%d,养老护理员,四级/中级工,2023-06-01,晚晴护理评价中心\n", card.Name, d.ids[p], i)
		}
		file += d.cards["person-3"].Name + "," + d.ids["person-3"] + ",S000031000012234000129,养老护理员,四级/中级工,1923-06-01,晚晴护理评价中心\n"
		d.sample = []byte(file)
		for n, want := range []imports.Counts{{Created: 2, Rejected: 2, Warnings: 1}, {Created: 2, Rejected: 2, Warnings: 1}, {Unchanged: 2, Rejected: 2, Warnings: 1}} {
			r := d.send(t, n == 0)
			errors := []string{"2 issuedOn certificates.issued_before_birth", "5 issuedOn certificates.issued_before_birth"}
			if diff := cmp.Diff(errors, found(r.Errors)); diff != "" || r.Counts != want {
				t.Errorf("%+v %s", r.Counts, diff)
			}
			if diff := cmp.Diff([]string{"3 issuedOn certificates.issued_young"}, found(r.Warnings)); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// One number for two people in one file is a conflict, as it is in two files.
func TestOneNumberForTwoPeopleInOneFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		file := "姓名,证件号码,证书编号,职业名称,等级,发证日期,评价机构\n"
		for _, p := range []kernel.PersonID{"person-1", "person-2", "person-1"} {
			file += d.cards[p].Name + "," + d.ids[p] + ",S000031000012234000123,养老护理员,四级/中级工,2023-06-01,上海市养老护理技能评价中心\n"
		}
		d.sample = []byte(file)
		for _, dryRun := range []bool{true, false, false} {
			r := d.send(t, dryRun)
			if diff := cmp.Diff([]string{"3 number certificates.import_duplicate_row", "4 number certificates.import_duplicate_row"}, found(r.Errors)); diff != "" || r.Counts.Rejected != 2 {
				t.Errorf("%+v %s", r.Counts, diff)
			}
		}
		p, err := d.Conflicts(d.as(home), certificates.ConflictOpen, "", 5, "")
		if err != nil || p.Total != 1 || p.Items[0].Held.Person != "person-1" || p.Items[0].Claimed.Person != "person-2" || p.Items[0].Times != 2 {
			t.Fatalf("%+v %v", p, err)
		}
		if c := must[certificates.Certificate](t)(d.Find(d.as(home), p.Items[0].Held.Certificate)); !c.Disputed {
			t.Error("the certificate does not show it")
		}
	})
}

// numberOfRow reads what the sample says in a row.
func (d desk) numberOfRow(t *testing.T, row int) (number string, level kernel.SkillLevel, on kernel.Date) {
	t.Helper()
	f := must[*excelize.File](t)(excelize.OpenReader(bytes.NewReader(d.sample)))
	defer f.Close()
	cells := must[[][]string](t)(f.GetRows(f.GetSheetName(0)))[row-1]
	number = cells[5]
	return number, kernel.SkillLevel(number[15] - '0'), kernel.Date("20" + number[13:15] + "-01-02")
}

func TestAListIsWithdrawnWhileNothingWasVerified(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		first := d.send(t, false)
		must[imports.Import](t)(d.engine.Withdraw(d.as(home), first.ID, "发错了"))
		if p := must[certificates.Page](t)(d.List(d.as(home), certificates.Filter{}, 200, "")); p.Total != 0 {
			t.Errorf("%d are left", p.Total)
		}
		if h := d.holdings("row 3"); len(h) != 0 {
			t.Errorf("neighbours still count %+v", h)
		}
		second := d.send(t, false)
		if second.Counts.Created != 34 {
			t.Errorf("sent again: %+v", second.Counts)
		}
		p := must[certificates.Page](t)(d.List(d.as(home), certificates.Filter{}, 1, ""))
		must[certificates.Certificate](t)(d.Confirm(d.as(bureau), p.Items[0].ID, said("ostaQuery", "confirmed", "")))
		if _, err := d.engine.Withdraw(d.as(home), second.ID, "发错了"); !errors.Is(err, certificates.ErrTouched) {
			t.Errorf("withdrawn from under a verification: %v", err)
		}
	})
}

func (d desk) fileName() string {
	if bytes.HasPrefix(d.sample, []byte("PK")) {
		return "certificates.xlsx"
	}
	return "certificates.csv"
}
