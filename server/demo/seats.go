package demo

import "context"

// seats show what enrolment does: a full class whose waiting list moved up
// once, a class at the time of another, a course for the higher levels only.
func (l *loader) seats(ctx context.Context) error {
	for _, step := range []func(context.Context) error{l.fullClass, l.clashingClass, l.higherCourse} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// fullClass: three seats and two who wait; one learner gave a seat up, so the
// first of the list has it and the second is now the first.
func (l *loader) fullClass(ctx context.Context) error {
	id, err := l.plan(ctx, demoClass{
		course: "feeding", base: "baseEast", tier: "district", capacity: 3,
		learners: []string{l.people["noUse"], l.people["overlap"], l.people["superseded"], l.people["rare"], l.people["dot"]},
		meetings: []meeting{{on: l.today.AddDays(8), from: "14:00", to: "16:15", minutes: 135, venue: "青东分基地 模拟餐厅", teacher: "许老师"}},
	})
	if err != nil {
		return err
	}
	return l.act(ctx, "/classes/"+id+"/enrolments/"+l.people["superseded"]+"/withdrawal", map[string]any{"reason": "当天值班"}, nil)
}

// clashingClass is held while the class of today meets for the second time.
func (l *loader) clashingClass(ctx context.Context) error {
	_, err := l.plan(ctx, demoClass{
		course: "fire", tier: "institution", capacity: 20, learners: []string{l.people["short"]},
		meetings: []meeting{{on: l.today.AddDays(7), from: "10:00", to: "11:30", minutes: 90, venue: "淀山湖福利院 门厅", teacher: "消防支队教员"}},
	})
	return err
}

// higherCourse is offered to holders of level 3 and above only.
func (l *loader) higherCourse(ctx context.Context) error {
	var made struct{ ID string }
	if err := l.post(ctx, "/courses", map[string]any{
		"title": "带教师资与照护方案制定", "category": "inService", "classHours": 6, "mode": "classroom",
		"countsTowardInService": true, "audience": "caregiver", "learnerLevels": []int{1, 2, 3},
	}, &made); err != nil {
		return err
	}
	l.courses["mentoring"] = made.ID
	_, err := l.plan(ctx, demoClass{
		course: "mentoring", base: "base", tier: "city", capacity: 16,
		meetings: []meeting{
			{on: l.today.AddDays(14), from: "09:00", to: "11:15", minutes: 135, venue: "公共实训基地 401", teacher: "沈老师"},
			{on: l.today.AddDays(15), from: "09:00", to: "11:15", minutes: 135, venue: "公共实训基地 401", teacher: "沈老师"},
		},
	})
	return err
}
