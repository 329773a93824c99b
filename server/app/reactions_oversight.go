package app

import (
	"context"
	"errors"

	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/oversight"
	"carecert/modules/training"
)

// reactOversight is the part of the table that the radar hears. It is told what
// stands of a session now, whichever fact says that something changed: the
// order in which facts are redelivered after a crash does not matter.
func reactOversight(bus *event.Bus, m *Modules) {
	event.On(bus, "oversight.hear_session", func(ctx context.Context, f training.SessionClosed) error {
		return m.hearSession(ctx, f.Session)
	})
	event.On(bus, "oversight.hear_refusal", func(ctx context.Context, f training.PresenceRefused) error {
		return m.hearSession(ctx, f.Session)
	})
	event.On(bus, "oversight.hear_move", func(ctx context.Context, f training.AttendanceMoved) error {
		return m.hearSession(ctx, f.Session)
	})
	event.On(bus, "oversight.hear_turned_away", func(ctx context.Context, f training.PhoneTurnedAway) error {
		return m.hearSession(ctx, f.Session)
	})
	// A career changed: who had left when they sat in a class?
	event.InWords(bus, "oversight.follow_careers", career, m.Oversight.Service.FollowCareers)
}

func (m *Modules) hearSession(ctx context.Context, id kernel.SessionID) error {
	h, err := watched(ctx, m.Training.Service, id)
	if errors.Is(err, training.ErrSessionUnknown) { // not closed yet
		return nil
	}
	if err != nil {
		return err
	}
	return m.Oversight.Service.Hear(ctx, h)
}

// watched is what stands of a closed session now, as the radar looks at it.
func watched(ctx context.Context, t *training.Service, id kernel.SessionID) (oversight.Held, error) {
	f, err := t.Told(ctx, id)
	if err != nil {
		return oversight.Held{}, err
	}
	away, err := t.TurnedAway(ctx, id)
	if err != nil {
		return oversight.Held{}, err
	}
	h := oversight.Held{
		Session: f.Session, Class: f.Class, Title: f.CourseTitle, Provider: f.Provider, Path: f.ProviderPath, Base: f.Base, Region: f.Region,
		Counts: f.CountsTowardInService, Date: f.Date, StartsAt: f.StartsAt, EndsAt: f.EndsAt, Teacher: f.Teacher, Listed: f.TeacherID, Venue: f.Venue,
		Remote: f.Mode == training.ModeRemote, Enrolled: f.Enrolled,
	}
	for _, p := range f.Presences {
		h.Presences = append(h.Presences, oversight.Presence{
			Person: p.Person, In: p.In, Out: p.Out, Scanned: p.Source == training.SourceScan, Device: p.Device, By: p.MarkedBy, Flaw: p.Flaw,
			ScannedAt: p.ScannedAt, Offline: p.Offline,
		})
	}
	for _, p := range away {
		h.TurnedAway = append(h.TurnedAway, oversight.TurnedAway{Person: p.Person, Device: p.Device, At: p.At})
	}
	return h, nil
}
