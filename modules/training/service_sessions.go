package training

import (
	"context"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// AddSession plans a meeting of a class.
func (s *Service) AddSession(ctx context.Context, class kernel.ClassID, p Plan) (x Session, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := s.ownClass(ctx, class)
		if err != nil {
			return err
		}
		if err := c.editable(); err != nil {
			return err
		}
		if c, err = s.takesPlan(c, p); err != nil {
			return err
		}
		if p.Mode == "" {
			p.Mode = c.Terms.Mode
		}
		if err := s.taughtBy(ctx, c, Plan{}, &p); err != nil {
			return err
		}
		if err := p.named(); err != nil {
			return err
		}
		x = Session{
			ID: kernel.SessionID(kernel.NewID()), Class: c.ID, Title: c.Terms.Title, Provider: c.ProviderPath,
			SeenBy: c.SeenBy, Region: c.Region, Plan: p, Status: SessionPlanned, Base: c.Base, Draft: !c.Opened(), Gates: gatesFor(c.Capacity),
			RecordedAt: s.now(), Stored: 1,
		}
		// The class is written too: planning a session and completing the
		// class cannot both succeed, nor its dates be moved meanwhile.
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		if err := s.docs.sessions.Insert(ctx, docOfSession(x)); err != nil {
			return err
		}
		return s.record(ctx, "create", "session", string(x.ID), c.Provider, "")
	})
	return x, err
}

// takesPlan is the class with a session so planned.
func (s *Service) takesPlan(c Class, p Plan) (Class, error) {
	row, err := s.row(c.Region, c.StartsOn)
	if err != nil {
		return c, err
	}
	return c.takes(p, row.MakeUpDays)
}

// Session reads a session of a class that the actor may see.
func (s *Service) Session(ctx context.Context, id kernel.SessionID) (Session, error) {
	x, err := s.docs.session(ctx, id)
	if err != nil || ownReach(ctx).Covers(x.SeenBy) {
		return x, err
	}
	if _, err := s.visibleClass(ctx, x.Class); fault.Missing(err) {
		return x, ErrSessionUnknown
	} else if err != nil {
		return x, err
	}
	return x, nil
}

// Reschedule changes the plan of a session; change edits a copy after it has
// checked the stored version.
func (s *Service) Reschedule(ctx context.Context, id kernel.SessionID, change func(*Plan, int64) error) (x Session, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.replannable(ctx, id); err != nil {
			return err
		}
		if err := s.docs.passGates(ctx, x); err != nil {
			return err
		}
		before, plan := x.Plan, x.Plan
		if err := change(&plan, x.Stored); err != nil {
			return err
		}
		c, err := s.docs.class(ctx, x.Class)
		if err != nil {
			return err
		}
		if c, err = s.replanned(ctx, c, x.Plan, plan); err != nil {
			return err
		}
		if err := s.taughtBy(ctx, c, before, &plan); err != nil {
			return err
		}
		if err := plan.named(); err != nil {
			return err
		}
		if err := s.keepsProof(ctx, x, plan); err != nil {
			return err
		}
		proofs, err := s.docs.attendance.Find(ctx, store.Query{Index: "by_session", Equal: []any{string(id)}, Limit: 1})
		if err != nil {
			return err
		}
		if x, err = x.Replan(plan, len(proofs.Items) > 0, kernel.ActorFrom(ctx).User, s.now()); err != nil {
			return err
		}
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return err
		}
		if err := s.tellSession(ctx, c, before, x); err != nil {
			return err
		}
		return s.record(ctx, "reschedule", "session", string(id), first(x.Provider), "")
	})
	return x, err
}

// replanned is the class with one of its sessions moved. Where that moves the
// class's last day, the class is written as well.
func (s *Service) replanned(ctx context.Context, c Class, before, plan Plan) (Class, error) {
	if plan.StartsAt.Equal(before.StartsAt) {
		return c, plan.Check()
	}
	last := c.EndsOn
	c, err := s.takesPlan(c, plan)
	if err != nil || c.EndsOn == last {
		return c, err
	}
	return c, s.docs.saveClass(ctx, &c)
}

// replannable is ownSession, but for a class that is with the bureau: it reviews
// what was submitted. The class is written too, so that a session changed and
// the class submitted at once cannot both succeed.
func (s *Service) replannable(ctx context.Context, id kernel.SessionID) (Session, error) {
	x, err := s.ownSession(ctx, id)
	if err != nil || !x.Draft {
		return x, err
	}
	c, err := s.docs.class(ctx, x.Class)
	if err != nil {
		return x, err
	}
	if err := c.editable(); err != nil {
		return x, err
	}
	return x, s.docs.saveClass(ctx, &c)
}

// CancelSession calls a session off; nothing in it is credited.
func (s *Service) CancelSession(ctx context.Context, id kernel.SessionID, reason string) (x Session, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.replannable(ctx, id); err != nil {
			return err
		}
		if x, err = x.Cancel(reason); err != nil {
			return err
		}
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return err
		}
		c, err := s.docs.class(ctx, x.Class)
		if err != nil {
			return err
		}
		if err := s.tellSession(ctx, c, x.Plan, x); err != nil {
			return err
		}
		return s.record(ctx, "cancel", "session", string(id), first(x.Provider), reason)
	})
	return x, err
}

