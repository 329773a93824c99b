package demo

import (
	"context"

	"carecert/modules/kernel"
)

// learning shows what is learned outside class rooms: 吴小红 has a video to learn
// from at home today; 赵美英 practised under a mentor yesterday: one entry of the
// logbook is confirmed, one contested, one waits for her.
func (l *loader) learning(ctx context.Context) error {
	if err := l.atHome(ctx); err != nil {
		return err
	}
	return l.underMentor(ctx)
}

// away opens a class of one session that is not held in a class room.
func (l *loader) away(ctx context.Context, course, mode string, on kernel.Date, startsAt, endsAt string, minutes int, venue, teacher string, learners ...string) (session string, err error) {
	var class, made struct{ ID string }
	if err := l.post(ctx, "/classes", map[string]any{
		"courseId": l.courses[course], "providerId": l.orgs["school"], "organiserTier": "institution",
		"startsOn": string(on), "endsOn": string(on.AddDays(7)), "capacity": 20,
	}, &class); err != nil {
		return "", err
	}
	if err := l.post(ctx, "/classes/"+class.ID+"/sessions", map[string]any{
		"startsAt": startsAt, "endsAt": endsAt, "minutes": minutes, "venue": venue, "teacher": teacher, "mode": mode,
	}, &made); err != nil {
		return "", err
	}
	return made.ID, l.post(ctx, "/classes/"+class.ID+"/enrolments", map[string]any{"personIds": learners}, nil)
}

func (l *loader) atHome(ctx context.Context) error {
	session, err := l.away(ctx, "feeding", "remote", l.today, instant(l.today, "06:00"), instant(l.today, "22:00"), 45, "", "许老师", l.people["overlap"], l.people["moved"])
	if err != nil {
		return err
	}
	return l.put(ctx, "/sessions/"+session+"/material", map[string]any{
		"title": "吞咽障碍识别与进食体位（示例链接）", "link": "https://video.example.com/feeding.mp4", "lengthSeconds": 2820,
	})
}

func (l *loader) underMentor(ctx context.Context) error {
	who, on := l.people["unverified"], l.today.AddDays(-1)
	session, err := l.away(ctx, "drill", "onTheJob", on, instant(on, "09:00"), instant(on, "17:00"), 90, "徐泾敬老院 二楼护理区", "朱护士长", who, l.people["late"])
	if err != nil {
		return err
	}
	if err := l.put(ctx, "/sessions/"+session+"/mentor", map[string]any{"name": "朱护士长"}); err != nil {
		return err
	}
	entries, err := l.written(ctx, who, session, on)
	if err != nil {
		return err
	}
	return l.as(ctx, "unverified", func(c *client) error {
		if err := c.act(ctx, "/logbook/"+entries[0]+"/confirmation", map[string]any{}, nil); err != nil {
			return err
		}
		return c.act(ctx, "/logbook/"+entries[1]+"/contest", map[string]any{"reason": "那天下午我在值班，没有参加"}, nil)
	})
}

// written is what the school enters for the mentor.
func (l *loader) written(ctx context.Context, who, session string, on kernel.Date) (entries []string, err error) {
	for _, e := range []struct{ from, to, text, remark string }{
		{"09:30", "10:15", "灭火器与消火栓操作", "能独立完成"},
		{"14:00", "14:30", "夜间疏散路线带教", ""},
		{"15:30", "16:00", "卧床老人转运演练", "再练一次单人转运"},
	} {
		var made struct{ ID string }
		body := map[string]any{"personId": who, "from": instant(on, e.from), "to": instant(on, e.to), "topic": map[string]any{"text": e.text}, "remark": e.remark}
		err := l.signedIn(ctx, "school", func(c *client) error { return c.post(ctx, "/sessions/"+session+"/logbook", body, &made) })
		if err != nil {
			return nil, err
		}
		entries = append(entries, made.ID)
	}
	return entries, nil
}
