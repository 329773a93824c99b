package statistics_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/statistics"
	"carecert/modules/statistics/rule"
)

type programmes struct{}

func (programmes) Seen(_ context.Context, id string) (kernel.ProgrammeCard, error) {
	if id != "five" {
		return kernel.ProgrammeCard{}, statistics.ErrUnknownOrganization
	}
	return kernel.ProgrammeCard{
		ID: "five", Name: "年内培训500名", Organization: "district", Path: []kernel.OrganizationID{"district"},
		StartsOn: "2023-01-01", EndsOn: "2023-12-31", Target: target(500),
	}, nil
}

func took(person kernel.PersonID, class kernel.ClassID, on kernel.Date) statistics.Completed {
	c := completed(person, class, on)
	c.Programme = "five"
	return c
}

// FACTS §12 S3-1: 430 caregivers and 80 managers make 510 attendances of 495
// people: 99.0 %, not met, five to go.
func TestFiveHundredHeads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		w.Programmes = programmes{}
		ctx := everywhere(t.Context())
		var careers []kernel.Career
		var done []statistics.Completed
		for i := range 500 { // 415 caregivers and 80 managers took part, five did not yet
			p, role := kernel.PersonID(fmt.Sprintf("n%03d", i)), kernel.StaffCaregiver
			if i >= 415 && i < 495 {
				role = kernel.StaffManager
			}
			careers = append(careers, serves(p, []kernel.OrganizationID{"home", "other"}[i%2], role, "2023-01-01", kernel.Forever))
			if i < 495 {
				done = append(done, took(p, "k1", "2023-06-01"))
			}
			if i < 15 { // fifteen caregivers came twice
				done = append(done, took(p, "k2", "2023-09-01"))
			}
		}
		done = append(done, took("n499", "k3", "2024-01-02")) // after its last day
		must(t, w.HearCareers(t.Context(), careers))
		for range 2 {
			must(t, w.HearCompletions(t.Context(), done))
		}
		h, err := w.Heads(ctx, "five", "", "2024-01-10")
		must(t, err)
		want := []statistics.HeadsOfKind{{Kind: kernel.StaffCaregiver, Heads: 415, Attendances: 430}, {Kind: kernel.StaffManager, Heads: 80, Attendances: 80}}
		share := kernel.Ratio{Numerator: h.Heads, Denominator: *h.Target()}
		if h.Heads != 495 || h.Attendances != 510 || share.Percent() != "99.00" || share.AtLeast(10000) || share.Gap(10000) != 5 || !slices.Equal(h.ByKind, want) {
			t.Errorf("%+v", h)
		}
		if h, err := w.Heads(ctx, "five", "", "2023-08-31"); err != nil || h.Heads != 495 || h.Attendances != 495 {
			t.Errorf("before the second class: %+v %v", h, err)
		}
		if h, err := w.Heads(ctx, "five", "other", "2023-12-31"); err != nil || h.Heads != 247 || h.Target() != nil {
			t.Errorf("of one home: %+v %v", h, err)
		}
		missing := pages(t, 2, func(limit int, cursor string) (statistics.ListedPage, error) {
			return w.HeadsPeople(ctx, "five", statistics.StandingQuery{AsOf: "2024-01-10", State: "missing", Limit: limit, Cursor: cursor})
		})
		if !slices.Equal(missing, []string{"n495", "n496", "n497", "n498", "n499"}) {
			t.Errorf("not yet: %v", missing)
		}
		counted := pages(t, 200, func(limit int, cursor string) (statistics.ListedPage, error) {
			return w.HeadsPeople(ctx, "five", statistics.StandingQuery{AsOf: "2024-01-10", State: "met", Limit: limit, Cursor: cursor})
		})
		if len(counted) != 495 {
			t.Errorf("counted: %d", len(counted))
		}
		lines, _, total, without, err := w.CompareHeads(ctx, "five", "2024-01-10", 10, "")
		must(t, err)
		if total != 2 || without != 0 || lines[0].Heads.Heads != 247 || lines[0].OnPost != 250 {
			t.Errorf("homes: %+v", lines)
		}
		snap, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorHeads, Organization: "district", AsOf: "2023-12-31", Programme: "five"})
		must(t, err)
		w.now = w.now.AddDate(0, 0, 1)
		late := took("n498", "k1", "2023-06-01")
		late.At = w.now
		must(t, w.HearCompletions(t.Context(), []statistics.Completed{late}))
		if h, err := w.Heads(ctx, "five", "", "2024-01-10"); err != nil || h.Heads != 496 {
			t.Errorf("entered later: %+v %v", h, err)
		}
		if again, err := w.Recompute(ctx, snap.ID); err != nil || !again.Same || again.Now.Ratio != (kernel.Ratio{Numerator: 495, Denominator: 500}) {
			t.Errorf("frozen: %+v %v", again.Now.Ratio, err)
		}
		w.sound(t, "after all")
	})
}

