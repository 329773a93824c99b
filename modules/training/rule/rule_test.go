package rule_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

func house() rule.Row {
	return rule.Row{
		RuleHead: kernel.RuleHead{ID: "training.house", Version: "1"},
		PassMark: 60, MinAttendancePercent: 80, CheckInOpensMinutes: 60, LateAfterMinutes: 15,
		SharedDevice: "refuse", OfflineHours: 24, OfflineNeedsWord: true,
	}
}

func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2025-05-10 "+clock, kernel.Shanghai())
	if err != nil {
		return time.Time{}
	}
	return t
}

func morning() rule.Session {
	return rule.Session{StartsAt: at("09:00:00"), EndsAt: at("10:30:00"), Minutes: 90}
}

func TestExamine(t *testing.T) {
	for _, c := range []struct {
		name     string
		presence rule.Presence
		want     rule.Flaw
	}{
		{"both scans in time stand", rule.Presence{In: at("08:50:00"), Out: at("10:31:00")}, rule.FlawNone},
		{"fifteen minutes late still stands", rule.Presence{In: at("09:15:00"), Out: at("10:30:00")}, rule.FlawNone},
		{"a second later needs the teacher", rule.Presence{In: at("09:15:01"), Out: at("10:30:00")}, rule.FlawLate},
		{"the teacher's word heals lateness", rule.Presence{In: at("09:40:00"), Out: at("10:30:00"), Vouched: true}, rule.FlawNone},
		{"without a check-out nothing is proved", rule.Presence{In: at("09:00:00")}, rule.FlawNoCheckOut},
		{"who never came is absent", rule.Presence{}, rule.FlawAbsent},
		{"the teacher may say that somebody was not there", rule.Presence{Vouched: true, Withdrew: true}, rule.FlawAbsent},
		{"a second person's refusal beats the teacher's word", rule.Presence{In: at("09:00:00"), Out: at("10:30:00"), Vouched: true, Refused: true}, rule.FlawRefused},
		{"what was scanned without a network waits for the teacher", rule.Presence{In: at("08:50:00"), Out: at("10:31:00"), Offline: true}, rule.FlawOffline},
		{"and stands by the teacher's word", rule.Presence{In: at("08:50:00"), Out: at("10:31:00"), Offline: true, Vouched: true}, rule.FlawNone},
		{"or by the confirmation that it is true", rule.Presence{In: at("08:50:00"), Out: at("10:31:00"), Offline: true, Confirmed: true}, rule.FlawNone},
		{"a confirmed late scan stands", rule.Presence{In: at("09:40:00"), Out: at("10:31:00"), Confirmed: true}, rule.FlawNone},
		{"a confirmation is no check-out", rule.Presence{In: at("09:40:00"), Offline: true, Confirmed: true}, rule.FlawNoCheckOut},
		{"somebody else's phone waits for the teacher", rule.Presence{In: at("08:50:00"), Out: at("10:31:00"), Shared: true, Offline: true}, rule.FlawShared},
		{"and stands by the teacher's word too", rule.Presence{In: at("08:50:00"), Out: at("10:31:00"), Shared: true, Vouched: true}, rule.FlawNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := house().Examine(morning(), c.presence); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := house().Opens(morning()); !got.Equal(at("08:00:00")) {
		t.Errorf("check-in opens at %s", got)
	}
}

func TestWhatAnOfficeMayChange(t *testing.T) {
	lenient := house()
	lenient.OfflineNeedsWord, lenient.SharedDevice = false, "word"
	if got := lenient.Examine(morning(), rule.Presence{In: at("08:50:00"), Out: at("10:31:00"), Offline: true}); got != rule.FlawNone {
		t.Errorf("where scans without a network need no word: %q", got)
	}
	if lenient.RefusesShared() || !house().RefusesShared() || !(rule.Row{}).RefusesShared() {
		t.Error("a second person on a phone is refused unless the row leaves it to the teacher")
	}
	if got := house().OfflineUntil(at("09:00:30")); !got.Equal(at("09:00:30").AddDate(0, 0, 1)) {
		t.Errorf("a scan of 09:00:30 is taken until %s", got)
	}
	for flaw, want := range map[rule.Flaw]bool{
		rule.FlawNone: false, rule.FlawAbsent: false, rule.FlawNoCheckOut: false, rule.FlawRefused: false,
		rule.FlawLate: true, rule.FlawOffline: true, rule.FlawShared: true,
	} {
		if flaw.Confirmable() != want {
			t.Errorf("%q waits for the teacher: %v", flaw, !want)
		}
	}
}

func TestAttended(t *testing.T) {
	for _, c := range []struct {
		name    string
		in, out time.Time
		want    kernel.Minutes
	}{
		{"the whole session", at("08:30:00"), at("11:00:00"), 90},
		{"seconds are floored", at("09:00:30"), at("10:30:00"), 89},
		{"nothing outside the session", at("10:30:00"), at("11:00:00"), 0},
		{"nothing without a check-out", at("09:00:00"), time.Time{}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rule.Attended(morning(), c.in, c.out); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestComplete(t *testing.T) {
	score := func(hundredths int) *int { return &hundredths }
	for _, c := range []struct {
		name    string
		need    rule.Need
		learner rule.Learner
		refused []string
	}{
		{"eighty percent is enough", rule.Need{Held: 900}, rule.Learner{Attended: 720}, nil},
		{"a minute less is not", rule.Need{Held: 900}, rule.Learner{Attended: 719}, []string{"training.attendance_short"}},
		{"a course may ask for more", rule.Need{Held: 900, MinAttendancePercent: 100}, rule.Learner{Attended: 899}, []string{"training.attendance_short"}},
		{"sixty passes", rule.Need{Held: 90, Tested: true}, rule.Learner{Attended: 90, Score: score(6000)}, nil},
		{"fifty-nine and a half fails", rule.Need{Held: 90, Tested: true}, rule.Learner{Attended: 90, Score: score(5950)}, []string{"training.test_failed"}},
		{"whoever has no result fails", rule.Need{Held: 90, Tested: true}, rule.Learner{Attended: 90}, []string{"training.no_test_result"}},
		{"every ground is named", rule.Need{Held: 90, Tested: true}, rule.Learner{}, []string{"training.attendance_short", "training.no_test_result"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := house().Complete(c.need, c.learner)
			var codes []string
			for _, r := range v.Reasons {
				codes = append(codes, r.Code)
			}
			if d := cmp.Diff(c.refused, codes); d != "" {
				t.Error(d)
			}
			if (v.Outcome == rule.Completed) != (c.refused == nil) {
				t.Errorf("outcome %s", v.Outcome)
			}
		})
	}
}

func TestClash(t *testing.T) {
	span := func(from, to string) rule.Session { return rule.Session{StartsAt: at(from), EndsAt: at(to)} }
	for _, c := range []struct {
		name string
		b    rule.Session
		want bool
	}{
		{"one inside the other", span("09:30:00", "10:00:00"), true},
		{"a second shared", span("10:29:59", "11:00:00"), true},
		{"beginning as the other ends", span("10:30:00", "11:00:00"), false},
		{"ending as the other begins", span("08:00:00", "09:00:00"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if rule.Clash(morning(), c.b) != c.want || rule.Clash(c.b, morning()) != c.want {
				t.Errorf("want %v both ways", c.want)
			}
		})
	}
}

func TestCutOffs(t *testing.T) {
	row := house()
	row.LeaveBeforeMinutes, row.SwapBeforeMinutes = 1440, 30
	if got := row.LeaveBy(at("09:00:00")); !got.Equal(at("09:00:00").AddDate(0, 0, -1)) {
		t.Errorf("leave by %s", got)
	}
	if got := row.SwapBy(at("09:00:00")); !got.Equal(at("08:30:00")) {
		t.Errorf("swap by %s", got)
	}
}

func TestFits(t *testing.T) {
	row := house()
	row.Audiences = []string{"caregiver", "socialWorker"}
	for _, c := range []struct {
		name   string
		course rule.Audience
		who    rule.Seeker
		want   []string
	}{
		{"for anybody", rule.Audience{}, rule.Seeker{}, nil},
		{"for one's kind", rule.Audience{Kind: "caregiver"}, rule.Seeker{Kinds: []string{"student", "caregiver"}}, nil},
		{"for another kind", rule.Audience{Kind: "socialWorker"}, rule.Seeker{Kinds: []string{"caregiver"}}, []string{"training.other_audience"}},
		{"a word for readers excludes nobody", rule.Audience{Kind: "全体员工"}, rule.Seeker{Kinds: []string{"caregiver"}}, nil},
		{"of whom no kind is known", rule.Audience{Kind: "socialWorker"}, rule.Seeker{}, nil},
		{"for one's level", rule.Audience{Levels: []kernel.SkillLevel{4, 5}}, rule.Seeker{Level: 5}, nil},
		{"for those without a level", rule.Audience{Levels: []kernel.SkillLevel{0}}, rule.Seeker{}, nil},
		{"for another level", rule.Audience{Levels: []kernel.SkillLevel{4}}, rule.Seeker{Level: 5}, []string{"training.other_level"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var codes []string
			for _, r := range row.Fits(c.course, c.who) {
				codes = append(codes, r.Code)
			}
			if d := cmp.Diff(c.want, codes); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestReview(t *testing.T) {
	rows := []rule.ReviewRow{
		{RuleHead: kernel.RuleHead{ID: "city", Region: "310000", From: "2026-01-01"}, Categories: []string{"skillLevel", "preJob"}},
		{RuleHead: kernel.RuleHead{ID: "district", Region: "310116", From: "2026-01-01", To: "2026-12-31"}, Categories: []string{"skillLevel"}},
	}
	for _, c := range []struct {
		name     string
		region   kernel.RegionCode
		on       kernel.Date
		category string
		want     string
	}{
		{"the district's own row", "310116", "2026-01-01", "skillLevel", "district"},
		{"a category of the city's", "310116", "2026-06-01", "preJob", "city"},
		{"when the district's is over, the city's", "310116", "2027-01-01", "skillLevel", "city"},
		{"the day before it begins", "310116", "2025-12-31", "skillLevel", ""},
		{"another category", "310116", "2026-06-01", "inService", ""},
		{"another province", "320500", "2026-06-01", "skillLevel", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			row, found := rule.Review(rows, c.region, c.on, c.category)
			if row.ID != c.want || found != (c.want != "") {
				t.Errorf("got %q", row.ID)
			}
		})
	}
}

func TestWhatAnApplicationLacks(t *testing.T) {
	all := rule.Applied{Learners: 1, Planned: 90, Needed: 90, Plan: true, Teachers: 1, Resources: true, TestPlan: true}
	row := rule.ReviewRow{Needs: []string{rule.NeedRoster, rule.NeedPlan, rule.NeedTeachers, rule.NeedResources, rule.NeedTestPlan}}
	for _, c := range []struct {
		name string
		row  rule.ReviewRow
		edit func(*rule.Applied)
		want []string
	}{
		{"nothing", row, func(*rule.Applied) {}, nil},
		{"a minute of sessions", row, func(a *rule.Applied) { a.Planned = 89 }, []string{"training.application_lacks_plan"}},
		{"the words of its plan", row, func(a *rule.Applied) { a.Plan = false }, []string{"training.application_lacks_plan"}},
		{"teachers and a test plan", row, func(a *rule.Applied) { a.Teachers, a.TestPlan = 0, false }, []string{"training.application_lacks_teachers", "training.application_lacks_testPlan"}},
		{"what the row does not ask for", rule.ReviewRow{Needs: []string{rule.NeedRoster}}, func(a *rule.Applied) { *a = rule.Applied{Learners: 1} }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			applied := all
			c.edit(&applied)
			var codes []string
			for _, r := range c.row.Missing(applied) {
				codes = append(codes, r.Code)
			}
			if d := cmp.Diff(c.want, codes); d != "" {
				t.Error(d)
			}
		})
	}
}
