package hours_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/hours"
	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/imports/importstest"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// desk imports hours through the real engine.
type desk struct {
	*world
	engine *imports.Service
}

func newDesk(t *testing.T, db *store.DB) desk {
	t.Helper()
	w := newWorld(t, db)
	return desk{w, importstest.New(t, db, w, organizations{}, w.module.Importer())}
}

// as is somebody of an organisation.
func (d desk) as(user kernel.UserID, at kernel.OrganizationID) context.Context {
	return kernel.WithReach(kernel.WithActor(d.ctx, kernel.Actor{User: user, Name: string(user)}), kernel.Reach{Roots: []kernel.OrganizationID{at}})
}

const titles = "姓名,证件号码,培训日期,培训主题/课程,培训机构,组织方层级,培训类别,课时,分钟,开始时间,结束时间,备注\n"

func (d desk) send(t *testing.T, dryRun bool, rows ...string) imports.Report {
	t.Helper()
	raw := []byte(titles + strings.Join(rows, "\n"))
	r, err := d.engine.Run(d.as("clerk", home), imports.Request{
		Kind: "hours", Organization: home, FileName: "2025外训.csv", File: bytes.NewReader(raw), Size: int64(len(raw)), DryRun: dryRun,
	})
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
	return fmt.Sprintf("%d created, %d updated, %d unchanged, %d rejected", c.Created, c.Updated, c.Unchanged, c.Rejected)
}

func findings(all []imports.Finding) []string {
	var out []string
	for _, f := range all {
		out = append(out, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Code))
	}
	return out
}

