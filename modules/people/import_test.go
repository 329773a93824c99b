package people_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/imports/importstest"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

// desk imports rosters through the real engine.
type desk struct {
	*world
	engine *imports.Service
}

func newDesk(t *testing.T, db *store.DB) desk {
	t.Helper()
	w := newWorld(t, db)
	w.on("2025-10-01")
	return desk{w, importstest.New(t, db, w, neighbours{w}, w.Importer)}
}

func (d desk) send(t *testing.T, at kernel.OrganizationID, name string, raw []byte, dryRun bool) imports.Report {
	t.Helper()
	r, err := d.engine.Run(d.as(at), imports.Request{Kind: "people", Organization: at, FileName: name, File: bytes.NewReader(raw), Size: int64(len(raw)), DryRun: dryRun})
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != imports.Done {
		t.Fatalf("%s: %+v", r.Status, r.Failure)
	}
	return r
}

func counts(r imports.Report) string {
	c := r.Counts
	return fmt.Sprintf("%d rows: %d created, %d updated, %d unchanged, %d rejected", r.Total, c.Created, c.Updated, c.Unchanged, c.Rejected)
}

func findings(all []imports.Finding) []string {
	var out []string
	for _, f := range all {
		out = append(out, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Code))
	}
	return out
}

func TestTheRostersThatInstitutionsReallySend(t *testing.T) {
	for _, name := range []string{"roster-sample.xlsx", "roster-sample.csv"} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile("../kit/sheet/testdata/" + name)
			if err != nil {
				t.Fatal(err)
			}
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				d := newDesk(t, db)
				if got := counts(d.send(t, home, name, raw, true)); !strings.HasPrefix(got, "60 rows: 53 created") {
					t.Errorf("dry run: %s", got)
				}
				if page, _ := d.List(d.as(home), people.Filter{}, 200, ""); page.Total != 0 {
					t.Errorf("the dry run left %d people", page.Total)
				}
				r := d.send(t, home, name, raw, false)
				if got := counts(r); got != "60 rows: 53 created, 0 updated, 0 unchanged, 7 rejected" {
					t.Error(got)
				}
				if diff := cmp.Diff([]string{
					"18 idNumber imports.number_lost_digits", "22 idNumber people.id_fifteen_digits", "26 idNumber people.id_check_digit",
					"30 idNumber people.import_number_of_other", "41 hiredOn imports.date_invalid", "47 name imports.required", "51 phone people.phone_invalid",
				}, findings(r.Errors)); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff([]string{"55 gender people.gender_differs"}, findings(r.Warnings)); diff != "" {
					t.Error(diff)
				}
				if got := counts(d.send(t, home, name, raw, false)); got != "60 rows: 0 created, 0 updated, 53 unchanged, 7 rejected" {
					t.Errorf("the same file again: %s", got)
				}
				page, err := d.List(d.as(home), people.Filter{Status: people.StatusOnPost, Role: kernel.StaffCaregiver}, 200, "")
				if err != nil || page.Total != 53 {
					t.Errorf("%d on post: %v", page.Total, err)
				}
				if careers, registered := d.heard(); careers != 53 || registered != 53 {
					t.Errorf("heard of %d careers, %d registrations", careers, registered)
				}
			})
		})
	}
}

