package demo

import (
	"context"
	"time"

	"carecert/modules/kernel"
)

// applications show a district that reviews classes before they open: one
// waits for the bureau, one was sent back, one is approved; and a school on
// the blacklist, which opens none.
func (l *loader) applications(ctx context.Context) error {
	barred := map[string]any{
		"reason": "虚报培训课时，经查实", "startsOn": string(l.today.AddDays(-40)), "endsOn": string(l.today.AddDays(325)),
	}
	if err := l.signedIn(ctx, "jinshan", func(c *client) error {
		return c.post(ctx, "/organizations/"+l.orgs["jinshanBarred"]+"/blacklistings", barred, nil)
	}); err != nil {
		return err
	}
	for _, a := range []struct {
		starts int // days from today
		steps  []string
	}{
		{20, []string{"submit"}},
		{34, []string{"submit", "sendBack"}},
		{12, []string{"submit", "approve"}},
	} {
		if err := l.apply(ctx, a.starts, a.steps...); err != nil {
			return err
		}
	}
	return nil
}

// jinshan is a second district: a bureau, two schools and a small home that has commissioned the other.
func (l *loader) jinshan(ctx context.Context) error {
	for _, o := range []struct{ key, kind, name string }{
		{"jinshan", "districtBureau", "金山区民政局（示例）"},
		{"jinshanSchool", "trainingSchool", "海悦照护培训学校（示例）"},
		{"jinshanBarred", "trainingSchool", "石化颐康培训中心（示例）"},
		{"jinshanHome", "institution", "枫泾颐养院（示例）"},
	} {
		body := map[string]any{"kind": o.kind, "name": o.name, "divisionCode": "310116"}
		if o.kind == "institution" {
			body["approvedBeds"] = 60
		}
		var made struct{ ID string }
		if err := l.post(ctx, "/organizations", body, &made); err != nil {
			return err
		}
		l.orgs[o.key] = made.ID
	}
	commission := map[string]any{"schoolId": l.orgs["jinshanSchool"], "startsOn": string(l.today.AddDays(-200))}
	if err := l.post(ctx, "/organizations/"+l.orgs["jinshanHome"]+"/commissions", commission, nil); err != nil {
		return err
	}
	for i, name := range []string{"顾金妹", "沈佩芬", "朱引珍"} {
		var made struct{ ID string }
		person := map[string]any{
			"name": name, "idType": "residentId", "idNumber": idNumber("310116", kernel.NewDate(1978+i, time.March, 6+i), 400+2*i),
			"education": "secondary", "kinds": []string{"caregiver"},
		}
		if err := l.post(ctx, "/people", person, &made); err != nil {
			return err
		}
		spell := map[string]any{"organizationId": l.orgs["jinshanHome"], "role": "caregiver", "startedOn": string(l.today.AddDays(-100))}
		if err := l.post(ctx, "/people/"+made.ID+"/employments", spell, nil); err != nil {
			return err
		}
		l.byHome["jinshanHome"] = append(l.byHome["jinshanHome"], made.ID)
	}
	// 沈佩芬 worked in the first district long ago: its bureau reads her record, and
	// reveals and changes nothing of her.
	if err := l.serve(ctx, l.byHome["jinshanHome"][1], "xiayang", l.yearsAgo(6, time.March, 1), l.yearsAgo(4, time.June, 30)); err != nil {
		return err
	}
	var made struct{ ID string }
	course := map[string]any{
		"title": "养老护理员四级技能培训", "category": "skillLevel", "classHours": 6, "mode": "classroom", "countsTowardInService": true,
		"hasTest": true, "audience": "caregiver",
	}
	if err := l.post(ctx, "/courses", course, &made); err != nil {
		return err
	}
	l.courses["skill"] = made.ID
	return l.twoParts(ctx)
}

// twoParts is a class whose test has theory and practice, the lower of which
// decides: 顾金妹 passes both with what is just enough, 沈佩芬 misses theory by a
// hundredth of a point whatever her practice, 朱引珍 passes well.
func (l *loader) twoParts(ctx context.Context) error {
	var made struct{ ID string }
	course := map[string]any{
		"title": "压疮预防与体位转移考核", "category": "other", "classHours": 2, "mode": "classroom", "countsTowardInService": false,
		"hasTest": true, "audience": "caregiver",
	}
	if err := l.post(ctx, "/courses", course, &made); err != nil {
		return err
	}
	l.courses["twoParts"] = made.ID
	people := l.byHome["jinshanHome"]
	_, err := l.run(ctx, demoClass{
		course: "twoParts", provider: "jinshanHome", tier: "institution", capacity: 20, learners: people,
		meetings: []meeting{{on: l.today.AddDays(-25), from: "09:00", to: "10:30", minutes: 90, venue: "一楼活动室", teacher: "金老师"}},
		results: []map[string]any{
			{"personId": people[0], "theory": 60, "practice": 60},
			{"personId": people[1], "theory": 59.99, "practice": 92},
			{"personId": people[2], "theory": 88.5, "practice": 91},
		},
	})
	return err
}

// apply writes one application and takes it as far as the steps say; the
// bureau's part is done as the bureau, for nobody decides on their own.
func (l *loader) apply(ctx context.Context, starts int, steps ...string) error {
	on := l.today.AddDays(starts)
	class, _, err := l.planned(ctx, demoClass{
		course: "skill", provider: "jinshanSchool", tier: "district", capacity: 20, learners: l.byHome["jinshanHome"],
		meetings: []meeting{
			{on: on, from: "09:00", to: "11:15", minutes: 135, venue: "海悦学校 201", teacher: "陆老师"},
			{on: on.AddDays(1), from: "13:00", to: "15:15", minutes: 135, venue: "海悦学校 实训室", teacher: "金老师"},
		},
	})
	if err != nil {
		return err
	}
	path := "/classes/" + class + "/application"
	if err := l.put(ctx, path, map[string]any{
		"plan":      "第一天讲授失智老年人沟通与风险评估（3课时），第二天分组实操：协助进食、体位转移、急救（3课时）。理论与实操各半。",
		"teachers":  []map[string]any{{"name": "陆老师", "qualification": "养老护理员一级（高级技师）", "subject": "风险评估"}, {"name": "金老师", "qualification": "主管护师", "subject": "实操带教"}},
		"resources": "教室 201（30 座）、实训室（护理床 4 张、模拟人 2 具）；教材：《养老护理员（四级）》。",
		"testPlan":  "理论闭卷 60 分钟，实操三选二，各按百分制，均 60 分合格。",
	}); err != nil {
		return err
	}
	for _, step := range steps {
		who, to, body := "jinshan", path+"/decision", map[string]any{"decision": step}
		switch step {
		case "submit":
			who, to, body = "haiyue", path+"/submission", map[string]any{}
		case "sendBack":
			body["reason"] = "金老师的护师证书已过期，请更换教师或补交续期证明。"
		}
		if err := l.signedIn(ctx, who, func(c *client) error { return c.act(ctx, to, body, nil) }); err != nil {
			return err
		}
	}
	return nil
}
