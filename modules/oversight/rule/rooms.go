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

// around is how long before and after a second a room is looked at, to tell a
// list that is gone through from many people at one door.
const around = 30 * time.Second

// Room looks at the check-ins of one session: several within one second, who are
// a good part of all that came in around it. Five hundred who check in within a
// minute are eight in any second of it.
func (r Row) Room(scans []Scan) (hits []Hit) {
	if r.SecondPeople == nil {
		return nil
	}
	by := map[int64][]kernel.PersonID{}
	for _, s := range scans {
		if !s.Offline {
			by[s.At.Unix()] = append(by[s.At.Unix()], s.Person)
		}
	}
	for _, second := range slices.Sorted(maps.Keys(by)) {
		people, near := distinct(by[second]), 0
		if len(people) < max(2, *r.SecondPeople) {
			continue
		}
		for other, all := range by {
			if apart := time.Duration(other-second) * time.Second; apart.Abs() <= around {
				near += len(all)
			}
		}
		if len(people)*100 < near*r.SecondPercent {
			continue
		}
		at := time.Unix(second, 0).In(kernel.Shanghai()).Format(time.TimeOnly)
		hits = append(hits, Hit{
			Kind: SameSecond, Key: at, People: people, Sessions: []kernel.SessionID{scans[0].Session},
			Figures: map[string]string{"at": at, "people": strconv.Itoa(len(people))},
		})
	}
	return hits
}

// Phones looks at the phones of a class: one that several people checked in
// with, in one session or in several. Whoever uses it most is taken for its
// owner: it names their first session with it, and all of the others', so that an
// owner who goes on checking in adds nothing.
func (r Row) Phones(scans []Scan) (hits []Hit) {
	if r.DevicePeople == nil {
		return nil
	}
	by, _ := byPhone(scans)
	for _, device := range slices.Sorted(maps.Keys(by)) {
		used := slices.SortedFunc(slices.Values(by[device]), func(a, b Scan) int {
			return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Session, b.Session), cmp.Compare(a.Person, b.Person))
		})
		var people []kernel.PersonID
		for _, s := range used {
			people = append(people, s.Person)
		}
		if people = distinct(people); len(people) < max(2, *r.DevicePeople) {
			continue
		}
		owner := mostly(used)
		var sessions []kernel.SessionID
		first := true
		for _, s := range used {
			if own := s.Person == owner; !own || first {
				sessions, first = append(sessions, s.Session), first && !own
			}
		}
		hits = append(hits, Hit{
			Kind: SharedDevice, Key: device, People: people, Sessions: distinct(sessions),
			Figures: map[string]string{"device": device[max(0, len(device)-6):], "people": strconv.Itoa(len(people))},
		})
	}
	return hits
}

// Tries looks at the phones of a class that people were turned away with, since
// somebody else had checked in with them: a mistake happens once.
func (r Row) Tries(scans []Scan) (hits []Hit) {
	if r.TurnedAwayTimes == nil {
		return nil
	}
	taken, refused := byPhone(scans)
	for _, device := range slices.Sorted(maps.Keys(refused)) {
		tries := refused[device]
		if len(tries) < max(1, *r.TurnedAwayTimes) {
			continue
		}
		var people, tried []kernel.PersonID
		var sessions []kernel.SessionID
		for _, s := range tries {
			tried, sessions = append(tried, s.Person), append(sessions, s.Session)
		}
		people = append(people, tried...)
		for _, s := range taken[device] { // whose it was there
			if slices.Contains(sessions, s.Session) {
				people = append(people, s.Person)
			}
		}
		hits = append(hits, Hit{
			Kind: TurnedAway, Key: device, People: distinct(people), Sessions: distinct(sessions),
			Figures: map[string]string{"device": device[max(0, len(device)-6):], "people": strconv.Itoa(len(distinct(tried))), "times": strconv.Itoa(len(tries))},
		})
	}
	return hits
}

// byPhone sorts the scans whose phone is known: those that were taken, and those
// that were refused.
func byPhone(scans []Scan) (taken, refused map[string][]Scan) {
	taken, refused = map[string][]Scan{}, map[string][]Scan{}
	for _, s := range scans {
		switch {
		case s.Device == "":
		case s.TurnedAway:
			refused[s.Device] = append(refused[s.Device], s)
		default:
			taken[s.Device] = append(taken[s.Device], s)
		}
	}
	return taken, refused
}

func distinct[T ~string](all []T) []T { return slices.Compact(slices.Sorted(slices.Values(all))) }

// mostly is who made most of the scans; the first of several.
func mostly(scans []Scan) (owner kernel.PersonID) {
	times := map[kernel.PersonID]int{}
	for _, s := range scans {
		times[s.Person]++
	}
	for _, s := range scans {
		if times[s.Person] > times[owner] {
			owner = s.Person
		}
	}
	return owner
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