func TestADepartureBeforeTheStartIsSaidOfTheDeparture(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		raw := []byte("\ufeff姓名,身份证号,岗位,入职日期,离职日期\n王小兰,310118198506150021,护理员,2024-03-01,2024-02-28\n")
		if diff := cmp.Diff([]string{"2 leftOn people.spell_reversed"}, findings(d.send(t, home, "a.csv", raw, true).Errors)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestASecondHomeAddsASpell(t *testing.T) {
	file := func(rows ...string) []byte {
		return []byte("\ufeff姓名,身份证号,联系电话,岗位,入职日期,离职日期\n" + strings.Join(rows, "\n"))
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		first := d.send(t, home, "a.csv", file("王小兰,"+wang+",13800138000,护理员,2024-01-01,", "李红,"+numbered(1)+",,,2024-01-01,"), false)
		for _, step := range []struct {
			name string
			at   kernel.OrganizationID
			row  string
			want string
			code string
		}{
			{"hired elsewhere too", other, "王小兰," + wang + ",,,2025-01-01,", "1 rows: 0 created, 1 updated, 0 unchanged, 0 rejected", ""},
			{"the same again", other, "王小兰," + wang + ",,,2025-01-01,", "1 rows: 0 created, 0 updated, 1 unchanged, 0 rejected", ""},
			{"has left", other, "王小兰," + wang + ",,,2025-01-01,2025-03-31", "1 rows: 0 created, 1 updated, 0 unchanged, 0 rejected", ""},
			{"has another phone", home, "王小兰," + wang + ",13912345678,,2024-01-01,", "1 rows: 0 created, 1 updated, 0 unchanged, 0 rejected", ""},
			{"has another name", home, "王大兰," + wang + ",,,2024-01-01,", "1 rows: 0 created, 0 updated, 0 unchanged, 1 rejected", "people.name_differs"},
			{"began on two days", home, "王小兰," + wang + ",,,2024-06-01,", "1 rows: 0 created, 0 updated, 0 unchanged, 1 rejected", "people.spell_overlap"},
			{"left without having begun", home, "周红," + numbered(5) + ",,,,2024-06-01", "1 rows: 0 created, 0 updated, 0 unchanged, 1 rejected", "people.hired_on_missing"},
		} {
			r := d.send(t, step.at, "b.csv", file(step.row), false)
			if got := counts(r); got != step.want || (step.code != "" && r.Errors[0].Code != step.code) {
				t.Errorf("%s: %s %v", step.name, got, findings(r.Errors))
			}
		}
		id, err := d.Identify(d.ctx, "王小兰", wang)
		if err != nil {
			t.Fatal(err)
		}
		spells, err := d.Spells(d.ctx, id)
		if err != nil || len(spells) != 3 || spells[2].Period.To != "2025-03-31" || spells[1].SupersededAt == nil {
			t.Errorf("%+v %v", spells, err)
		}
		if _, err := d.engine.Withdraw(d.as(home), first.ID, "发错了"); !errors.Is(err, people.ErrBuiltUpon) {
			t.Errorf("withdrawn from under another home: %v", err)
		}
	})
}

func TestAPostWithoutAStartIsSaid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		r := d.send(t, home, "a.csv", []byte("姓名,身份证号,岗位,进入本院的日子\n王小兰,"+wang+",护理员,2024-01-01\n"), false)
		if diff := cmp.Diff([]string{"2 role people.post_without_start"}, findings(r.Warnings)); diff != "" || r.Counts.Created != 1 {
			t.Error(diff, counts(r))
		}
		// When somebody began to work at all, or a contract, is not when they came here.
		dated := d.send(t, home, "e.csv", []byte("姓名,身份证号,参加工作日期,合同开始日期,入职日期\n李红,"+numbered(1)+",1992-07-01,2025-01-01,2024-03-01\n"), false)
		li, err := d.Identify(d.ctx, "李红", numbered(1))
		if err != nil || dated.Counts.Created != 1 {
			t.Fatal(err, counts(dated))
		}
		if e := latestOf(t, d, li); e.Period.From != "2024-03-01" {
			t.Errorf("on post since %s", e.Period.From)
		}
		if len(r.Notes) != 1 || r.Notes[0].Params["columns"] != "进入本院的日子" {
			t.Errorf("notes: %+v", r.Notes)
		}
		d.send(t, home, "b.csv", []byte("姓名,身份证号,岗位,进院日期\n王小兰,"+wang+",护理员,2024-01-01\n"), false)
		if again := d.send(t, home, "c.csv", []byte("姓名,身份证号,岗位\n王小兰,"+wang+",护理员\n"), false); len(again.Warnings) != 0 {
			t.Errorf("somebody on post: %v", findings(again.Warnings))
		}
	})
}

// What people write where they know no number yet tells nobody apart.
func TestARefusedRowIsNotMendedByAnothers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		const header = "姓名,身份证号,入职日期\n"
		left := func(r imports.Report) int {
			t.Helper()
			now, err := d.engine.Report(d.as(home), r.ID)
			if err != nil {
				t.Fatal(err)
			}
			return now.ToMend
		}
		first := d.send(t, home, "a.csv", []byte(header+"占位张,待补,2025-01-01\n王小兰,310118198506150006,2025-01-01\n"), false)
		d.send(t, home, "b.csv", []byte(header+"占位李,待补,2025-01-01\n"), false)
		if n := left(first); n != 2 {
			t.Errorf("%d left after another's 待补, want 2", n)
		}
		d.send(t, home, "c.csv", []byte(header+"占位张,"+numbered(3)+",2025-01-01\n"), false)
		if n := left(first); n != 1 {
			t.Errorf("%d left after the number came, want 1", n)
		}
		d.send(t, home, "d.csv", []byte(header+"王小兰,"+wang+",2025-01-01\n"), false)
		if n := left(first); n != 0 {
			t.Errorf("%d left after the number was mended", n)
		}
	})
}

