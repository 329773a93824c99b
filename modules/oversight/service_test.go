package oversight_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/oversight"
	"carecert/modules/oversight/rule"
)

const day kernel.Date = "2025-06-02"

func all(t *testing.T, w *world) []string {
	t.Helper()
	return w.seen(t, kernel.AsSystem(t.Context(), "test"), oversight.Filter{})
}

func TestTwoRoomsComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := lesson("a", "k1", day, "09:00", "10:30", "lan", "mei"), lesson("b", "k2", day, "10:00", "11:30", "lan")
		w.hear(t, a)
		if got := all(t, w); len(got) != 0 {
			t.Fatalf("one room: %v", got)
		}
		w.hear(t, b, b, a)
		f := w.only(t)
		if f.Kind != rule.TwoRooms || f.Status != oversight.Open || f.Figures["minutes"] != "30" || f.Figures["from"] != "10:00" || len(f.Sessions) != 2 ||
			f.RuleVersion != "test.radar@1" || !slices.Equal(f.Over, []kernel.OrganizationID{"city", "district", "street"}) {
			t.Fatalf("%+v", f)
		}
		// The teacher's word was wrong: corrected, it no longer holds.
		w.Pass(time.Hour)
		b.Presences[0].Flaw = "absent"
		w.hear(t, b)
		if f = w.only(t); f.Status != oversight.Gone || !f.GoneAt.Equal(w.Now()) {
			t.Fatalf("corrected: %+v", f)
		}
		b.Presences[0].Flaw = ""
		w.hear(t, b)
		if f = w.only(t); f.Status != oversight.Open || !f.GoneAt.IsZero() {
			t.Errorf("there again: %+v", f)
		}
	})
}

func TestRoomsTeachersAndClasses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		shared := lesson("a", "k1", day, "09:00", "12:00", "lan", "mei", "hua")
		shared.Presences[1].Device = shared.Presences[0].Device
		twice := lesson("b", "k2", day, "11:00", "13:00", "fang")
		twice.Teacher = "教 师ａ"
		w.hear(t, shared, twice)
		got := all(t, w)
		slices.Sort(got)
		if fmt.Sprint(got) != "[sharedDevice open [lan mei] teacherTwoPlaces open []]" {
			t.Errorf("%v", got)
		}
		// A namesake on the school's list, and one teacher after all.
		shared.Listed, twice.Listed = "t1", "t2"
		w.hear(t, shared, twice)
		if got := w.seen(t, kernel.AsSystem(t.Context(), "test"), oversight.Filter{Kind: rule.TeacherTwoPlaces}); fmt.Sprint(got) != "[teacherTwoPlaces gone []]" {
			t.Errorf("a namesake: %v", got)
		}
		twice.Listed = "t1"
		w.hear(t, twice)
		if got := w.seen(t, kernel.AsSystem(t.Context(), "test"), oversight.Filter{Kind: rule.TeacherTwoPlaces}); fmt.Sprint(got) != "[teacherTwoPlaces open []]" {
			t.Errorf("one teacher: %v", got)
		}
		// Another teacher after all.
		twice.Teacher = "沈老师"
		w.hear(t, twice)
		if got := w.seen(t, kernel.AsSystem(t.Context(), "test"), oversight.Filter{Kind: rule.TeacherTwoPlaces}); fmt.Sprint(got) != "[teacherTwoPlaces gone []]" {
			t.Errorf("%v", got)
		}
		for i, d := range []kernel.Date{"2025-06-03", "2025-06-04", "2025-06-05"} {
			h := lesson(fmt.Sprint("full", i), "k3", d, "09:00", "10:00", "lan", "mei")
			h.Enrolled = 2
			w.hear(t, h)
		}
		if got := w.seen(t, kernel.AsSystem(t.Context(), "test"), oversight.Filter{Kind: rule.AlwaysFull}); fmt.Sprint(got) != "[alwaysFull open []]" {
			t.Errorf("%v", got)
		}
	})
}

