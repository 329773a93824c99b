package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// TestResult is one person's score in hundredths of a point, or what both parts
// of their test came to.
type TestResult struct {
	Person kernel.PersonID
	Score  int
	Parts  *Parts // instead of Score
}

func (r TestResult) in(c Class) (Class, error) {
	if r.Parts != nil {
		return c.GradeParts(r.Person, *r.Parts)
	}
	return c.Grade(r.Person, r.Score)
}

// EnterResults writes test results; all of them or none.
func (s *Service) EnterResults(ctx context.Context, id kernel.ClassID, results []TestResult) (c Class, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.ownClass(ctx, id); err != nil {
			return err
		}
		seen := map[kernel.PersonID]bool{}
		for i, r := range results {
			at := fmt.Sprintf("body[%d].personId", i)
			if seen[r.Person] {
				return ErrTwiceInList.At(at, "training.twice_in_list", string(r.Person))
			}
			seen[r.Person] = true
			if c, err = r.in(c); err != nil {
				return fmt.Errorf("grade %s: %w", r.Person, err)
			}
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		return s.record(ctx, "grade", "class", string(id), c.Provider, "")
	})
	return c, err
}

// CompleteClass judges every learner, certifies who completed and ends the
// class. Completing again answers the same.
func (s *Service) CompleteClass(ctx context.Context, id kernel.ClassID) (c Class, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.ownClass(ctx, id); err != nil || c.Status == ClassCompleted || c.Status == ClassArchived {
			return err
		}
		if err := c.running(); err != nil {
			return err
		}
		held, err := s.heldSessions(ctx, id)
		if err != nil {
			return err
		}
		attended, err := s.attended(ctx, id, held)
		if err != nil {
			return err
		}
		if c, err = s.judge(ctx, c, held, attended); err != nil {
			return err
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		if err := s.Facts.Announce(ctx, c.ended(held, attended)); err != nil {
			return err
		}
		return s.record(ctx, "complete", "class", string(id), c.Provider, "")
	})
	return c, err
}

// ended is the fact that a class was completed.
func (c Class) ended(held map[kernel.SessionID]Session, attended map[kernel.PersonID]kernel.Minutes) ClassEnded {
	f := ClassEnded{
		Class: c.ID, Title: c.Terms.Title, Course: c.Course, Provider: c.Provider, ProviderName: c.ProviderName, ProviderPath: c.ProviderPath,
		Region: c.Region, RecordedAt: c.CompletedAt,
	}
	teachers := map[string]bool{}
	for _, x := range held {
		teachers[x.Plan.Teacher] = x.Plan.Teacher != ""
		f.EndsOn = max(f.EndsOn, x.Date())
	}
	for name, named := range teachers {
		if named {
			f.Teachers = append(f.Teachers, name)
		}
	}
	for p, minutes := range attended {
		if minutes > 0 {
			f.Learners = append(f.Learners, p)
		}
	}
	slices.Sort(f.Teachers)
	slices.Sort(f.Learners)
	return f
}

// heldSessions refuses a class with a session still open, or with none held.
func (s *Service) heldSessions(ctx context.Context, id kernel.ClassID) (map[kernel.SessionID]Session, error) {
	sessions, err := s.docs.sessionsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	held, open := map[kernel.SessionID]Session{}, 0
	for _, x := range sessions {
		switch x.Status {
		case SessionPlanned:
			open++
		case SessionHeld:
			held[x.ID] = x
		case SessionCancelled:
		}
	}
	if open > 0 {
		return nil, ErrSessionsOpen.With("open", open)
	}
	if len(held) == 0 {
		return nil, ErrNoSessionsHeld
	}
	return held, nil
}

// attended adds up what everybody's standing presences are worth.
func (s *Service) attended(ctx context.Context, class kernel.ClassID, held map[kernel.SessionID]Session) (map[kernel.PersonID]kernel.Minutes, error) {
	sum := map[kernel.PersonID]kernel.Minutes{}
	for _, x := range held {
		presences, err := s.presences(ctx, x)
		if err != nil {
			return nil, fmt.Errorf("presences of %s in %s: %w", x.ID, class, err)
		}
		for _, p := range presences {
			if p.Flaw == string(rule.FlawNone) {
				sum[p.Person] += p.attended(x)
			}
		}
	}
	return sum, nil
}

func (s *Service) judge(ctx context.Context, c Class, held map[kernel.SessionID]Session, attended map[kernel.PersonID]kernel.Minutes) (Class, error) {
	at := s.now()
	need := rule.Need{MinAttendancePercent: c.Terms.MinAttendancePercent, Tested: c.Tested()}
	var last time.Time
	for _, x := range held {
		need.Held += x.Plan.Minutes
		if x.Plan.EndsAt.After(last) {
			last = x.Plan.EndsAt
		}
	}
	row, err := s.row(c.Region, kernel.DateOf(last))
	if err != nil {
		return c, err
	}
	if c, err = c.Complete(at); err != nil {
		return c, err
	}
	for _, seat := range c.Seats {
		if seat.State != SeatEnrolled {
			continue
		}
		v := row.Complete(need, rule.Learner{Attended: attended[seat.Person], Score: seat.Score})
		var cert kernel.CertificateID
		if v.Outcome == rule.Completed {
			if cert, err = s.certify(ctx, c, seat, attended[seat.Person], kernel.DateOf(last)); err != nil {
				return c, err
			}
		}
		c = c.Decide(seat.Person, v, cert)
	}
	return c, nil
}

// certify issues the certificate and announces the completion, which holds for
// the day of the last session.
func (s *Service) certify(ctx context.Context, c Class, seat Seat, minutes kernel.Minutes, on kernel.Date) (kernel.CertificateID, error) {
	cert, err := s.Certifier.IssueCompletion(ctx, Completion{
		Class: c.ID, Course: c.Course, Title: c.Terms.Title, Category: c.Terms.Category,
		StandardCodes: c.Terms.StandardCodes, ClassHours: c.Terms.ClassHours, Minutes: minutes, Score: seat.Score,
		Person: seat.Person, Provider: c.Provider, ProviderName: c.ProviderName, ProviderPath: c.ProviderPath,
		StartsOn: c.StartsOn, EndsOn: c.EndsOn, On: on,
	})
	if err != nil {
		return "", fmt.Errorf("certify %s: %w", seat.Person, err)
	}
	return cert, s.Facts.Announce(ctx, c.completed(seat, cert, on))
}

// MarkWithdrawn keeps with a class that its certificates were withdrawn; what
// its learners reached stays as it was. It listens to certificates.withdrawn.
func (s *Service) MarkWithdrawn(ctx context.Context, id kernel.ClassID, w Withdrawal) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := s.docs.class(ctx, id)
		if errors.Is(err, ErrClassUnknown) || err == nil && c.Withdrawal != nil {
			return nil
		}
		if err != nil {
			return err
		}
		c.Withdrawal = &w
		return s.docs.saveClass(ctx, &c)
	})
}