// A row that was refused takes nothing from a later one of the same file: not
// the number, not the person.
func TestARowIsTwiceOnlyOfOneThatWasTaken(t *testing.T) {
	const early, late = ",1990-01-01\n", ",2025-01-01\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		a, b := numbered(4), numbered(5)
		roster := []byte("姓名,身份证号,入职日期\n" +
			"占位张," + a + early + "占位张," + a + late + "占位张," + a + late + // the second is the first that is taken
			"占位李," + b + early + "占位王," + b + late + "占位李," + b + late)
		want := []string{
			"2 hiredOn people.spell_before_birth", "4 idNumber people.import_twice",
			"5 hiredOn people.spell_before_birth", "7 idNumber people.import_number_of_other",
		}
		for _, dryRun := range []bool{true, false} {
			r := d.send(t, home, "a.csv", roster, dryRun)
			if diff := cmp.Diff(want, findings(r.Errors)); diff != "" || r.Counts.Created != 2 || r.Errors[1].Params["row"] != "3" || r.Errors[3].Params["row"] != "6" {
				t.Errorf("a trial: %v, %s %s %+v", dryRun, counts(r), diff, r.Errors)
			}
		}
	})
}

// A number that was somebody's by mistake: the row that takes it over is
// refused, and its former bearer's own row is known all the same.
func TestAFormerNumberIsItsBearersWhileNobodyTakesItOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := d.register(t, d.as(home), "王小兰", numbered(1))
		if _, err := d.CorrectIdentity(d.as(home), id, "", wang, "录错"); err != nil {
			t.Fatal(err)
		}
		r := d.send(t, home, "a.csv", []byte("姓名,身份证号,入职日期,学历\n李大梅,"+numbered(1)+",1990-01-01,\n王小兰,"+numbered(1)+",,大专\n"), false)
		if diff := cmp.Diff([]string{"2 hiredOn people.spell_before_birth"}, findings(r.Errors)); diff != "" || r.Counts.Updated != 1 {
			t.Errorf("%s %s", counts(r), diff)
		}
	})
}

// A former number is the same person's: the second row is refused by name, and
// the file is read to its end.
func TestTwoNumbersOfOnePersonInOneFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := d.register(t, d.as(home), "王小兰", numbered(1))
		if _, err := d.CorrectIdentity(d.as(home), id, "", wang, "录错"); err != nil {
			t.Fatal(err)
		}
		r := d.send(t, home, "a.csv", []byte("姓名,身份证号,联系电话\n王小兰,"+numbered(1)+",13912345678\n王小兰,"+wang+",13812345678\n"), false)
		if diff := cmp.Diff([]string{"3 idNumber people.import_twice"}, findings(r.Errors)); diff != "" || r.Counts.Updated != 1 {
			t.Errorf("%s %s", counts(r), diff)
		}
	})
}

// Figures count the role; what a home calls the post stays beside it.
func TestWhatAPostIsCalledIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		const header = "姓名,身份证号,岗位,入职日期\n"
		d.send(t, home, "a.csv", []byte(header+"王小兰,"+wang+",护理组长,2025-01-01\n李红,"+numbered(1)+",养老护理员,2025-01-01\n"), false)
		page, err := d.List(d.as(home), people.Filter{}, 10, "")
		if err != nil {
			t.Fatal(err)
		}
		posts := map[string]string{}
		for _, p := range page.Items {
			e := p.Career.Latest()[0]
			posts[p.Name] = string(e.Role) + " " + e.Position
		}
		if diff := cmp.Diff(map[string]string{"王小兰": "caregiver 护理组长", "李红": "caregiver "}, posts); diff != "" {
			t.Error(diff)
		}
		if again := counts(d.send(t, home, "b.csv", []byte(header+"王小兰,"+wang+",护理员,2025-01-01\n"), false)); !strings.HasSuffix(again, "1 unchanged, 0 rejected") {
			t.Errorf("another word for the post: %s", again)
		}
		var e people.Entry
		for _, p := range page.Items {
			if p.Name == "李红" {
				e = p.Career.Latest()[0]
			}
		}
		named := " 护理主管 "
		if e, err = d.Correct(d.as(home), e.Person, e.ID, people.Change{Position: &named, Reason: "任命"}); err != nil || e.Position != "护理主管" {
			t.Errorf("%+v %v", e.Position, err)
		}
		if _, err = d.Correct(d.as(home), e.Person, e.ID, people.Change{Position: &named, Reason: "任命"}); !errors.Is(err, people.ErrSpellUnchanged) {
			t.Errorf("said twice: %v", err)
		}
	})
}