// What phones did stays in sight whatever a teacher says of it; what a teacher
// says was not true does not.
func TestATeachersWordHidesNoScan(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		monday, tuesday := lesson("a", "k1", day, "09:00", "10:00", "lan", "mei"), lesson("b", "k1", "2025-06-03", "09:00", "10:00", "hua")
		tuesday.Presences[0].Device = monday.Presences[0].Device
		crowd := lesson("c", "k2", day, "14:00", "15:00", "p1", "p2", "p3", "p4", "p5")
		for i := range crowd.Presences {
			crowd.Presences[i].ScannedAt, crowd.Presences[i].Flaw = crowd.StartsAt, "late"
		}
		w.hear(t, monday, tuesday, crowd)
		open := "[sameSecond open [p1 p2 p3 p4 p5] sharedDevice open [hua lan]]"
		sorted := func() string {
			got := all(t, w)
			slices.Sort(got)
			return fmt.Sprint(got)
		}
		if got := sorted(); got != open {
			t.Fatalf("%v", got)
		}
		confirmed := func(h *oversight.Held) {
			for i := range h.Presences {
				h.Presences[i].Scanned, h.Presences[i].By, h.Presences[i].Flaw = false, "teacher", ""
			}
		}
		confirmed(&tuesday)
		confirmed(&crowd)
		w.hear(t, tuesday, crowd)
		if got := sorted(); got != open {
			t.Errorf("confirmed: %v", got)
		}
		tuesday.Presences[0].Flaw, crowd.Presences[4].Flaw = "absent", "refused"
		w.hear(t, tuesday, crowd)
		if got := sorted(); got != "[sameSecond gone [p1 p2 p3 p4 p5] sharedDevice gone [hua lan]]" {
			t.Errorf("not true: %v", got)
		}
	})
}

func TestWhoHadLeftFollowsTheCareer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		spell := func(to kernel.Date) []kernel.Spell {
			return []kernel.Spell{{Period: kernel.Period{From: "2024-01-01", To: to}}}
		}
		w.spells["lan"], w.born["lan"], w.born["mei"] = spell(kernel.Forever), "1980-01-01", "1974-01-01"
		w.hear(t, lesson("a", "k1", day, "09:00", "10:00", "lan", "mei"), lesson("b", "k1", "2025-06-03", "09:00", "10:00", "lan"))
		if got := all(t, w); fmt.Sprint(got) != "[overAge open [mei]]" {
			t.Fatalf("%v", got)
		}
		follow := func(to kernel.Date) {
			w.spells["lan"] = spell(to)
			if err := w.FollowCareers(t.Context(), []kernel.Career{{Person: "lan", Spells: w.spells["lan"]}, {Person: "new", Spells: spell(to)}}); err != nil {
				t.Fatal(err)
			}
		}
		follow("2025-05-26") // a week before the first, eight days before the second
		l, err := w.List(kernel.AsSystem(t.Context(), "test"), oversight.Filter{Kind: rule.LeftEmployer}, 10, "")
		if err != nil || len(l.Items) != 1 || len(l.Items[0].Sessions) != 1 || l.Items[0].Figures["left"] != "2025-05-26" {
			t.Fatalf("%+v %v", l.Items, err)
		}
		follow("2025-03-31")
		if l, _ = w.List(kernel.AsSystem(t.Context(), "test"), oversight.Filter{Kind: rule.LeftEmployer}, 10, ""); len(l.Items) != 1 || len(l.Items[0].Sessions) != 2 {
			t.Fatalf("%+v", l.Items)
		}
		follow(kernel.Forever)
		if l, _ = w.List(kernel.AsSystem(t.Context(), "test"), oversight.Filter{Kind: rule.LeftEmployer}, 10, ""); l.Items[0].Status != oversight.Gone {
			t.Errorf("back on post: %+v", l.Items)
		}
	})
}

