package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

const codePurpose = "training.check-in"

// CheckInCode is the code for the projector at this moment.
func (s *Service) CheckInCode(ctx context.Context, id kernel.SessionID) (Code, error) {
	x, err := s.ownSession(ctx, id)
	if err != nil {
		return Code{}, err
	}
	if err := x.stillPlanned(); err != nil {
		return Code{}, err
	}
	if err := x.convened(); err != nil {
		return Code{}, err
	}
	return codeOn(s.Keys.Derive(codePurpose), s.BaseURL, id, s.now())
}

func (s *Service) learns(ctx context.Context, x Session, p kernel.PersonID) error {
	_, err := s.seat(ctx, x, p)
	return err
}

// seat is the learner's in the class; ErrNotEnrolled when there is none, or
// none any more.
func (s *Service) seat(ctx context.Context, x Session, p kernel.PersonID) (enrolmentDoc, error) {
	doc, err := s.docs.enrolments.Get(ctx, enrolmentID(x.Class, p))
	if errors.Is(err, store.ErrNotFound) || (err == nil && doc.State != SeatEnrolled) {
		return doc, ErrNotEnrolled
	}
	return doc, err
}

// saveProof writes a proof through one of the session's gates, so that closing,
// which passes them all, either sees it or makes it wait and be refused.
func (s *Service) saveProof(ctx context.Context, x Session, a *Attendance) error {
	if err := s.docs.passGate(ctx, x, a.Person); err != nil {
		return err
	}
	s.ringAfter(ctx, a.Session)
	return s.docs.saveProof(ctx, a)
}

// Vouch enters the teacher's word on somebody's presence, before the session
// is closed or afterwards as a correction, which is announced again.
func (s *Service) Vouch(ctx context.Context, id kernel.SessionID, p kernel.PersonID, d WordDraft) (a Attendance, x Session, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.vouchable(ctx, id, d); err != nil {
			return err
		}
		seat, err := s.seat(ctx, x, p)
		if err != nil {
			return err
		}
		if a, err = s.docs.proofOf(ctx, x, seat); err != nil {
			return err
		}
		if a, err = a.Vouch(d.word(ctx, s.now()), x); err != nil {
			return err
		}
		if err := s.saveProof(ctx, x, &a); err != nil {
			return err
		}
		if err := s.record(ctx, "mark", "attendance", attendanceID(id, p), first(x.Provider), d.Reason); err != nil {
			return err
		}
		return s.corrected(ctx, &x)
	})
	return a, x, err
}

// vouchable reads a session that the actor may enter words in, and makes sure of
// the sheet that the word names.
func (s *Service) vouchable(ctx context.Context, id kernel.SessionID, d WordDraft) (x Session, err error) {
	if x, err = s.ownSession(ctx, id); err != nil {
		return x, err
	}
	if x.Status == SessionCancelled {
		return x, ErrSessionCancelled
	}
	if err := s.fileOpen(ctx, x); err != nil || d.Sheet == "" {
		return x, err
	}
	doc, err := s.docs.sheets.Get(ctx, d.Sheet)
	if err = unknown(err, ErrSheetUnknown); err == nil && doc.Session != id {
		err = ErrSheetUnknown
	}
	return x, err
}

// fileOpen refuses the teacher's word on a class that has not opened, or whose
// file is closed.
func (s *Service) fileOpen(ctx context.Context, x Session) error {
	if err := x.convened(); err != nil || !x.Held() {
		return err
	}
	c, err := s.docs.class(ctx, x.Class)
	if err == nil && c.Status == ClassArchived {
		err = ErrClassArchived
	}
	return err
}

// corrected announces a closed session again, with everybody's presence.
func (s *Service) corrected(ctx context.Context, x *Session) error {
	if !x.Held() {
		return nil
	}
	c, err := s.docs.class(ctx, x.Class)
	if err != nil {
		return err
	}
	presences, err := s.presences(ctx, *x)
	if err != nil {
		return err
	}
	x.Revision++
	*x = x.Tally(presences)
	if err := s.docs.saveSession(ctx, x); err != nil {
		return err
	}
	return s.Facts.Announce(ctx, closed(c, *x, presences, s.now()))
}

// isSecondPerson tells whether it is the actor's job to refuse a teacher's
// word; an administrator is no second person.
func isSecondPerson(a kernel.Actor) bool {
	return slices.ContainsFunc(a.Grants, func(g kernel.Grant) bool {
		switch g.Role {
		case kernel.RoleInstitution, kernel.RoleSubdistrict, kernel.RoleDistrictBureau, kernel.RoleCityBureau:
			return true
		default:
			return false
		}
	})
}

// RefusePresence reverses the teacher's word: by the person's institution or
// an office above, never by whoever gave it.
func (s *Service) RefusePresence(ctx context.Context, id kernel.SessionID, p kernel.PersonID, reason string) (a Attendance, x Session, err error) {
	return s.refuse(ctx, id, p, Refusal{Reason: reason})
}

