package rule

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
)

// Day looks at everything one person attended on a day.
func (r Row) Day(person kernel.PersonID, spans []Span) []Hit {
	sorted := byTime(spans)
	return append(r.twoRooms(person, sorted), r.longDay(person, sorted)...)
}

func byTime(spans []Span) []Span {
	return slices.SortedFunc(slices.Values(spans), func(a, b Span) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Session, b.Session))
	})
}

// twoRooms: one person in two sessions at once, longer than the way from one
// room to the next explains.
func (r Row) twoRooms(person kernel.PersonID, sorted []Span) (hits []Hit) {
	if r.OverlapMinutes == nil {
		return nil
	}
	for i, a := range sorted {
		for _, b := range sorted[i+1:] {
			both := a.common(b)
			if a.Session == b.Session || int(both) < max(1, *r.OverlapMinutes) {
				continue
			}
			hits = append(hits, Hit{
				Kind: TwoRooms, Key: pair(a.Session, b.Session), People: []kernel.PersonID{person},
				Sessions: []kernel.SessionID{a.Session, b.Session},
				Figures:  map[string]string{"minutes": strconv.Itoa(int(both)), "from": clock(later(a.From, b.From)), "to": clock(earlier(a.To, b.To))},
			})
		}
	}
	return hits
}

// longDay: time spent in two sessions at once is one time.
func (r Row) longDay(person kernel.PersonID, sorted []Span) []Hit {
	if r.DayMinutes == nil {
		return nil
	}
	var whole time.Duration
	var until time.Time
	var sessions []kernel.SessionID
	for _, s := range sorted {
		sessions = append(sessions, s.Session)
		from := later(s.From, until)
		if s.To.After(from) {
			whole += s.To.Sub(from)
			until = s.To
		}
	}
	minutes := int(whole / time.Minute)
	if minutes <= *r.DayMinutes {
		return nil
	}
	return []Hit{{
		Kind: LongDay, People: []kernel.PersonID{person}, Sessions: sessions,
		Figures: map[string]string{"minutes": strconv.Itoa(minutes), "limit": strconv.Itoa(*r.DayMinutes)},
	}}
}

// Left tells somebody whose last post ended before the day, and when. Who never
// had one, or whose first post lies ahead, left nobody.
func (r Row) Left(spells []kernel.Spell, on kernel.Date) (kernel.Date, bool) {
	if r.LeftDays == nil {
		return "", false
	}
	var last kernel.Date
	for _, s := range spells {
		if s.SupersededAt != nil || s.Period.From > on {
			continue
		}
		last = max(last, s.Period.To)
	}
	return last, last != "" && last.AddDays(*r.LeftDays) < on
}

// Over tells somebody who had reached the pension age before the day. Who
// reaches it on the day is still let in.
func (r AgeRow) Over(born kernel.Date, gender string, on kernel.Date) bool {
	months, known := r.Months(gender)
	return known && born != "" && born.AddMonths(months) < on
}

func pair(a, b kernel.SessionID) string { return string(min(a, b)) + "+" + string(max(a, b)) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func clock(t time.Time) string { return t.In(kernel.Shanghai()).Format("15:04") }
