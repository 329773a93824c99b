package rule

import (
	"slices"
	"time"

	"carecert/modules/kernel"
)

// Stretch is one time of presence within a session.
type Stretch struct {
	From time.Time `bson:"from"`
	To   time.Time `bson:"to"`
}

// Joined are the stretches inside a session: in order, none in another.
func Joined(s Session, all []Stretch) (out []Stretch) {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b Stretch) int { return a.From.Compare(b.From) })
	for _, x := range sorted {
		if x.From.Before(s.StartsAt) {
			x.From = s.StartsAt
		}
		if x.To.After(s.EndsAt) {
			x.To = s.EndsAt
		}
		if !x.To.After(x.From) {
			continue
		}
		last := len(out) - 1
		if last < 0 || x.From.After(out[last].To) {
			out = append(out, x)
		} else if x.To.After(out[last].To) {
			out[last].To = x.To
		}
	}
	return out
}

// AttendedIn is what the union of stretches is worth: floored to minutes and
// capped at the session's.
func AttendedIn(s Session, all []Stretch) kernel.Minutes {
	return min(kernel.Minutes(Length(Joined(s, all))/time.Minute), s.Minutes)
}

// Length adds stretches up that do not overlap.
func Length(all []Stretch) (sum time.Duration) {
	for _, x := range all {
		sum += x.To.Sub(x.From)
	}
	return sum
}
