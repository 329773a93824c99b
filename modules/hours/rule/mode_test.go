package rule_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
)

func stretched(p rule.Presence, clocks ...string) rule.Presence {
	p.In, p.Out = time.Time{}, time.Time{}
	for i := 0; i+1 < len(clocks); i += 2 {
		p.Stretches = append(p.Stretches, rule.Stretch{From: at(clocks[i]), To: at(clocks[i+1])})
	}
	return p
}

func TestStretchesCreditTheirUnion(t *testing.T) {
	long := session("a", "09:00:00", "12:00:00", "09:00:00", "12:00:00")
	later := session("b", "10:00:00", "11:00:00", "10:00:00", "11:00:00")
	ninety := with(long, func(p *rule.Presence) { p.Minutes = 90 })
	for _, c := range []struct {
		name      string
		presences []rule.Presence
		credited  []kernel.Minutes
	}{
		{"two stretches add up", []rule.Presence{stretched(long, "09:00:00", "09:30:00", "10:00:00", "10:20:00")}, []kernel.Minutes{50}},
		{"seconds add up before they are floored", []rule.Presence{stretched(long, "09:00:00", "09:00:30", "10:00:00", "10:00:30")}, []kernel.Minutes{1}},
		{"one in another counts once", []rule.Presence{stretched(long, "09:00:00", "10:00:00", "09:10:00", "09:50:00")}, []kernel.Minutes{60}},
		{"before and after the session counts nothing", []rule.Presence{stretched(long, "08:00:00", "09:10:00", "11:50:00", "13:00:00")}, []kernel.Minutes{20}},
		{"more than the session's minutes is capped", []rule.Presence{stretched(ninety, "09:00:00", "12:00:00")}, []kernel.Minutes{90}},
		{"what another session took is not counted again", []rule.Presence{stretched(long, "09:00:00", "09:30:00", "10:30:00", "10:50:00"), later}, []kernel.Minutes{50, 40}},
		{"reversed stretches count nothing", []rule.Presence{stretched(long, "10:00:00", "09:00:00")}, []kernel.Minutes{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, l := range rule.Credit(always(shanghai()), c.presences) {
				if l.Credited != c.credited[i] {
					t.Errorf("line %d credits %d, want %d", i, l.Credited, c.credited[i])
				}
			}
		})
	}
}

// Whatever stretches there are, a minute of somebody's life is credited once.
func TestStretchesNeverCountTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := kernel.Date("2025-05-10").Start()
		second := func(name string) time.Time {
			return start.Add(time.Duration(rapid.IntRange(0, 7200).Draw(t, name)) * time.Second)
		}
		var presences []rule.Presence
		seconds := map[int]bool{}
		for i := range rapid.IntRange(1, 4).Draw(t, "sessions") {
			p := rule.Presence{Session: kernel.SessionID(rune('a' + i)), Date: "2025-05-10", Category: "inService", CountsTowardInService: true, Mode: rule.ModeRemote}
			p.StartsAt, p.Minutes = second("starts"), 600
			p.EndsAt = p.StartsAt.Add(time.Duration(rapid.IntRange(60, 7200).Draw(t, "length")) * time.Second)
			for range rapid.IntRange(1, 5).Draw(t, "stretches") {
				x := rule.Stretch{From: second("from"), To: second("to")}
				p.Stretches = append(p.Stretches, x)
				for at := x.From; at.Before(x.To); at = at.Add(time.Second) {
					if !at.Before(p.StartsAt) && at.Before(p.EndsAt) {
						seconds[int(at.Sub(start)/time.Second)] = true
					}
				}
			}
			presences = append(presences, p)
		}
		var sum kernel.Minutes
		for _, l := range rule.Credit(always(shanghai()), presences) {
			if l.Credited > l.Attended {
				t.Fatalf("credited %d of %d attended", l.Credited, l.Attended)
			}
			sum += l.Credited
		}
		if most := kernel.Minutes(len(seconds) / 60); sum > most || sum < most-kernel.Minutes(len(presences)) {
			t.Fatalf("credited %d minutes, %d seconds were spent", sum, len(seconds))
		}
	})
}

func share(text string) *rule.Share {
	s := new(rule.Share)
	if s.UnmarshalText([]byte(text)) != nil {
		return nil
	}
	return s
}

