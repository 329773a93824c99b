package hours_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/hours"
	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestTheYear(t *testing.T) {
	twenty := []hours.Held{
		held("a", "2025-03-01", "08:00", 360, wang), held("b", "2025-06-01", "08:00", 270, wang), held("c", "2025-09-01", "08:00", 270, wang),
	}
	short := append(slices.Clone(twenty[:2]), held("c", "2025-09-01", "08:00", 269, wang))
	degree := held("c", "2025-09-01", "08:00", 270, wang)
	degree.Category = "degree"
	for _, c := range []struct {
		name     string
		sessions []hours.Held
		status   string
		credited kernel.Minutes
		hours    string
	}{
		{"8 + 6 + 6 class hours are twenty", twenty, rule.Met, 900, "20.00"},
		{"one minute less is short", short, rule.Short, 899, "19.97"},
		{"two sessions at once credit 150, not 180", []hours.Held{
			held("a", "2025-03-01", "09:00", 90, wang), held("b", "2025-03-01", "10:00", 90, wang),
		}, rule.Short, 150, "3.33"},
		{"lessons of a degree class add nothing", append(slices.Clone(twenty[:2]), degree), rule.Short, 630, "14.00"},
		{"next new year's day counts for the next year", append(slices.Clone(twenty[:2]), held("c", "2026-01-01", "08:00", 270, wang)), rule.Short, 630, "14.00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newWorld(t, db)
				w.record(t, c.sessions...)
				a := w.year(t, wang, 2025)
				if a.Verdict.Outcome != c.status || a.Year.Credited != c.credited || a.Year.Credited.ClassHours(a.Row.MinutesPerClassHour) != c.hours {
					t.Errorf("%s with %d minutes: %+v", a.Verdict.Outcome, a.Year.Credited, a.Verdict.Reasons)
				}
				if a.Verdict.RuleVersion != "hours.qingpu@1" || a.Row.Required() != 900 {
					t.Errorf("judged under %s, %d required", a.Verdict.RuleVersion, a.Row.Required())
				}
			})
		})
	}
}

func TestTheSameFactsLeaveTheSameLedger(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		sessions := []hours.Held{
			held("a", "2025-03-01", "09:00", 90, wang), held("b", "2025-03-01", "10:00", 90, wang), held("c", "2025-03-01", "11:00", 60, wang),
		}
		shuffle := rand.New(rand.NewPCG(7, 7))
		for range 3 { // every fact arrives three times, in another order
			shuffle.Shuffle(len(sessions), func(i, j int) { sessions[i], sessions[j] = sessions[j], sessions[i] })
			w.record(t, sessions...)
		}
		a := w.year(t, wang, 2025)
		var credited []kernel.Minutes
		for _, l := range a.Year.Lines {
			credited = append(credited, l.Credited)
		}
		if d := cmp.Diff([]kernel.Minutes{90, 60, 30}, credited); d != "" {
			t.Error(d)
		}
		var sum kernel.Minutes
		entries, err := w.Ledger(everywhere(w.ctx), wang, 2025)
		for _, e := range entries {
			sum += e.Minutes
		}
		if err != nil || sum != 180 {
			t.Errorf("the ledger adds up to %d (%v): %v", sum, err, w.ledger(t, wang))
		}
		before := len(w.Announced())
		w.record(t, sessions...)
		if len(w.Announced()) != before || len(w.ledger(t, wang)) != len(entries) {
			t.Error("facts that came again were entered again")
		}
	})
}

