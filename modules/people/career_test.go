package people_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/people"
)

// However spells are added and corrected, nobody holds one post twice on a
// day, nothing is lost, and what was known before stays as it was.
func TestACareerNeverContradictsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var career people.Career
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range rapid.IntRange(1, 12).Draw(t, "changes") {
			at = at.Add(time.Hour)
			from := kernel.Date("2020-01-01").AddDays(rapid.IntRange(0, 60).Draw(t, "from"))
			e := people.Entry{Spell: kernel.Spell{
				ID: kernel.NewID(), Organization: rapid.SampledFrom([]kernel.OrganizationID{home, other}).Draw(t, "at"),
				Role:   rapid.SampledFrom([]kernel.StaffRole{kernel.StaffCaregiver, kernel.StaffManager}).Draw(t, "role"),
				Period: kernel.Period{From: from, To: from.AddDays(rapid.IntRange(0, 30).Draw(t, "days"))}, RecordedAt: at,
			}}
			before, next, err := career, people.Career(nil), error(nil)
			if latest := career.Latest(); len(latest) > 0 && rapid.Bool().Draw(t, "correct") {
				e.ID = latest[i%len(latest)].ID
				next, err = career.Correct(e)
			} else {
				next, err = career.Add(e)
			}
			if err != nil {
				if !errors.Is(err, people.ErrSpellOverlap) && !errors.Is(err, people.ErrSpellUnchanged) {
					t.Fatal(err)
				}
				continue
			}
			career = next
			if len(career) != len(before)+1 {
				t.Fatalf("%d versions after %d", len(career), len(before))
			}
			known := career.KnownAt(at.Add(-time.Minute)).Latest()
			if was := before.Latest(); len(career.KnownAt(at.Add(-time.Minute))) != len(was) {
				t.Fatalf("known before: %d, was %d (%v)", len(known), len(was), known)
			}
			latest := career.Latest()
			for a := range latest {
				for b := range a {
					x, y := latest[a], latest[b]
					if x.Organization == y.Organization && x.Role == y.Role && x.Period.Overlaps(y.Period) {
						t.Fatalf("%v and %v overlap", x.Period, y.Period)
					}
				}
			}
		}
	})
}
