package demo

import (
	"context"
	"time"

	"carecert/modules/kernel"
)

// trainee is somebody who shows an edge of coverage or of the social workers.
// None is a caregiver, so that the rate of the district stays as it is.
type trainee struct {
	Key, Name, Home, Role string
	Born                  kernel.Date
	Sequence              int
}

func trainees() []trainee {
	return []trainee{
		{"twoOfThree", "唐月英", "xujing", "careStaff", "1984-03-12", 402},    // two of the three standards: named as missing the third
		{"undone", "蒋美玲", "xujing", "careStaff", "1986-08-08", 404},        // trained, and her certificate revoked: missing again from that day on
		{"leftToday", "方秋菊", "xujing", "careStaff", "1971-10-02", 406},     // untrained, on post until yesterday: in yesterday's figure alone
		{"twoRecords", "彭爱华", "xujing", "careStaff", "1979-05-21", 408},    // trained under a record that was merged into this one
		{"social299", "林慧珍", "songhua", "socialWorker", "1990-01-16", 412}, // 299 beds need one, and there is one
		{"social300", "许文静", "xujing", "socialWorker", "1992-06-30", 414},  // at exactly 300 beds both clauses hold: one short
		{"social320", "施佳怡", "dianshanhu", "socialWorker", "1995-11-25", 416},
		{"noRecord", "钟晓燕", "dianshanhu", "socialWorker", "1998-02-03", 418}, // a social worker without training record does not count
		{"otherPost", "叶知秋", "xiayang", "careStaff", "1988-09-09", 422},      // trained as a social worker, serves in another post
	}
}

