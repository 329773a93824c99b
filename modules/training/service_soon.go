package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Soon is a session that begins within the rule row's time for reminders.
type Soon struct {
	Session  kernel.SessionID
	Class    kernel.ClassID
	Title    string
	StartsAt time.Time
	Venue    string
	Learners []kernel.PersonID
}

// longestReminder bounds how far ahead sessions are looked at.
const longestReminder = 7 * 24 * time.Hour

// EachSoon tells the sessions of which their learners should be reminded by now.
func (s *Service) EachSoon(ctx context.Context, tell func(Soon) error) error {
	now := s.now()
	q := store.Query{Index: "by_start", From: now, Until: now.Add(longestReminder)}
	return s.docs.sessions.Each(ctx, q, func(d sessionDoc) error {
		x := d.session()
		if x.Draft || x.Status != SessionPlanned {
			return nil
		}
		row, err := s.row(x.Region, x.Date())
		if err != nil {
			return err
		}
		if x.Plan.StartsAt.Sub(now) > time.Duration(row.RemindBeforeMinutes)*time.Minute {
			return nil
		}
		c, err := s.docs.class(ctx, x.Class)
		if err != nil {
			return err
		}
		return tell(Soon{
			Session: x.ID, Class: c.ID, Title: c.Terms.Title, StartsAt: x.Plan.StartsAt, Venue: x.Plan.Venue, Learners: c.learners(),
		})
	})
}
