package training

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"
	"pgregory.net/rapid"

	"carecert/modules/kernel"
)

func TestAClassNeverHoldsMoreThanItsCapacity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Class{Capacity: rapid.IntRange(1, 5).Draw(t, "capacity"), Status: ClassOpen}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			p := kernel.PersonID(strconv.Itoa(rapid.IntRange(0, 9).Draw(t, "person")))
			before := c
			var err error
			if rapid.Bool().Draw(t, "enrol") {
				c, _, err = c.Enrol(p, "", time.Time{})
			} else {
				c, _, err = c.Withdraw(p, time.Time{})
			}
			if err != nil && !errors.Is(err, ErrNotEnrolled) {
				t.Fatal(err)
			}
			if len(before.Seats) > len(c.Seats)+1 || len(c.Seats) > len(before.Seats)+1 {
				t.Fatal("one step moved several seats")
			}
			seen := map[kernel.PersonID]bool{}
			for _, s := range c.Seats {
				if seen[s.Person] {
					t.Fatalf("%s is enrolled twice", s.Person)
				}
				seen[s.Person] = true
			}
			if c.Enrolled() > c.Capacity || (c.Waiting() > 0 && c.Enrolled() < c.Capacity) {
				t.Fatalf("%d enrolled and %d waiting for %d seats", c.Enrolled(), c.Waiting(), c.Capacity)
			}
		}
	})
}

func TestWithdrawMovesTheHeadOfTheWaitingListUp(t *testing.T) {
	c := Class{Capacity: 1, Status: ClassOpen}
	for _, p := range []kernel.PersonID{"wang", "li", "zhao"} {
		c, _, _ = c.Enrol(p, "", time.Time{})
	}
	c, up, err := c.Withdraw("wang", time.Time{})
	if err != nil || up != "li" || !c.Learns("li") || c.Learns("zhao") {
		t.Errorf("moved up %q, %v, %+v", up, err, c.Seats)
	}
}