// standards: coverage complete at 盈浦街道长者照护之家 and nearly so at
// 徐泾镇养护院, social workers at every edge of the beds, programmes that are
// met, short by five, overdue and without target.
func (l *loader) standards(ctx context.Context) error {
	for _, t := range trainees() {
		id, err := l.enter(ctx, t.Home, t.Name, "residentId", idNumber("310118", t.Born, t.Sequence), map[string]any{
			"phone": l.phone(), "education": "college", "kinds": []string{t.Role},
		})
		if err != nil {
			return err
		}
		l.people[t.Key] = id
		post := map[string]any{"organizationId": l.orgs[t.Home], "role": t.Role, "startedOn": string(l.yearsAgo(2, time.April, 1))}
		if t.Key == "leftToday" {
			post["endedOn"] = string(l.today.AddDays(-1))
		}
		if err := l.post(ctx, "/people/"+id+"/employments", post, nil); err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context) error{l.programmeList, l.standardsClasses, l.socialClass} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// standardsClasses train two homes on the three standards of the task list.
func (l *loader) standardsClasses(ctx context.Context) error {
	staff := func(home string, more ...string) []string {
		out := append([]string{}, l.byHome[home]...)
		for _, key := range more {
			out = append(out, l.people[key])
		}
		return out
	}
	second, err := l.enter(ctx, "xujing", "彭爱华", "passport", "E79052108", map[string]any{"birthDate": "1979-05-21", "gender": "female", "phone": l.phone(), "education": "college"})
	if err != nil {
		return err
	}
	took := map[string]bool{}
	var undone string
	for _, c := range []struct {
		course, home string
		on           kernel.Date
		learners     []string
	}{
		{"twoStandards", "xujing", l.today.AddDays(-40), staff("xujing", "twoOfThree", "undone", "twoRecords")},
		{"dementiaUnit", "xujing", l.today.AddDays(-33), append(staff("xujing", "undone"), second)},
		{"twoStandards", "yingpu", l.today.AddDays(-30), staff("yingpu")},
		{"dementiaUnit", "yingpu", l.today.AddDays(-26), staff("yingpu")},
	} {
		issued, err := l.run(ctx, demoClass{
			course: c.course, tier: "district", base: "base", capacity: 80, programme: l.programmes["people"], learners: c.learners,
			meetings: []meeting{{on: c.on, from: "08:30", to: "11:30", minutes: 180, venue: "区实训基地 报告厅", teacher: "周老师"}},
		})
		if err != nil {
			return err
		}
		for p := range issued {
			took[p] = true
		}
		if c.course == "dementiaUnit" && c.home == "xujing" {
			undone = issued[l.people["undone"]]
		}
	}
	if err := l.act(ctx, "/certificates/"+undone+"/revocation", map[string]any{"reason": "签到系他人代签"}, nil); err != nil {
		return err
	}
	if err := l.post(ctx, "/people/"+l.people["twoRecords"]+"/merges", map[string]any{"otherId": second, "reason": "护照登记的是同一人"}, nil); err != nil {
		return err
	}
	// Two of them are one person since the merge: five to go.
	return l.patch(ctx, "/programmes/"+l.programmes["people"], map[string]any{"target": len(took) - 1 + 5})
}

// socialClass trains social workers, and family carers for “老吾老”.
func (l *loader) socialClass(ctx context.Context) error {
	meetings := []meeting{{on: l.today.AddDays(-50), from: "09:00", to: "12:00", minutes: 180, venue: "区民政局 二楼", teacher: "许老师"}}
	if _, err := l.run(ctx, demoClass{
		course: "social", tier: "district", capacity: 30, meetings: meetings,
		learners: []string{l.people["social299"], l.people["social300"], l.people["social320"], l.people["otherPost"]},
	}); err != nil {
		return err
	}
	var carers []string
	for i, name := range []string{"顾阿妹", "沈国英", "陆志强", "金桂珍", "朱慧芳", "俞建中"} {
		id, err := l.enter(ctx, "school", name, "residentId", idNumber("310118", kernel.NewDate(1955+i, time.May, 10+i), 430+2*i), map[string]any{
			"phone": l.phone(), "education": "secondary", "kinds": []string{"familyCarer"},
		})
		if err != nil {
			return err
		}
		carers = append(carers, id)
	}
	_, err := l.run(ctx, demoClass{
		course: "familyCare", tier: "district", capacity: 30, programme: l.programmes["family"], learners: carers,
		meetings: []meeting{{on: l.today.AddDays(-20), from: "13:30", to: "16:30", minutes: 180, venue: "夏阳街道综合为老服务中心", teacher: "沈老师"}},
	})
	return err
}

// programmeList: one that counts people, one without target, one for who has
// no post, one begun in time and one that is overdue.
func (l *loader) programmeList(ctx context.Context) error {
	begun := l.today.AddDays(-120)
	begun = kernel.NewDate(begun.Year(), begun.Month(), 1)
	first, last := string(begun), string(begun.AddMonths(12).AddDays(-1))
	due := string(begun.AddMonths(1).AddDays(-1))
	l.programmes = map[string]string{}
	for _, p := range []struct {
		key, org string
		body     map[string]any
	}{
		{"city", "city", map[string]any{"name": "养老护理员队伍建设行动", "kind": "training", "startsOn": "2024-01-01", "endsOn": "2027-12-31", "document": "上海市推进养老护理员队伍建设行动方案（2024—2027年）", "startedOn": "2024-01-01"}},
		{"people", "district", map[string]any{"name": "贯标培训年度计划", "kind": "standards", "startsOn": first, "endsOn": last, "target": 1, "document": "青民〔2025〕28号", "clause": "任务清单第7项", "startedOn": first, "note": "按人数考核：一人参加几个班次只计一人，人次另列。"}},
		{"family", "district", map[string]any{"name": "“老吾老”家庭照护培训", "kind": "informalCare", "startsOn": first, "endsOn": last, "target": 6, "document": "青民〔2025〕28号", "clause": "任务清单第20项", "startedOn": first}},
		{"quality", "district", map[string]any{"name": "护理等级“提质”计划", "kind": "qualityUp", "startsOn": first, "endsOn": last, "startDueOn": due, "startedOn": string(begun.AddDays(19))}},
		{"spearhead", "district", map[string]any{"name": "职业技能“尖兵”计划", "kind": "spearhead", "startsOn": first, "endsOn": last, "startDueOn": due, "includeSmallHomes": false}},
	} {
		p.body["organizationId"] = l.orgs[p.org]
		var made struct{ ID string }
		if err := l.post(ctx, "/programmes", p.body, &made); err != nil {
			return err
		}
		l.programmes[p.key] = made.ID
	}
	return nil
}
