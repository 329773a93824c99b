package rule

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// Presence is one person in one closed session.
type Presence struct {
	Session               kernel.SessionID
	Date                  kernel.Date
	StartsAt, EndsAt      time.Time
	Minutes               kernel.Minutes // planned; credit never exceeds it
	In, Out               time.Time
	Flaw                  string // why training says it proves nothing; empty when it stands
	Category              string
	CountsTowardInService bool
	OrganiserTier         string
	Level                 kernel.SkillLevel // the learner's, on the day
}

// Line is what a presence is worth.
type Line struct {
	Session  kernel.SessionID
	Date     kernel.Date
	Attended kernel.Minutes // in the session, before overlaps and caps
	Credited kernel.Minutes
	Reason   *kernel.Reason  // why it is less than attended
	Warnings []kernel.Reason // recorded, without effect on the credit
}

type span struct{ from, to time.Time }

// Credit credits the presences of one person (CONTRACT §4): overlap of presence
// and session to the second, floored to minutes; time spent in two sessions at
// once goes to the earlier one; at most the session's minutes, and at most the
// daily cap. The order in which they are given does not matter. rows picks the
// row of a day.
func Credit(rows func(kernel.Date) Row, presences []Presence) []Line {
	sorted := slices.Clone(presences)
	slices.SortFunc(sorted, func(a, b Presence) int {
		if c := a.StartsAt.Compare(b.StartsAt); c != 0 {
			return c
		}
		return strings.Compare(string(a.Session), string(b.Session))
	})
	var taken []span
	day := map[kernel.Date]kernel.Minutes{}
	lines := make([]Line, 0, len(sorted))
	for _, p := range sorted {
		line, counts := rows(p.Date).credit(p, taken, day[p.Date])
		if counts {
			taken = append(taken, p.within())
		}
		day[p.Date] += line.Credited
		lines = append(lines, line)
	}
	return lines
}

func (p Presence) within() span {
	s := span{p.In, p.Out}
	if s.from.Before(p.StartsAt) {
		s.from = p.StartsAt
	}
	if s.to.After(p.EndsAt) {
		s.to = p.EndsAt
	}
	if p.In.IsZero() || p.Out.IsZero() || s.to.Before(s.from) {
		return span{p.StartsAt, p.StartsAt}
	}
	return s
}

// credit values one presence after the earlier ones; counts tells whether its
// time is then taken.
func (r Row) credit(p Presence, taken []span, today kernel.Minutes) (line Line, counts bool) {
	line = Line{Session: p.Session, Date: p.Date, Attended: min(floor(length(p.within(), nil)), p.Minutes)}
	if reason := r.excludes(p); reason != nil {
		line.Reason = reason
		return line, false
	}
	if !r.allows(p.Level, p.OrganiserTier) {
		warning := kernel.Because("hours.organiser_tier", r.Source(),
			"level", strconv.Itoa(int(p.Level)), "tier", p.OrganiserTier)
		if r.OrganiserMismatch == MismatchUncount {
			line.Reason = &warning
			return line, false
		}
		line.Warnings = []kernel.Reason{warning}
	}
	line.Credited = min(floor(length(p.within(), taken)), p.Minutes)
	if line.Credited < line.Attended {
		line.because("hours.overlap", r, line.Attended-line.Credited)
	}
	if left := max(0, r.DailyCapMinutes-today); r.DailyCapMinutes > 0 && line.Credited > left {
		line.because("hours.daily_cap", r, line.Credited-left)
		line.Credited = left
	}
	if line.Attended == 0 {
		line.because("hours.nothing_attended", r, 0)
	}
	return line, true
}

func (l *Line) because(code string, r Row, minutes kernel.Minutes) {
	reason := kernel.Because(code, r.Source(), "minutes", strconv.Itoa(int(minutes)))
	l.Reason = &reason
}

// flawCode turns training's word for a presence that proves nothing into ours.
func flawCode(flaw string) string {
	switch flaw {
	case "late":
		return "hours.late"
	case "noCheckOut":
		return "hours.no_check_out"
	case "refused":
		return "hours.refused"
	case "absent":
		return "hours.absent"
	}
	return "hours.not_proved"
}

func (r Row) excludes(p Presence) *kernel.Reason {
	code := ""
	switch {
	case p.Flaw != "":
		code = flawCode(p.Flaw)
	// FACTS §7.3: 非学历教育 only; lessons of a 大专班 never count.
	case slices.Contains(r.ExcludedCategories, p.Category):
		code = "hours.category_excluded"
	case !p.CountsTowardInService:
		code = "hours.course_does_not_count"
	default:
		return nil
	}
	reason := kernel.Because(code, r.Source(), "category", p.Category)
	return &reason
}

func floor(d time.Duration) kernel.Minutes { return kernel.Minutes(d / time.Minute) }

// length of a span without what is taken already.
func length(s span, taken []span) time.Duration {
	cuts := slices.Clone(taken)
	slices.SortFunc(cuts, func(a, b span) int { return a.from.Compare(b.from) })
	free, at := time.Duration(0), s.from
	for _, c := range cuts {
		if !c.to.After(at) || !c.from.Before(s.to) {
			continue
		}
		if c.from.After(at) {
			free += c.from.Sub(at)
		}
		at = c.to
	}
	if s.to.After(at) {
		free += s.to.Sub(at)
	}
	return free
}
