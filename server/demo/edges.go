package demo

import (
	"context"
	"net/http"
	"time"

	"carecert/modules/kernel"
)

// characters gives each named person the facts their rule edge needs, in the
// year before this one, which is over.
func (l *loader) characters(ctx context.Context) error {
	for _, step := range []func(context.Context) error{l.hoursEdges, l.overlapEdge, l.degreeEdge, l.careerEdges, l.certificateEdges, l.underway} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) lastYear(m time.Month, d int) kernel.Date {
	return kernel.NewDate(l.today.Year()-1, m, d)
}

// hoursEdges: 8×45 + 6×45 + 6×45 = 900 minutes; and one minute less.
func (l *loader) hoursEdges(ctx context.Context) error {
	met, short := l.people["met"], l.people["short"]
	both := func(in, out, early string) map[string][2]string {
		return map[string][2]string{met: {in, out}, short: {in, early}}
	}
	_, err := l.run(ctx, demoClass{
		course: "round", base: "baseWest", tier: "district", capacity: 30, learners: []string{met, short},
		meetings: []meeting{
			{on: l.lastYear(time.April, 10), from: "09:00", to: "15:00", minutes: 360, venue: "实训室", teacher: "周老师", attended: both("09:00", "15:00", "15:00")},
			{on: l.lastYear(time.June, 12), from: "09:00", to: "13:30", minutes: 270, venue: "实训室", teacher: "周老师", attended: both("09:00", "13:30", "13:30")},
			{on: l.lastYear(time.September, 18), from: "09:00", to: "13:30", minutes: 270, venue: "实训室", teacher: "沈老师", attended: both("09:00", "13:30", "13:29")},
		},
	})
	return err
}

// overlapEdge: two sessions of one person at the same time credit the union.
func (l *loader) overlapEdge(ctx context.Context) error {
	who := l.people["overlap"]
	for _, m := range []meeting{
		{on: l.lastYear(time.May, 20), from: "09:00", to: "10:30", minutes: 90, venue: "一楼教室", teacher: "周老师"},
		{on: l.lastYear(time.May, 20), from: "10:00", to: "11:30", minutes: 90, venue: "二楼教室", teacher: "沈老师"},
	} {
		if _, err := l.run(ctx, demoClass{course: "drill", tier: "institution", capacity: 20, learners: []string{who}, meetings: []meeting{m}}); err != nil {
			return err
		}
	}
	return nil
}

// degreeEdge: lessons of a degree class are recorded and credit nothing.
func (l *loader) degreeEdge(ctx context.Context) error {
	var lessons []meeting
	for week := range 5 {
		lessons = append(lessons, meeting{
			on: l.lastYear(time.October, 11).AddDays(7 * week), from: "09:00", to: "16:00", minutes: 360, venue: "合作院校", teacher: "合作院校教师",
		})
	}
	_, err := l.run(ctx, demoClass{course: "degree", tier: "district", capacity: 30, learners: []string{l.people["degree"]}, meetings: lessons})
	return err
}

// careerEdges: a second post, a move, a spell that never was, a departure.
func (l *loader) careerEdges(ctx context.Context) error {
	spell := func(who, home string, from kernel.Date) error {
		body := map[string]any{"organizationId": l.orgs[home], "role": "caregiver", "startedOn": string(from)}
		return l.post(ctx, "/people/"+l.people[who]+"/employments", body, nil)
	}
	end := func(who string, on kernel.Date) error {
		var record struct {
			Spells []struct{ ID string }
		}
		if err := l.get(ctx, "/people/"+l.people[who]+"/record", &record); err != nil {
			return err
		}
		path := "/people/" + l.people[who] + "/employments/" + record.Spells[0].ID + "/end"
		return l.act(ctx, path, map[string]any{"endedOn": string(on), "reason": "离职"}, nil)
	}
	if err := spell("twoHomes", "zhongfu", l.lastYear(time.March, 1)); err != nil {
		return err
	}
	if err := end("moved", l.lastYear(time.June, 30)); err != nil {
		return err
	}
	if err := spell("moved", "fuquan", l.lastYear(time.July, 1)); err != nil {
		return err
	}
	if err := l.slip(ctx, "left", "zhujiajiao"); err != nil {
		return err
	}
	return end("left", l.lastYear(time.November, 15))
}

// slip records a spell that was somebody else's and voids it.
func (l *loader) slip(ctx context.Context, who, home string) error {
	var made struct{ ID string }
	path := "/people/" + l.people[who] + "/employments"
	body := map[string]any{"organizationId": l.orgs[home], "role": "manager", "startedOn": string(l.lastYear(time.March, 1)), "endedOn": string(l.lastYear(time.May, 31))}
	if err := l.post(ctx, path, body, &made); err != nil {
		return err
	}
	return l.act(ctx, path+"/"+made.ID+"/void", map[string]any{"reason": "录错人，此段经历属另一位同名职工"}, nil)
}

// certificateEdges: one certificate revoked after fraud, one replaced.
func (l *loader) certificateEdges(ctx context.Context) error {
	revoked, replaced := l.people["revoked"], l.people["superseded"]
	issued, err := l.run(ctx, demoClass{
		course: "dementia", base: "baseMiddle", tier: "district", capacity: 30, learners: []string{revoked, replaced, l.people["rare"], l.people["dot"]},
		meetings: []meeting{
			{on: l.lastYear(time.August, 8), from: "09:00", to: "15:00", minutes: 360, venue: "青中分基地", teacher: "沈老师"},
			{on: l.lastYear(time.August, 15), from: "09:00", to: "12:00", minutes: 180, venue: "青中分基地", teacher: "沈老师"},
		},
	})
	if err != nil {
		return err
	}
	if err := l.act(ctx, "/certificates/"+issued[revoked]+"/revocation", map[string]any{"reason": "学时经核查不实"}, nil); err != nil {
		return err
	}
	return l.send(ctx, call{
		method: http.MethodPost, path: "/certificates/" + issued[replaced] + "/replacement",
		body: map[string]any{"reason": "印制错误，重新核发"}, want: http.StatusCreated,
	}, nil)
}
