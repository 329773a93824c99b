package rule

import (
	"slices"
	"time"
)

// Stretch is one time of presence, where a session knows of several: what was
// watched at home with breaks, or practised on the job.
type Stretch struct {
	From time.Time `bson:"from"`
	To   time.Time `bson:"to"`
}

// spans are the times of presence inside the session: in order, none in
// another. Where there are stretches, they stand instead of In and Out.
func (p Presence) spans() []span {
	if len(p.Stretches) == 0 {
		return []span{p.within()}
	}
	var all []span
	for _, x := range p.Stretches {
		part := p
		part.In, part.Out = x.From, x.To
		if s := part.within(); s.to.After(s.from) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b span) int { return a.from.Compare(b.from) })
	var out []span
	for _, s := range all {
		last := len(out) - 1
		if last < 0 || s.from.After(out[last].to) {
			out = append(out, s)
		} else if s.to.After(out[last].to) {
			out[last].to = s.to
		}
	}
	return out
}

// lengths adds up spans without what is taken already.
func lengths(all, taken []span) (sum time.Duration) {
	for _, s := range all {
		sum += length(s, taken)
	}
	return sum
}
