package rule

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"carecert/modules/kernel"
)

// Room looks at the check-ins of one session. The teacher's word is entered for
// a whole sheet at once, so only scans are looked at.
func (r Row) Room(s Session) []Hit {
	return append(r.sharedDevice(s), r.sameSecond(s)...)
}

func (r Row) sharedDevice(s Session) []Hit {
	if r.DevicePeople == nil {
		return nil
	}
	by := map[string][]kernel.PersonID{}
	for _, p := range s.Presences {
		if p.Scanned && p.Device != "" {
			by[p.Device] = append(by[p.Device], p.Person)
		}
	}
	return grouped(s, by, SharedDevice, *r.DevicePeople, func(device string) map[string]string {
		return map[string]string{"device": device[max(0, len(device)-6):]}
	})
}

func (r Row) sameSecond(s Session) []Hit {
	if r.SecondPeople == nil {
		return nil
	}
	by := map[string][]kernel.PersonID{}
	for _, p := range s.Presences {
		if p.Scanned && !p.In.IsZero() {
			at := p.In.In(kernel.Shanghai()).Format(time.TimeOnly)
			by[at] = append(by[at], p.Person)
		}
	}
	return grouped(s, by, SameSecond, *r.SecondPeople, func(at string) map[string]string {
		return map[string]string{"at": at}
	})
}

// grouped makes a hit of every group that is large enough.
func grouped(s Session, by map[string][]kernel.PersonID, kind Kind, least int, figures func(string) map[string]string) (hits []Hit) {
	for _, key := range slices.Sorted(maps.Keys(by)) {
		people := slices.Compact(slices.Sorted(slices.Values(by[key])))
		if len(people) < max(2, least) {
			continue
		}
		f := figures(key)
		f["people"] = strconv.Itoa(len(people))
		hits = append(hits, Hit{Kind: kind, Key: key, People: people, Sessions: []kernel.SessionID{s.ID}, Figures: f})
	}
	return hits
}

// Full looks at a class that nobody ever missed: a few full sessions are a good
// class, many of a large one are a list that was filled in.
func (r Row) Full(tallies []Tally) []Hit {
	if r.FullSessions == nil || r.FullLearners == nil || len(tallies) < max(1, *r.FullSessions) {
		return nil
	}
	var sessions []kernel.SessionID
	learners := 0
	for _, t := range tallies {
		if t.Enrolled < *r.FullLearners || t.Present < t.Enrolled {
			return nil
		}
		learners = max(learners, t.Enrolled)
		sessions = append(sessions, t.Session)
	}
	return []Hit{{
		Kind: AlwaysFull, Sessions: sessions,
		Figures: map[string]string{"sessions": strconv.Itoa(len(tallies)), "learners": strconv.Itoa(learners)},
	}}
}

// TeacherDay looks at everything that one teacher gave in a district on a day:
// two places at once. One room, or two lessons over the net, are one place; two
// of one name on one school's list are two teachers. Lists of two schools do not
// tell: whoever teaches at both is on both.
func (r Row) TeacherDay(spans []Span) (hits []Hit) {
	if r.TeacherMinutes == nil {
		return nil
	}
	sorted := byTime(spans)
	for i, a := range sorted {
		for _, b := range sorted[i+1:] {
			both := a.common(b)
			if a.Session == b.Session || a.namesakes(b) || (a.Place != "" && a.Place == b.Place) || (a.Remote && b.Remote) || int(both) < max(1, *r.TeacherMinutes) {
				continue
			}
			hits = append(hits, Hit{
				Kind: TeacherTwoPlaces, Key: pair(a.Session, b.Session), Sessions: []kernel.SessionID{a.Session, b.Session},
				Figures: map[string]string{"minutes": strconv.Itoa(int(both)), "from": clock(later(a.From, b.From)), "to": clock(earlier(a.To, b.To))},
			})
		}
	}
	return hits
}

// Name brings a name that was typed to one shape: without spaces, full-width
// letters narrow, lower case. "周　老师" and "周老师" are one teacher.
func Name(typed string) string {
	return strings.ToLower(strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c), c == '\u200b', c == '\ufeff':
			return -1
		case c >= '！' && c <= '～':
			return c - '！' + '!'
		}
		return c
	}, typed))
}

// Grown tells whether a finding names somebody or something that it did not
// before: a decision on less does not cover it.
func Grown[T cmp.Ordered](before, now []T) bool {
	return slices.ContainsFunc(now, func(x T) bool { return !slices.Contains(before, x) })
}
