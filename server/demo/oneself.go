package demo

import (
	"context"
	"errors"
	"net/url"
	"time"
)

// oneself gives 赵美英, whose certificate number is contested and whose practice
// is in the logbook, all else that somebody can read about themselves: a number
// that was corrected, a record that looks like hers, learning online, and a
// finding of the radar that her bureau confirmed.
func (l *loader) oneself(ctx context.Context) error {
	for _, step := range []func(context.Context) error{l.lookAlike, l.wrongNumber, l.twoRooms, l.video} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lookAlike: somebody of her name was born on her birthday. She is another.
func (l *loader) lookAlike(ctx context.Context) error {
	if _, err := l.enter(ctx, "songhua", "赵美英", "residentId", idNumber("320582", "1988-12-12", 46), map[string]any{"kinds": []string{"volunteer"}}); err != nil {
		return err
	}
	return l.signedIn(ctx, "qingpu", func(c *client) error {
		var open struct {
			Items []struct {
				ID            string
				First, Second struct{ ID string }
			}
		}
		if err := c.get(ctx, "/people/duplicates?limit=200", &open); err != nil {
			return err
		}
		for _, twins := range open.Items {
			if twins.First.ID == l.people["unverified"] || twins.Second.ID == l.people["unverified"] {
				reason := map[string]any{"reason": "身份证号不同，电话核实为两人"}
				return c.act(ctx, "/people/duplicates/"+twins.ID+"/dismissal", reason, nil)
			}
		}
		return errors.New("nobody looks like 赵美英")
	})
}

func (l *loader) wrongNumber(ctx context.Context) error {
	change := map[string]any{"idType": "residentId", "idNumber": idNumber("411425", "1988-12-12", 34), "reason": "登记时顺序码录错，已核对身份证原件"}
	return l.put(ctx, "/people/"+l.people["unverified"]+"/identity", change)
}

// twoRooms: she was written down in two rooms at one time, and was in neither.
func (l *loader) twoRooms(ctx context.Context) error {
	who, on := l.people["unverified"], l.lastYear(time.November, 19)
	for _, m := range []meeting{
		{on: on, from: "14:00", to: "15:30", minutes: 90, venue: "三楼活动室", teacher: "汪老师"},
		{on: on, from: "14:30", to: "16:00", minutes: 90, venue: "五楼会议室", teacher: "邵老师"},
	} {
		if _, err := l.run(ctx, demoClass{course: "drill", tier: "institution", capacity: 24, learners: []string{who}, meetings: []meeting{m}}); err != nil {
			return err
		}
	}
	return l.signedIn(ctx, "qingpu", func(c *client) error {
		var page struct{ Items []struct{ ID string } }
		if err := c.get(ctx, "/radar/findings?"+url.Values{"status": {"todo"}, "kind": {"twoRooms"}, "limit": {"200"}}.Encode(), &page); err != nil {
			return err
		}
		for _, f := range page.Items {
			var seen struct {
				Finding  struct{ People []struct{ ID string } }
				Sessions []struct{ SessionID string }
			}
			if err := c.get(ctx, "/radar/findings/"+f.ID, &seen); err != nil {
				return err
			}
			if len(seen.Finding.People) == 0 || seen.Finding.People[0].ID != who {
				continue
			}
			var refuse []map[string]any
			for _, s := range seen.Sessions {
				refuse = append(refuse, map[string]any{"sessionId": s.SessionID, "personId": who})
			}
			word := map[string]any{"decision": "confirm", "reason": "当日值班表显示全天在岗，两处签到均不实", "refuse": refuse}
			return c.act(ctx, "/radar/findings/"+f.ID+"/decisions", word, nil)
		}
		return errors.New("the radar does not see 赵美英 in two rooms")
	})
}

// video: she began to learn at home, on the day that the demo is loaded.
func (l *loader) video(ctx context.Context) error {
	from, to := l.began.Add(-time.Hour).UTC().Format(time.RFC3339), l.began.Add(6*time.Hour).UTC().Format(time.RFC3339)
	session, err := l.away(ctx, "feeding", "remote", l.today, from, to, 45, "", "汪老师", l.people["unverified"])
	if err != nil {
		return err
	}
	if err := l.put(ctx, "/sessions/"+session+"/material", map[string]any{
		"title": "吞咽障碍识别与进食体位（示例链接）", "link": "https://video.example.com/feeding.mp4", "lengthSeconds": 2820,
	}); err != nil {
		return err
	}
	return l.as(ctx, "unverified", func(c *client) error {
		var run struct{ RunID string }
		if err := c.post(ctx, "/sessions/"+session+"/learning", nil, &run); err != nil {
			return err
		}
		for _, at := range []float64{0, 1, 2} {
			if err := c.act(ctx, "/learning/"+run.RunID+"/beats", map[string]any{"position": at, "playing": at < 2}, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
