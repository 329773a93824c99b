package rule_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
)

func shanghai() rule.Row {
	return rule.Row{
		RuleHead:            kernel.RuleHead{ID: "hours.qingpu", Version: "1", Document: "青民〔2025〕28号", Clause: "11"},
		RequiredClassHours:  20,
		MinutesPerClassHour: 45,
		Roles:               []kernel.StaffRole{kernel.StaffCaregiver},
		ExcludedCategories:  []string{"degree"},
		OrganiserTiers:      map[kernel.SkillLevel][]string{3: {"district", "city"}},
		OrganiserMismatch:   rule.MismatchWarns,
	}
}

func always(r rule.Row) func(kernel.Date) rule.Row { return func(kernel.Date) rule.Row { return r } }

func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", "2025-05-10 "+clock, kernel.Shanghai())
	if err != nil {
		return time.Time{}
	}
	return t
}

// session is one from–to with a presence from in to out.
func session(id, from, to, in, out string) rule.Presence {
	p := rule.Presence{
		Session: kernel.SessionID(id), Date: "2025-05-10", StartsAt: at(from), EndsAt: at(to), Category: "inService",
		CountsTowardInService: true, In: at(in), Out: at(out),
	}
	p.Minutes = kernel.Minutes(p.EndsAt.Sub(p.StartsAt) / time.Minute)
	return p
}

func with(p rule.Presence, change func(*rule.Presence)) rule.Presence { change(&p); return p }

