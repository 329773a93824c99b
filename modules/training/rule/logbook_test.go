package rule_test

import (
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

func TestEntriesOfTheLogbook(t *testing.T) {
	s, r := morning(), rule.OnTheJob{MaxAgeDays: 14}
	whole := rule.Stretch{From: s.StartsAt, To: s.EndsAt}
	last := kernel.DateOf(s.StartsAt).AddDays(15).Start().Add(-time.Millisecond)
	for _, c := range []struct {
		name string
		x    rule.Stretch
		now  time.Time
		want rule.EntryFlaw
	}{
		{"all of the session, as it ends", whole, s.EndsAt, rule.EntryFits},
		{"a second before its end", whole, s.EndsAt.Add(-time.Second), rule.EntryAhead},
		{"no time at all", rule.Stretch{From: s.StartsAt, To: s.StartsAt}, s.EndsAt, rule.EntryReversed},
		{"a second before the session", rule.Stretch{From: s.StartsAt.Add(-time.Second), To: s.EndsAt}, s.EndsAt, rule.EntryOutside},
		{"a second after it", rule.Stretch{From: s.StartsAt, To: s.EndsAt.Add(time.Second)}, last, rule.EntryOutside},
		{"on the fourteenth day", whole, last, rule.EntryFits},
		{"on the fifteenth", whole, last.Add(time.Millisecond), rule.EntryOld},
	} {
		if got := r.Examine(s, c.x, c.now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for level, want := range map[kernel.SkillLevel]bool{kernel.NoLevel: false, 5: false, 4: false, 3: true, 2: true, 1: true} {
		if got := (rule.OnTheJob{MentorLevel: 3}).Mentors(level); got != want {
			t.Errorf("level %d: %v", level, got)
		}
		if !(rule.OnTheJob{}).Mentors(level) {
			t.Errorf("where none is asked for, level %d is refused", level)
		}
	}
	minute := func(from, to int) rule.Stretch {
		return rule.Stretch{From: s.StartsAt.Add(time.Duration(from) * time.Minute), To: s.StartsAt.Add(time.Duration(to) * time.Minute)}
	}
	if minute(0, 30).Overlaps(minute(30, 60)) || !minute(0, 31).Overlaps(minute(30, 60)) || !minute(0, 60).Overlaps(minute(10, 20)) {
		t.Error("what overlaps is told wrongly")
	}
}
