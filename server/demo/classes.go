package demo

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"carecert/modules/kernel"
)

type course struct {
	Key, Title, Category, Mode string
	Hours                      int
	Counts                     bool
	Standards                  []string
	Audience                   string
}

func courses() []course {
	return []course{
		{Key: "pressure", Title: "压疮预防与体位护理", Category: "inService", Mode: "classroom", Hours: 12, Counts: true},
		{Key: "dementia", Title: "认知障碍照护实务", Category: "inService", Mode: "classroom", Hours: 12, Counts: true},
		{Key: "standards", Title: "《养老机构服务安全基本规范》贯标培训", Category: "standards", Mode: "classroom", Hours: 8, Counts: true, Standards: []string{"GB 38600—2019"}},
		{Key: "fire", Title: "养老机构消防安全与应急疏散", Category: "fireSafety", Mode: "onTheJob", Hours: 4, Counts: true},
		{Key: "feeding", Title: "吞咽障碍与安全进食", Category: "inService", Mode: "remote", Hours: 8, Counts: true},
		{Key: "preJob", Title: "养老护理员岗前培训", Category: "preJob", Mode: "classroom", Hours: 16, Counts: false},
		{Key: "twoStandards", Title: "《养老机构服务安全基本规范》《养老机构设施与服务要求》贯标培训", Category: "standards", Mode: "classroom", Hours: 4, Standards: []string{"GB 38600—2019", "DB31/T 685—2019"}},
		{Key: "dementiaUnit", Title: "《养老机构认知障碍照护单元设置和服务要求》贯标培训", Category: "standards", Mode: "classroom", Hours: 4, Standards: []string{"DB31/T 1402—2023"}},
		{Key: "careLevels", Title: "《养老机构照护服务分级要求》贯标培训", Category: "standards", Mode: "classroom", Hours: 4, Standards: []string{"养老机构照护服务分级要求"}},
		{Key: "social", Title: "老年社会工作专业培训", Category: "other", Mode: "classroom", Hours: 4, Audience: "socialWorker"},
		{Key: "familyCare", Title: "家庭照护技能培训", Category: "informalCare", Mode: "classroom", Hours: 4, Audience: "familyCarer"},
		{Key: "round", Title: "养老护理员在岗综合研修", Category: "inService", Mode: "classroom", Hours: 20, Counts: true},
		{Key: "drill", Title: "消防演练与应急处置", Category: "fireSafety", Mode: "onTheJob", Hours: 2, Counts: true},
		{Key: "degree", Title: "“老年服务与管理”大专班", Category: "degree", Mode: "classroom", Hours: 40, Counts: false},
	}
}

func (l *loader) catalogue(ctx context.Context) error {
	for _, c := range courses() {
		body := map[string]any{
			"title": c.Title, "category": c.Category, "classHours": c.Hours, "mode": c.Mode,
			"countsTowardInService": c.Counts, "audience": cmp.Or(c.Audience, "caregiver"),
		}
		if len(c.Standards) > 0 {
			body["standardCodes"] = c.Standards
		}
		var made struct{ ID string }
		if err := l.post(ctx, "/courses", body, &made); err != nil {
			return err
		}
		l.courses[c.Key] = made.ID
	}
	return nil
}

// meeting is one session of a demo class.
type meeting struct {
	on               kernel.Date
	from, to         string // "09:00"
	minutes          int
	attended         map[string][2]string // person → in, out; everybody enrolled, on time, when nil
	venue, teacher   string
	absentEveryTenth bool
	paper            bool // entered from a signed sheet
}

type demoClass struct {
	course   string
	base     string
	provider string // "school" when empty
	tier     string

	programme string
	learners  []string
	meetings  []meeting
	capacity  int
	results   []map[string]any // of its test
	open      bool             // stays open: nothing is closed or completed
}

// whole tells that the meetings add up to the class hours that the course
// promises.
func (c demoClass) whole() error {
	var sum int
	for _, m := range c.meetings {
		sum += m.minutes
	}
	for _, k := range courses() {
		if k.Key == c.course && k.Hours*45 != sum {
			return fmt.Errorf("%s has %d class hours, its meetings %d minutes", k.Title, k.Hours, sum)
		}
	}
	return nil
}

