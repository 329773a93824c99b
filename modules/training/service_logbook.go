package training

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

// Appoint names the mentor of a session on the job.
func (s *Service) Appoint(ctx context.Context, id kernel.SessionID, m Mentor) (x Session, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.replannable(ctx, id); err != nil {
			return err
		}
		if err := x.stillPlanned(); err != nil {
			return err
		}
		if x.Plan.Mode != ModeOnTheJob {
			return ErrNotOnTheJob
		}
		if err := s.mayMentor(ctx, x, m); err != nil {
			return err
		}
		x.Mentor = &m
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return err
		}
		return s.record(ctx, "update", "trainingSession", string(id), first(x.Provider), "", "mentor", m.Name)
	})
	return x, err
}

// mayMentor tells whether the row takes that person as mentor: somebody whom
// the provider may see, with the level it asks for.
func (s *Service) mayMentor(ctx context.Context, x Session, m Mentor) error {
	row, err := s.row(x.Region, x.Date())
	if err != nil {
		return err
	}
	level := kernel.NoLevel
	if m.Person != "" {
		if _, err := kernel.ReachFrom(ctx).Person(ctx, s.People, m.Person, ErrPersonUnknown); err != nil {
			return err
		}
		if s.Levels != nil {
			levels, err := s.Levels.HighestLevels(ctx, []kernel.PersonID{m.Person})
			if err != nil {
				return fmt.Errorf("level of %s: %w", m.Person, err)
			}
			level = levels[m.Person]
		}
	}
	if !row.OnTheJob.Mentors(level) {
		return ErrMentorLevel.With("level", int(row.OnTheJob.MentorLevel))
	}
	return nil
}

// LogDraft is a time of practice as it is entered.
type LogDraft struct {
	Person   kernel.PersonID // the learner
	When     rule.Stretch
	Topic    Practised
	Remark   string
	Replaces string // the entry that it corrects
}

// Enter notes a time of practice: by the provider for the mentor, or by the
// learner. It counts once the other side has confirmed it.
func (s *Service) Enter(ctx context.Context, id kernel.SessionID, d LogDraft) (e LogEntry, err error) {
	entry := kernel.NewID()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		x, side, err := s.speaks(ctx, id, d.Person)
		if err != nil {
			return err
		}
		e = LogEntry{
			ID: entry, Session: id, Class: x.Class, Title: x.Title, Person: d.Person, When: d.When, Topic: d.Topic, Remark: d.Remark,
			State: EntryWritten, Written: s.sign(ctx, side, ""), Replaces: d.Replaces, ChangedAt: s.now(),
		}
		if err := s.enterable(ctx, x, e); err != nil {
			return err
		}
		if err := s.takePlace(ctx, &x, e); err != nil {
			return err
		}
		if err := s.docs.saveLogEntry(ctx, e); err != nil {
			return err
		}
		if err := s.record(ctx, "create", "logbook", entry, first(x.Provider), "", "person", string(d.Person)); err != nil {
			return err
		}
		if d.Replaces == "" {
			return nil
		}
		return s.corrected(ctx, &x) // what was confirmed no longer counts until this is
	})
	return e, err
}

// speaks tells for which side the actor speaks of a learner's practice.
func (s *Service) speaks(ctx context.Context, id kernel.SessionID, learner kernel.PersonID) (x Session, side Side, err error) {
	if x, err = s.docs.session(ctx, id); err != nil {
		return x, "", err
	}
	side = SideMentor
	if kernel.ActorFrom(ctx).Person == learner {
		side = SideLearner
	} else if !provides(ctx, x.Provider) {
		return x, "", ErrSessionUnknown
	}
	switch {
	case x.Status == SessionCancelled:
		return x, side, ErrSessionCancelled
	case x.Plan.Mode != ModeOnTheJob:
		return x, side, ErrNotOnTheJob
	case x.Mentor == nil:
		return x, side, ErrNoMentor
	case x.Mentor.Person == learner:
		return x, side, ErrMentorLearns
	}
	return x, side, s.fileOpen(ctx, x)
}

func (s *Service) sign(ctx context.Context, side Side, reason string) Signature {
	actor := kernel.ActorFrom(ctx)
	return Signature{Side: side, By: actor.User, ByName: actor.Name, Person: actor.Person, Reason: reason, At: s.now()}
}

