package demo

import (
	"context"
	"time"

	"carecert/modules/kernel"
)

// radar is a home of the second district whose attendance cannot be as it was
// recorded: a day of fifteen hours, a learner who had left before, a teacher in
// two rooms, a class that is always full, a phone of two people that
// two more were turned away with, a room that checks in within one second. (One person in two rooms is 吴小红, in the first district.)
func (l *loader) radar(ctx context.Context) error {
	home := map[string]any{"kind": "institution", "name": "廊下颐康养老院（示例）", "divisionCode": "310116", "approvedBeds": 80}
	var made struct{ ID string }
	if err := l.post(ctx, "/organizations", home, &made); err != nil {
		return err
	}
	l.orgs["jinshanRadar"] = made.ID
	people := make([]string, 3)
	for i, p := range []struct {
		name string
		left kernel.Date
	}{{"徐美珍", ""}, {"俞根发", l.today.AddDays(-60)}, {"蒋引弟", ""}} {
		body := map[string]any{
			"name": p.name, "idType": "residentId", "idNumber": idNumber("310116", kernel.NewDate(1975+i, time.May, 8+i), 420+2*i),
			"education": "secondary", "kinds": []string{"caregiver"},
		}
		if err := l.post(ctx, "/people", body, &made); err != nil {
			return err
		}
		people[i] = made.ID
		spell := map[string]any{"organizationId": l.orgs["jinshanRadar"], "role": "caregiver", "startedOn": string(l.today.AddDays(-500))}
		if p.left != "" {
			spell["endedOn"] = string(p.left)
		}
		if err := l.post(ctx, "/people/"+people[i]+"/employments", spell, nil); err != nil {
			return err
		}
	}
	long, left, other := people[0], people[1], people[2]
	lesson := func(daysAgo int, from, to, venue, teacher string, minutes int) meeting {
		return meeting{on: l.today.AddDays(-daysAgo), from: from, to: to, minutes: minutes, venue: venue, teacher: teacher}
	}
	for _, c := range []demoClass{
		{course: "round", learners: []string{long}, meetings: []meeting{
			lesson(20, "06:00", "13:30", "二楼活动室", "朱老师", 450), lesson(20, "13:30", "21:00", "二楼活动室", "朱老师", 450),
		}},
		{course: "drill", learners: []string{left, other}, meetings: []meeting{lesson(30, "09:00", "10:30", "一楼餐厅", "钱老师", 90)}},
		{course: "drill", learners: []string{other}, meetings: []meeting{lesson(12, "14:00", "15:30", "一楼餐厅", "钱老师", 90)}},
		{course: "drill", learners: []string{long}, meetings: []meeting{lesson(12, "14:30", "16:00", "三楼病区", "钱　老师", 90)}},
	} {
		c.provider, c.tier, c.capacity = "jinshanRadar", "institution", 20
		if _, err := l.run(ctx, c); err != nil {
			return err
		}
	}
	if err := l.neverAbsent(ctx); err != nil {
		return err
	}
	return l.scanned(ctx)
}

// neverAbsent is a class of ten that nobody ever missed, in eight sessions. One
// of them, 顾阿宝, is past seventy: who is over the pension age is found once an
// office has entered it (policies/rules/radar.yaml).
func (l *loader) neverAbsent(ctx context.Context) error {
	learners := make([]string, 0, 10)
	for i, name := range []string{"顾阿宝", "陆秋英", "张引娣", "盛美华", "曹根娣", "朱惠珍", "沈巧云", "金玉凤", "干林妹", "翁月琴"} {
		born := kernel.NewDate(1972+i, time.March, 3+i)
		if i == 0 {
			born = kernel.NewDate(l.today.Year()-71, time.January, 6)
		}
		var made struct{ ID string }
		if err := l.post(ctx, "/people", map[string]any{
			"name": name, "idType": "residentId", "idNumber": idNumber("310116", born, 520+2*i), "education": "secondary", "kinds": []string{"caregiver"},
		}, &made); err != nil {
			return err
		}
		spell := map[string]any{"organizationId": l.orgs["jinshanRadar"], "role": "caregiver", "startedOn": string(l.today.AddDays(-400))}
		if err := l.post(ctx, "/people/"+made.ID+"/employments", spell, nil); err != nil {
			return err
		}
		learners = append(learners, made.ID)
	}
	full := demoClass{course: "standards", provider: "jinshanRadar", tier: "institution", capacity: 20, learners: learners}
	for i := range 8 {
		full.meetings = append(full.meetings, meeting{on: l.today.AddDays(i - 50), from: "16:00", to: "16:45", minutes: 45, venue: "会议室", teacher: "孙老师"})
	}
	_, err := l.run(ctx, full)
	return err
}

// sample draws half of the second district's people for this year's inspection;
// the first of them is inspected.
func (l *loader) sample(ctx context.Context) error {
	return l.signedIn(ctx, "jinshan", func(c *client) error {
		var drawn struct{ ID string }
		order := map[string]any{
			"organizationId": l.orgs["jinshan"], "year": l.today.Year(), "subject": "people", "percent": 50, "note": "年度在岗培训抽查",
		}
		if err := c.post(ctx, "/inspections", order, &drawn); err != nil {
			return err
		}
		return c.put(ctx, "/inspections/"+drawn.ID+"/items/1", map[string]any{"result": "deviation", "note": "签到表缺一页，已要求补齐"})
	})
}
