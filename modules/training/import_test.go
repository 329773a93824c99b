package training_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/imports/importstest"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

// desk imports results through the real engine.
type desk struct {
	*world
	engine *imports.Service
}

func newDesk(t *testing.T, db *store.DB) desk {
	t.Helper()
	w := newWorld(t, db)
	return desk{w, importstest.New(t, db, w, organizations{}, w.Module.Importer())}
}

func (d desk) send(t *testing.T, ctx context.Context, at kernel.OrganizationID, dryRun bool, raw []byte) imports.Report {
	t.Helper()
	r, err := d.engine.Run(ctx, imports.Request{Kind: "results", Organization: at, FileName: "成绩.csv", File: bytes.NewReader(raw), Size: int64(len(raw)), DryRun: dryRun})
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != imports.Done {
		t.Fatalf("%s: %+v", r.Status, r.Failure)
	}
	return r
}

func scores(rows ...string) []byte {
	return []byte("姓名,证件号码,班次编号/名称,成绩\n" + strings.Join(rows, "\n"))
}

func line(p kernel.PersonID, class, score string) string {
	return fmt.Sprintf("%s,%s,%s,%s", p, strings.ToUpper(string(p)), class, score)
}

func told(r imports.Report) (out []string) {
	for _, f := range r.Errors {
		out = append(out, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Code))
	}
	return out
}

func counts(r imports.Report) string {
	c := r.Counts
	return fmt.Sprintf("%d created, %d updated, %d unchanged, %d rejected", c.Created, c.Updated, c.Unchanged, c.Rejected)
}

type speaker struct{}

func (speaker) Language() string                    { return "zh-CN" }
func (speaker) Say(code string, _ ...string) string { return code }
func (d desk) score(t *testing.T, c training.Class, p kernel.PersonID) string {
	t.Helper()
	now := must[training.Class](t)(d.Service.Class(d.asSchool(), c.ID))
	for _, s := range now.Seats {
		if s.Person == p && s.Score != nil {
			return fmt.Sprint(*s.Score)
		}
	}
	return "none"
}

func TestATableBringsBothPartsOfATest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		staff := d.hire(6, home)
		c := d.class(t, 10, training.Terms{Category: training.CategoryInService, ClassHours: 2, HasTest: true})
		d.enrol(t, c, staff...)
		parts := func(head string, rows ...string) []byte {
			for i, row := range rows {
				rows[i] = fmt.Sprintf("%s,%s,%s,%s", staff[i], strings.ToUpper(string(staff[i])), c.ID, row)
			}
			return []byte("姓名,证件号码,班次," + head + "\n" + strings.Join(rows, "\n"))
		}
		seat := func(p kernel.PersonID) string {
			t.Helper()
			now := must[training.Class](t)(d.Service.Class(d.asSchool(), c.ID))
			for _, s := range now.Seats {
				switch {
				case s.Person != p:
				case s.Parts != nil:
					return fmt.Sprintf("%d of %d and %d", *s.Score, s.Parts.Theory, s.Parts.Practice)
				case s.Score != nil:
					return fmt.Sprint(*s.Score)
				}
			}
			return "none"
		}
		r := d.send(t, d.asSchool(), school, false, parts("成绩,理论成绩,实操成绩", ",88,75.5", "60,60,90", "90,80,90", ",70,", ",,", "85,,"))
		if diff := cmp.Diff([]string{"4 score training.import_score_parts", "5 practice training.import_part_missing", "6 score training.import_score_missing"}, told(r)); diff != "" {
			t.Error(diff)
		}
		if got := []string{seat(staff[0]), seat(staff[1]), seat(staff[2]), seat(staff[5])}; !slices.Equal(got, []string{"7550 of 8800 and 7550", "6000 of 6000 and 9000", "none", "8500"}) {
			t.Errorf("entered: %q", got)
		}
		second := d.send(t, d.asSchool(), school, false, parts("理论,技能考核成绩", "88,80", "60,90", "101,60"))
		if diff := cmp.Diff([]string{"4 theory training.import_score_range"}, told(second)); diff != "" {
			t.Error(diff)
		}
		if counts(second) != "0 created, 1 updated, 1 unchanged, 1 rejected" || seat(staff[0]) != "8000 of 8800 and 8000" {
			t.Errorf("without a column for the score: %s, %s", counts(second), seat(staff[0]))
		}
		if r := d.send(t, d.asSchool(), school, false, parts("成绩", "80", "60")); counts(r) != "0 created, 0 updated, 2 unchanged, 0 rejected" || seat(staff[0]) != "8000 of 8800 and 8000" {
			t.Errorf("a score alone took the parts away: %s, %s", counts(r), seat(staff[0]))
		}
		if _, err := d.engine.Withdraw(d.asSchool(), second.ID, "成绩录错"); err != nil {
			t.Fatal(err)
		}
		if seat(staff[0]) != "7550 of 8800 and 7550" {
			t.Errorf("withdrawn: %s", seat(staff[0]))
		}
		raw := parts("理论成绩", "88")
		_, err := d.engine.Run(d.asSchool(), imports.Request{Kind: "results", Organization: school, FileName: "成绩.csv", File: bytes.NewReader(raw), Size: int64(len(raw))})
		if f, refused := fault.From(err); !refused || f.Code != "imports.columns_missing" {
			t.Errorf("with a column for one part alone: %v", err)
		}
	})
}