func TestWhoSeesAndWhoDecides(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := lesson("a", "k1", day, "09:00", "10:30", "lan"), lesson("b", "k2", day, "10:00", "11:30", "lan")
		b.Presences[0].Scanned, b.Presences[0].By = false, "district"
		w.hear(t, a, b)
		f := w.only(t)
		for _, c := range []struct {
			role kernel.Role
			org  kernel.OrganizationID
			sees bool
			word error
		}{
			{kernel.RoleSchool, "school", true, oversight.ErrOfficeNeeded},
			{kernel.RoleInstitution, "home", false, oversight.ErrUnknown},
			{kernel.RoleAdmin, "", true, oversight.ErrOfficeNeeded},
			{kernel.RoleSubdistrict, "elsewhere", false, oversight.ErrUnknown},
			{kernel.RoleDistrictBureau, "district", true, oversight.ErrOwnWord}, // gave the teacher's word here
		} {
			ctx := as(t.Context(), c.role, c.org)
			if got := len(w.seen(t, ctx, oversight.Filter{})) == 1; got != c.sees {
				t.Errorf("%s of %s sees it: %v", c.role, c.org, got)
			}
			if _, err := w.Find(ctx, f.ID); (err == nil) != c.sees {
				t.Errorf("%s of %s: %v", c.role, c.org, err)
			}
			if _, err := w.Decide(ctx, f.ID, oversight.Confirm, "核实", nil); !errors.Is(err, c.word) {
				t.Errorf("%s of %s decides: %v", c.role, c.org, err)
			}
		}
		street, school := as(t.Context(), kernel.RoleSubdistrict, "street"), as(t.Context(), kernel.RoleSchool, "school")
		if _, err := w.Answer(street, f.ID, "不是我们的课"); !errors.Is(err, oversight.ErrProviderOnly) {
			t.Errorf("an office answers for the provider: %v", err)
		}
		if _, err := w.Answer(school, f.ID, "换了教室，两节课连着上"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			word oversight.Word
			seat []oversight.Seat
			want error
		}{
			{"somebody else's presence", oversight.Confirm, []oversight.Seat{{Session: "a", Person: "mei"}}, oversight.ErrNotOfFinding},
			{"presences go with a confirmation only", oversight.Dismiss, []oversight.Seat{{Session: "a", Person: "lan"}}, oversight.ErrRefusesWithoutGuilt},
			{"what waits cannot be opened again", oversight.Reopen, nil, oversight.ErrNotSettled},
			{"taken up", oversight.TakeUp, nil, nil},
			{"taken up twice", oversight.TakeUp, nil, oversight.ErrSettled},
			{"dismissed", oversight.Dismiss, nil, nil},
			{"and again", oversight.Dismiss, nil, oversight.ErrSettled},
			{"looked at again", oversight.Reopen, nil, nil},
			{"confirmed, one presence with it", oversight.Confirm, []oversight.Seat{{Session: "b", Person: "lan"}}, nil},
			{"a confirmation has had its effects", oversight.Reopen, nil, oversight.ErrNotSettled},
		} {
			if _, err := w.Decide(street, f.ID, c.word, "核实", c.seat); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if fmt.Sprint(w.refused) != "[b:lan]" {
			t.Errorf("refused %v", w.refused)
		}
		// The presence is refused now: what was confirmed stays so.
		b.Presences[0].Flaw = "refused"
		w.hear(t, b)
		if f = w.only(t); f.Status != oversight.Confirmed || len(f.Decisions) != 4 || len(f.Statements) != 1 {
			t.Errorf("%+v", f)
		}
		if _, err := w.Answer(school, f.ID, "还有话说"); !errors.Is(err, oversight.ErrSettled) {
			t.Errorf("%v", err)
		}
		ownFindingsOf(t, w)
		c, err := w.Count(street, "")
		if err != nil || c.Todo != 0 || c.ByStatus[oversight.Confirmed] != 1 {
			t.Errorf("%+v %v", c, err)
		}
		if _, err := w.Count(street, "far"); !errors.Is(err, oversight.ErrUnknownOrganization) {
			t.Errorf("%v", err)
		}
		if c, err := w.Count(street, "school"); err != nil || c.ByStatus[oversight.Confirmed] != 1 {
			t.Errorf("%+v %v", c, err)
		}
	})
}

// A provider sees its own part of what touches another's.
func TestAnothersSessionIsNotShown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := lesson("a", "k1", day, "09:00", "10:30", "lan"), lesson("b", "k2", day, "10:00", "11:30", "lan")
		b.Provider, b.Path = "far", path("far")
		w.hear(t, a, b)
		f := w.only(t)
		for who, want := range map[kernel.OrganizationID]string{"school": "[a ]", "far": "[ b]"} {
			c, err := w.Find(as(t.Context(), kernel.RoleSchool, who), f.ID)
			if err != nil {
				t.Fatal(err)
			}
			var shown []kernel.SessionID
			for _, x := range c.Sessions {
				shown = append(shown, x.Session)
			}
			if fmt.Sprint(shown) != want {
				t.Errorf("%s sees %v", who, shown)
			}
		}
		if c, _ := w.Find(as(t.Context(), kernel.RoleCityBureau, "city"), f.ID); len(c.Sessions) != 2 || len(c.Sessions[1].Presences) != 1 {
			t.Errorf("the city sees %+v", c.Sessions)
		}
	})
}