func TestCorrectionsAndRefusalsKeepTheHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		first := held("a", "2025-03-01", "09:00", 90, wang)
		first.Presences[0].Out, first.Presences[0].Flaw = time.Time{}, "noCheckOut"
		w.record(t, first)
		w.Pass(time.Hour)
		corrected := held("a", "2025-03-01", "09:00", 90, wang)
		corrected.Revision, corrected.Presences[0].Source = 2, "teacher"
		w.record(t, corrected, first) // the older word arrives once more, late
		knew := w.Now()
		w.Pass(time.Hour)
		for range 2 {
			err := w.RefusePresence(w.ctx, hours.Refusal{Session: "a", Person: wang, By: "institution", Reason: "在岗值班", RecordedAt: w.Now()})
			if err != nil {
				t.Fatal(err)
			}
		}
		corrected.Revision = 3
		w.record(t, corrected) // a correction of somebody else does not undo the refusal
		if d := cmp.Diff([]string{"a note +0", "a credit +90", "a reversal -90"}, w.ledger(t, wang)); d != "" {
			t.Error(d)
		}
		now := w.year(t, wang, 2025)
		if now.Year.Credited != 0 || now.Year.Lines[0].Reason.Code != "hours.refused" {
			t.Errorf("now: %+v", now.Year)
		}
		then, err := w.YearOf(everywhere(w.ctx), wang, 2025, hours.Moment{KnownAt: knew})
		if err != nil || then.Year.Credited != 90 || then.Year.Lines[0].Reason != nil {
			t.Errorf("as known then: %+v %v", then.Year, err)
		}
		earlier, err := w.YearOf(everywhere(w.ctx), wang, 2025, hours.Moment{AsOf: "2025-02-28", KnownAt: knew})
		if err != nil || earlier.Year.Credited != 0 || earlier.Verdict.Outcome != rule.InProgress {
			t.Errorf("as of February: %+v %v", earlier, err)
		}
		last, err := w.YearOf(everywhere(w.ctx), wang, 2025, hours.Moment{AsOf: "2025-12-31"})
		if err != nil || last.Verdict.Outcome != rule.Short {
			t.Errorf("at the end of the last day: %+v %v", last, err)
		}
	})
}

func TestCareersDecideWhoIsSubjectAndWhoseListItIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.employ(t, li, home, "2023-01-01", "2025-06-30")
		w.record(t, held("a", "2025-03-01", "09:00", 90, wang, li))
		office := func(org kernel.OrganizationID, status string) (out []kernel.PersonID) {
			l, err := w.Office(everywhere(w.ctx), hours.OfficeFilter{Organization: org, Year: 2025, Status: status}, 20, "")
			if err != nil || l.Total != int64(len(l.Items)) {
				t.Fatalf("%+v %v", l, err)
			}
			for _, x := range l.Items {
				out = append(out, x.Card.ID)
			}
			slices.Sort(out)
			return out
		}
		if got := office(home, rule.Short); !slices.Equal(got, []kernel.PersonID{li, wang}) {
			t.Errorf("short at home: %v", got)
		}
		w.employ(t, li, otherHome, "2025-07-01", kernel.Forever)
		if got := office(home, ""); !slices.Equal(got, []kernel.PersonID{wang}) {
			t.Errorf("at home after the move: %v", got)
		}
		if got := office(otherHome, rule.Short); !slices.Equal(got, []kernel.PersonID{li}) {
			t.Errorf("at the new home: %v", got)
		}
		if got := office(bureau, ""); len(got) != 2 {
			t.Errorf("at the bureau: %v", got)
		}
		if got := office(bureau, rule.InProgress); got != nil {
			t.Errorf("a year that is over has nobody in progress: %v", got)
		}
		if a := w.year(t, li, 2025); a.Year.Credited != 90 {
			t.Errorf("the credit of the first employer was lost: %+v", a.Year)
		}
		if a := w.year(t, li, 2022); a.Verdict.Outcome != rule.NotSubject {
			t.Errorf("before the career: %s", a.Verdict.Outcome)
		}
		own := kernel.WithReach(w.ctx, kernel.Reach{Self: li})
		if _, err := w.YearOf(own, li, 2025, hours.Moment{}); err != nil {
			t.Error(err)
		}
		if _, err := w.YearOf(own, wang, 2025, hours.Moment{}); !errors.Is(err, hours.ErrPersonUnknown) {
			t.Errorf("a colleague's year: %v", err)
		}
		l, err := w.Office(kernel.WithReach(w.ctx, kernel.Reach{Roots: []kernel.OrganizationID{home, otherHome}}), hours.OfficeFilter{Year: 2025}, 1, "")
		if err != nil || len(l.Items) != 1 || l.Total != 2 {
			t.Errorf("over two roots: %+v %v", l, err)
		}
	})
}