func instant(on kernel.Date, clock string) string {
	t, err := time.ParseInLocation("2006-01-02 15:04", string(on)+" "+clock, kernel.Shanghai())
	if err != nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// plan opens a class, plans its sessions and enrols its learners.
func (l *loader) plan(ctx context.Context, c demoClass) (class string, err error) {
	class, _, err = l.planned(ctx, c)
	return class, err
}

func (l *loader) planned(ctx context.Context, c demoClass) (class string, sessions []string, err error) {
	first, last := c.meetings[0].on, c.meetings[len(c.meetings)-1].on
	provider := cmp.Or(c.provider, "school")
	body := map[string]any{
		"courseId": l.courses[c.course], "providerId": l.orgs[provider], "organiserTier": c.tier,
		"startsOn": string(first), "endsOn": string(last), "capacity": c.capacity,
	}
	if c.programme != "" {
		body["programmeId"] = c.programme
	}
	if c.base != "" {
		body["baseId"] = l.orgs[c.base]
	}
	var opened struct{ ID string }
	if err := l.post(ctx, "/classes", body, &opened); err != nil {
		return "", nil, err
	}
	for _, m := range c.meetings {
		var made struct{ ID string }
		session := map[string]any{
			"startsAt": instant(m.on, m.from), "endsAt": instant(m.on, m.to), "minutes": m.minutes,
			"venue": m.venue, "teacher": m.teacher,
		}
		if err := l.post(ctx, "/classes/"+opened.ID+"/sessions", session, &made); err != nil {
			return "", nil, err
		}
		sessions = append(sessions, made.ID)
	}
	if len(c.learners) > 0 {
		if err := l.post(ctx, "/classes/"+opened.ID+"/enrolments", map[string]any{"personIds": c.learners}, nil); err != nil {
			return "", nil, err
		}
	}
	return opened.ID, sessions, nil
}

// run plans a class, holds what lies in the past and completes it; it returns
// the certificates by person.
func (l *loader) run(ctx context.Context, c demoClass) (issued map[string]string, err error) {
	if err := c.whole(); err != nil {
		return nil, err
	}
	class, sessions, err := l.planned(ctx, c)
	if err != nil || c.open {
		return nil, err
	}
	for i, m := range c.meetings {
		if err := l.hold(ctx, sessions[i], c.learners, m); err != nil {
			return nil, err
		}
	}
	if len(c.results) > 0 {
		if err := l.put(ctx, "/classes/"+class+"/test-results", c.results); err != nil {
			return nil, err
		}
	}
	var done struct {
		Completions []struct{ PersonID, CertificateID string }
	}
	if err := l.act(ctx, "/classes/"+class+"/complete", map[string]any{}, &done); err != nil {
		return nil, err
	}
	issued = map[string]string{}
	for _, d := range done.Completions {
		issued[d.PersonID] = d.CertificateID
	}
	return issued, nil
}

// hold enters the attendance of one meeting and closes it.
func (l *loader) hold(ctx context.Context, session string, learners []string, m meeting) error {
	if m.paper {
		if err := l.onPaper(ctx, session, learners, m); err != nil {
			return err
		}
		return l.act(ctx, "/sessions/"+session+"/close", map[string]any{}, nil)
	}
	entries, entering := errgroup.WithContext(ctx)
	entries.SetLimit(8)
	for i, p := range learners {
		in, out := m.from, m.to
		if m.attended != nil {
			times, came := m.attended[p]
			if !came {
				continue
			}
			in, out = times[0], times[1]
		} else if m.absentEveryTenth && i%10 == 9 {
			continue
		}
		body := map[string]any{"checkedInAt": instant(m.on, in), "checkedOutAt": instant(m.on, out), "reason": "纸质签到表补录"}
		entries.Go(func() error { return l.put(entering, "/sessions/"+session+"/attendance/"+p, body) })
	}
	if err := entries.Wait(); err != nil {
		return err
	}
	return l.act(ctx, "/sessions/"+session+"/close", map[string]any{}, nil)
}

// preJob: everybody passed pre-job training before their first day, but for
// the one who passed it 19 days after.
func (l *loader) preJob(ctx context.Context) error {
	class := func(on kernel.Date, learners []string) error {
		_, err := l.run(ctx, demoClass{
			course: "preJob", tier: "district", capacity: 80, learners: learners,
			meetings: []meeting{
				{on: on.AddDays(-1), from: "08:30", to: "16:00", minutes: 360, venue: "一楼教室", teacher: "沈老师"},
				{on: on, from: "08:30", to: "16:00", minutes: 360, venue: "实训室", teacher: "周老师"},
			},
		})
		return err
	}
	late := l.people["late"]
	for _, p := range places() {
		var learners []string
		for _, id := range l.byHome[p.Key] {
			if id != late {
				learners = append(learners, id)
			}
		}
		if len(learners) > 0 {
			if err := class(kernel.NewDate(l.today.Year()-6, time.January, 5), learners); err != nil {
				return err
			}
		}
	}
	return class(kernel.NewDate(l.today.Year()-3, time.April, 3), []string{late})
}

// classes holds two years of training: each institution's staff in turns, so
// that most meet the year before last's end and this year is under way.
func (l *loader) classes(ctx context.Context) error {
	bases := []string{"baseEast", "baseMiddle", "baseWest", "base"}
	kinds := []string{"pressure", "dementia", "standards", "feeding", "fire"}
	turn := 0
	for _, year := range []int{l.today.Year() - 1, l.today.Year()} {
		for month := time.February; month <= time.November; month += 3 {
			for h, p := range places() {
				if p.Staff == 0 {
					continue
				}
				on := kernel.NewDate(year, month, 3+2*h)
				if on.AddDays(15) >= l.today {
					continue
				}
				turn++
				kind := kinds[turn%len(kinds)]
				meetings := weekly(kind, on)
				meetings[0].absentEveryTenth = true
				for i := range meetings { // nobody teaches in two places at once
					meetings[i].teacher = string([]rune([]string{"周许陶顾范钱陆章", "沈金孙吕施曹严魏"}[i%2])[h%8]) + "老师"
				}
				if _, err := l.run(ctx, demoClass{
					course: kind, base: bases[turn%len(bases)], tier: "district", capacity: 60,
					learners: l.ordinary(p.Key, turn), meetings: meetings,
				}); err != nil {
					return fmt.Errorf("class at %s on %s: %w", p.Name, on, err)
				}
			}
		}
	}
	return l.coming(ctx)
}

// weekly plans the class hours of a course as half days, a week apart.
func weekly(key string, on kernel.Date) (out []meeting) {
	for _, c := range courses() {
		for left := c.Hours * 45; c.Key == key && left > 0; left -= 180 {
			m := meeting{on: on.AddDays(7 * len(out)), from: "08:30", to: "11:30", minutes: min(left, 180), venue: "一楼教室", teacher: "周老师"}
			if len(out)%2 == 1 {
				m.from, m.to, m.venue, m.teacher = "13:00", "16:00", "实训室", "沈老师"
			}
			out = append(out, m)
		}
	}
	return out
}

// underway gives those who can sign in something to see of this year: the
// minute-exact year before stays as it is. Too early in a year there is none.
func (l *loader) underway(ctx context.Context) error {
	all := func(keys ...string) (out []string) {
		for _, k := range keys {
			out = append(out, l.people[k])
		}
		return out
	}
	for _, c := range []struct {
		course  string
		daysAgo int
		who     []string
		paper   bool
	}{
		{"fire", 75, all("met", "short", "unverified", "overlap", "noUse", "twoHomes", "degree"), false},
		{"standards", 66, all("rare", "dot", "moved", "superseded", "late"), false},
		{"dementia", 45, all("rare", "dot"), true}, // with the eight before: twenty
	} {
		on := l.today.AddDays(-c.daysAgo)
		if on.Year() != l.today.Year() {
			continue
		}
		meetings := weekly(c.course, on)
		for i := range meetings {
			meetings[i].paper = c.paper
		}
		class := demoClass{course: c.course, base: "base", tier: "district", capacity: 40, learners: c.who, meetings: meetings}
		if _, err := l.run(ctx, class); err != nil {
			return err
		}
	}
	return nil
}

// ordinary picks the learners of an institution's turn: two of three, never a
// named character (their hours are exact).
func (l *loader) ordinary(home string, turn int) []string {
	named := map[string]bool{}
	for _, id := range l.people {
		named[id] = true
	}
	var out []string
	for i, id := range l.byHome[home] {
		if !named[id] && (i+turn)%3 != 0 && len(out) < 60 {
			out = append(out, id)
		}
	}
	return out
}

// coming opens what the pages of today show: a class that meets today, one
// next week with places left, one that is almost full.
func (l *loader) coming(ctx context.Context) error {
	today := append(l.ordinary("dianshanhu", 1)[:14:14], l.people["met"], l.people["short"])
	for _, c := range []demoClass{
		{course: "pressure", base: "baseMiddle", tier: "district", capacity: 32, open: true, learners: today, meetings: []meeting{
			{on: l.today, from: "09:00", to: "12:00", minutes: 180, venue: "青中分基地 一楼教室", teacher: "周老师"},
			{on: l.today.AddDays(7), from: "09:00", to: "12:00", minutes: 180, venue: "青中分基地 一楼教室", teacher: "周老师"},
			{on: l.today.AddDays(14), from: "09:00", to: "12:00", minutes: 180, venue: "青中分基地 实训室", teacher: "沈老师"},
		}},
		{course: "dementia", base: "baseWest", tier: "district", capacity: 24, open: true, learners: l.ordinary("zhongfu", 2)[:12], meetings: []meeting{
			{on: l.today.AddDays(5), from: "13:00", to: "16:00", minutes: 180, venue: "青西分基地 实训室", teacher: "沈老师"},
			{on: l.today.AddDays(12), from: "13:00", to: "16:00", minutes: 180, venue: "青西分基地 实训室", teacher: "沈老师"},
			{on: l.today.AddDays(19), from: "13:00", to: "16:00", minutes: 180, venue: "青西分基地 实训室", teacher: "沈老师"},
		}},
		{course: "feeding", tier: "district", capacity: 10, open: true, learners: l.ordinary("xujing", 1)[:9], meetings: []meeting{
			{on: l.today.AddDays(9), from: "09:00", to: "12:00", minutes: 180, venue: "线上直播", teacher: "许老师"},
			{on: l.today.AddDays(10), from: "09:00", to: "12:00", minutes: 180, venue: "线上直播", teacher: "许老师"},
		}},
	} {
		if _, err := l.run(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
