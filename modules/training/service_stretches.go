package training

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

// proven are the stretches that prove somebody's presence without a scan.
type proven struct {
	as        kernel.PersonID
	stretches []rule.Stretch
	changedAt time.Time
}

// proofs reads who has shown up in a session and how: by scan, by the teacher's
// word, by learning online or practising on the job. Changed at since or later.
func (s *Service) proofs(ctx context.Context, x Session, since time.Time) ([]Attendance, error) {
	if x.Plan.Mode == ModeClassroom {
		return s.docs.proofs(ctx, x.ID, since)
	}
	all, err := s.docs.proofs(ctx, x.ID, time.Time{})
	if err != nil {
		return nil, err
	}
	found, err := s.proven(ctx, x)
	if err != nil {
		return nil, err
	}
	for i, a := range all {
		if p, ok := found[a.Person]; ok {
			all[i] = a.with(p)
			delete(found, a.Person)
		}
	}
	for person, p := range found {
		all = append(all, Attendance{Session: x.ID, Class: x.Class, Person: person, As: p.as}.with(p))
	}
	all = slices.DeleteFunc(all, func(a Attendance) bool { return a.ChangedAt.Before(since) })
	slices.SortFunc(all, func(a, b Attendance) int { return cmp.Compare(a.Person, b.Person) })
	return all, nil
}

// proven are the stretches of everybody in the session.
func (s *Service) proven(ctx context.Context, x Session) (map[kernel.PersonID]proven, error) {
	out := map[kernel.PersonID]proven{}
	if x.Plan.Mode == ModeOnTheJob {
		entries, err := s.docs.logEntries(ctx, store.Query{Index: "by_session", Equal: []any{string(x.ID)}})
		for _, e := range entries {
			out[e.Person] = out[e.Person].and(e)
		}
		return out, err
	}
	learners, err := s.docs.learners(ctx, x.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range learners {
		out[l.Person] = proven{as: l.As, stretches: l.Settle(s.settledAt(x)).Counted(), changedAt: l.ChangedAt}
	}
	return out, nil
}

// and is what is proven together with an entry of the logbook.
func (p proven) and(e LogEntry) proven {
	p.as = e.As
	if e.State == EntryConfirmed {
		p.stretches = append(p.stretches, e.When)
	}
	if e.ChangedAt.After(p.changedAt) {
		p.changedAt = e.ChangedAt
	}
	return p
}

func (a Attendance) with(p proven) Attendance {
	a.Stretches = p.stretches
	if p.changedAt.After(a.ChangedAt) {
		a.ChangedAt = p.changedAt
	}
	return a
}

// stretched are the times of a presence for the ledger: what was learned, and
// the time between two scans that stand. Nil where scans are all there is.
func stretched(row rule.Row, x Session, a Attendance, p rule.Presence) []rule.Stretch {
	if len(p.Stretches) == 0 {
		return nil
	}
	all := slices.Clone(p.Stretches)
	if scanned := a.scans(); row.Examine(x.Span(), scanned) == rule.FlawNone {
		all = append(all, rule.Stretch{From: scanned.In, To: scanned.Out})
	}
	return rule.Joined(x.Span(), all)
}

// standing is the presence as it is told: its times, and where it comes from.
func standing(row rule.Row, x Session, a Attendance) Presence {
	p := a.Presence()
	line := Presence{
		Person: a.Person, As: a.As, In: p.In, Out: p.Out, Source: SourceScan, Flaw: string(row.Examine(x.Span(), p)), Device: a.Device,
		ScannedAt: a.ScannedIn, Offline: !a.SentIn.IsZero(),
	}
	if all := stretched(row, x, a, p); len(all) > 0 {
		line.Stretches, line.Source = all, sourceOf(x.Plan.Mode)
		line.In, line.Out = all[0].From, all[len(all)-1].To
	}
	if w := a.LastWord(); w != nil {
		line.Source, line.MarkedBy, line.Reason = SourceTeacher, w.By, w.Reason
	}
	return line
}

func sourceOf(m Mode) string {
	if m == ModeOnTheJob {
		return SourceLogbook
	}
	return SourceLearning
}

// keepsProof refuses to move a session, or to teach it another way, once
// somebody's learning rests on it.
func (s *Service) keepsProof(ctx context.Context, x Session, p Plan) error {
	if p.StartsAt.Equal(x.Plan.StartsAt) && p.EndsAt.Equal(x.Plan.EndsAt) && p.Mode == x.Plan.Mode {
		return nil
	}
	begun, err := s.begun(ctx, store.Query{Index: "by_session", Equal: []any{string(x.ID)}})
	if err == nil && begun {
		err = ErrHasLearning
	}
	return err
}

// begun tells whether anything was learned without a scan.
func (s *Service) begun(ctx context.Context, q store.Query) (bool, error) {
	_, err := s.docs.learning.First(ctx, q)
	if errors.Is(err, store.ErrNotFound) {
		_, err = s.docs.logbook.First(ctx, q)
	}
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// moveProofs carries what somebody learned in a class over to whose record
// theirs became, each through its session's gate.
func (s *Service) moveProofs(ctx context.Context, class kernel.ClassID, from, to kernel.PersonID) error {
	var all []learningDoc
	q := store.Query{Index: "by_class", Equal: []any{string(class), string(from)}}
	if err := s.docs.learning.Each(ctx, q, func(d learningDoc) error {
		all = append(all, d)
		return nil
	}); err != nil {
		return err
	}
	for _, d := range all {
		if err := s.docs.passGateOf(ctx, d.Session, to); err != nil {
			return err
		}
		if err := s.docs.learning.Delete(ctx, d.ID, 0); err != nil {
			return err
		}
		d.As = satAs(d.As, d.Person, to)
		d.Doc, d.Person = store.Doc{ID: attendanceID(d.Session, to)}, to
		if err := s.docs.learning.Put(ctx, &d); err != nil {
			return err
		}
	}
	entries, err := s.docs.logEntries(ctx, q)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := s.docs.passGateOf(ctx, e.Session, to); err != nil {
			return err
		}
		e.As = satAs(e.As, e.Person, to)
		e.Person = to
		if err := s.docs.saveLogEntry(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// satAs is the record that something was done under, told only where it is not
// whose it is now.
func satAs(as, before, now kernel.PersonID) kernel.PersonID {
	if as == "" {
		as = before
	}
	if as == now {
		return ""
	}
	return as
}
