package rule

import (
	"cmp"
	"slices"
	"strconv"
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
	Stretches             []Stretch // instead of In and Out, where there are several
	Mode                  string    // classroom, remote, onTheJob; "" where nobody said
	Flaw                  string    // why training says it proves nothing; empty when it stands
	Why                   string    // an office found it untrue, in its words
	Untimed               bool      // of hours earned elsewhere only the day and the minutes are known
	Category              string
	CountsTowardInService bool
	OrganiserTier         string
	Level                 kernel.SkillLevel // the learner's, on the day
}

// Line is what a presence is worth.
type Line struct {
	Session  kernel.SessionID
	Date     kernel.Date
	Mode     string
	Attended kernel.Minutes // in the session, before overlaps and caps
	Credited kernel.Minutes
	Reason   *kernel.Reason  // why it is less than attended
	Warnings []kernel.Reason // recorded, without effect on the credit
}

type span struct{ from, to time.Time }

// Credit credits the presences of one person (CONTRACT §4): overlap of presence
// and session to the second, floored to minutes; time spent in two sessions at
// once goes to the earlier one; at most the session's minutes, and at most the
// daily cap. What has no times comes after the rest of its day. The order in
// which they are given does not matter. rows picks the row of a day.
func Credit(rows func(kernel.Date) Row, presences []Presence) []Line {
	lines := value(rows, presences, map[kernel.Date]*day{})
	limitYears(rows, lines)
	return lines
}

// value credits presences on days of which something may be credited already,
// before what a year takes from a mode.
func value(rows func(kernel.Date) Row, presences []Presence, days map[kernel.Date]*day) []Line {
	sorted := slices.Clone(presences)
	slices.SortFunc(sorted, func(a, b Presence) int {
		if a.Untimed != b.Untimed {
			return map[bool]int{false: -1, true: 1}[a.Untimed]
		}
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.Session, b.Session))
	})
	var taken []span
	lines := make([]Line, 0, len(sorted))
	for _, p := range sorted {
		today := days[p.Date]
		if today == nil {
			today = &day{}
			days[p.Date] = today
		}
		if p.Untimed {
			lines = append(lines, rows(p.Date).creditUntimed(p, today))
			continue
		}
		line, counts := rows(p.Date).credit(p, taken, today)
		if counts {
			taken = append(taken, p.spans()...)
		}
		lines = append(lines, line)
	}
	return lines
}

// limitYears applies what a year takes from one mode of learning: by the row
// that judges the year, after every line has been valued for itself.
func limitYears(rows func(kernel.Date) Row, lines []Line) {
	years := map[int][]*Line{}
	for i := range lines {
		y := lines[i].Date.Year()
		years[y] = append(years[y], &lines[i])
	}
	for y, of := range years {
		rows(YearOf(y).From).limit(of)
	}
}

const wholeDay kernel.Minutes = 24 * 60

// day is what has been credited of one day.
type day struct {
	credited kernel.Minutes
	timed    kernel.Minutes // of it with times, and not yet set against hours without
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
func (r Row) credit(p Presence, taken []span, today *day) (line Line, counts bool) {
	line = Line{Session: p.Session, Date: p.Date, Mode: p.Mode, Attended: min(floor(lengths(p.spans(), nil)), p.Minutes)}
	if !r.counts(p, &line) {
		return line, false
	}
	line.Credited = min(floor(lengths(p.spans(), taken)), p.Minutes)
	if line.Credited < line.Attended {
		line.because("hours.overlap", r, line.Attended-line.Credited)
	}
	today.timed += line.Credited
	r.capped(&line, today)
	if line.Attended == 0 {
		line.because("hours.nothing_attended", r, 0)
	}
	return line, true
}

// creditUntimed values hours of which only the day is known. What else was
// credited on that day with its times may be the same hours: unless the row
// says otherwise, they count once.
func (r Row) creditUntimed(p Presence, today *day) Line {
	line := Line{Session: p.Session, Date: p.Date, Mode: p.Mode, Attended: p.Minutes}
	if !r.counts(p, &line) {
		return line
	}
	line.Credited = p.Minutes
	if r.Imported.Untimed != UntimedCounts {
		same := min(line.Credited, today.timed)
		today.timed -= same
		if line.Credited -= same; same > 0 {
			line.because("hours.untimed_overlap", r, same)
		}
	}
	if left := max(0, wholeDay-today.credited); line.Credited > left {
		line.because("hours.day_full", r, line.Credited-left)
		line.Credited = left
	}
	r.capped(&line, today)
	return line
}

// counts says whether a presence counts at all, and what is to be said of it.
func (r Row) counts(p Presence, line *Line) bool {
	if reason := r.excludes(p); reason != nil {
		line.Reason = reason
		return false
	}
	if warning := r.OrganiserDoubt(p.Level, p.OrganiserTier); warning != nil {
		if r.OrganiserMismatch == MismatchUncount {
			line.Reason = warning
			return false
		}
		line.Warnings = []kernel.Reason{*warning}
	}
	return true
}

// OrganiserDoubt says that an organiser of that tier does not train holders of
// the level; nil when it does.
func (r Row) OrganiserDoubt(level kernel.SkillLevel, tier string) *kernel.Reason {
	if r.allows(level, tier) {
		return nil
	}
	doubt := kernel.Because("hours.organiser_tier", r.Source(), "level", strconv.Itoa(int(level)), "tier", tier)
	return &doubt
}

func (r Row) capped(line *Line, today *day) {
	if left := max(0, r.DailyCapMinutes-today.credited); r.DailyCapMinutes > 0 && line.Credited > left {
		line.because("hours.daily_cap", r, line.Credited-left)
		line.Credited = left
	}
	today.credited += line.Credited
}

func (l *Line) because(code string, r Row, minutes kernel.Minutes) {
	reason := kernel.Because(code, r.Source(), "minutes", strconv.Itoa(int(minutes)))
	l.Reason = &reason
}

// The flaws of hours that were earned elsewhere.
const (
	FlawUnconfirmed = "unconfirmed" // no bureau has confirmed them yet
	FlawRejected    = "rejected"    // it does not
	FlawWithdrawn   = "withdrawn"   // whoever imported them took them back
)

// FlawUntrue is of a presence that an office found untrue.
const FlawUntrue = "untrue"

// flawCode turns training's word for a presence that proves nothing into ours.
func flawCode(flaw string) string {
	switch flaw {
	case "late":
		return "hours.late"
	case "noCheckOut":
		return "hours.no_check_out"
	case "refused":
		return "hours.refused"
	case FlawUntrue:
		return "hours.untrue"
	case "absent":
		return "hours.absent"
	case "offline":
		return "hours.offline"
	case "shared":
		return "hours.shared_device"
	case FlawUnconfirmed:
		return "hours.unconfirmed"
	case FlawRejected:
		return "hours.import_rejected"
	case FlawWithdrawn:
		return "hours.import_withdrawn"
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
	if p.Why != "" {
		reason.Params["why"] = p.Why
	}
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