func TestCredit(t *testing.T) {
	capped := shanghai()
	capped.DailyCapMinutes = 100
	strict := shanghai()
	strict.OrganiserMismatch = rule.MismatchUncount
	morning := session("a", "09:00:00", "10:30:00", "09:00:00", "10:30:00")
	overlapping := session("b", "10:00:00", "11:30:00", "10:00:00", "11:30:00")
	elsewhere := rule.Presence{
		Session: "x", Date: "2025-05-10", StartsAt: at("00:00:00"), EndsAt: at("00:00:00"), Minutes: 120, Untimed: true,
		Category: "inService", CountsTowardInService: true,
	}
	additive := shanghai()
	additive.Imported.Untimed = rule.UntimedCounts
	level3 := with(morning, func(p *rule.Presence) { p.Level, p.OrganiserTier = 3, "institution" })

	for _, c := range []struct {
		name      string
		row       rule.Row
		presences []rule.Presence
		credited  []kernel.Minutes
		reasons   []string
	}{
		{"a whole session is credited whole", shanghai(), []rule.Presence{morning}, []kernel.Minutes{90}, []string{""}},
		{
			"coming early and staying late adds nothing", shanghai(),
			[]rule.Presence{session("a", "09:00:00", "10:30:00", "08:10:00", "11:00:00")},
			[]kernel.Minutes{90},
			[]string{""},
		},
		{
			"seconds are floored to minutes", shanghai(),
			[]rule.Presence{session("a", "09:00:00", "10:30:00", "09:00:01", "10:30:00")},
			[]kernel.Minutes{89},
			[]string{""},
		},
		{
			"a session with a break is capped at its minutes", shanghai(),
			[]rule.Presence{with(morning, func(p *rule.Presence) { p.Minutes = 80 })},
			[]kernel.Minutes{80},
			[]string{""},
		},
		{
			"two sessions at once credit the union, the overlap to the earlier", shanghai(),
			[]rule.Presence{overlapping, morning},
			[]kernel.Minutes{90, 60},
			[]string{"", "hours.overlap"},
		},
		{
			"the same session twice in two rooms credits once", shanghai(),
			[]rule.Presence{morning, with(morning, func(p *rule.Presence) { p.Session = "z" })},
			[]kernel.Minutes{90, 0},
			[]string{"", "hours.overlap"},
		},
		{
			"a degree class credits nothing", shanghai(),
			[]rule.Presence{with(morning, func(p *rule.Presence) { p.Category = "degree" })},
			[]kernel.Minutes{0},
			[]string{"hours.category_excluded"},
		},
		{
			"a degree class takes no time from the session beside it", shanghai(),
			[]rule.Presence{with(morning, func(p *rule.Presence) { p.Category = "degree" }), overlapping},
			[]kernel.Minutes{0, 90},
			[]string{"hours.category_excluded", ""},
		},
		{
			"a course that does not count credits nothing", shanghai(),
			[]rule.Presence{with(morning, func(p *rule.Presence) { p.CountsTowardInService = false })},
			[]kernel.Minutes{0},
			[]string{"hours.course_does_not_count"},
		},
		{
			"without a check-out nothing is credited", shanghai(),
			[]rule.Presence{with(morning, func(p *rule.Presence) { p.Out, p.Flaw = time.Time{}, "noCheckOut" })},
			[]kernel.Minutes{0},
			[]string{"hours.no_check_out"},
		},
		{
			"a late scan nobody vouched for credits nothing", shanghai(),
			[]rule.Presence{with(morning, func(p *rule.Presence) { p.Flaw = "late" })},
			[]kernel.Minutes{0},
			[]string{"hours.late"},
		},
		{
			"a refused presence gives its time back to the session beside it", shanghai(),
			[]rule.Presence{with(morning, func(p *rule.Presence) { p.Flaw = "refused" }), overlapping},
			[]kernel.Minutes{0, 90},
			[]string{"hours.refused", ""},
		},
		{
			"the daily cap cuts the later session", capped,
			[]rule.Presence{morning, overlapping},
			[]kernel.Minutes{90, 10},
			[]string{"", "hours.daily_cap"},
		},
		{
			"hours of which only the day is known are credited", shanghai(),
			[]rule.Presence{elsewhere},
			[]kernel.Minutes{120},
			[]string{""},
		},
		{
			"beside a session of the day they may be the same hours and count once", shanghai(),
			[]rule.Presence{elsewhere, morning},
			[]kernel.Minutes{90, 30},
			[]string{"", "hours.untimed_overlap"},
		},
		{
			"a session is set against them only once", shanghai(),
			[]rule.Presence{elsewhere, morning, with(elsewhere, func(p *rule.Presence) { p.Session = "y" })},
			[]kernel.Minutes{90, 30, 120},
			[]string{"", "hours.untimed_overlap", ""},
		},
		{
			"a session of another day is not set against them", shanghai(),
			[]rule.Presence{with(elsewhere, func(p *rule.Presence) { p.Date = "2025-05-11" }), morning},
			[]kernel.Minutes{90, 120},
			[]string{"", ""},
		},
		{
			"a session that credits nothing is not set against them", shanghai(),
			[]rule.Presence{elsewhere, with(morning, func(p *rule.Presence) { p.Flaw = "late" })},
			[]kernel.Minutes{0, 120},
			[]string{"hours.late", ""},
		},
		{
			"where the row says so they count beside it", additive,
			[]rule.Presence{elsewhere, morning},
			[]kernel.Minutes{90, 120},
			[]string{"", ""},
		},
		{
			"the daily cap holds for them too", capped,
			[]rule.Presence{with(elsewhere, func(p *rule.Presence) { p.Minutes = 500 }), morning},
			[]kernel.Minutes{90, 10},
			[]string{"", "hours.daily_cap"},
		},
		{
			"unconfirmed, rejected and withdrawn hours credit nothing", shanghai(),
			[]rule.Presence{
				with(elsewhere, func(p *rule.Presence) { p.Session, p.Flaw = "x1", rule.FlawUnconfirmed }),
				with(elsewhere, func(p *rule.Presence) { p.Session, p.Flaw = "x2", rule.FlawRejected }),
				with(elsewhere, func(p *rule.Presence) { p.Session, p.Flaw = "x3", rule.FlawWithdrawn }),
			},
			[]kernel.Minutes{0, 0, 0},
			[]string{"hours.unconfirmed", "hours.import_rejected", "hours.import_withdrawn"},
		},
		{
			"a degree class elsewhere credits nothing either", shanghai(),
			[]rule.Presence{with(elsewhere, func(p *rule.Presence) { p.Category = "degree" })},
			[]kernel.Minutes{0},
			[]string{"hours.category_excluded"},
		},
		{
			"an organiser of the wrong tier is recorded and credited", shanghai(),
			[]rule.Presence{level3},
			[]kernel.Minutes{90},
			[]string{""},
		},
		{
			"an organiser of the wrong tier is not credited where the row says so", strict,
			[]rule.Presence{level3},
			[]kernel.Minutes{0},
			[]string{"hours.organiser_tier"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var credited []kernel.Minutes
			var reasons []string
			for _, l := range rule.Credit(always(c.row), c.presences) {
				credited = append(credited, l.Credited)
				code := ""
				if l.Reason != nil {
					code = l.Reason.Code
				}
				reasons = append(reasons, code)
			}
			if d := cmp.Diff(c.credited, credited); d != "" {
				t.Errorf("credited (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.reasons, reasons); d != "" {
				t.Errorf("reasons (-want +got):\n%s", d)
			}
		})
	}
	if w := rule.Credit(always(shanghai()), []rule.Presence{level3})[0].Warnings; len(w) != 1 || w[0].Code != "hours.organiser_tier" {
		t.Errorf("warnings = %v", w)
	}
}

func TestCreditHoldsForAnyDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		presences := rapid.SliceOfN(rapid.Custom(anyPresence), 0, 8).Draw(t, "presences")
		for i := range presences {
			presences[i].Session = kernel.SessionID(rune('a' + i))
		}
		lines := rule.Credit(always(shanghai()), presences)
		var sum kernel.Minutes
		for _, l := range lines {
			if l.Credited < 0 || l.Credited > l.Attended {
				t.Fatalf("credited %d of %d attended", l.Credited, l.Attended)
			}
			sum += l.Credited
		}
		if sum > 24*60 {
			t.Fatalf("credited %d minutes in one day", sum)
		}
		shuffled := append([]rule.Presence(nil), presences...)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if d := cmp.Diff(lines, rule.Credit(always(shanghai()), shuffled)); d != "" {
			t.Fatalf("the order changed the ledger:\n%s", d)
		}
		timed := slices.DeleteFunc(slices.Clone(presences), func(p rule.Presence) bool { return p.Untimed })
		var once, again kernel.Minutes
		for _, l := range rule.Credit(always(shanghai()), timed) {
			once += l.Credited
		}
		for _, l := range rule.Credit(always(shanghai()), slices.Concat(timed, timed)) {
			again += l.Credited
		}
		if again > once || once > sum {
			t.Fatalf("the same presences twice credit %d instead of %d, of %d in all", again, once, sum)
		}
	})
}

