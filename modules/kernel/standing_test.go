package kernel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
)

// A day and an instant give the path that the history told then, whatever was
// recorded later, and every day of the spell is in exactly one stretch.
func TestPlacedByDayAndInstant(t *testing.T) {
	first := kernel.Date("2024-01-01")
	rapid.Check(t, func(t *rapid.T) {
		day := func(label string) kernel.Date { return first.AddDays(rapid.IntRange(0, 20).Draw(t, label)) }
		instant := func(label string) time.Time {
			return first.Start().Add(time.Duration(rapid.IntRange(0, 40).Draw(t, label)) * time.Hour)
		}
		s := kernel.Spell{Period: kernel.Period{From: day("from"), To: kernel.Forever}, RecordedAt: instant("recorded")}
		if rapid.Bool().Draw(t, "ended") {
			s.Period.To = s.Period.From.AddDays(rapid.IntRange(0, 20).Draw(t, "days"))
		}
		s.Stood = []kernel.Standing{{RecordedAt: first.Start().Add(-time.Hour), Path: []kernel.OrganizationID{"o0"}}}
		told := first.Start()
		for i := range rapid.IntRange(1, 5).Draw(t, "moves") {
			told = told.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "later")) * time.Hour)
			s.Stood = append(s.Stood, kernel.Standing{From: day("since"), RecordedAt: told, Path: []kernel.OrganizationID{kernel.OrganizationID("o" + string(rune('1'+i)))}})
		}
		pieces := s.Placed()
		for range 10 {
			at, on := instant("known"), day("on")
			if at.Before(s.RecordedAt) {
				at = s.RecordedAt
			}
			want := kernel.OrganizationID("")
			if s.OnPost(on) {
				for i, x := range s.Stood {
					if x.From <= on && (i == 0 || !x.RecordedAt.After(at)) {
						want = x.Path[0]
					}
				}
			}
			got, n := kernel.OrganizationID(""), 0
			for _, p := range pieces {
				if p.OnPost(on) && !p.RecordedAt.After(at) && (p.SupersededAt == nil || p.SupersededAt.After(at)) {
					got, n = p.Path[0], n+1
				}
			}
			if got != want || n > 1 {
				t.Fatalf("on %s known at %s: %q in %d stretches, want %q", on, at, got, n, want)
			}
		}
	})
}
