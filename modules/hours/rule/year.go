package rule

import (
	"slices"
	"strconv"

	"carecert/modules/kernel"
)

// The outcomes of a year (CONTRACT §3).
const (
	Met        = "met"
	InProgress = "inProgress"
	Short      = "short"
	NotSubject = "notSubject"
)

// Standing is what a year is judged on.
type Standing struct {
	Credited kernel.Minutes
	OnPost   *kernel.Period // first to last day on post in a role that owes the duty; nil: never in the year
	Ended    bool           // the year is over
}

// YearOf frames a calendar year.
func YearOf(year int) kernel.Period {
	return kernel.Period{From: kernel.NewDate(year, 1, 1), To: kernel.NewDate(year, 12, 31)}
}

// Subject finds the days of the year on which the person was on post in a role
// that owes the duty; nil when there are none.
func (r Row) Subject(year int, spells []kernel.Spell) *kernel.Period {
	frame := YearOf(year)
	var hull *kernel.Period
	for _, s := range spells {
		if !slices.Contains(r.Roles, s.Role) || !s.Period.Overlaps(frame) {
			continue
		}
		from, to := max(s.Period.From, frame.From), min(s.Period.To, frame.To)
		if hull == nil {
			hull = &kernel.Period{From: from, To: to}
		}
		hull.From, hull.To = min(hull.From, from), max(hull.To, to)
	}
	return hull
}

// Judge reaches the verdict of a year.
//
// 青民〔2025〕28号 row 11: 每年累计不少于20课时. The year is the calendar year,
// whoever the employer was; no source shortens it for who came or left in the
// middle, so that is named and changes nothing.
func (r Row) Judge(year int, s Standing) kernel.Verdict {
	v := kernel.Verdict{RuleVersion: r.Stamp()}
	because := func(code string, params ...string) {
		v.Reasons = append(v.Reasons, kernel.Because(code, r.Source(), append(params, "year", strconv.Itoa(year))...))
	}
	missing := r.Required() - s.Credited
	figures := []string{
		"hours", s.Credited.ClassHours(r.MinutesPerClassHour), "required", strconv.Itoa(r.RequiredClassHours),
		"missing", strconv.Itoa(int(max(0, missing))), "missingHours", up(missing, r.MinutesPerClassHour),
	}
	switch {
	case r.RequiredClassHours == 0:
		v.Outcome = NotSubject
		because("hours.no_requirement")
	case s.OnPost == nil:
		v.Outcome = NotSubject
		because("hours.not_on_post")
	case missing <= 0:
		v.Outcome = Met
		because("hours.met", figures...)
	case s.Ended:
		v.Outcome = Short
		because("hours.short", figures...)
	default:
		v.Outcome = InProgress
		because("hours.in_progress", figures...)
	}
	if s.OnPost != nil && *s.OnPost != YearOf(year) && v.Outcome != NotSubject {
		because("hours.part_year", "from", string(s.OnPost.From), "to", string(s.OnPost.To))
	}
	return v
}

// up shows missing minutes as class hours, rounded up to two decimals: what is
// shown is enough.
func up(m, perHour kernel.Minutes) string {
	if m <= 0 || perHour <= 0 {
		return "0.00"
	}
	hundredths := (int64(m)*100 + int64(perHour) - 1) / int64(perHour)
	return strconv.FormatInt(hundredths/100, 10) + "." + strconv.FormatInt(hundredths%100+100, 10)[1:]
}

// Employers are the paths of who employed the person last in the year: those
// on whose roster they were on their last day on post.
func Employers(on *kernel.Period, roles []kernel.StaffRole, spells []kernel.Spell) (at []kernel.Spell) {
	if on == nil {
		return nil
	}
	for _, s := range spells {
		if slices.Contains(roles, s.Role) && s.OnPost(on.To) {
			at = append(at, s)
		}
	}
	return at
}