func TestTheRunningYearHasAForecast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		at := func(session kernel.SessionID, on kernel.Date, hour, minutes int) hours.Planned {
			from := on.Start().Add(time.Duration(hour) * time.Hour)
			return hours.Planned{
				Session: session, Date: on, StartsAt: from, EndsAt: from.Add(time.Duration(minutes) * time.Minute), Minutes: kernel.Minutes(minutes),
				Category: "inService", Counts: true,
			}
		}
		degree := at("d", "2026-11-07", 9, 400)
		degree.Category = "degree"
		w.planned = map[kernel.PersonID][]hours.Planned{wang: {at("b", "2026-11-08", 8, 810), at("c", "2026-11-08", 9, 180), degree}}
		w.record(t, held("a", "2026-01-10", "09:00", 90, wang))
		a := w.year(t, wang, 2026)
		if a.Verdict.Outcome != rule.InProgress || a.Forecast == nil || *a.Forecast != 900 {
			t.Errorf("two sessions at one time are one, a degree class is none: %+v", a.Forecast)
		}
		year, err := w.Office(everywhere(w.ctx), hours.OfficeFilter{Organization: home, Year: 2026}, 20, "")
		if err != nil || len(year.Items) != 1 || year.Items[0].Account.Forecast == nil || *year.Items[0].Account.Forecast != 900 {
			t.Errorf("the office's list: %+v %v", year, err)
		}
		outlook := func(o hours.Outlook, status string) string {
			t.Helper()
			l, err := w.Office(everywhere(w.ctx), hours.OfficeFilter{Organization: home, Year: 2026, Outlook: o, Status: status}, 20, "")
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(len(l.Items), l.Total)
		}
		if met, missed := outlook(hours.WillMeet, ""), outlook(hours.WillMiss, rule.InProgress); met != "1 1" || missed != "0 0" {
			t.Errorf("enough is planned: %s will meet the year, %s miss it", met, missed)
		}
		if other := outlook(hours.WillMeet, rule.Met); other != "0 0" {
			t.Errorf("who has met the year has no outlook: %s", other)
		}
		lacks := func() map[kernel.PersonID]kernel.Minutes {
			t.Helper()
			all, err := w.Lacking(w.ctx, []kernel.PersonID{wang, "nobody"})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if got := lacks(); len(got) != 0 {
			t.Errorf("enough is planned, and lacks %v", got)
		}
		w.planned[wang] = w.planned[wang][1:] // 90 and 180 minutes, and a degree class
		if met, missed := outlook(hours.WillMeet, ""), outlook(hours.WillMiss, ""); met != "0 0" || missed != "1 1" {
			t.Errorf("too little is planned: %s will meet the year, %s miss it", met, missed)
		}
		if got := lacks(); len(got) != 1 || got[wang] != 900-90-180 {
			t.Errorf("too little is planned, and lacks %v", got)
		}
		w.Pass(366 * 24 * time.Hour)
		if missed := outlook(hours.WillMiss, ""); missed != "0 0" {
			t.Errorf("a year that is over has no outlook: %s", missed)
		}
		if a := w.year(t, wang, 2026); a.Verdict.Outcome != rule.Short || a.Forecast != nil {
			t.Errorf("after the year: %s %v", a.Verdict.Outcome, a.Forecast)
		}
		if err := w.OpenYear(w.ctx, 2027); err != nil {
			t.Fatal(err)
		}
		l, err := w.Office(everywhere(w.ctx), hours.OfficeFilter{Organization: home, Year: 2027}, 20, "")
		if err != nil || len(l.Items) != 1 || l.Items[0].Account.Verdict.Outcome != rule.InProgress {
			t.Errorf("the new year: %+v %v", l, err)
		}
	})
}

func TestAHigherLevelWantsAHigherOrganiser(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.record(t, held("a", "2025-03-01", "09:00", 90, wang))
		err := w.FollowHoldings(w.ctx, wang, []hours.Holding{{Level: kernel.Level3, IssuedOn: "2024-01-01", VerifiedAt: w.Now()}})
		if err != nil {
			t.Fatal(err)
		}
		line := w.year(t, wang, 2025).Year.Lines[0]
		if line.Credited != 90 || len(line.Warnings) != 1 || line.Warnings[0].Code != "hours.organiser_tier" {
			t.Errorf("%+v", line)
		}
	})
}