// Two stretches of one person in one file: the second is refused with the way to
// bring it, and the workbook of refusals brings it as it is.
func TestASecondSpellOfOnePersonComesWithTheWorkbookOfRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		roster := []byte("姓名,身份证号,入职日期,离职日期\n王小兰," + wang + ",2018-01-01,2020-12-31\n王小兰," + wang + ",2023-03-01,\n" +
			"王小兰," + wang + ",2020-06-01,\n王小兰," + wang + ",,\n")
		for _, dryRun := range []bool{true, false} {
			r := d.send(t, home, "a.csv", roster, dryRun)
			want := []string{"3 idNumber people.import_twice_spell", "4 idNumber people.import_twice", "5 idNumber people.import_twice"}
			if diff := cmp.Diff(want, findings(r.Errors)); diff != "" || r.Counts.Created != 1 {
				t.Errorf("a trial: %v, %s %s", dryRun, counts(r), diff)
			}
		}
		r := d.send(t, home, "a-refused.csv", []byte("姓名,身份证号,入职日期,离职日期\n王小兰,"+wang+",2023-03-01,\n"), false)
		if r.Counts.Updated != 1 || r.Counts.Rejected != 0 {
			t.Errorf("sent again: %s %v", counts(r), findings(r.Errors))
		}
		page, err := d.List(d.as(home), people.Filter{}, 5, "")
		if err != nil || len(page.Items) != 1 || len(page.Items[0].Career.Latest()) != 2 {
			t.Errorf("%+v %v", page.Items, err)
		}
	})
}

// A table tells its sender about people it does not see what it said itself, and
// nothing by a number that somebody had by mistake.
func TestATableTellsNothingThatItDoesNotSay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := d.register(t, d.admin(), "王小兰", numbered(1))
		d.employ(t, d.admin(), id, other, "2024-01-01", "")
		amend := func(p *people.Particulars, _ int64) error { p.Name, p.Education = "王晓岚", "college"; return nil }
		if _, err := d.Amend(d.admin(), id, amend); err != nil {
			t.Fatal(err)
		}
		const header = "姓名,身份证号,学历,入职日期\n"
		r := d.send(t, home, "a.csv", []byte(header+"王小兰,"+numbered(1)+",大专,2025-03-01\n"), true)
		if len(r.Preview) != 1 || strings.Contains(fmt.Sprint(r.Preview), "晓岚") {
			t.Errorf("a former name brings the present one: %+v", r.Preview)
		}
		if _, err := d.CorrectIdentity(d.admin(), id, "", wang, "录错"); err != nil {
			t.Fatal(err)
		}
		r = d.send(t, home, "b.csv", []byte(header+"王小兰,"+numbered(1)+",,2025-03-01\n"), true)
		if diff := cmp.Diff([]string{"2 idNumber people.number_not_checked"}, findings(r.Errors)); diff != "" {
			t.Errorf("a former number: %s", diff)
		}
	})
}

// Whom a home hires by a table it keeps from then on: what the same row says of
// telephone and education is taken at once, and the file again changes nothing.
func TestAHireByATableBringsAllOfItsRow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := d.register(t, d.admin(), "王小兰", wang)
		d.employ(t, d.admin(), id, other, "2024-01-01", "2025-02-28")
		file := []byte("姓名,身份证号,联系电话,学历,入职日期\n王小兰," + wang + ",13912345678,大专,2025-03-01\n")
		dry := d.send(t, home, "a.csv", file, true)
		first := d.send(t, home, "a.csv", file, false)
		if counts(dry) != counts(first) || first.Counts.Updated != 1 {
			t.Errorf("%s, tried %s", counts(first), counts(dry))
		}
		p, err := d.Find(d.as(home), id)
		if err != nil || p.Phone != "139****5678" || p.Education != "college" {
			t.Errorf("%s %s %v", p.Phone, p.Education, err)
		}
		if again := d.send(t, home, "a.csv", file, false); again.Counts.Unchanged != 1 {
			t.Errorf("again: %s", counts(again))
		}
		if _, err := d.engine.Withdraw(d.as(home), first.ID, "发错了"); err != nil {
			t.Fatal(err)
		}
		if p, err := d.Find(d.admin(), id); err != nil || p.Phone != "138****8000" || p.Education != "" {
			t.Errorf("withdrawn: %s %s %v", p.Phone, p.Education, err)
		}
	})
}
