package training

import (
	"context"

	"carecert/modules/kernel"
)

// EachCompletion tells every completion there is, under whom it stands now:
// for whoever builds anew what was counted from them.
func (s *Service) EachCompletion(ctx context.Context, take func(Completed) error) error {
	return s.docs.classes.Scan(ctx, func(d classDoc) error {
		c := d.class()
		done, _ := c.Results()
		if len(done) == 0 {
			return nil
		}
		on, err := s.lastHeld(ctx, c.ID)
		if err != nil {
			return err
		}
		for _, seat := range done {
			if err := take(c.completed(seat, seat.Certificate, on)); err != nil {
				return err
			}
		}
		return nil
	})
}

// lastHeld is the day of the last session of a class that was held: what a
// completion holds for.
func (s *Service) lastHeld(ctx context.Context, id kernel.ClassID) (last kernel.Date, err error) {
	sessions, err := s.docs.sessionsOf(ctx, id)
	for _, x := range sessions {
		if x.Status == SessionHeld {
			last = max(last, kernel.DateOf(x.Plan.EndsAt))
		}
	}
	return last, err
}

// completed is the fact that somebody completed the class.
func (c Class) completed(seat Seat, cert kernel.CertificateID, on kernel.Date) Completed {
	return Completed{
		Class: c.ID, Course: c.Course, Category: c.Terms.Category, StandardCodes: c.Terms.StandardCodes,
		Audience: c.Terms.Audience, Programme: c.Programme, Provider: c.Provider, Person: seat.Person, On: on,
		Certificate: cert, RecordedAt: c.CompletedAt,
	}
}

// Told is what stands of a closed session now, as it would be announced;
// ErrSessionUnknown where none was closed. Whoever asks: for listeners.
func (s *Service) Told(ctx context.Context, id kernel.SessionID) (SessionClosed, error) {
	x, err := s.docs.session(ctx, id)
	if err != nil {
		return SessionClosed{}, err
	}
	if !x.Held() {
		return SessionClosed{}, ErrSessionUnknown
	}
	c, err := s.docs.class(ctx, x.Class)
	if err != nil {
		return SessionClosed{}, err
	}
	presences, err := s.presences(ctx, x)
	return closed(c, x, presences, x.ClosedAt), err
}

// EachHeld names every closed session: for whoever builds anew what was learnt
// from them.
func (s *Service) EachHeld(ctx context.Context, take func(kernel.SessionID) error) error {
	return s.docs.sessions.Scan(ctx, func(d sessionDoc) error {
		if d.Status != SessionHeld {
			return nil
		}
		return take(kernel.SessionID(d.ID))
	})
}