func TestWhoIsNotOnPostKeepsTheCreditAndOwesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.spells["volunteer"] = nil
		w.record(t, held("a", "2025-03-01", "09:00", 90, "volunteer"))
		a := w.year(t, "volunteer", 2025)
		if a.Verdict.Outcome != rule.NotSubject || a.Year.Credited != 90 || a.Verdict.Reasons[0].Code != "hours.not_on_post" {
			t.Errorf("%+v", a)
		}
	})
}

func TestWhoLeftTheRegisterLeavesNoYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.employ(t, li, home, "2025-01-01", kernel.Forever)
		// Their import is withdrawn: the spell is void, the person is gone.
		void, at := w.spells[li][0], w.Now()
		void.SupersededAt = &at
		delete(w.spells, li)
		if err := w.FollowCareers(w.ctx, []kernel.Career{{Person: li, Spells: []kernel.Spell{void}}}); err != nil {
			t.Fatal(err)
		}
		l, err := w.Office(everywhere(w.ctx), hours.OfficeFilter{Year: 2025}, 20, "")
		if err != nil || len(l.Items) != 1 || l.Items[0].Card.ID != wang {
			t.Errorf("the list of the year: %+v %v", l, err)
		}
		if n, err := w.Rebuild(w.ctx); err != nil || n != 0 {
			t.Errorf("%d differences (%v)", n, err)
		}
	})
}

func TestMergedPeopleHaveOneLedger(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.employ(t, li, home, "2025-01-01", kernel.Forever)
		w.record(t, held("a", "2025-03-01", "09:00", 90, wang, li), held("b", "2025-04-01", "09:00", 90, li))
		for range 2 {
			if err := w.FollowMerge(w.ctx, wang, li); err != nil {
				t.Fatal(err)
			}
		}
		if kept, gone := w.year(t, wang, 2025).Year.Credited, w.year(t, li, 2025).Year.Credited; kept != 180 || gone != 0 {
			t.Errorf("kept %d, gone %d", kept, gone)
		}
	})
}

func TestRebuildFindsNothingToMend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.record(t, held("a", "2025-03-01", "09:00", 90, wang), held("b", "2025-12-31", "23:00", 120, wang), held("c", "2026-01-01", "00:30", 60, wang))
		if a := w.year(t, wang, 2026); a.Year.Credited != 30 {
			t.Errorf("past midnight: %+v", a.Year.Lines)
		}
		for _, want := range []int{0, 2, 0} {
			got, err := w.Rebuild(w.ctx)
			if err != nil || got != want {
				t.Errorf("%d differences, want %d (%v)", got, want, err)
			}
			if want == 0 { // a career that changes behind its back, for two years
				w.spells[wang][0].Period.To = "2025-06-30"
			}
		}
	})
}

func TestManyAtOnceSettleOneYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var wg sync.WaitGroup
		for i := range 8 {
			h := held(fmt.Sprintf("s%d", i), kernel.NewDate(2025, 3, i+1), "09:00", 45, wang)
			wg.Go(func() {
				if err := w.RecordSession(w.ctx, h); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if a := w.year(t, wang, 2025); a.Year.Credited != 8*45 {
			t.Errorf("%d minutes", a.Year.Credited)
		}
	})
}

// Hours are built on a person when they are entered, whatever their day.
func TestWhatWasBuiltSince(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		built := func(since time.Time) bool {
			t.Helper()
			found, err := w.module.Record().Built(w.ctx, wang, since)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		if built(time.Time{}) {
			t.Error("nothing was entered")
		}
		h := held("s1", "2025-03-12", "09:00", 90, wang)
		h.RecordedAt = w.Now()
		w.record(t, h)
		if !built(time.Time{}) || !built(w.Now()) || built(w.Now().Add(time.Millisecond)) {
			t.Error("a session")
		}
	})
}
