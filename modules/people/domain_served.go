package people

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
)

// Who was on post on a day is looked up, not walked for. A stay that has ended
// is cut into stretches of 1, 2, 4 … days that begin at their multiples, some
// fifteen for any length; a day lies in one stretch of every size, so that a
// handful of look-ups find exactly the people of the day, each once. A stay
// that is still open is looked up by its first day.

// origin is the first day on the shelf; what began earlier lies on it too.
const origin kernel.Date = "1950-01-01"

// sizes of stretches: 2^15 days are 89 years.
const sizes = 16

// stretch names one on the shelf: its size and which of that size it is.
func stretch(size, n int) string {
	return "@" + strconv.FormatInt(int64(size), 36) + "." + strconv.FormatInt(int64(n), 36)
}

// stretchesOn are those that a day lies in.
func stretchesOn(day kernel.Date) (out []string) {
	n := day.Sub(origin)
	for size := 0; n >= 0 && size < sizes; size++ {
		out = append(out, stretch(size, n>>size))
	}
	return out
}

// stretchesOf make up a period, each day once.
func stretchesOf(p kernel.Period) (out []string) {
	a, b := max(0, p.From.Sub(origin)), p.To.Sub(origin)
	for size := 0; a <= b; size, a, b = size+1, a>>1, b>>1 {
		if size == sizes-1 {
			for ; a <= b; a++ {
				out = append(out, stretch(size, a))
			}
			break
		}
		if a&1 == 1 {
			out = append(out, stretch(size, a))
			a++
		}
		if a <= b && b&1 == 0 {
			out = append(out, stretch(size, b))
			b--
		}
	}
	return out
}

// at are the stretches of an entry by where its organisation stood, as known at
// an instant (zero: everything).
func (e Entry) at(knownAt time.Time) []kernel.Spell {
	return slices.DeleteFunc(e.Placed(), func(s kernel.Spell) bool {
		if knownAt.IsZero() {
			return s.SupersededAt != nil
		}
		return s.RecordedAt.After(knownAt) || (s.SupersededAt != nil && !s.SupersededAt.After(knownAt))
	})
}

// stays are the periods on post in each organisation and everything under it,
// in the tree of each day; overlaps count once.
func (c Career) stays() map[string][]kernel.Period {
	out := map[string][]kernel.Period{}
	for _, e := range c.Latest() {
		for _, s := range e.at(time.Time{}) {
			for _, o := range append(texts(s.Path), everybody) {
				out[o] = append(out[o], s.Period)
			}
		}
	}
	for o, ps := range out {
		slices.SortFunc(ps, func(a, b kernel.Period) int { return cmp.Compare(a.From, b.From) })
		var joined []kernel.Period
		for _, p := range ps {
			if n := len(joined); n > 0 && (joined[n-1].To == kernel.Forever || p.From <= joined[n-1].To.AddDays(1)) {
				joined[n-1].To = max(joined[n-1].To, p.To)
				continue
			}
			joined = append(joined, p)
		}
		out[o] = joined
	}
	return out
}

// shelfServed holds who was on post in a stretch and is in reach today;
// shelfServedOnce who is not in reach any more: for whoever oversees the
// organisation.
const (
	shelfServed     = ""
	shelfServedOnce = "@"
)

// serve derives what the person is found by on a day. Open stays of different
// first days share the latest one; the days before it are stretches.
func (d *personDoc) serve(p Person, former []kernel.OrganizationID) {
	d.Open, d.Since = nil, ""
	stays := p.Career.stays()
	for _, ps := range stays {
		if last := ps[len(ps)-1]; last.To == kernel.Forever {
			d.Since = max(d.Since, last.From)
		}
	}
	for o, ps := range stays {
		mark := shelfServedOnce
		if slices.Contains(d.Reach, o) || slices.Contains(former, kernel.OrganizationID(o)) {
			mark = shelfServed
		}
		for _, s := range ps {
			if s.To == kernel.Forever {
				d.Open = append(d.Open, o)
				if s.To = d.Since.AddDays(-1); s.From > s.To {
					continue
				}
			}
			for _, name := range stretchesOf(s) {
				d.Shelf = append(d.Shelf, o+mark+name)
			}
		}
	}
	slices.Sort(d.Open)
}
