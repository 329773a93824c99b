package rule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/oversight/rule"
)

func ptr(n int) *int { return &n }

func row() rule.Row {
	return rule.Row{
		OverlapMinutes: ptr(5), DayMinutes: ptr(720), DevicePeople: ptr(2), TurnedAwayTimes: ptr(2), SecondPeople: ptr(5), SecondPercent: 50, LeftDays: ptr(7),
		FullSessions: ptr(8), FullLearners: ptr(10), TeacherMinutes: ptr(5),
	}
}

func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2025-06-02 "+clock, kernel.Shanghai())
	if err != nil {
		panic(err)
	}
	return t
}

func span(session, from, to string) rule.Span {
	return rule.Span{Session: kernel.SessionID(session), From: at(from + ":00"), To: at(to + ":00")}
}

func kinds(hits []rule.Hit) string {
	out := ""
	for _, h := range hits {
		out += string(h.Kind) + " "
	}
	return out
}

func TestDayOfALearner(t *testing.T) {
	for _, c := range []struct {
		name  string
		spans []rule.Span
		want  string
	}{
		{"one session is one room", []rule.Span{span("a", "09:00", "12:00")}, ""},
		{"the next begins when the last ends", []rule.Span{span("a", "09:00", "10:30"), span("b", "10:30", "12:00")}, ""},
		{"four minutes are the way from room to room", []rule.Span{span("a", "09:00", "10:34"), span("b", "10:30", "12:00")}, ""},
		{"five minutes are two rooms at once", []rule.Span{span("a", "09:00", "10:35"), span("b", "10:30", "12:00")}, "twoRooms "},
		{"whichever is told first", []rule.Span{span("b", "10:30", "12:00"), span("a", "09:00", "10:35")}, "twoRooms "},
		{"three at once are three pairs", []rule.Span{span("a", "09:00", "10:00"), span("b", "09:00", "10:00"), span("c", "09:00", "10:00")}, "twoRooms twoRooms twoRooms "},
		{"twelve hours are a long day", []rule.Span{span("a", "08:00", "20:00")}, ""},
		{"one minute more is impossible", []rule.Span{span("a", "08:00", "14:00"), span("b", "14:00", "20:01")}, "longDay "},
		{"time in two rooms is one time", []rule.Span{span("a", "08:00", "20:00"), span("b", "19:57", "20:00")}, ""},
	} {
		if got := kinds(row().Day("p", c.spans)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if hits := (rule.Row{}).Day("p", []rule.Span{span("a", "00:00", "23:00"), span("b", "00:00", "23:00")}); hits != nil {
		t.Errorf("a row without figures finds %v", hits)
	}
}

func TestCheckInsOfARoom(t *testing.T) {
	scans := func(n int, in func(int) time.Time) (out []rule.Scan) {
		for i := range n {
			out = append(out, rule.Scan{Session: "s", Person: kernel.PersonID(fmt.Sprint("p", i)), At: in(i)})
		}
		return out
	}
	apart := func(i int) time.Time { return at("08:50:00").Add(time.Duration(i) * time.Second) }
	together := func(int) time.Time { return at("08:50:07").Add(300 * time.Millisecond) }
	perMinute := func(n int) func(int) time.Time {
		return func(i int) time.Time { return at("08:50:00").Add(time.Duration(i) * time.Minute / time.Duration(n)) }
	}
	apartFrom := func(n int, more []rule.Scan) []rule.Scan {
		others := scans(n, func(i int) time.Time { return apart(i).Add(10 * time.Second) })
		for i := range others {
			others[i].Person = "q" + others[i].Person
		}
		return append(others, more...)
	}
	offline := scans(9, together)
	for i := range offline {
		offline[i].Offline = true
	}
	for _, c := range []struct {
		name string
		s    []rule.Scan
		want string
	}{
		{"one after the other", scans(30, apart), ""},
		{"four at one second is a full door", scans(4, together), ""},
		{"five at one second is a list", scans(5, together), "sameSecond "},
		{"five of ten within the minute as well", apartFrom(5, scans(5, together)), "sameSecond "},
		{"five of eleven are a full door", apartFrom(6, scans(5, together)), ""},
		{"five hundred within a minute", scans(500, perMinute(500)), ""},
		{"without a network the second is not known", offline, ""},
	} {
		if got := kinds(row().Room(c.s)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPhonesOfAClass(t *testing.T) {
	use := func(session, person, device string) rule.Scan {
		return rule.Scan{Session: kernel.SessionID(session), Date: "2025-06-02", Person: kernel.PersonID(person), Device: device}
	}
	const phone = "phone-0123456789"
	for _, c := range []struct {
		name     string
		uses     []rule.Scan
		want     string
		sessions string
	}{
		{"everybody with their own", []rule.Scan{use("a", "lan", "x"), use("a", "mei", "y"), use("b", "lan", "x")}, "", ""},
		{"two in one session", []rule.Scan{use("a", "lan", phone), use("a", "mei", phone)}, "sharedDevice ", "[a]"},
		{"one after the other in two", []rule.Scan{use("a", "lan", phone), use("b", "mei", phone)}, "sharedDevice ", "[a b]"},
		{"its owner goes on using it", []rule.Scan{use("a", "lan", phone), use("b", "mei", phone), use("c", "lan", phone), use("d", "lan", phone)}, "sharedDevice ", "[a b]"},
		{"the other uses it again", []rule.Scan{use("a", "lan", phone), use("b", "mei", phone), use("c", "lan", phone), use("d", "mei", phone), use("e", "lan", phone)}, "sharedDevice ", "[a b d]"},
		{"a phone that is not known is nobody's", []rule.Scan{use("a", "lan", ""), use("b", "mei", "")}, "", ""},
	} {
		hits := row().Phones(c.uses)
		if got := kinds(hits); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
			continue
		}
		if len(hits) > 0 && (fmt.Sprint(hits[0].Sessions) != c.sessions || fmt.Sprint(hits[0].People) != "[lan mei]" || hits[0].Figures["device"] != "456789") {
			t.Errorf("%s: %+v", c.name, hits[0])
		}
	}
}

func TestPhonesThatPeopleWereTurnedAwayWith(t *testing.T) {
	use := func(session, person, device string, away bool) rule.Scan {
		return rule.Scan{Session: kernel.SessionID(session), Date: "2025-06-02", Person: kernel.PersonID(person), Device: device, TurnedAway: away}
	}
	const phone = "phone-0123456789"
	own := use("a", "lan", phone, false)
	for _, c := range []struct {
		name   string
		scans  []rule.Scan
		people string
		times  string
	}{
		{"nobody", []rule.Scan{own}, "[]", ""},
		{"a mistake happens once", []rule.Scan{own, use("a", "mei", phone, true)}, "[]", ""},
		{"two in one session", []rule.Scan{own, use("a", "mei", phone, true), use("a", "hua", phone, true)}, "[hua lan mei]", "2"},
		{"one in two", []rule.Scan{own, use("a", "mei", phone, true), use("b", "fang", phone, false), use("b", "mei", phone, true)}, "[fang lan mei]", "2"},
		{"whose it was in another session has nothing to do with it", []rule.Scan{own, use("a", "mei", phone, true), use("a", "hua", phone, true), use("c", "fang", phone, false)}, "[hua lan mei]", "2"},
		{"two phones", []rule.Scan{own, use("a", "mei", phone, true), use("a", "hua", "another", true)}, "[]", ""},
	} {
		hits := row().Tries(c.scans)
		people, times := []kernel.PersonID{}, ""
		for _, h := range hits {
			people, times = append(people, h.People...), h.Figures["times"]
		}
		if fmt.Sprint(people) != c.people || times != c.times {
			t.Errorf("%s: %+v", c.name, hits)
		}
		for _, h := range row().Phones(c.scans) {
			if slices.Contains(h.People, "mei") {
				t.Errorf("%s: who was turned away did not share the phone: %+v", c.name, h)
			}
		}
	}
	off := row()
	off.TurnedAwayTimes = nil
	if hits := off.Tries([]rule.Scan{own, use("a", "mei", phone, true), use("a", "hua", phone, true)}); len(hits) != 0 {
		t.Errorf("switched off: %+v", hits)
	}
}

func TestAClassThatNobodyEverMissed(t *testing.T) {
	full := func(sessions, enrolled int) (out []rule.Tally) {
		for i := range sessions {
			out = append(out, rule.Tally{Session: kernel.SessionID(fmt.Sprint(i)), Enrolled: enrolled, Present: enrolled})
		}
		return out
	}
	missed := full(12, 30)
	missed[7].Present--
	for _, c := range []struct {
		name string
		of   []rule.Tally
		want string
	}{
		{"seven full sessions are a good class", full(7, 10), ""},
		{"eight of ten learners are odd", full(8, 10), "alwaysFull "},
		{"a class of nine is small", full(20, 9), ""},
		{"one was missed once", missed, ""},
		{"nothing held", nil, ""},
	} {
		if got := kinds(row().Full(c.of)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDayOfATeacher(t *testing.T) {
	place := func(s rule.Span, where string, remote bool) rule.Span {
		s.Place, s.Remote = where, remote
		return s
	}
	chosen := func(s rule.Span, from kernel.OrganizationID, id string) rule.Span {
		s.Lister, s.Listed = from, id
		return s
	}
	early, late := place(span("a", "09:00", "12:00"), "201", false), place(span("b", "09:00", "12:00"), "305", false)
	for _, c := range []struct {
		name string
		a, b rule.Span
		want string
	}{
		{"two of one name on one list", chosen(early, "school", "t1"), chosen(late, "school", "t2"), ""},
		{"one of a list", chosen(early, "school", "t1"), chosen(late, "school", "t1"), "teacherTwoPlaces "},
		{"on the lists of two schools", chosen(early, "school", "t1"), chosen(late, "other", "t2"), "teacherTwoPlaces "},
		{"one chosen, one typed", chosen(early, "school", "t1"), late, "teacherTwoPlaces "},
		{"two rooms one after the other", place(span("a", "09:00", "10:30"), "201", false), place(span("b", "10:30", "12:00"), "305", false), ""},
		{"two rooms at once", place(span("a", "09:00", "10:35"), "201", false), place(span("b", "10:30", "12:00"), "305", false), "teacherTwoPlaces "},
		{"two classes in one room are one lesson", place(span("a", "09:00", "12:00"), "201", false), place(span("b", "09:00", "12:00"), "201", false), ""},
		{"rooms without a name are not one", place(span("a", "09:00", "12:00"), "", false), place(span("b", "09:00", "12:00"), "", false), "teacherTwoPlaces "},
		{"two classes over the net", place(span("a", "09:00", "12:00"), "x", true), place(span("b", "09:00", "12:00"), "y", true), ""},
		{"a room and the net", place(span("a", "09:00", "12:00"), "x", false), place(span("b", "09:00", "12:00"), "y", true), "teacherTwoPlaces "},
	} {
		if got := kinds(row().TeacherDay([]rule.Span{c.a, c.b})); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for typed, want := range map[string]string{"周老师": "周老师", " 周　老师 ": "周老师", "ＷＡＮＧ Li": "wangli", "wang\u00a0li": "wangli", "": ""} {
		if got := rule.Name(typed); got != want {
			t.Errorf("%q is %q", typed, got)
		}
	}
}

func TestLeftAndOver(t *testing.T) {
	spell := func(from, to kernel.Date) kernel.Spell {
		return kernel.Spell{Period: kernel.Period{From: from, To: to}}
	}
	gone := spell("2024-01-01", kernel.Forever)
	gone.SupersededAt = &time.Time{}
	for _, c := range []struct {
		name   string
		spells []kernel.Spell
		want   bool
	}{
		{"never had a post", nil, false},
		{"on post", []kernel.Spell{spell("2024-01-01", kernel.Forever)}, false},
		{"seven days after the last", []kernel.Spell{spell("2024-01-01", "2025-05-26")}, false},
		{"eight days after", []kernel.Spell{spell("2024-01-01", "2025-05-25")}, true},
		{"moved to another home", []kernel.Spell{spell("2024-01-01", "2025-03-31"), spell("2025-04-01", kernel.Forever)}, false},
		{"the first post lies ahead", []kernel.Spell{spell("2025-07-01", kernel.Forever)}, false},
		{"left, and comes back later", []kernel.Spell{spell("2024-01-01", "2025-03-31"), spell("2025-07-01", kernel.Forever)}, true},
		{"an open end that was corrected", []kernel.Spell{gone, spell("2024-01-01", "2025-03-31")}, true},
	} {
		if _, got := row().Left(c.spells, "2025-06-02"); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	ages := rule.AgeRow{Male: ptr(720), Female: ptr(600)} // of this test only
	for _, c := range []struct {
		name   string
		born   kernel.Date
		gender string
		want   bool
	}{
		{"the day before", "1975-06-03", "female", false},
		{"on the day", "1975-06-02", "female", false},
		{"the day after", "1975-06-01", "female", true},
		{"another sex, another age", "1975-06-01", "male", false},
		{"a man of sixty and a day", "1965-06-01", "male", true},
		{"nobody says which", "1930-01-01", "", false},
		{"born nobody knows when", "", "male", false},
	} {
		if got := ages.Over(c.born, c.gender, "2025-06-02"); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if (rule.AgeRow{}).Over("1930-01-01", "male", "2025-06-02") {
		t.Error("without a figure nobody is too old")
	}
}

// A clean class yields nothing, however large: everybody with a phone of their
// own, seconds apart, in one room at a time, somebody missing now and then.
func TestACleanClassYieldsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		learners := rapid.IntRange(1, 60).Draw(t, "learners")
		sessions := rapid.IntRange(1, 20).Draw(t, "sessions")
		var tallies []rule.Tally
		var scans []rule.Scan
		day := map[kernel.PersonID][]rule.Span{}
		begins := at("08:00:00")
		for n := range sessions {
			id := kernel.SessionID(fmt.Sprint("s", n))
			var room []rule.Scan
			long := time.Duration(rapid.IntRange(10, 36).Draw(t, "minutes")) * time.Minute
			for i := range learners {
				if n == 0 && i == 0 {
					continue // misses the first
				}
				p := kernel.PersonID(fmt.Sprint("p", i))
				in := begins.Add(time.Duration(i) * time.Second)
				room = append(room, rule.Scan{Session: id, Person: p, At: in, Device: "phone of " + string(p)})
				day[p] = append(day[p], rule.Span{Session: id, From: in, To: begins.Add(long)})
			}
			begins = begins.Add(long)
			tallies = append(tallies, rule.Tally{Session: id, Enrolled: learners, Present: len(room)})
			scans = append(scans, room...)
			if hits := row().Room(room); len(hits) > 0 {
				t.Fatalf("%+v", hits)
			}
		}
		for p, spans := range day {
			if hits := row().Day(p, spans); len(hits) > 0 {
				t.Fatalf("%s: %+v", p, hits)
			}
		}
		if hits := append(row().Full(tallies), row().Phones(scans)...); len(hits) > 0 {
			t.Fatalf("%+v", hits)
		}
	})
}

// A detector is off where no row in force gives all its figures.
func TestOff(t *testing.T) {
	n := 1
	all := rule.Row{
		RuleHead:       kernel.RuleHead{From: "2020-01-01"},
		OverlapMinutes: &n, DayMinutes: &n, DevicePeople: &n, TurnedAwayTimes: &n, SecondPeople: &n, LeftDays: &n, FullSessions: &n, FullLearners: &n, TeacherMinutes: &n,
	}
	half := all
	half.FullLearners, half.DayMinutes = nil, nil
	ages := []rule.AgeRow{{RuleHead: kernel.RuleHead{From: "2020-01-01"}}, {RuleHead: kernel.RuleHead{From: "2025-01-01"}, Female: &n}}
	for _, c := range []struct {
		name string
		rows []rule.Row
		on   kernel.Date
		want string
	}{
		{"no age in force", []rule.Row{all}, "2024-12-31", "[overAge]"},
		{"an age of one sex", []rule.Row{all}, "2025-01-01", "[]"},
		{"half a pair is none", []rule.Row{half}, "2025-01-01", "[longDay alwaysFull]"},
		{"another region's row gives it", []rule.Row{half, all}, "2025-01-01", "[]"},
		{"before any row", []rule.Row{all}, "2019-12-31", "[twoRooms teacherTwoPlaces sharedDevice turnedAway sameSecond longDay leftEmployer overAge alwaysFull]"},
	} {
		if got := fmt.Sprint(rule.Off(c.rows, ages, c.on)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}