// FACTS §12 S4-9: family carers are heads of a programme and nobody's staff.
func TestFamilyCarersAreHeadsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		w.Programmes = programmes{}
		ctx := everywhere(t.Context())
		var done []statistics.Completed
		for i := range 30 {
			c := took(kernel.PersonID(fmt.Sprintf("f%02d", i)), "k", "2023-05-01")
			c.Standards = []string{"GB 38600—2019"}
			done = append(done, c)
		}
		must(t, w.HearCompletions(t.Context(), done))
		h, err := w.Heads(ctx, "five", "", "2023-12-31")
		must(t, err)
		if h.Heads != 30 || !slices.Equal(h.ByKind, []statistics.HeadsOfKind{{Kind: rule.KindNone, Heads: 30, Attendances: 30}}) {
			t.Errorf("%+v", h)
		}
		if c := w.coverage(t, "district", "2023-12-31", "GB 38600—2019"); c.All.Denominator != 0 {
			t.Errorf("coverage: %+v", c.All)
		}
		must(t, w.HearRevocation(t.Context(), statistics.Revoked{Person: "f00", Class: "k", On: "2023-06-01", At: w.now}))
		if h, err := w.Heads(ctx, "five", "", "2023-12-31"); err != nil || h.Heads != 29 {
			t.Errorf("one revoked: %+v %v", h, err)
		}
		w.sound(t, "after all")
	})
}

// FACTS §12 S4-6: homes of 299 and of 300 beds, one trained social worker each.
func TestSocialWorkersOfHomes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := begin(t, db)
		ctx := everywhere(t.Context())
		must(t, w.HearCareers(t.Context(), []kernel.Career{
			serves("a", "home", kernel.StaffSocialWorker, "2023-01-01", kernel.Forever),
			serves("b", "other", kernel.StaffSocialWorker, "2023-01-01", kernel.Forever),
			serves("c", "other", kernel.StaffSocialWorker, "2023-01-01", kernel.Forever), // no training record
		}))
		trained := func(p kernel.PersonID) statistics.Completed {
			c := completed(p, "k", "2023-05-01")
			c.Audience = "socialWorker"
			return c
		}
		must(t, w.HearCompletions(t.Context(), []statistics.Completed{trained("a"), trained("b")}))
		all, sum, err := w.SocialWorkers(ctx, "district", "2023-12-31")
		must(t, err)
		if sum != (statistics.SocialSum{Homes: 2, Met: 1, Short: 1, MissingPeople: 1, Trained: 2, Untrained: 1}) {
			t.Errorf("sum %+v", sum)
		}
		if first := all[0]; first.Card.ID != "other" || *first.Required != 2 || first.Social.Trained != 1 || *first.Met() || !slices.Equal(first.Flags, []string{rule.FlagBothClauses, rule.FlagUntrained}) {
			t.Errorf("at exactly 300: %+v", first)
		}
		if second := all[1]; *second.Required != 1 || !*second.Met() || len(second.Flags) != 0 {
			t.Errorf("at 299: %+v", second)
		}
		for state, want := range map[string][]string{"missing": {"c"}, "met": {"a", "b"}} {
			got := pages(t, 1, func(limit int, cursor string) (statistics.ListedPage, error) {
				return w.SocialPeople(ctx, statistics.StandingQuery{Organization: "district", AsOf: "2023-12-31", State: state, Limit: limit, Cursor: cursor})
			})
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v", state, got)
			}
		}
		snap, err := w.Freeze(ctx, statistics.FreezeQuery{Indicator: statistics.IndicatorSocial, Organization: "district", AsOf: "2023-12-31"})
		must(t, err)
		late := trained("c")
		late.At = w.now.AddDate(0, 0, 1)
		must(t, w.HearCompletions(t.Context(), []statistics.Completed{late}))
		if _, sum, err := w.SocialWorkers(ctx, "district", "2023-12-31"); err != nil || sum.Met != 2 {
			t.Errorf("trained later: %+v %v", sum, err)
		}
		read, err := w.Snapshot(ctx, snap.ID)
		must(t, err)
		if len(read.Homes) != 2 || read.Figure.Ratio != (kernel.Ratio{Numerator: 1, Denominator: 2}) || *read.Homes[0].Required != 2 {
			t.Errorf("frozen: %+v", read)
		}
		if again, err := w.Recompute(ctx, snap.ID); err != nil || !again.Same {
			t.Errorf("recomputed: %+v %v", again.Now.Ratio, err)
		}
		if all, _, err := w.SocialWorkers(ctx, "district", "2022-12-31"); err != nil || all[0].Required != nil || all[0].Met() != nil || !slices.Contains(all[0].Flags, rule.FlagNoRule) {
			t.Errorf("before there was a row: %+v %v", all[0], err)
		}
	})
}