// tellSession announces what those who learn there should know.
func (s *Service) tellSession(ctx context.Context, c Class, before Plan, x Session) error {
	if fact, any := c.sessionFact(before, x, s.now()); any {
		return s.Facts.Announce(ctx, fact)
	}
	return nil
}

// CalendarFilter frames the calendar by days and narrows it.
type CalendarFilter struct {
	From, To     kernel.Date
	Organization kernel.OrganizationID
	Class        kernel.ClassID
}

func (f CalendarFilter) framed(q store.Query) store.Query {
	if f.From != "" {
		q.From = f.From.Start()
	}
	if f.To != "" {
		q.Until = f.To.End()
	}
	return q
}

// Calendar pages through the sessions in reach, earliest first.
func (s *Service) Calendar(ctx context.Context, f CalendarFilter, limit int, after string) (listing.Listing[Session], error) {
	reach := ownReach(ctx)
	if f.Class != "" {
		if _, err := s.visibleClass(ctx, f.Class); err != nil {
			return listing.Listing[Session]{}, err
		}
		q := f.framed(store.Query{Index: "by_class", Equal: []any{string(f.Class)}})
		return s.sessionPage(ctx, []store.Query{q}, nil, limit, after)
	}
	if f.Organization != "" {
		if _, err := reach.Organization(ctx, s.Organizations, f.Organization, ErrProviderUnknown); err != nil {
			return listing.Listing[Session]{}, err
		}
		reach = kernel.Reach{Roots: []kernel.OrganizationID{f.Organization}}
	}
	if reach.Everywhere {
		return s.sessionPage(ctx, []store.Query{f.framed(store.Query{Index: "by_start"})}, nil, limit, after)
	}
	var queries []store.Query
	for _, root := range reach.Roots {
		queries = append(queries, f.framed(store.Query{Index: "by_seen", Equal: []any{string(root)}}))
	}
	var keep func(sessionDoc) bool // what a bureau has yet to approve is not a learner's
	if len(queries) == 0 && reach.Self != "" {
		keep = func(d sessionDoc) bool { return !d.Draft }
		mine, err := s.enrolledIn(ctx, reach.Self)
		if err != nil {
			return listing.Listing[Session]{}, err
		}
		for _, class := range mine[:min(len(mine), 50)] {
			queries = append(queries, f.framed(store.Query{Index: "by_class", Equal: []any{class}}))
		}
	}
	return s.sessionPage(ctx, queries, keep, limit, after)
}

func (s *Service) sessionPage(ctx context.Context, queries []store.Query, keep func(sessionDoc) bool, limit int, after string) (listing.Listing[Session], error) {
	found, err := listing.Read(ctx, s.docs.sessions, limit, after, listing.Phase[sessionDoc]{
		Queries: queries, Keep: keep,
		Less: func(a, b sessionDoc) bool { return a.StartsAt.Before(b.StartsAt) },
	})
	return listing.Map(found, sessionDoc.session), err
}

// CloseSession ends a session and announces who was present. Closing again
// answers the same and announces nothing.
func (s *Service) CloseSession(ctx context.Context, id kernel.SessionID) (x Session, presences []Presence, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.ownSession(ctx, id); err != nil {
			return err
		}
		again := x.Held()
		if err := s.docs.passGates(ctx, x); err != nil {
			return err
		}
		if x, err = x.Close(s.now()); err != nil {
			return err
		}
		c, err := s.docs.class(ctx, x.Class)
		if err != nil {
			return err
		}
		if presences, err = s.presences(ctx, x); err != nil || again {
			return err
		}
		x = x.Tally(presences)
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return err
		}
		if err := s.record(ctx, "close", "session", string(id), c.Provider, ""); err != nil {
			return err
		}
		return s.Facts.Announce(ctx, closed(c, x, presences, s.now()))
	})
	return x, presences, err
}

// presences is everybody's proof as it stands, judged by the rule row.
func (s *Service) presences(ctx context.Context, x Session) ([]Presence, error) {
	row, err := s.row(x.Region, x.Date())
	if err != nil {
		return nil, err
	}
	proofs, err := s.proofs(ctx, x, time.Time{})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(proofs, func(a, b Attendance) int { return compare(a.Person, b.Person) })
	out := make([]Presence, 0, len(proofs))
	for _, a := range proofs {
		out = append(out, standing(row, x, a))
	}
	return out, nil
}

func compare(a, b kernel.PersonID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func closed(c Class, x Session, presences []Presence, at time.Time) SessionClosed {
	return SessionClosed{
		Session: x.ID, Revision: x.Revision, Class: c.ID, Course: c.Course, CourseTitle: c.Terms.Title,
		Provider: c.Provider, ProviderPath: c.ProviderPath, Base: c.Base, Region: c.Region, Category: c.Terms.Category,
		Mode: x.Plan.Mode, OrganiserTier: c.Tier, CountsTowardInService: c.Terms.CountsTowardInService,
		StandardCodes: c.Terms.StandardCodes, Date: x.Date(), StartsAt: x.Plan.StartsAt, EndsAt: x.Plan.EndsAt,
		Minutes: x.Plan.Minutes, Teacher: x.Plan.Teacher, TeacherID: x.Plan.TeacherID, Venue: x.Plan.Venue, Enrolled: c.Enrolled(), Presences: presences,
		RecordedAt: at,
	}
}