// A refusal that fails leaves the finding as it was.
func TestNothingHalfDecided(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.hear(t, lesson("a", "k1", day, "09:00", "10:30", "nobody"), lesson("b", "k2", day, "10:00", "11:30", "nobody"))
		f := w.only(t)
		_, err := w.Decide(as(t.Context(), kernel.RoleSubdistrict, "street"), f.ID, oversight.Confirm, "核实", []oversight.Seat{{Session: "a", Person: "nobody"}})
		if f = w.only(t); err == nil || f.Status != oversight.Open || len(f.Decisions) != 0 {
			t.Errorf("%v %+v", err, f)
		}
	})
}

// Told what it knows, the radar has no news.
func TestCatchUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := lesson("a", "k1", day, "09:00", "10:30", "lan")
		for i, want := range []bool{true, false, true} {
			if i == 2 {
				a.Venue = "别处"
			}
			if news, err := w.CatchUp(kernel.AsSystem(t.Context(), "test"), a); err != nil || news != want {
				t.Errorf("round %d: %v %v", i, news, err)
			}
		}
	})
}

// ownFindingsOf: lan reads what was confirmed, as does whoever the record went
// into; nobody else does.
func ownFindingsOf(t *testing.T, w *world) {
	t.Helper()
	w.merged = map[kernel.PersonID][]kernel.PersonID{"lan-anew": {"lan"}}
	for p, n := range map[kernel.PersonID]int{"lan": 1, "lan-anew": 1, "mei": 0} {
		part, err := w.part.Part(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(part)
		if err != nil || strings.Count(string(raw), `"kind":"twoRooms"`) != n || strings.Count(string(raw), `"reason":"核实","refused":1`) != n {
			t.Errorf("%s reads %s, %v", p, raw, err)
		}
		for _, not := range []string{"mei", "street", "换了教室"} {
			if strings.Contains(string(raw), not) {
				t.Errorf("%s reads %s in %s", p, not, raw)
			}
		}
	}
}

func TestWhoWasTurnedAwayIsLaidOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := lesson("a", "k1", day, "09:00", "12:00", "lan")
		for _, p := range []kernel.PersonID{"mei", "hua"} {
			x.TurnedAway = append(x.TurnedAway, oversight.TurnedAway{Person: p, Device: "device of lan", At: at(day, "09:01")})
		}
		x.TurnedAway = append(x.TurnedAway, oversight.TurnedAway{Person: "mei", Device: "another", At: at(day, "09:01")})
		w.hear(t, x)
		f := w.only(t)
		if f.Kind != rule.TurnedAway || fmt.Sprint(f.People) != "[hua lan mei]" || f.Figures["people"] != "2" {
			t.Fatalf("%+v", f)
		}
		c, err := w.Find(as(t.Context(), kernel.RoleSubdistrict, "street"), f.ID)
		if err != nil || len(c.Sessions) != 1 || len(c.Sessions[0].Presences) != 1 || len(c.Sessions[0].TurnedAway) != 2 {
			t.Errorf("%+v %v", c.Sessions, err)
		}
		if news, err := w.CatchUp(t.Context(), x); news || err != nil {
			t.Errorf("told again it is news: %v", err)
		}
		x.TurnedAway = x.TurnedAway[1:2]
		w.hear(t, x)
		if f = w.only(t); f.Status != oversight.Gone {
			t.Errorf("one try is a mistake: %+v", f)
		}
	})
}

func TestASuspicionIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		shared := lesson("a", "k1", day, "09:00", "12:00", "lan", "mei")
		shared.Presences[1].Device = shared.Presences[0].Device
		w.hear(t, shared)
		f, street := w.only(t), as(t.Context(), kernel.RoleSubdistrict, "street")
		told := func() string {
			part, err := w.part.Part(t.Context(), "mei")
			if err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(part)
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		for _, word := range []oversight.Word{oversight.TakeUp, oversight.Confirm} {
			if got := told(); got != "[]" {
				t.Errorf("before %s: %s", word, got)
			}
			if _, err := w.Decide(street, f.ID, word, "李某代签", nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := told(); !strings.Contains(got, "sharedDevice") || strings.Contains(got, "lan") || strings.Contains(got, "代签") {
			t.Errorf("confirmed: %s", got)
		}
	})
}