func TestShares(t *testing.T) {
	for text, want := range map[string]rule.Share{"1.0": 10_000, "1": 10_000, "0": 0, "0.5": 5_000, "0.3333": 3_333} {
		if got := share(text); got == nil || *got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
	for _, text := range []string{"", "1.1", "2", "-0.5", "0.33333", "half", "1e0"} {
		if got := share(text); got != nil {
			t.Errorf("%q was read as %d", text, *got)
		}
	}
}

func TestLimitsByMode(t *testing.T) {
	minutes := func(n kernel.Minutes) *kernel.Minutes { return &n }
	lesson := func(id, mode string, day int, length kernel.Minutes) rule.Presence {
		on := kernel.NewDate(2025, 5, day)
		start := on.Start().Add(9 * time.Hour)
		return rule.Presence{
			Session: kernel.SessionID(id), Date: on, StartsAt: start, EndsAt: start.Add(time.Duration(length) * time.Minute), Minutes: length,
			In: start, Out: start.Add(time.Duration(length) * time.Minute), Category: "inService", CountsTowardInService: true, Mode: mode,
		}
	}
	room, online, job := rule.ModeClassroom, rule.ModeRemote, rule.ModeOnTheJob
	for _, c := range []struct {
		name      string
		modes     map[string]rule.ModeLimit
		online    *rule.Share
		presences []rule.Presence
		credited  []kernel.Minutes
		reasons   []string
	}{
		{"without limits everything counts", nil, nil, []rule.Presence{lesson("a", online, 1, 400)}, []kernel.Minutes{400}, []string{""}},
		{"a share of 1.0 takes nothing", nil, share("1.0"), []rule.Presence{lesson("a", online, 1, 400)}, []kernel.Minutes{400}, []string{""}},
		{"exactly half is half", nil, share("0.5"), []rule.Presence{lesson("a", room, 1, 200), lesson("b", online, 2, 200)}, []kernel.Minutes{200, 200}, []string{"", ""}},
		{"a minute over half goes", nil, share("0.5"), []rule.Presence{lesson("a", room, 1, 200), lesson("b", online, 2, 201)}, []kernel.Minutes{200, 200}, []string{"", "hours.mode_share_remote"}},
		{"the earlier lesson keeps its credit", nil, share("0.5"), []rule.Presence{lesson("a", online, 1, 150), lesson("b", online, 2, 100), lesson("c", room, 3, 200)}, []kernel.Minutes{150, 50, 200}, []string{"", "hours.mode_share_remote", ""}},
		{"with nothing else a share leaves nothing", nil, share("0.5"), []rule.Presence{lesson("a", online, 1, 400)}, []kernel.Minutes{0}, []string{"hours.mode_share_remote"}},
		{"the smaller of two shares binds", map[string]rule.ModeLimit{online: {MaxShare: share("0.2")}}, share("0.5"), []rule.Presence{lesson("a", room, 1, 400), lesson("b", online, 2, 400)}, []kernel.Minutes{400, 100}, []string{"", "hours.mode_share_remote"}},
		{"minutes of a year", map[string]rule.ModeLimit{job: {MaxMinutesPerYear: minutes(180)}}, nil, []rule.Presence{lesson("a", job, 1, 180), lesson("b", job, 2, 90)}, []kernel.Minutes{180, 0}, []string{"", "hours.mode_minutes_onTheJob"}},
		{"minutes first, then the share of what is left", map[string]rule.ModeLimit{room: {MaxMinutesPerYear: minutes(100)}}, share("0.5"), []rule.Presence{lesson("a", room, 1, 300), lesson("b", online, 2, 200)}, []kernel.Minutes{100, 100}, []string{"hours.mode_minutes_classroom", "hours.mode_share_remote"}},
		{"what nobody stated the mode of is not bounded", map[string]rule.ModeLimit{room: {MaxMinutesPerYear: minutes(1)}}, share("0"), []rule.Presence{lesson("a", "", 1, 300)}, []kernel.Minutes{300}, []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := shanghai()
			row.Modes, row.MaxOnlineShare = c.modes, c.online
			for i, l := range rule.Credit(always(row), c.presences) {
				code := ""
				if l.Reason != nil {
					code = l.Reason.Code
				}
				if l.Credited != c.credited[i] || code != c.reasons[i] {
					t.Errorf("line %d credits %d because %q, want %d, %q", i, l.Credited, code, c.credited[i], c.reasons[i])
				}
			}
		})
	}
}

// No share is ever passed, none takes more than it has to, and minutes bound
// the rest, however the year was learned.
func TestLimitsHoldForAnyYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bound := rule.Share(rapid.IntRange(0, 10_000).Draw(t, "share"))
		row := shanghai()
		row.MaxOnlineShare = &bound
		var presences []rule.Presence
		for i := range rapid.IntRange(1, 12).Draw(t, "lessons") {
			on := kernel.NewDate(2025, 3, 1+i)
			length := kernel.Minutes(rapid.IntRange(1, 480).Draw(t, "minutes"))
			presences = append(presences, rule.Presence{
				Session: kernel.SessionID(rune('a' + i)), Date: on, StartsAt: on.Start(), EndsAt: on.Start().Add(time.Duration(length) * time.Minute),
				Minutes: length, In: on.Start(), Out: on.Start().Add(time.Duration(length) * time.Minute), Category: "inService", CountsTowardInService: true,
				Mode: rapid.SampledFrom([]string{rule.ModeClassroom, rule.ModeRemote, rule.ModeOnTheJob, ""}).Draw(t, "mode"),
			})
		}
		var online, whole, offered kernel.Minutes
		for _, l := range rule.Credit(always(row), presences) {
			whole += l.Credited
			if l.Mode == rule.ModeRemote {
				online, offered = online+l.Credited, offered+l.Attended
			} else if l.Credited != l.Attended {
				t.Fatalf("a lesson that is not online lost %d minutes", l.Attended-l.Credited)
			}
		}
		if int64(online)*10_000 > int64(whole)*int64(bound) {
			t.Fatalf("%d of %d minutes are online, more than %d of 10,000", online, whole, bound)
		}
		if more := online + 1; more <= offered && int64(more)*10_000 <= int64(whole+1)*int64(bound) {
			t.Fatalf("%d of %d minutes online are credited, one more would fit", online, offered)
		}
	})
}