func (s *Service) enterable(ctx context.Context, x Session, e LogEntry) error {
	if err := s.learns(ctx, x, e.Person); err != nil {
		return err
	}
	row, err := s.row(x.Region, x.Date())
	if err != nil {
		return err
	}
	if err := refuseEntry(row.OnTheJob.Examine(x.Span(), e.When, s.now()), row.OnTheJob.MaxAgeDays); err != nil {
		return err
	}
	c, err := s.docs.class(ctx, x.Class)
	if err != nil {
		return err
	}
	if err := practised(e.Topic, c.Terms, s.Standards); err != nil {
		return err
	}
	if err := s.docs.onlyOneLogs(ctx, e.Person); err != nil {
		return err
	}
	near, err := s.docs.logEntries(ctx, store.Query{
		Index: "by_person", Equal: []any{string(e.Person)}, From: e.When.From.Add(-LongestSession), Until: e.When.To,
	})
	if err != nil {
		return err
	}
	for _, other := range near {
		if other.ID != e.Replaces && other.live() && other.When.Overlaps(e.When) {
			return ErrEntryOverlaps.With("title", other.Title)
		}
	}
	return nil
}

// takePlace puts an entry into the place of the one it corrects.
func (s *Service) takePlace(ctx context.Context, x *Session, e LogEntry) error {
	if err := s.docs.passGate(ctx, *x, e.Person); err != nil {
		return err
	}
	s.ringAfter(ctx, x.ID)
	if e.Replaces == "" {
		return nil
	}
	old, err := s.docs.logEntry(ctx, e.Replaces)
	switch {
	case err != nil:
		return err
	case old.Session != e.Session || old.Person != e.Person:
		return ErrEntryUnknown
	case old.State == EntryCorrected:
		return ErrEntryReplaced
	}
	old.State, old.ReplacedBy, old.ChangedAt = EntryCorrected, e.ID, e.ChangedAt
	return s.docs.saveLogEntry(ctx, old)
}

// AnswerEntry is the second person's yes or no to an entry.
func (s *Service) AnswerEntry(ctx context.Context, id string, yes bool, reason string) (e LogEntry, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if e, err = s.docs.logEntry(ctx, id); err != nil {
			return err
		}
		x, side, err := s.speaks(ctx, e.Session, e.Person)
		if fault.Missing(err) {
			return ErrEntryUnknown
		}
		if err != nil {
			return err
		}
		if e, err = e.Answer(yes, s.sign(ctx, side, reason)); err != nil {
			return err
		}
		if err := s.docs.passGate(ctx, x, e.Person); err != nil {
			return err
		}
		s.ringAfter(ctx, x.ID)
		if err := s.docs.saveLogEntry(ctx, e); err != nil {
			return err
		}
		verb := "refuse"
		if yes {
			verb = "confirm"
		}
		if err := s.record(ctx, verb, "logbook", id, first(x.Provider), reason, "person", string(e.Person)); err != nil {
			return err
		}
		if !yes {
			return nil
		}
		return s.corrected(ctx, &x)
	})
	return e, err
}

// Logbook lists the entries of a session that the actor may see, in order of
// their times: the provider all of them, an office those of its people, a
// learner their own.
func (s *Service) Logbook(ctx context.Context, id kernel.SessionID) (x Session, out []LogEntry, cards map[kernel.PersonID]kernel.PersonCard, err error) {
	if x, err = s.Session(ctx, id); err != nil {
		return x, nil, nil, err
	}
	all, err := s.docs.logEntries(ctx, store.Query{Index: "by_session", Equal: []any{string(id)}})
	if err != nil {
		return x, nil, nil, err
	}
	var people []kernel.PersonID
	for _, e := range all {
		if !slices.Contains(people, e.Person) {
			people = append(people, e.Person)
		}
	}
	if cards, err = s.People.Cards(ctx, people); err != nil {
		return x, nil, nil, fmt.Errorf("read cards: %w", err)
	}
	shown := s.named(ctx, x.Provider)
	for _, e := range all {
		if shown(e.Person, cards[e.Person]) {
			out = append(out, e)
		}
	}
	return x, out, cards, nil
}

// LogbookOf pages through a person's entries of all sessions, the latest first.
func (s *Service) LogbookOf(ctx context.Context, p kernel.PersonID, limit int, after string) (listing.Listing[LogEntry], error) {
	if _, err := ownReach(ctx).Person(ctx, s.People, p, ErrPersonUnknown); err != nil {
		return listing.Listing[LogEntry]{}, err
	}
	found, err := listing.Read(ctx, s.docs.logbook, limit, after, listing.Phase[logEntryDoc]{
		Queries: []store.Query{{Index: "by_person", Equal: []any{string(p)}, Desc: true}},
		Less:    func(a, b logEntryDoc) bool { return a.From.After(b.From) },
	})
	return listing.Map(found, logEntryDoc.read), err
}
