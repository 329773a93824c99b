package people_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

func qualityRow() rule.QualityRow {
	staff := []kernel.StaffRole{kernel.StaffCaregiver}
	return rule.QualityRow{
		RuleHead: kernel.RuleHead{ID: "quality", Version: "1", From: "2020-01-01"}, Roles: staff,
		Wants:   []rule.Want{{Kind: rule.MissingCertificate, Roles: staff, Word: true}, {Kind: rule.MissingEducation, Roles: staff}},
		Doubts:  []rule.Want{{Kind: rule.OverlappingPosts, Roles: staff, Days: 31, Word: true}, {Kind: rule.NumberContested, Roles: staff}},
		Limits:  rule.Limits{StartDays: 7, EndDays: 7, CertificateDays: 30, CountsMonths: 12, OpeningDays: 30},
		Weights: map[rule.Dimension]int64{rule.Completeness: 4000, rule.Timeliness: 3000, rule.Accuracy: 3000}, WordMonths: 12,
	}
}

// judged lets the register judge whoever changed and tells the kinds found.
func (w *world) judged(t *testing.T, ctx context.Context, p kernel.PersonID) string {
	t.Helper()
	if err := w.Judge(ctx, []kernel.PersonID{p}); err != nil {
		t.Fatal(err)
	}
	found, _, err := w.QualityOf(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, f := range found {
		kinds = append(kinds, string(f.Kind))
	}
	slices.Sort(kinds)
	return strings.Join(kinds, " ")
}

func (w *world) judgements() (n int) {
	for _, f := range w.Announced() {
		if _, ok := f.(people.QualityChanged); ok {
			n++
		}
	}
	return n
}

func TestRecordsAreJudged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := w.as(home)
		p := w.register(t, ctx, "王秀兰", "310118198506150005")
		if got := w.judged(t, ctx, p); got != "" || w.judgements() != 0 {
			t.Errorf("without a post: %q, %d announced", got, w.judgements())
		}
		e := w.employ(t, ctx, p, home, "2025-08-24", kernel.Forever) // entered on 1 September: one day late
		if got := w.judged(t, ctx, p); got != "lateStart missingCertificate missingEducation" {
			t.Errorf("found %q", got)
		}
		before := w.judgements()
		w.on("2025-09-20")
		if got := w.judged(t, ctx, p); got == "" || w.judgements() != before {
			t.Errorf("judging again without a change: %q, %d announced, were %d", got, w.judgements(), before)
		}
		if _, err := w.Amend(ctx, p, func(p *people.Particulars, _ int64) error {
			p.Education = "secondary"
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.HearPapers(ctx, []people.Papers{{Person: p, Papers: []rule.Paper{{ID: "c", IssuedOn: "2024-01-01", EnteredOn: "2025-09-20"}}}}); err != nil {
			t.Fatal(err)
		}
		if got := w.judged(t, ctx, p); got != "lateStart" {
			t.Errorf("after mending: %q", got)
		}
		found, _, err := w.QualityOf(ctx, p)
		if err != nil || found[0].Days != 1 || found[0].Since != "2025-09-01" || found[0].To != "2026-08-31" {
			t.Errorf("late entry: %+v %v", found, err)
		}
		// A departure entered in time, then corrected: not late.
		w.on("2025-10-10")
		if _, err := w.End(ctx, p, e.ID, "2025-10-05", "离职"); err != nil {
			t.Fatal(err)
		}
		w.on("2025-10-25")
		last := kernel.Date("2025-10-04")
		if _, err := w.Correct(w.as(district), p, e.ID, people.Change{To: &last, Reason: "日期有误"}); err != nil {
			t.Fatal(err)
		}
		if got := w.judged(t, w.as(district), p); got != "lateStart" {
			t.Errorf("after the departure: %q", got)
		}
		if _, _, err := w.QualityOf(w.as(other), p); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("a neighbour's findings: %v", err)
		}
	})
}

