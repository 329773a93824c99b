package rule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

const (
	home     kernel.OrganizationID = "home"
	other    kernel.OrganizationID = "other"
	district kernel.OrganizationID = "district"
)

// A word that was corrected stands as it was known at the time.
func TestCorrectedWords(t *testing.T) {
	h := holding(4, "2023-01-01")
	h.VerifiedAt, h.RejectedAt = nil, at("2024-03-01")
	h.Words = []rule.Word{{Result: "confirmed", At: *at("2023-06-01")}, {Result: "withdrawn", At: *at("2024-01-01")}, {Result: "refuted", At: *at("2024-03-01")}}
	for _, c := range []struct {
		name    string
		knownAt time.Time
		why     string
	}{
		{"before any word", *at("2023-05-31"), rule.WhyUnverified},
		{"confirmed at that very instant", *at("2023-06-01"), ""},
		{"the day before it was withdrawn", *at("2023-12-31"), ""},
		{"withdrawn", *at("2024-02-01"), rule.WhyUnverified},
		{"refuted", *at("2024-03-01"), rule.WhyRejected},
		{"as known today", time.Time{}, rule.WhyRejected},
	} {
		got := rule.Segments(rule.Default(), []kernel.Spell{spell(home, "2023-01-01", kernel.Forever)}, []rule.Holding{h}, c.knownAt)
		if got[0].Why != c.why {
			t.Errorf("%s: %q, want %q", c.name, got[0].Why, c.why)
		}
	}
}

func at(s string) *time.Time { t := kernel.Date(s).Start(); return &t }

func spell(org kernel.OrganizationID, from, to kernel.Date) kernel.Spell {
	return kernel.Spell{
		Organization: org, Path: []kernel.OrganizationID{org, district}, Role: kernel.StaffCaregiver,
		Period: kernel.Period{From: from, To: to}, RecordedAt: from.Start(),
	}
}

