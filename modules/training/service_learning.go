package training

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

// Learn starts learning online, or goes on where one stopped. Whatever else the
// person watches, on another device or in another session, is taken over.
func (s *Service) Learn(ctx context.Context, id kernel.SessionID, device string) (l Learning, x Session, err error) {
	person := kernel.ActorFrom(ctx).Person
	if person == "" {
		return l, x, ErrLearningSelfOnly
	}
	run := kernel.NewID()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.docs.session(ctx, id); err != nil {
			return err
		}
		now := s.now()
		if err := s.learnable(ctx, x, person, now); err != nil {
			return err
		}
		row, err := s.row(x.Region, x.Date())
		if err != nil {
			return err
		}
		if l, err = s.docs.learned(ctx, x, person); err != nil {
			return err
		}
		place := 0
		l, place = l.device(device)
		l.Learning = row.Remote.Start(l.Learning, place, now, s.draw)
		if l.StartedAt.IsZero() {
			l.StartedAt = now
		}
		l.Run = run
		if err := s.saveLearning(ctx, x, &l, now); err != nil {
			return err
		}
		return s.docs.watching.Put(ctx, &watchingDoc{Doc: store.Doc{ID: string(person)}, Run: run, Session: id})
	})
	return l, x, err
}

// learnable tells whether somebody may learn in the session now.
func (s *Service) learnable(ctx context.Context, x Session, p kernel.PersonID, now time.Time) error {
	if err := x.stillPlanned(); err != nil {
		return err
	}
	if err := x.convened(); err != nil {
		return err
	}
	if err := s.learns(ctx, x, p); err != nil {
		return err
	}
	switch {
	case x.Plan.Mode != ModeRemote:
		return ErrNotRemote
	case x.Video == nil:
		return ErrNoVideo
	case now.Before(x.Plan.StartsAt):
		return ErrLearningNotOpen.With("opensAt", x.Plan.StartsAt.In(kernel.Shanghai()).Format("2006-01-02 15:04"))
	case now.After(x.Plan.EndsAt):
		return ErrLearningOver
	}
	return nil
}

// Beat takes a sign of life of a run. ErrLearningTaken tells a device that
// another has taken over.
func (s *Service) Beat(ctx context.Context, run string, b rule.Beat) (l Learning, x Session, err error) {
	person := kernel.ActorFrom(ctx).Person
	if person == "" {
		return l, x, ErrLearningSelfOnly
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		w, err := s.docs.watching.Get(ctx, string(person))
		if errors.Is(err, store.ErrNotFound) {
			return ErrLearningUnknown
		}
		if err != nil {
			return err
		}
		if w.Run != run {
			return ErrLearningTaken
		}
		if x, err = s.docs.session(ctx, w.Session); err != nil {
			return err
		}
		if err := x.stillPlanned(); err != nil {
			return err
		}
		if err := s.learns(ctx, x, person); err != nil {
			return err
		}
		row, err := s.row(x.Region, x.Date())
		if err != nil {
			return err
		}
		if l, err = s.docs.learned(ctx, x, person); err != nil {
			return err
		}
		now := s.now()
		l.Learning = row.Remote.Beat(l.Learning, x.Span(), b, now, s.draw)
		return s.saveLearning(ctx, x, &l, now)
	})
	return l, x, err
}

// saveLearning goes through one of the session's gates, as every proof does.
func (s *Service) saveLearning(ctx context.Context, x Session, l *Learning, now time.Time) error {
	if err := s.docs.passGate(ctx, x, l.Person); err != nil {
		return err
	}
	l.ChangedAt = now
	s.ringAfter(ctx, l.Session)
	return s.docs.saveLearning(ctx, l)
}

// Remote are the figures by which a session is learned online.
func (s *Service) Remote(x Session) rule.Remote {
	row, _ := kernel.Nearest(s.Rules, x.Region, x.Date())
	return row.Remote
}

// LearningOf is the evidence of one person's learning online in a session: for
// its provider, for the offices over the person, and for oneself.
func (s *Service) LearningOf(ctx context.Context, id kernel.SessionID, p kernel.PersonID) (l Learning, x Session, err error) {
	if x, err = s.docs.session(ctx, id); err != nil {
		return l, x, err
	}
	if err := s.mayInspect(ctx, x, p); err != nil {
		return l, x, err
	}
	if l, err = s.docs.learned(ctx, x, p); err != nil {
		return l, x, err
	}
	if l.StartedAt.IsZero() {
		return l, x, ErrLearningUnknown
	}
	l.Learning = l.Settle(s.settledAt(x))
	return l, x, nil
}

// mayInspect tells whether the proof of a person in a session is the actor's to
// see.
func (s *Service) mayInspect(ctx context.Context, x Session, p kernel.PersonID) error {
	if provides(ctx, x.Provider) {
		return nil
	}
	_, err := ownReach(ctx).Person(ctx, s.People, p, ErrSessionUnknown)
	return err
}

// settledAt is until when questions could be answered: a session that was
// closed stays as it was.
func (s *Service) settledAt(x Session) time.Time {
	if x.Held() {
		return x.ClosedAt
	}
	return s.now()
}