func TestAWordSettlesAFinding(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := w.as(home)
		p := w.register(t, ctx, "王秀兰", "310118198506150005")
		w.employ(t, ctx, p, home, "2025-08-30", kernel.Forever)
		if got := w.judged(t, ctx, p); got != "missingCertificate missingEducation" {
			t.Fatalf("found %q", got)
		}
		if err := w.Explain(ctx, p, rule.MissingEducation, "不详"); !errors.Is(err, people.ErrNoWord) {
			t.Errorf("a word for what can be looked up: %v", err)
		}
		if err := w.Explain(ctx, p, rule.OverlappingPosts, "两家任职"); !errors.Is(err, people.ErrNothingFound) {
			t.Errorf("a word for what is not found: %v", err)
		}
		if err := w.Explain(ctx, p, rule.MissingCertificate, "尚未取得证书"); err != nil {
			t.Fatal(err)
		}
		if got := w.judged(t, ctx, p); got != "missingEducation" {
			t.Errorf("after the word: %q", got)
		}
		if _, words, _ := w.QualityOf(ctx, p); len(words) != 1 || words[0].Until != "2026-08-31" {
			t.Errorf("words: %+v", words)
		}
		w.on("2026-09-01") // the word has run out, without anybody's doing
		if got := w.judged(t, ctx, p); got != "missingCertificate missingEducation" {
			t.Errorf("a year later: %q", got)
		}
		w.on("2026-08-31")
		if err := w.TakeBack(ctx, p, rule.MissingCertificate); err != nil {
			t.Fatal(err)
		}
		if err := w.TakeBack(ctx, p, rule.MissingCertificate); !errors.Is(err, people.ErrNothingFound) {
			t.Errorf("taken back twice: %v", err)
		}
		if got := w.judged(t, ctx, p); got != "missingCertificate missingEducation" {
			t.Errorf("taken back: %q", got)
		}
		if last := w.Logged()[len(w.Logged())-1]; last.Verb != "takeBackWord" || last.ID != string(p) {
			t.Errorf("in the log: %+v", last)
		}
	})
}

func TestRebuildAndNewRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := w.as(home)
		p := w.register(t, ctx, "王秀兰", "310118198506150005")
		w.employ(t, ctx, p, home, "2025-08-30", kernel.Forever)
		w.judged(t, ctx, p)
		if n, err := w.Rebuild(w.admin()); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
		if n, err := w.JudgeAnew(w.admin()); err != nil || n != 0 {
			t.Errorf("judged anew by the same rows: %d, %v", n, err)
		}
		w.Quality[0].Limits.StartDays = 1 // a stricter row: entered on the second day is late
		if n, err := w.JudgeAnew(w.admin()); err != nil || n != 1 {
			t.Errorf("judged anew: %d, %v", n, err)
		}
		if got := w.judged(t, ctx, p); got != "lateStart missingCertificate missingEducation" {
			t.Errorf("found %q", got)
		}
	})
}

func TestMergedRecordsAreJudgedTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := w.as(district)
		kept := w.register(t, ctx, "王秀兰", "310118198506150005")
		gone := w.register(t, ctx, "王秀兰", "11010519491231002X")
		w.employ(t, ctx, kept, home, "2025-08-30", kernel.Forever)
		w.employ(t, ctx, gone, other, "2025-08-30", kernel.Forever)
		if got := w.judged(t, ctx, kept); got != "missingCertificate missingEducation" {
			t.Errorf("before: %q", got)
		}
		if _, err := w.Merge(ctx, kept, gone, "同一人"); err != nil {
			t.Fatal(err)
		}
		if err := w.HearPapers(ctx, []people.Papers{{Person: kept, Papers: []rule.Paper{{ID: "c", IssuedOn: "2024-01-01", EnteredOn: "2025-09-01"}}}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Judge(ctx, []kernel.PersonID{kept, gone}); err != nil {
			t.Fatal(err)
		}
		last := map[kernel.PersonID]people.QualityChanged{}
		for _, f := range w.Announced() {
			if q, ok := f.(people.QualityChanged); ok {
				last[q.Person] = q
			}
		}
		if len(last[gone].Marks) != 0 {
			t.Errorf("the record that is gone counts: %+v", last[gone])
		}
		if got := w.judged(t, ctx, kept); got != "missingEducation missingEducation" { // at both homes
			t.Errorf("after: %q", got)
		}
	})
}