func holding(level kernel.SkillLevel, issued kernel.Date) rule.Holding {
	return rule.Holding{Family: "skillLevel", Level: level, IssuedOn: issued, RecordedAt: issued.Start(), VerifiedAt: at(string(issued))}
}

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		name     string
		spells   []kernel.Spell
		holdings []rule.Holding
		knownAt  time.Time
		want     []rule.Segment // in the district
	}{
		{"nobody on post counts nowhere", nil, []rule.Holding{holding(5, "2020-01-01")}, time.Time{}, nil},
		{
			"on post at two homes counts once in the district",
			[]kernel.Spell{spell(home, "2023-01-01", kernel.Forever), spell(other, "2023-03-01", "2023-12-31")},
			nil,
			time.Time{},
			[]rule.Segment{{district, "2023-01-01", kernel.Forever, 0, "none"}},
		},
		{
			"moving the next day leaves no gap",
			[]kernel.Spell{spell(home, "2023-01-01", "2023-05-31"), spell(other, "2023-06-01", kernel.Forever)},
			nil,
			time.Time{},
			[]rule.Segment{{district, "2023-01-01", kernel.Forever, 0, "none"}},
		},
		{
			"a certificate counts from its day of issue",
			[]kernel.Spell{spell(home, "2023-01-01", kernel.Forever)},
			[]rule.Holding{holding(4, "2023-06-01")},
			time.Time{},
			[]rule.Segment{{district, "2023-01-01", "2023-05-31", 0, "none"}, {district, "2023-06-01", kernel.Forever, 4, ""}},
		},
		{
			"the highest level counts, once",
			[]kernel.Spell{spell(home, "2023-01-01", kernel.Forever)},
			[]rule.Holding{holding(5, "2022-01-01"), holding(4, "2022-06-01")},
			time.Time{},
			[]rule.Segment{{district, "2023-01-01", kernel.Forever, 4, ""}},
		},
		{
			"a revoked one stops counting on the day of revocation",
			[]kernel.Spell{spell(home, "2023-01-01", kernel.Forever)},
			[]rule.Holding{{Family: "skillLevel", Level: 5, IssuedOn: "2022-01-01", VerifiedAt: at("2022-01-01"), RevokedOn: "2023-07-01", RevokedAt: at("2023-07-01")}},
			time.Time{},
			[]rule.Segment{{district, "2023-01-01", "2023-06-30", 5, ""}, {district, "2023-07-01", kernel.Forever, 0, "revoked"}},
		},
		{
			"an unverified one does not count and says so",
			[]kernel.Spell{spell(home, "2023-01-01", kernel.Forever)},
			[]rule.Holding{{Family: "skillLevel", Level: 5, IssuedOn: "2022-01-01"}},
			time.Time{},
			[]rule.Segment{{district, "2023-01-01", kernel.Forever, 0, "unverified"}},
		},
		{
			"verified later counts from its issue",
			[]kernel.Spell{spell(home, "2023-01-01", kernel.Forever)},
			[]rule.Holding{{Family: "skillLevel", Level: 5, IssuedOn: "2023-02-01", VerifiedAt: at("2024-01-01")}},
			time.Time{},
			[]rule.Segment{{district, "2023-01-01", "2023-01-31", 0, "none"}, {district, "2023-02-01", kernel.Forever, 5, ""}},
		},
		{
			"as known before it was verified it did not count",
			[]kernel.Spell{spell(home, "2023-01-01", kernel.Forever)},
			[]rule.Holding{{Family: "skillLevel", Level: 5, IssuedOn: "2022-02-01", VerifiedAt: at("2024-01-01")}},
			*at("2023-12-31"),
			[]rule.Segment{{district, "2023-01-01", kernel.Forever, 0, "unverified"}},
		},
		{
			"a hire entered later was not known",
			[]kernel.Spell{{Path: []kernel.OrganizationID{home, district}, Role: kernel.StaffCaregiver, Period: kernel.Period{From: "2023-06-20", To: kernel.Forever}, RecordedAt: *at("2023-07-02")}},
			nil, kernel.Date("2023-06-30").End(), nil,
		},
		{
			"another role is not in the denominator",
			[]kernel.Spell{{Path: []kernel.OrganizationID{district}, Role: kernel.StaffSocialWorker, Period: kernel.Period{From: "2023-01-01", To: kernel.Forever}}},
			nil,
			time.Time{},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []rule.Segment
			for _, s := range rule.Segments(rule.Default(), c.spells, c.holdings, c.knownAt) {
				if s.Organization == district {
					got = append(got, s)
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// Whatever the facts, a day is covered by at most one segment per
// organisation, and by exactly one where a spell covers it.
func TestSegmentsCoverEveryDayOnce(t *testing.T) {
	day := rapid.Custom(func(t *rapid.T) kernel.Date {
		return kernel.Date("2023-01-01").AddDays(rapid.IntRange(0, 60).Draw(t, "day"))
	})
	rapid.Check(t, func(t *rapid.T) {
		var spells []kernel.Spell
		for range rapid.IntRange(0, 4).Draw(t, "spells") {
			from := day.Draw(t, "from")
			spells = append(spells, spell(rapid.SampledFrom([]kernel.OrganizationID{home, other}).Draw(t, "org"), from, from.AddDays(rapid.IntRange(0, 30).Draw(t, "days"))))
		}
		var hs []rule.Holding
		for range rapid.IntRange(0, 3).Draw(t, "holdings") {
			h := holding(kernel.SkillLevel(rapid.IntRange(1, 5).Draw(t, "level")), day.Draw(t, "issued"))
			if rapid.Bool().Draw(t, "revoked") {
				h.RevokedOn = h.IssuedOn.AddDays(rapid.IntRange(0, 20).Draw(t, "after"))
			}
			hs = append(hs, h)
		}
		segments := rule.Segments(rule.Default(), spells, hs, time.Time{})
		for i := range 100 {
			on := kernel.Date("2022-12-25").AddDays(i)
			for _, org := range []kernel.OrganizationID{home, other, district} {
				want, got, level := 0, 0, kernel.NoLevel
				for _, s := range spells {
					if s.OnPost(on) && (org == district || s.Organization == org) {
						want = 1
					}
				}
				for _, s := range segments {
					if s.Organization == org && s.From <= on && on <= s.To {
						got++
						level = s.Level
					}
				}
				best := kernel.NoLevel
				for _, h := range hs {
					if h.IssuedOn <= on && (h.RevokedOn == "" || on < h.RevokedOn) && h.Level.Above(best) {
						best = h.Level
					}
				}
				if got != want || (want == 1 && level != best) {
					t.Fatal(fmt.Sprintf("%s on %s: %d segments, want %d; level %d, want %d", org, on, got, want, level, best))
				}
			}
		}
	})
}
