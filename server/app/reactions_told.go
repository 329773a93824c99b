package app

import (
	"context"
	"strconv"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/hours"
	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/notifications"
	"carecert/modules/surveys"
	"carecert/modules/training"
)

// reactTold is the table of "when X happens, the caregivers concerned are told".
func reactTold(bus *event.Bus, m *Modules) {
	tell := m.Notifications.Service.Tell
	event.On(bus, "notifications.tell_seat", func(ctx context.Context, f training.SeatChanged) error {
		return tell(ctx, notifications.Draft{
			Key:  "seat." + string(f.Class) + "." + string(f.Change) + "." + stamp(f.RecordedAt),
			Kind: seatKind(f.Change), To: []kernel.PersonID{f.Person}, Href: "/classes?class=" + string(f.Class),
			Params: map[string]string{"class": f.Title, "provider": f.ProviderName, "startsOn": string(f.StartsOn), "reason": f.Reason},
		})
	})
	event.On(bus, "notifications.tell_session", func(ctx context.Context, f training.SessionChanged) error {
		d := notifications.Draft{
			Key:  "session." + string(f.Session) + "." + stamp(f.RecordedAt),
			Kind: notifications.SessionMoved, To: f.Learners, Href: "/classes?class=" + string(f.Class),
			Params: map[string]string{"class": f.Title, "before": clock(f.Before), "at": clock(f.StartsAt), "venue": f.Venue, "reason": f.Reason},
		}
		if f.Cancelled {
			d.Kind = notifications.SessionCancelled
		}
		return tell(ctx, d)
	})
	event.On(bus, "notifications.tell_refusal", func(ctx context.Context, f training.PresenceRefused) error {
		x, err := m.Training.Service.Session(kernel.WithReach(ctx, kernel.Reach{Everywhere: true}), f.Session)
		if err != nil {
			return err
		}
		return tell(ctx, notifications.Draft{
			Key: "refusal." + string(f.Session), Kind: notifications.PresenceRefused, To: []kernel.PersonID{f.Person}, Href: "/hours",
			Params: map[string]string{"class": x.Title, "at": clock(x.Plan.StartsAt), "reason": f.Reason},
		})
	})
	event.On(bus, "notifications.tell_completion", func(ctx context.Context, f training.Completed) error {
		c, err := m.Certificates.Service.Latest(kernel.WithReach(ctx, kernel.Reach{Everywhere: true}), f.Certificate)
		if err != nil {
			return err
		}
		return tell(ctx, notifications.Draft{
			Key: "completed." + string(f.Class), Kind: notifications.ClassCompleted, To: []kernel.PersonID{f.Person},
			Href: "/certificates/" + string(f.Certificate), Params: map[string]string{"class": c.Title},
		})
	})
	event.On(bus, "notifications.tell_revocation", func(ctx context.Context, f certificates.Revoked) error {
		c, err := m.Certificates.Service.Latest(kernel.WithReach(ctx, kernel.Reach{Everywhere: true}), f.Certificate)
		if err != nil {
			return err
		}
		return tell(ctx, notifications.Draft{
			Key: "revoked." + string(f.Certificate), Kind: notifications.CertificateRevoked, To: []kernel.PersonID{f.Person},
			Href: "/certificates/" + string(f.Certificate), Params: map[string]string{"title": c.Title, "reason": reasonOf(c)},
		})
	})
}

// surveyNotice tells people that they are asked.
func surveyNotice(x surveys.Survey, key string, to []kernel.PersonID) notifications.Draft {
	return notifications.Draft{
		Key: key + string(x.ID), Kind: notifications.SurveyOpen, To: to, Href: "/surveys/" + string(x.ID),
		Params: map[string]string{"class": x.Title, "until": clock(x.ClosesAt)},
	}
}

func seatKind(c training.SeatChange) notifications.Kind {
	return map[training.SeatChange]notifications.Kind{
		training.SeatGiven: notifications.Enrolled, training.SeatWaits: notifications.Waitlisted,
		training.SeatMovedUp: notifications.MovedUp, training.SeatTaken: notifications.TakenOut,
	}[c]
}

func reasonOf(c certificates.Certificate) string {
	if c.Revocation == nil {
		return ""
	}
	return c.Revocation.Reason
}

// clock is an instant as it is read on a wall in Shanghai, in either language.
func clock(at time.Time) string { return at.In(kernel.Shanghai()).Format("2006-01-02 15:04") }

// stamp tells one happening from the next of its kind.
func stamp(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 36) }

// Remind tells who learns in a session that begins soon, and, on the days that
// the rule rows name, who lacks hours of the year.
func (a *App) Remind(ctx context.Context) error {
	tell := a.Notifications.Service.Tell
	err := a.Training.Service.EachSoon(ctx, func(s training.Soon) error {
		return tell(ctx, notifications.Draft{
			Key:  "soon." + string(s.Session) + "." + stamp(s.StartsAt),
			Kind: notifications.SessionSoon, To: s.Learners, Href: "/classes?class=" + string(s.Class),
			Params: map[string]string{"class": s.Title, "at": clock(s.StartsAt), "venue": s.Venue},
		})
	})
	if err != nil {
		return err
	}
	err = a.Surveys.Service.EachWaiting(ctx, func(x surveys.Survey, waiting []kernel.PersonID) error {
		return tell(ctx, surveyNotice(x, "survey_waits.", waiting))
	})
	if err != nil {
		return err
	}
	var waiting []notifications.Draft
	flush := func() error {
		all := waiting
		waiting = nil
		return tell(ctx, all...)
	}
	err = a.Hours.Service.EachShort(ctx, kernel.DateOf(a.Clock.Now()), func(s hours.Short) error {
		year := strconv.Itoa(s.Year)
		waiting = append(waiting, notifications.Draft{
			Key: "short." + year + "." + s.On, Kind: notifications.YearShort, To: []kernel.PersonID{s.Person}, Href: "/hours",
			Params: map[string]string{"year": year, "missing": s.Missing.ClassHours(s.PerHour)},
		})
		if len(waiting) < 500 {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
