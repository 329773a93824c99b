package rule_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"carecert/modules/training/rule"
)

func remote() rule.Remote {
	return rule.Remote{
		BeatSeconds: 20, ToleranceSeconds: 10, SpeedPercent: 100, PromptAfter: 300, PromptBefore: 300, AnswerSeconds: 60, Choices: 3,
		Things: []string{"cup", "towel", "cane", "glasses"},
	}
}

func first(int) int { return 0 }

// sign is a sign of life so many seconds after nine o'clock.
type sign struct {
	at       int
	position float64
	playing  bool
	answer   string
}

func run(r rule.Remote, l rule.Learning, s rule.Session, signs ...sign) rule.Learning {
	for _, x := range signs {
		b := rule.Beat{Position: int64(x.position * 1000), Playing: x.playing, Answer: x.answer}
		l = r.Beat(l, s, b, s.StartsAt.Add(time.Duration(x.at)*time.Second), first)
	}
	return l
}

func watched(l rule.Learning) int { return int(rule.Length(l.Counted()) / time.Second) }

func TestPresenceGrowsWithTheVideo(t *testing.T) {
	for _, c := range []struct {
		name  string
		signs []sign
		want  int
	}{
		{"the first sign of life counts nothing", []sign{{0, 0, true, ""}}, 0},
		{"twenty seconds between two", []sign{{0, 0, true, ""}, {20, 20, true, ""}}, 20},
		{"a little jitter does not matter", []sign{{0, 0, true, ""}, {20, 19.7, true, ""}, {41, 40.4, true, ""}}, 41},
		{"thirty seconds are one interval with its tolerance", []sign{{0, 0, true, ""}, {30, 30, true, ""}}, 30},
		{"a second more counts thirty all the same", []sign{{0, 0, true, ""}, {31, 31, true, ""}}, 30},
		{"an hour without a sign counts thirty seconds", []sign{{0, 0, true, ""}, {3600, 3600, true, ""}}, 30},
		{"a video that stands still counts nothing", []sign{{0, 5, true, ""}, {20, 5, true, ""}}, 0},
		{"a video that stood still for a part counts the rest", []sign{{0, 0, true, ""}, {20, 4, true, ""}}, 4},
		{"what was watched counts no second time", []sign{{0, 0, true, ""}, {20, 20, true, ""}, {40, 0, true, ""}, {60, 20, true, ""}, {80, 40, true, ""}}, 40},
		{"going back counts nothing, and goes on from there", []sign{{0, 50, true, ""}, {20, 10, true, ""}, {40, 30, true, ""}}, 20},
		{"thirty seconds ahead is within the tolerance", []sign{{0, 0, true, ""}, {20, 30, true, ""}}, 20},
		{"more than that is a jump and counts nothing", []sign{{0, 0, true, ""}, {20, 30.1, true, ""}, {40, 50, true, ""}}, 20},
		{"what was paused counts nothing", []sign{{0, 0, false, ""}, {20, 20, true, ""}}, 0},
		{"pressing pause ends what played until then", []sign{{0, 0, true, ""}, {20, 20, false, ""}, {40, 20, false, ""}}, 20},
		{"two signs at one instant count nothing", []sign{{0, 0, true, ""}, {0, 5, true, ""}}, 0},
		{"before the session nothing counts", []sign{{-20, 0, true, ""}, {-5, 15, true, ""}}, 0},
		{"only the part inside the session counts", []sign{{-10, 0, true, ""}, {10, 20, true, ""}}, 10},
		{"the end of the session ends it", []sign{{5390, 0, true, ""}, {5410, 20, true, ""}}, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := morning()
			l := remote().Start(rule.Learning{}, 0, s.StartsAt.Add(-time.Minute), first)
			l = run(remote(), l, s, c.signs...)
			if got := watched(l); got != c.want {
				t.Errorf("%d seconds count, want %d: %+v", got, c.want, l.Stretches)
			}
		})
	}
}

// playing gives a sign of life every 20 seconds, from..to.
func playing(from, to int) (out []sign) {
	for at := from; at <= to; at += 20 {
		out = append(out, sign{at, float64(at), true, ""})
	}
	return out
}