func TestResultsOfATableAreThoseOfTheClass(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		staff := d.hire(4, home)
		c := d.class(t, 10, training.Terms{Category: training.CategoryInService, ClassHours: 2, HasTest: true})
		d.enrol(t, c, staff[:3]...)
		other := d.class(t, 10, training.Terms{Category: training.CategoryInService, ClassHours: 2, HasTest: true})
		d.enrol(t, other, staff[2])

		first := scores(line(staff[0], "认知症 照护实务", "85.5"), line(staff[1], string(c.ID), "５９分"), line(staff[2], "《认知症照护实务》", "70"), line(staff[3], "认知症照护实务", "90"))
		if r := d.send(t, d.asSchool(), school, true, first); counts(r) != "2 created, 0 updated, 0 unchanged, 2 rejected" || d.score(t, c, staff[0]) != "none" {
			t.Fatalf("dry run: %s", counts(r))
		}
		r := d.send(t, d.asSchool(), school, false, first)
		if diff := cmp.Diff([]string{"4 class training.import_class_ambiguous", "5 idNumber training.import_person_unknown"}, told(r)); diff != "" {
			t.Error(diff)
		}
		if d.score(t, c, staff[0]) != "8550" || d.score(t, c, staff[1]) != "5900" {
			t.Errorf("scores %s %s", d.score(t, c, staff[0]), d.score(t, c, staff[1]))
		}
		if r := d.send(t, d.asSchool(), school, false, first); counts(r) != "0 created, 0 updated, 2 unchanged, 2 rejected" {
			t.Errorf("again: %s", counts(r))
		}
		changed := d.send(t, d.asSchool(), school, true, scores(line(staff[1], string(c.ID), "60")))
		if counts(changed) != "0 created, 1 updated, 0 unchanged, 0 rejected" {
			t.Errorf("changed: %s", counts(changed))
		}
		if diff := cmp.Diff([]imports.Change{{Column: "score", Old: "59", New: "60"}}, changed.Preview[0].Changes); diff != "" {
			t.Error(diff)
		}
		bad := d.send(t, d.asSchool(), school, false, scores(
			line(staff[0], string(c.ID), "100.01"), line(staff[0], string(c.ID), "-1"), line(staff[0], string(c.ID), "缺考"),
			line(staff[3], string(c.ID), "60"), line("nobody", string(c.ID), "60"), strings.Replace(line(staff[0], string(c.ID), "60"), "person-0", "别人", 1),
			line(staff[1], string(c.ID), "60"), line(staff[1], "认知症照护实务", "61"), line(staff[0], string(kernel.ClassID(kernel.NewID())), "60"),
		))
		if diff := cmp.Diff([]string{
			"2 score training.import_score_range", "3 score training.import_score_range", "4 score imports.decimal_invalid",
			"5 idNumber training.import_person_unknown", "6 idNumber training.import_person_unknown", "7 name training.import_name_differs",
			"9  training.import_twice", "10 class training.import_not_enrolled",
		}, told(bad)); diff != "" {
			t.Error(diff)
		}
		if r := d.send(t, d.as(kernel.RoleInstitution, home), home, false, first); counts(r) != "0 created, 0 updated, 0 unchanged, 4 rejected" {
			t.Errorf("sent by a home that does not hold the class: %s", counts(r))
		}

		x := d.session(t, c)
		d.Set(morning().AddDate(0, 0, 1))
		if _, _, err := d.CloseSession(d.asSchool(), x.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.CompleteClass(d.asSchool(), c.ID); err != nil {
			t.Fatal(err)
		}
		late := d.send(t, d.asSchool(), school, false, scores(line(staff[0], "认知症照护实务", "99"), line(staff[1], string(c.ID), "99")))
		if diff := cmp.Diff([]string{"2 class training.class_completed", "3 class training.class_completed"}, told(late)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTheScoreSheetOfAClassComesBackFilledIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		staff := d.hire(2, home)
		for _, p := range staff {
			card := d.cards[p]
			card.IDNumberMasked = "310118********000" + string(p[len(p)-1])
			d.cards[p] = card
		}
		c := d.class(t, 10, training.Terms{Category: training.CategoryInService, ClassHours: 2, HasTest: true})
		d.enrol(t, c, staff...)
		var out bytes.Buffer
		if err := d.engine.Template(d.as(kernel.RoleSchool, otherSchool), "results", string(c.ID), speaker{}, &out); !errors.Is(err, training.ErrClassUnknown) {
			t.Errorf("the sheet of somebody else's class: %v", err)
		}
		out.Reset()
		if err := d.engine.Template(d.asSchool(), "results", string(c.ID), speaker{}, &out); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for row, score := range map[int]string{2: "88", 3: "61.5"} {
			if err := f.SetCellValue(f.GetSheetName(0), fmt.Sprintf("D%d", row), score); err != nil {
				t.Fatal(err)
			}
		}
		var filled bytes.Buffer
		if err := f.Write(&filled); err != nil {
			t.Fatal(err)
		}
		if r := d.send(t, d.asSchool(), school, false, filled.Bytes()); counts(r) != "2 created, 0 updated, 0 unchanged, 0 rejected" {
			t.Fatalf("%s %v", counts(r), told(r))
		}
		if d.score(t, c, staff[0]) != "8800" || d.score(t, c, staff[1]) != "6150" {
			t.Errorf("scores %s %s", d.score(t, c, staff[0]), d.score(t, c, staff[1]))
		}
	})
}