// standing is what statistics would count.
type standing map[string]int64

func (s standing) Findings(context.Context, kernel.OrganizationID) (map[string]int64, error) {
	return s, nil
}

func (s standing) FindingsSince(_ context.Context, _ kernel.OrganizationID, _ []string, _ kernel.Date) (map[string]int64, error) {
	return s, nil
}

func TestReminders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		found := standing{}
		w.Standing = found
		if _, err := w.Remind(w.as(district), home, nil, ""); !errors.Is(err, people.ErrNothingToRemind) {
			t.Errorf("nothing to mend: %v", err)
		}
		found["missingPhone"], found["lateStart"] = 3, 1
		if _, err := w.Remind(w.as(school), home, nil, ""); !errors.Is(err, people.ErrEmployerUnknown) {
			t.Errorf("out of reach: %v", err)
		}
		r, err := w.Remind(w.as(district), home, []rule.Kind{rule.MissingPhone}, "月底前补正")
		if err != nil || r.Kinds["missingPhone"] != 3 || len(r.Kinds) != 1 || !r.Open() {
			t.Fatalf("%+v %v", r, err)
		}
		all, err := w.Remind(w.as(district), home, nil, "")
		if err != nil || len(all.Kinds) != 2 {
			t.Fatalf("%+v %v", all, err)
		}
		list := func(open bool) people.ReminderPage {
			t.Helper()
			page, err := w.Reminders(w.as(home), home, open, 10, "")
			if err != nil {
				t.Fatal(err)
			}
			return page
		}
		if page := list(true); len(page.Items) != 2 || page.Items[0].ID != all.ID {
			t.Errorf("open: %+v", page)
		}
		if _, err := w.ReadReminder(w.as(other), r.ID, "已阅"); !errors.Is(err, people.ErrReminderUnknown) {
			t.Errorf("somebody else's: %v", err)
		}
		if _, err := w.ReadReminder(w.as(home), r.ID, "本月内补齐"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ReadReminder(w.as(home), r.ID, "已阅"); !errors.Is(err, people.ErrReminderRead) {
			t.Errorf("read twice: %v", err)
		}
		if page := list(true); len(page.Items) != 1 {
			t.Errorf("after one was read: %+v", page)
		}
		delete(found, "missingPhone")
		delete(found, "lateStart")
		if page := list(true); len(page.Items) != 0 {
			t.Errorf("after all was mended: %+v", page)
		}
		if page := list(false); len(page.Items) != 2 || page.Total != 2 || !page.Items[0].Mended() {
			t.Errorf("all: %+v", page)
		}
		verbs := []string{}
		for _, a := range w.Logged() {
			verbs = append(verbs, a.Verb)
		}
		if !slices.Equal(verbs, []string{"send", "send", "answer"}) {
			t.Errorf("in the log: %v", verbs)
		}
	})
}

// A number that is claimed for two people is in doubt at both, until it is
// decided.
func TestAContestedNumberIsAFinding(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := w.as(home)
		p := w.register(t, ctx, "王秀兰", "310118198506150005")
		w.employ(t, ctx, p, home, "2025-08-30", kernel.Forever)
		const rest = "missingCertificate missingEducation"
		for range 2 { // facts may come twice
			if err := w.HearContests(ctx, []people.Contest{{Person: p, Conflicts: []string{"x"}}}); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.judged(t, ctx, p); got != rest+" numberContested" {
			t.Errorf("contested: %q", got)
		}
		found, _, err := w.QualityOf(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Kind == rule.NumberContested && (!slices.Equal(f.Conflicts, []string{"x"}) || f.Word) {
				t.Errorf("it does not lead to the conflict: %+v", f)
			}
		}
		if err := w.HearContests(ctx, []people.Contest{{Person: p, Conflicts: []string{}}}); err != nil {
			t.Fatal(err)
		}
		if got := w.judged(t, ctx, p); got != rest {
			t.Errorf("decided: %q", got)
		}
		if n, err := w.Rebuild(ctx); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
	})
}