func anyPresence(t *rapid.T) rule.Presence {
	second := func(name string, from, to int) time.Time {
		return kernel.Date("2025-05-10").Start().Add(time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Second)
	}
	p := rule.Presence{Date: "2025-05-10", Category: "inService", CountsTowardInService: true}
	p.StartsAt = second("starts", 0, 80_000)
	p.EndsAt = p.StartsAt.Add(time.Duration(rapid.IntRange(60, 86_399-int(p.StartsAt.Sub(kernel.Date("2025-05-10").Start())/time.Second)).Draw(t, "length")) * time.Second)
	p.Minutes = kernel.Minutes(p.EndsAt.Sub(p.StartsAt) / time.Minute)
	p.In, p.Out = second("in", 0, 86_399), second("out", 0, 86_399)
	p.Untimed = rapid.IntRange(0, 3).Draw(t, "untimed") == 0
	return p
}

func TestForecast(t *testing.T) {
	capped := shanghai()
	capped.DailyCapMinutes = 360
	half := rule.Share(5000)
	online := shanghai()
	online.MaxOnlineShare = &half
	so := []rule.Line{{Session: "so", Date: "2025-05-10", Mode: rule.ModeClassroom, Attended: 300, Credited: 300}}
	morning := session("a", "09:00:00", "12:00:00", "09:00:00", "12:00:00")
	at := func(change func(*rule.Presence)) rule.Presence {
		p := with(morning, func(p *rule.Presence) { p.Session, p.Mode = "b", rule.ModeClassroom })
		return with(p, change)
	}
	for _, c := range []struct {
		name    string
		row     rule.Row
		planned []rule.Presence
		want    kernel.Minutes
	}{
		{"nothing planned is what there is", shanghai(), nil, 300},
		{"a session adds its minutes", shanghai(), []rule.Presence{morning}, 480},
		{"two at one time add one", shanghai(), []rule.Presence{morning, at(func(*rule.Presence) {})}, 480},
		{"a day gives no more than it may, with what it gave", capped, []rule.Presence{morning}, 360},
		{"a course that does not count adds nothing", shanghai(), []rule.Presence{at(func(p *rule.Presence) { p.CountsTowardInService = false })}, 300},
		{"online no more than its share", online, []rule.Presence{at(func(p *rule.Presence) {
			p.Mode, p.Minutes = rule.ModeRemote, 600
			p.EndsAt, p.Out = p.StartsAt.Add(600*time.Minute), p.StartsAt.Add(600*time.Minute)
		})}, 600},
	} {
		if got := rule.Forecast(always(c.row), so, c.planned); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	whole := rule.YearOf(2025)
	late := kernel.Period{From: "2025-07-01", To: "2025-12-31"}
	none := shanghai()
	none.RequiredClassHours = 0
	for _, c := range []struct {
		name     string
		row      rule.Row
		standing rule.Standing
		outcome  string
		reasons  []string
	}{
		{"exactly twenty class hours is enough", shanghai(), rule.Standing{Credited: 8*45 + 6*45 + 6*45, OnPost: &whole, Ended: true}, rule.Met, []string{"hours.met"}},
		{"one minute short is short", shanghai(), rule.Standing{Credited: 899, OnPost: &whole, Ended: true}, rule.Short, []string{"hours.short"}},
		{"one minute short is in progress while the year runs", shanghai(), rule.Standing{Credited: 899, OnPost: &whole}, rule.InProgress, []string{"hours.in_progress"}},
		{"who came in July owes the same, and that is said", shanghai(), rule.Standing{Credited: 10, OnPost: &late, Ended: true}, rule.Short, []string{"hours.short", "hours.part_year"}},
		{"who never was on post owes nothing", shanghai(), rule.Standing{Credited: 900, Ended: true}, rule.NotSubject, []string{"hours.not_on_post"}},
		{"where no rule sets a duty nobody is short", none, rule.Standing{OnPost: &whole, Ended: true}, rule.NotSubject, []string{"hours.no_requirement"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := c.row.Judge(2025, c.standing)
			var codes []string
			for _, r := range v.Reasons {
				codes = append(codes, r.Code)
			}
			if v.Outcome != c.outcome || !cmp.Equal(codes, c.reasons) || v.RuleVersion != "hours.qingpu@1" {
				t.Errorf("got %s %v %s", v.Outcome, codes, v.RuleVersion)
			}
		})
	}
	short := shanghai().Judge(2025, rule.Standing{Credited: 899, OnPost: &whole, Ended: true})
	if p := short.Reasons[0].Params; p["hours"] != "19.97" || p["missing"] != "1" || p["missingHours"] != "0.03" {
		t.Errorf("figures of 899 minutes: %v", p)
	}
}

func TestSubject(t *testing.T) {
	spell := func(role kernel.StaffRole, from, to kernel.Date) kernel.Spell {
		return kernel.Spell{Role: role, Period: kernel.Period{From: from, To: to}}
	}
	for _, c := range []struct {
		name   string
		spells []kernel.Spell
		want   *kernel.Period
	}{
		{"nobody's year", nil, nil},
		{"a manager is not subject", []kernel.Spell{spell(kernel.StaffManager, "2025-01-01", kernel.Forever)}, nil},
		{"who left the year before is not subject", []kernel.Spell{spell(kernel.StaffCaregiver, "2023-01-01", "2024-12-31")}, nil},
		{"one day on post makes subject", []kernel.Spell{spell(kernel.StaffCaregiver, "2025-12-31", kernel.Forever)}, &kernel.Period{From: "2025-12-31", To: "2025-12-31"}},
		{"two employers make one year", []kernel.Spell{
			spell(kernel.StaffCaregiver, "2025-08-01", kernel.Forever), spell(kernel.StaffCaregiver, "2024-01-01", "2025-06-30"),
		}, &kernel.Period{From: "2025-01-01", To: "2025-12-31"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, shanghai().Subject(2025, c.spells)); d != "" {
				t.Error(d)
			}
		})
	}
}