func TestATableOfResultsIsWithdrawn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		staff := d.hire(3, home)
		c := d.class(t, 10, training.Terms{Category: training.CategoryInService, ClassHours: 2, HasTest: true})
		d.enrol(t, c, staff...)
		number := string(c.ID)
		stand := func(when string, want ...string) {
			t.Helper()
			for i, p := range staff {
				if got := d.score(t, c, p); got != want[i] {
					t.Errorf("%s: %s has %s, want %s", when, p, got, want[i])
				}
			}
		}
		withdraw := func(r imports.Report, want error) {
			t.Helper()
			if _, err := d.engine.Withdraw(d.asSchool(), r.ID, "成绩录错"); !errors.Is(err, want) {
				t.Errorf("withdrawn: %v, want %v", err, want)
			}
		}
		if _, err := d.EnterResults(d.asSchool(), c.ID, []training.TestResult{{Person: staff[0], Score: 6000}}); err != nil {
			t.Fatal(err)
		}
		first := d.send(t, d.asSchool(), school, false, scores(line(staff[0], number, "70"), line(staff[1], number, "71")))
		if !first.Withdrawable {
			t.Error("it is not said to be withdrawable")
		}
		second := d.send(t, d.asSchool(), school, false, scores(line(staff[0], number, "70"), line(staff[1], number, "81"), line(staff[2], number, "82")))
		stand("after both", "7000", "8100", "8200")
		withdraw(first, training.ErrScoreChanged)
		stand("a refusal leaves nothing half done", "7000", "8100", "8200")
		withdraw(second, nil)
		stand("the later withdrawn", "7000", "7100", "none")
		withdraw(second, imports.ErrWithdrawn)
		withdraw(first, nil)
		stand("both withdrawn", "6000", "none", "none")

		third := d.send(t, d.asSchool(), school, false, scores(line(staff[0], number, "90")))
		if _, err := d.EnterResults(d.asSchool(), c.ID, []training.TestResult{{Person: staff[0], Score: 9000}}); err != nil {
			t.Fatal(err)
		}
		withdraw(third, nil) // the same score by hand is no change
		stand("the third withdrawn", "6000", "none", "none")
		fourth := d.send(t, d.asSchool(), school, false, scores(line(staff[0], number, "91")))
		if _, err := d.EnterResults(d.asSchool(), c.ID, []training.TestResult{{Person: staff[0], Score: 6500}}); err != nil {
			t.Fatal(err)
		}
		withdraw(fourth, training.ErrScoreChanged)
		fifth := d.send(t, d.asSchool(), school, false, scores(line(staff[1], number, "92")))
		if err := d.Withdraw(d.asSchool(), c.ID, staff[1], ""); err != nil {
			t.Fatal(err)
		}
		withdraw(fifth, training.ErrScoresGone)
		sixth := d.send(t, d.asSchool(), school, false, scores(line(staff[2], number, "93")))
		x := d.session(t, c)
		d.Set(morning().AddDate(0, 0, 1))
		if _, _, err := d.CloseSession(d.asSchool(), x.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.CompleteClass(d.asSchool(), c.ID); err != nil {
			t.Fatal(err)
		}
		withdraw(sixth, training.ErrClassCompleted)
	})
}

func TestSomebodyWhoHasAnotherNameNowIsFoundByTheOldOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		p := d.hire(1, home)[0]
		card := d.cards[p]
		card.Name, card.Formerly = "王筱兰", []string{card.Name}
		d.cards[p] = card
		c := d.class(t, 10, training.Terms{Category: training.CategoryInService, ClassHours: 2, HasTest: true})
		d.enrol(t, c, p)
		if r := d.send(t, d.asSchool(), school, true, scores(line(p, string(c.ID), "85"))); counts(r) != "1 created, 0 updated, 0 unchanged, 0 rejected" {
			t.Errorf("%s %v", counts(r), told(r))
		}
	})
}