// waiting lists what waits for the bureau.
func (d desk) waiting(t *testing.T, state hours.ClaimState) (ids []string) {
	t.Helper()
	l, err := d.Claims(d.as("officer", bureau), hours.ClaimFilter{State: state}, 100, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range l.Items {
		ids = append(ids, x.ID)
	}
	return ids
}

func TestHoursEarnedElsewhereCountOnceABureauHasConfirmedThem(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		row := "wang,WANG,2025-03-12,压疮预防,某某培训学校,机构,,4,,,,签到表见附件"
		dry := d.send(t, true, row)
		if got := counts(dry); got != "1 created, 0 updated, 0 unchanged, 0 rejected" || len(d.waiting(t, hours.Claimed)) != 0 {
			t.Fatalf("dry run: %s", got)
		}
		r := d.send(t, false, row)
		if got := counts(r); got != "1 created, 0 updated, 0 unchanged, 0 rejected" {
			t.Fatal(got)
		}
		y := d.year(t, wang, 2025)
		if y.Year.Credited != 0 || len(y.Year.Lines) != 1 || y.Year.Lines[0].Reason.Code != "hours.unconfirmed" {
			t.Fatalf("before confirmation: %d credited, %+v", y.Year.Credited, y.Year.Lines)
		}
		if got := counts(d.send(t, false, row, row)); got != "0 created, 0 updated, 1 unchanged, 1 rejected" {
			t.Errorf("the same again, and twice in the file: %s", got)
		}
		ids := d.waiting(t, hours.Claimed)
		if len(ids) != 1 {
			t.Fatalf("%d wait", len(ids))
		}
		if err := d.Decide(d.as("clerk", bureau), ids, hours.Confirmed, "看过了"); !errors.Is(err, hours.ErrSecondPersonNeeded) {
			t.Errorf("confirmed by whoever sent it: %v", err)
		}
		if err := d.Decide(d.as("stranger", otherHome), ids, hours.Confirmed, "看过了"); !errors.Is(err, hours.ErrClaimUnknown) {
			t.Errorf("confirmed out of reach: %v", err)
		}
		if err := d.Decide(d.as("officer", bureau), ids, hours.Confirmed, "核对签到表"); err != nil {
			t.Fatal(err)
		}
		if err := d.Decide(d.as("officer", bureau), ids, hours.Confirmed, "再按一次"); err != nil {
			t.Fatal(err)
		}
		y = d.year(t, wang, 2025)
		if l := y.Year.Lines[0]; y.Year.Credited != 180 || l.Source != hours.SourceImport || l.Imported.State != hours.Confirmed ||
			l.Imported.File != "2025外训.csv" || l.Imported.ByName != "clerk" || l.Imported.DecidedName != "officer" || l.Imported.Import != r.ID {
			t.Errorf("after: %d, %+v", y.Year.Credited, l.Imported)
		}
		again := d.send(t, false, strings.Replace(row, ",4,", ",6,", 1))
		if got := counts(again); got != "0 created, 1 updated, 0 unchanged, 0 rejected" || !slices.Contains(findings(again.Warnings), "2  hours.import_confirm_again") {
			t.Errorf("more hours than were confirmed: %s %v", got, findings(again.Warnings))
		}
		if y = d.year(t, wang, 2025); y.Year.Credited != 0 {
			t.Errorf("%d credited before they are confirmed anew", y.Year.Credited)
		}
		if _, err := d.engine.Withdraw(d.as("clerk", home), again.ID, "填错了"); err != nil {
			t.Fatal(err)
		}
		if y = d.year(t, wang, 2025); y.Year.Credited != 180 {
			t.Errorf("withdrawn, %d credited: what was confirmed before stands again", y.Year.Credited)
		}
		if _, err := d.engine.Withdraw(d.as("clerk", home), r.ID, "填错了"); err != nil {
			t.Fatal(err)
		}
		if y = d.year(t, wang, 2025); y.Year.Credited != 0 || y.Year.Lines[0].Reason.Code != "hours.import_withdrawn" {
			t.Errorf("withdrawn: %d %+v", y.Year.Credited, y.Year.Lines)
		}
		if got := counts(d.send(t, false, row)); got != "1 created, 0 updated, 0 unchanged, 0 rejected" {
			t.Errorf("sent again after all: %s", got)
		}
		if err := d.Decide(d.as("officer", bureau), d.waiting(t, hours.Claimed), hours.Rejected, "查无此班"); err != nil {
			t.Fatal(err)
		}
		session := string(y.Year.Lines[0].Session)
		if diff := cmp.Diff([]string{
			session + " note +0", session + " credit +180", session + " reversal -180", session + " credit +180", session + " reversal -180", session + " note +0", session + " note +0",
		}, d.ledger(t, wang)); diff != "" {
			t.Errorf("nothing is ever taken out of the ledger:\n%s", diff)
		}
		_, history, err := d.Claim(d.as("officer", bureau), presence(y, wang))
		if err != nil || len(history) != 3 {
			t.Errorf("history %+v %v", history, err)
		}
		before := d.ledger(t, wang)
		if n, err := d.Rebuild(d.ctx); err != nil || n != 0 || len(d.ledger(t, wang)) != len(before) {
			t.Errorf("rebuilt with %d differences: %v", n, err)
		}
	})
}

func presence(a hours.Account, p kernel.PersonID) string {
	return string(a.Year.Lines[0].Session) + ":" + string(p)
}

func TestImportedHoursNeverCountTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.record(t, held("morning", "2025-05-10", "09:00", 90, wang))
		d.send(t, false,
			"wang,WANG,2025-05-10,防跌倒,别处学校,机构,,,90,10:00,11:30,", // half an hour of it in the session
			"wang,WANG,2025年5月10日,《防跌倒》（下）,别处学校,机构,,2,,,,",       // no times: may be the same as what was credited
			"wang,WANG,2025-05-11,大专班,某学院,市级,学历教育,4,,,,",         // never counts
			"wang,WANG,2025-05-12,岗前,某学院,机构,岗前培训,4,,,,",          // does not count toward the duty
			"wang,WANG,2024-12-31,跨年,别处学校,机构,,2,,下午10点,24:00,",   // another year
			"wang,WANG,二〇二五年六月一日,急救,别处学校,机构,,1.5课时,,9:00,10:30,", // less than the span
		)
		if err := d.Decide(d.as("officer", bureau), d.waiting(t, hours.Claimed), hours.Confirmed, "核对签到表"); err != nil {
			t.Fatal(err)
		}
		y := d.year(t, wang, 2025)
		got := map[string]string{}
		for _, l := range y.Year.Lines {
			code := ""
			if l.Reason != nil {
				code = l.Reason.Code
			}
			got[l.CourseTitle] = fmt.Sprintf("%d %s", l.Credited, code)
		}
		if diff := cmp.Diff(map[string]string{
			"照护实务": "90 ", "防跌倒": "60 hours.overlap", "《防跌倒》(下)": "0 hours.untimed_overlap", "大专班": "0 hours.category_excluded",
			"岗前": "0 hours.course_does_not_count", "急救": "67 ",
		}, got); diff != "" {
			t.Error(diff)
		}
		if last := d.year(t, wang, 2024); last.Year.Credited != 90 {
			t.Errorf("2024: %d", last.Year.Credited)
		}
		// The same with its times: another hour and a half of its own.
		r := d.send(t, false, "wang,WANG,2025-05-10,《防跌倒》（下）,别处学校,机构,,2,,14:00,15:30,")
		if got := counts(r); got != "0 created, 1 updated, 0 unchanged, 0 rejected" {
			t.Error(got)
		}
		if err := d.Decide(d.as("officer", bureau), d.waiting(t, hours.Claimed), hours.Confirmed, "核对签到表"); err != nil {
			t.Fatal(err)
		}
		if now := d.year(t, wang, 2025); now.Year.Credited != y.Year.Credited+90 {
			t.Errorf("%d, before %d", now.Year.Credited, y.Year.Credited)
		}
	})
}

func TestRowsOfHoursAreRefusedWithTheirCause(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.employ(t, li, otherHome, "2024-01-01", kernel.Forever)
		r := d.send(t, false,
			"wang,NOBODY,2025-03-12,甲,学校,机构,,4,,,,",
			"li,LI,2025-03-12,甲,学校,机构,,4,,,,",
			"王大兰,WANG,2025-03-12,甲,学校,机构,,4,,,,",
			"wang,WANG,2026-01-16,甲,学校,机构,,4,,,,",
			"wang,WANG,1989-12-31,甲,学校,机构,,4,,,,",
			"wang,WANG,2025-03-12,甲,学校,机构,,,,,,",
			"wang,WANG,2025-03-12,甲,学校,机构,,4,200,,,",
			"wang,WANG,2025-03-12,甲,学校,机构,,0,,,,",
			"wang,WANG,2025-03-12,甲,学校,机构,,40,,,,",
			"wang,WANG,2025-03-12,甲,学校,机构,,,120,09:00,10:30,",
			"wang,WANG,2025-03-12,甲,学校,机构,,,120,09:00,,",
			"wang,WANG,2025-03-12,甲,学校,机构,,,,15:00,14:00,",
			"wang,WANG,2025-03-12,甲,学校,国家级,,4,,,,",
			"wang,WANG,2025-02-29,甲,学校,机构,,4,,,,",
			"wang,WANG,2025-03-12,,学校,机构,,4,,,,",
			"wang,WANG,2025-03-12,甲,学校,机构,,四,,,,",
			"wang,WANG,2025-03-12,甲,学校,,,14,,,,",
		)
		if diff := cmp.Diff([]string{
			"2 idNumber hours.import_person_unknown", "3 idNumber hours.import_person_unknown", "4 name hours.import_name_differs",
			"5 date hours.import_in_future", "6 date hours.import_too_early", "7 classHours hours.import_no_length",
			"8 minutes hours.import_lengths_differ", "9 classHours hours.import_no_minutes", "10 classHours hours.import_over_a_day",
			"11 minutes hours.import_exceeds_span", "12 end hours.import_half_a_span", "13 end hours.import_times_reversed",
			"14 tier imports.choice_unknown", "15 date imports.date_invalid", "16 title imports.required", "17 classHours imports.decimal_invalid",
		}, findings(r.Errors)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"18 tier hours.import_tier_missing", "18 classHours hours.import_long_day"}, findings(r.Warnings)); diff != "" {
			t.Error(diff)
		}
		if l, err := d.Claims(d.as("officer", bureau), hours.ClaimFilter{State: hours.Claimed}, 10, ""); err != nil || l.Total != 1 {
			t.Errorf("%d entries, %v", l.Total, err)
		}
	})
}