// RefuseForFinding reverses a presence, scanned or vouched for, on the ground
// of a finding that an office over the provider has confirmed.
func (s *Service) RefuseForFinding(ctx context.Context, id kernel.SessionID, p kernel.PersonID, finding, reason string) error {
	_, _, err := s.refuse(ctx, id, p, Refusal{Reason: reason, Finding: finding})
	return err
}

func (s *Service) refuse(ctx context.Context, id kernel.SessionID, p kernel.PersonID, r Refusal) (a Attendance, x Session, err error) {
	actor := kernel.ActorFrom(ctx)
	if !isSecondPerson(actor) {
		return a, x, ErrSecondPersonNeeded
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.docs.session(ctx, id); err != nil {
			return err
		}
		if err := s.mayRefuse(ctx, x, p); err != nil {
			return err
		}
		if a, err = s.docs.proof(ctx, x, p); err != nil {
			return err
		}
		r.By, r.RecordedAt = actor.User, s.now()
		if a, err = a.Refuse(r); err != nil {
			return err
		}
		if err := s.saveProof(ctx, x, &a); err != nil {
			return err
		}
		if err := s.record(ctx, "refuse", "attendance", attendanceID(id, p), first(x.Provider), r.Reason); err != nil {
			return err
		}
		if !x.Held() {
			return nil
		}
		presences, err := s.presences(ctx, x)
		if err != nil {
			return err
		}
		x = x.Tally(presences)
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return err
		}
		return s.Facts.Announce(ctx, PresenceRefused{
			Session: id, Class: x.Class, Person: p, As: a.As, By: r.By, Reason: r.Reason, Finding: r.Finding,
			RecordedAt: r.RecordedAt,
		})
	})
	return a, x, err
}

func (s *Service) mayRefuse(ctx context.Context, x Session, p kernel.PersonID) error {
	reach := kernel.ReachFrom(ctx)
	if reach.Covers(x.Provider) {
		return nil
	}
	_, err := reach.Person(ctx, s.People, p, ErrSessionUnknown)
	return err
}

// Present is a line of the live list.
type Present struct {
	Card    kernel.PersonCard
	Proof   Attendance
	Flaw    rule.Flaw
	Late    bool
	Learned string // where its stretches come from
}

// present looks at one proof as it stands.
func (s *Service) present(ctx context.Context, x Session, a Attendance) (Present, error) {
	row, err := s.row(x.Region, x.Date())
	if err != nil {
		return Present{}, err
	}
	card, err := s.People.Card(ctx, a.Person)
	return judged(row, x, a, card), err
}

func judged(row rule.Row, x Session, a Attendance, card kernel.PersonCard) Present {
	p := a.Presence()
	return Present{Card: card, Proof: a, Flaw: row.Examine(x.Span(), p), Late: row.Late(x.Span(), p.In), Learned: sourceOf(x.Plan.Mode)}
}

// Attendance lists who has shown up, changed at since or later; enrolled counts
// the seats. Everybody sees those they may see by name.
func (s *Service) Attendance(ctx context.Context, id kernel.SessionID, since time.Time) (x Session, enrolled int, out []Present, err error) {
	if x, err = s.Session(ctx, id); err != nil {
		return x, 0, nil, err
	}
	c, err := s.docs.class(ctx, x.Class)
	if err != nil {
		return x, 0, nil, err
	}
	proofs, err := s.proofs(ctx, x, since)
	if err != nil {
		return x, 0, nil, err
	}
	all, err := s.describe(ctx, x, proofs)
	if err != nil {
		return x, 0, nil, err
	}
	return x, c.Enrolled(), s.visible(ctx, x, all), nil
}

// describe looks at proofs as they stand, whoever asks.
func (s *Service) describe(ctx context.Context, x Session, proofs []Attendance) ([]Present, error) {
	row, err := s.row(x.Region, x.Date())
	if err != nil {
		return nil, err
	}
	ids := make([]kernel.PersonID, len(proofs))
	for i, a := range proofs {
		ids[i] = a.Person
	}
	cards, err := s.People.Cards(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read cards: %w", err)
	}
	out := make([]Present, len(proofs))
	for i, a := range proofs {
		out[i] = judged(row, x, a, cards[a.Person])
	}
	return out, nil
}

// Hours tells from when a session's check-ins are taken, and after when they
// are late; without a rule row from its start.
func (s *Service) Hours(x Session) (opens, late time.Time) {
	row, _ := kernel.Nearest(s.Rules, x.Region, x.Date())
	return row.Opens(x.Span()), row.LateFrom(x.Span())
}

// Late tells whether a scan needs the teacher's word.
func (s *Service) Late(x Session, a Attendance) bool {
	row, err := s.row(x.Region, x.Date())
	return err == nil && row.Late(x.Span(), a.ScannedIn)
}

// doubt is what keeps a scan from counting before the session is over; empty
// when nothing does.
func (s *Service) doubt(x Session, a Attendance) rule.Flaw {
	row, err := s.row(x.Region, x.Date())
	if f := row.Examine(x.Span(), a.Presence()); err == nil && f.Confirmable() && f != rule.FlawLate {
		return f
	}
	return rule.FlawNone
}