func TestPromptsCutWhatNobodyWatched(t *testing.T) {
	begin := func() (rule.Learning, rule.Session) {
		s := morning()
		return remote().Start(rule.Learning{}, 0, s.StartsAt, first), s
	}
	l, s := begin()
	l = run(remote(), l, s, playing(0, 280)...)
	if _, asked := l.Pending(); asked {
		t.Error("asked before its time")
	}
	l = run(remote(), l, s, sign{300, 300, true, ""})
	p, asked := l.Pending()
	if !asked || len(p.Choices) != 3 {
		t.Fatalf("not asked: %+v", l.Prompts)
	}
	l = run(remote(), l, s, sign{320, 320, true, "something else"}, sign{340, 340, true, p.Ask})
	if p := l.Prompts[0]; p.Wrong != 1 || p.AnsweredAt.IsZero() || watched(l) != 340 {
		t.Errorf("%+v, %d", p, watched(l))
	}
	answered := l

	l = run(remote(), answered, s, playing(360, 640)...)
	if p, asked = l.Pending(); !asked {
		t.Fatal("not asked a second time")
	}
	late := run(remote(), l, s, sign{700, 700, true, p.Ask})
	if watched(late) != 670 { // thirty of the sixty seconds without a sign count
		t.Errorf("answered in the last second: %d", watched(late))
	}
	missed := run(remote(), l, s, sign{701, 701, true, p.Ask})
	if watched(missed) != 340 || missed.Lost() != 300*time.Second || !missed.Paused {
		t.Errorf("a second too late: %d seconds, %s lost", watched(missed), missed.Lost())
	}
	still := run(remote(), missed, s, playing(720, 1000)...)
	if watched(still) != 340 || len(still.Prompts) != 2 {
		t.Errorf("a run that stands still: %d", watched(still))
	}
	again := remote().Start(still, 0, s.StartsAt.Add(1010*time.Second), first)
	again = run(remote(), again, s, playing(1020, 1100)...)
	if watched(again) != 420 {
		t.Errorf("going on: %d", watched(again))
	}
}

// Whoever starts anew before every question is asked all the same.
func TestStartingAnewPutsNoQuestionOff(t *testing.T) {
	s := morning()
	l := remote().Start(rule.Learning{}, 0, s.StartsAt, first)
	l = run(remote(), l, s, playing(0, 280)...)
	l = remote().Start(l, 1, s.StartsAt.Add(290*time.Second), first)
	l = run(remote(), l, s, playing(300, 320)...)
	if _, asked := l.Pending(); !asked {
		t.Fatal("starting anew put the question off")
	}
	l = remote().Start(l, 1, s.StartsAt.Add(400*time.Second), first)
	if l.Lost() == 0 || watched(l) != 0 {
		t.Errorf("starting anew answered the question: %d seconds count", watched(l))
	}
}

func TestAMissedQuestionInTheMiddleOfAStretch(t *testing.T) {
	s := morning()
	at := func(n int) time.Time { return s.StartsAt.Add(time.Duration(n) * time.Second) }
	l := rule.Learning{
		Confirmed: at(340), Prompts: []rule.Prompt{{AskedAt: at(640), AnswerBy: at(700)}},
		Stretches: []rule.Watched{{Stretch: rule.Stretch{From: at(0), To: at(650)}, PositionTo: 650_000}},
	}
	if got := l.Settle(at(700)); len(got.Stretches) != 1 {
		t.Error("cut before its time")
	}
	l = l.Settle(at(701))
	if watched(l) != 340 || l.Stretches[0].PositionTo != 340_000 || l.Stretches[1].PositionFrom != 340_000 {
		t.Errorf("%+v", l.Stretches)
	}
	if again := l.Settle(at(900)); watched(again) != 340 {
		t.Error("settling twice cuts twice")
	}
}

// Whatever a device says, presence never grows faster than time, lies in the
// session and overlaps itself nowhere.
func TestNoDeviceMakesTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := morning(), remote()
		l := r.Start(rule.Learning{}, 0, s.StartsAt, first)
		at, began := s.StartsAt, s.StartsAt
		for range rapid.IntRange(1, 60).Draw(t, "beats") {
			at = at.Add(time.Duration(rapid.IntRange(0, 200_000).Draw(t, "ms")) * time.Millisecond)
			if rapid.IntRange(0, 9).Draw(t, "anew") == 0 {
				l = r.Start(l, rapid.IntRange(0, 2).Draw(t, "device"), at, first)
				continue
			}
			b := rule.Beat{Position: rapid.Int64Range(0, 6_000_000).Draw(t, "position"), Playing: rapid.Bool().Draw(t, "playing")}
			if rapid.Bool().Draw(t, "steady") {
				b.Position = l.Position + at.Sub(l.LastAt).Milliseconds()
			}
			if p, asked := l.Pending(); asked && rapid.Bool().Draw(t, "answers") {
				b.Answer = p.Ask
			}
			l = r.Beat(l, s, b, at, first)
		}
		counted := l.Counted()
		if sum := rule.Length(counted); sum > at.Sub(began) || sum != rule.Length(rule.Joined(s, counted)) {
			t.Fatalf("%s counted in %s: %+v", sum, at.Sub(began), counted)
		}
	})
}