func TestCheckInCode(t *testing.T) {
	key := []byte("a key for the test")
	session := kernel.SessionID(kernel.NewID())
	other := kernel.SessionID(kernel.NewID())
	start := time.Unix(1_760_000_010, 0).UTC() // the first second of a step
	shown, err := codeOn(key, "https://peixun.qingpu.example.gov.cn", session, start)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		session kernel.SessionID
		after   time.Duration
		want    error
	}{
		{"the code on the screen is taken", session, 0, nil},
		{"the code of the step before is taken", session, 59 * time.Second, nil},
		{"after a minute it has expired", session, 60 * time.Second, ErrCodeExpired},
		{"a quarter of an hour later it is not known", session, 15 * time.Minute, ErrCodeInvalid},
		{"a code of another session is not taken", other, 0, ErrCodeInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := checkCode(key, c.session, shown.Code, start.Add(c.after)); !errors.Is(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	if !shown.RotatesAt.Equal(start.Add(CodeStep)) || !shown.ExpiresAt.Equal(start.Add(2*CodeStep)) {
		t.Errorf("rotates %s, expires %s", shown.RotatesAt, shown.ExpiresAt)
	}
	for _, text := range []string{shown.QRText, strings.ToLower(shown.QRText), shown.QRText[strings.LastIndex(shown.QRText, "/")+1:]} {
		named, code, err := readCode(text)
		if err != nil || named != session || code != shown.Code {
			t.Errorf("read %q as %q %q %v", text, named, code, err)
		}
	}
	if named, code, err := readCode(" " + shown.Code[:4] + "-" + strings.ToLower(shown.Code[4:])); err != nil || named != "" || code != shown.Code {
		t.Errorf("typed by hand: %q %q %v", named, code, err)
	}
	for _, text := range []string{"", "12345", shown.QRText + "A", strings.Repeat("0", 34)} {
		if _, _, err := readCode(text); !errors.Is(err, ErrCodeInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
	qr, err := qrcode.New(shown.QRText, qrcode.Medium)
	if err != nil || qr.VersionNumber > 4 {
		t.Errorf("the projector's QR is version %d (%v): %s", qr.VersionNumber, err, shown.QRText)
	}
}

func TestPlaceKnowsHowFarAPhoneIs(t *testing.T) {
	school := Place{Lat: 31.1500, Lng: 121.1240, RadiusM: 200}
	for _, c := range []struct {
		name   string
		phone  Point
		inside bool
	}{
		{"in the room", Point{31.1500, 121.1240}, true},
		{"across the street, 160 m", Point{31.1514, 121.1240}, true},
		{"two streets on, 290 m", Point{31.1500, 121.1270}, false},
		{"at the other end of the world", Point{-31.15, -58.876}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := school.Distance(c.phone); (d <= float64(school.RadiusM)) != c.inside {
				t.Errorf("%.0f m", d)
			}
		})
	}
}

func TestTheTeachersWord(t *testing.T) {
	start := time.Date(2025, 5, 10, 1, 0, 0, 0, time.UTC)
	s := Session{Plan: Plan{StartsAt: start, EndsAt: start.Add(90 * time.Minute), Minutes: 90}}
	word := func(in, out, said time.Duration) Word {
		return Word{In: start.Add(in), Out: start.Add(out), By: "teacher", RecordedAt: start.Add(said)}
	}
	for _, c := range []struct {
		name string
		word Word
		want error
	}{
		{"of a whole session", word(0, 90*time.Minute, 2*time.Hour), nil},
		{"of somebody who was not there", Word{By: "teacher"}, nil},
		{"the sheet may be filled in up to the planned end", word(0, 90*time.Minute, 80*time.Minute), nil},
		{"but not beyond it", word(0, 100*time.Minute, 80*time.Minute), ErrPresenceAhead},
		{"nor before somebody came", word(30*time.Minute, 90*time.Minute, 10*time.Minute), ErrPresenceAhead},
		{"out before in", word(60*time.Minute, 30*time.Minute, 2*time.Hour), ErrPresenceReversed},
		{"on another day", word(24*time.Hour, 25*time.Hour, 48*time.Hour), ErrPresenceOutside},
		{"half a word", Word{In: start, RecordedAt: start.Add(time.Hour)}, ErrPresenceIncomplete},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := (Attendance{}).Vouch(c.word, s); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	a, _ := Attendance{}.Vouch(word(0, 90*time.Minute, 2*time.Hour), s)
	if _, err := a.Refuse(Refusal{By: "teacher"}); !errors.Is(err, ErrOwnWord) {
		t.Errorf("refusing one's own word: %v", err)
	}
	refused, err := a.Refuse(Refusal{By: "institution"})
	if err != nil || !refused.Presence().Refused {
		t.Errorf("refusal: %v", err)
	}
	if _, err := refused.Vouch(word(0, 90*time.Minute, 3*time.Hour), s); !errors.Is(err, ErrPresenceRefused) {
		t.Errorf("talking a refused presence back: %v", err)
	}
	if _, err := (Attendance{ScannedIn: start}).Refuse(Refusal{By: "institution"}); !errors.Is(err, ErrNothingToRefuse) {
		t.Errorf("refusing a scan: %v", err)
	}
}

func TestReplan(t *testing.T) {
	start := time.Date(2025, 5, 10, 1, 0, 0, 0, time.UTC)
	plan := Plan{StartsAt: start, EndsAt: start.Add(90 * time.Minute), Minutes: 90, Venue: "201"}
	s := Session{Plan: plan, Status: SessionPlanned}
	later := plan
	later.StartsAt, later.EndsAt = start.Add(time.Hour), start.Add(150*time.Minute)
	elsewhere := plan
	elsewhere.Venue = "305"
	reversed := plan
	reversed.EndsAt = start.Add(-time.Hour)
	long := plan
	long.Minutes = 91
	for _, c := range []struct {
		name      string
		session   Session
		plan      Plan
		checkedIn bool
		want      error
	}{
		{"a session may move", s, later, false, nil},
		{"not once somebody has checked in", s, later, true, ErrHasCheckIns},
		{"the room may still change then", s, elsewhere, true, nil},
		{"it cannot end before it starts", s, reversed, false, ErrTimesReversed},
		{"it cannot teach more minutes than it lasts", s, long, false, ErrMinutesExceedSpan},
		{"a closed session stays", Session{Plan: plan, Status: SessionHeld}, later, false, ErrSessionClosed},
		{"a cancelled session stays", Session{Plan: plan, Status: SessionCancelled}, later, false, ErrSessionCancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.session.Replan(c.plan, c.checkedIn, "", start)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			moved := !c.plan.StartsAt.Equal(plan.StartsAt)
			if err == nil && (len(got.Moves) == 1) != moved {
				t.Errorf("moves: %+v", got.Moves)
			}
		})
	}
}

func TestRefusalOfScans(t *testing.T) {
	at := time.Date(2025, 6, 1, 1, 0, 0, 0, time.UTC)
	scanned := Attendance{ScannedIn: at}
	for _, c := range []struct {
		name string
		of   Attendance
		by   Refusal
		want error
	}{
		{"scans are proof against a second person's no", scanned, Refusal{By: "bureau"}, ErrNothingToRefuse},
		{"a confirmed finding reverses them", scanned, Refusal{By: "bureau", Finding: "f1"}, nil},
		{"who never came has nothing to refuse", Attendance{}, Refusal{By: "bureau", Finding: "f1"}, ErrNothingToRefuse},
		{
			"nobody reverses a word of their own, finding or not",
			Attendance{Words: []Word{{By: "bureau"}}},
			Refusal{By: "bureau", Finding: "f1"},
			ErrOwnWord,
		},
	} {
		if _, err := c.of.Refuse(c.by); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
