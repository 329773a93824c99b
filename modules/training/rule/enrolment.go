package rule

import (
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
)

// Clash tells whether two sessions share time; one that begins as the other
// ends does not.
func Clash(a, b Session) bool {
	return a.StartsAt.Before(b.EndsAt) && b.StartsAt.Before(a.EndsAt)
}

// LeaveBy is the last instant at which a learner, or their institution, gives a
// seat up without asking the provider.
func (r Row) LeaveBy(starts time.Time) time.Time {
	return starts.Add(-time.Duration(r.LeaveBeforeMinutes) * time.Minute)
}

// SwapBy is the last instant at which an institution gives a seat to a
// colleague without asking the provider.
func (r Row) SwapBy(starts time.Time) time.Time {
	return starts.Add(-time.Duration(r.SwapBeforeMinutes) * time.Minute)
}

// Audience is whom a course is meant for.
type Audience struct {
	Kind   string              // a kind of people of the row's audiences; other words are for readers only
	Levels []kernel.SkillLevel // that its learners hold now; 0 is none, empty is any
}

// Seeker is who looks for a class.
type Seeker struct {
	Kinds []string
	Level kernel.SkillLevel
}

// Fits names what speaks against the course being meant for somebody.
func (r Row) Fits(a Audience, s Seeker) []kernel.Reason {
	var out []kernel.Reason
	if slices.Contains(r.Audiences, a.Kind) && len(s.Kinds) > 0 && !slices.Contains(s.Kinds, a.Kind) {
		out = append(out, kernel.Because("training.other_audience", r.Source(), "audience", a.Kind))
	}
	if len(a.Levels) > 0 && !slices.Contains(a.Levels, s.Level) {
		out = append(out, kernel.Because("training.other_level", r.Source(), "level", strconv.Itoa(int(s.Level))))
	}
	return out
}
