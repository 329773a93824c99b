package oversight

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"carecert/modules/kernel"
)

// ownReach is the actor's reach without the institutions that commissioned
// their school.
func ownReach(ctx context.Context) kernel.Reach {
	reach, grants := kernel.ReachFrom(ctx), kernel.ActorFrom(ctx).Grants
	reach.Roots = slices.DeleteFunc(slices.Clone(reach.Roots), func(o kernel.OrganizationID) bool {
		return !slices.ContainsFunc(grants, func(g kernel.Grant) bool { return g.Organization == o })
	})
	return reach
}

// Oversees tells whether the actor belongs to an office above the providers:
// who is above one may look at all of the finding.
func Oversees(ctx context.Context, f Finding) bool {
	return ownReach(ctx).Covers(f.Over)
}

// office refuses who is no office over the provider. An administrator is none:
// a decision needs somebody whose duty it is.
func office(ctx context.Context, f Finding) error {
	if !slices.ContainsFunc(kernel.ActorFrom(ctx).Grants, func(g kernel.Grant) bool {
		switch g.Role {
		case kernel.RoleSubdistrict, kernel.RoleDistrictBureau, kernel.RoleCityBureau:
			return slices.Contains(f.Over, g.Organization)
		default:
			return false
		}
	}) {
		return ErrOfficeNeeded
	}
	return nil
}

func (s *Service) inReach(ctx context.Context, id string) (findingDoc, Finding, error) {
	d, err := s.repo.finding(ctx, id)
	if err != nil {
		return d, Finding{}, err
	}
	f := d.finding()
	if reach := ownReach(ctx); !reach.Covers(f.Providers) && !reach.Covers(f.Over) {
		return d, f, ErrUnknown
	}
	return d, f, nil
}

// Decide takes an office's word on a finding. Confirming may take presences
// back in the same act: their credit goes, and the people are told why.
func (s *Service) Decide(ctx context.Context, id string, word Word, reason string, refuse []Seat) (f Finding, err error) {
	actor := kernel.ActorFrom(ctx)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		var d findingDoc
		if d, f, err = s.inReach(ctx, id); err != nil {
			return err
		}
		if err := s.mayDecide(ctx, f); err != nil {
			return err
		}
		for _, seat := range refuse {
			if !f.Names(seat) {
				return ErrNotOfFinding
			}
		}
		if f, err = f.Decide(Decision{Word: word, Reason: reason, Refused: refuse, By: actor.User, ByName: actor.Name, At: s.now()}); err != nil {
			return err
		}
		next := docOfFinding(f, d.Scope)
		if err := s.repo.findings.Replace(ctx, &next); err != nil {
			return fmt.Errorf("save finding: %w", err)
		}
		f.Stored = next.Version
		for _, seat := range refuse {
			if err := s.Attendance.RefuseForFinding(ctx, seat.Session, seat.Person, id, reason); err != nil {
				return err
			}
		}
		return s.record(ctx, "decide", f, reason, "decision", string(word), "refused", strconv.Itoa(len(refuse)))
	})
	return f, err
}

// mayDecide keeps out who is no office over the provider, and whoever gave the
// teacher's word that the finding doubts.
func (s *Service) mayDecide(ctx context.Context, f Finding) error {
	if err := office(ctx, f); err != nil {
		return err
	}
	sessions, err := s.repo.sessionsOf(ctx, f.Sessions)
	if err != nil {
		return err
	}
	me := kernel.ActorFrom(ctx).User
	for _, x := range sessions {
		for _, p := range x.Presences {
			if p.By == me && p.By != "" && f.Names(Seat{x.Session, p.Person}) {
				return ErrOwnWord
			}
		}
	}
	return nil
}

// Answer is the provider's own statement, while nothing is decided.
func (s *Service) Answer(ctx context.Context, id, text string) (f Finding, err error) {
	actor := kernel.ActorFrom(ctx)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		var d findingDoc
		if d, f, err = s.inReach(ctx, id); err != nil {
			return err
		}
		if !slices.ContainsFunc(actor.Grants, func(g kernel.Grant) bool { return slices.Contains(f.Providers, g.Organization) }) {
			return ErrProviderOnly
		}
		if !f.Status.waits() {
			return ErrSettled
		}
		f.Statements = append(slices.Clone(f.Statements), Statement{Text: text, By: actor.User, ByName: actor.Name, At: s.now()})
		f.ChangedAt = s.now()
		next := docOfFinding(f, d.Scope)
		if err := s.repo.findings.Replace(ctx, &next); err != nil {
			return fmt.Errorf("save finding: %w", err)
		}
		f.Stored = next.Version
		return s.record(ctx, "answer", f, "")
	})
	return f, err
}

func (s *Service) record(ctx context.Context, verb string, f Finding, reason string, detail ...string) error {
	act := kernel.Act{Verb: verb, Noun: "radarFinding", ID: f.ID, Reason: reason, Detail: map[string]string{"kind": string(f.Kind)}}
	if len(f.Providers) > 0 {
		act.Organization = f.Providers[0]
	}
	for i := 0; i+1 < len(detail); i += 2 {
		act.Detail[detail[i]] = detail[i+1]
	}
	return s.Audit.Record(ctx, act)
}

func mayAnswer(ctx context.Context, f Finding) bool {
	return f.Status.waits() && slices.ContainsFunc(kernel.ActorFrom(ctx).Grants, func(g kernel.Grant) bool {
		return slices.Contains(f.Providers, g.Organization)
	})
}
