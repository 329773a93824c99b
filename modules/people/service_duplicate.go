package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

const (
	claimLasts    = 30 * time.Minute
	probeHour     = "2006-01-02T15"
	probesPerHour = 60 // hits on registered numbers per account: a clerk's bad day, and no fishing
)

// duplicate is the answer to a number that is registered. Who also knows the
// name learns the person, and that is noted and opens a claim; the note
// outlives the refusal.
func (s *Service) duplicate(ctx context.Context, known personDoc, name string) error {
	probe := s.probe(ctx)
	hits, err := s.hits(ctx, probe)
	if err != nil {
		return err
	}
	if hits >= probesPerHour {
		return ErrTooManyProbes
	}
	match := known.called(name)
	store.AfterEnd(ctx, func(ctx context.Context) {
		if err := s.note(ctx, probe, known, match); err != nil {
			s.Log.ErrorContext(ctx, "note a duplicate registration", "person", known.ID, "error", err)
		}
	})
	if !match {
		return ErrDuplicate
	}
	return duplicateOf(known)
}

func (s *Service) hits(ctx context.Context, probe string) (int64, error) {
	doc, err := s.docs.probes.Get(ctx, probe)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return doc.Hits, err
}

func duplicateOf(known personDoc) *fault.Fault { return ErrDuplicate.With("personId", known.ID) }

func (s *Service) probe(ctx context.Context) string {
	return string(kernel.ActorFrom(ctx).User) + "|" + s.now().Format(probeHour)
}

func (s *Service) note(ctx context.Context, probe string, known personDoc, match bool) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.docs.probes.Increment(ctx, probe, map[string]int64{"hits": 1}); err != nil {
			return fmt.Errorf("count: %w", err)
		}
		act := probeOf(known, match)
		if !match {
			return s.Audit.Record(ctx, act)
		}
		until := s.now().Add(claimLasts)
		for _, org := range own(ctx) {
			claim := claimDoc{Until: until}
			claim.ID = claimID(known.ID, org)
			if err := s.docs.claims.Put(ctx, &claim); err != nil {
				return fmt.Errorf("claim: %w", err)
			}
		}
		return s.Audit.Record(ctx, act)
	})
}

// probeOf is the row that the person finds among the looks at their record.
func probeOf(known personDoc, match bool) kernel.Act {
	return kernel.Act{Verb: "probe", Noun: "person", ID: known.ID, Detail: map[string]string{"idNumber": known.IDMasked, "nameMatches": fmt.Sprint(match)}}
}

// claimed tells whether an organisation of the actor has an open claim.
func (s *Service) claimed(ctx context.Context, person kernel.PersonID) (bool, error) {
	var wanted []string
	for _, org := range own(ctx) {
		wanted = append(wanted, claimID(string(person), org))
	}
	open, err := s.docs.claims.GetMany(ctx, wanted)
	now := s.now()
	for _, c := range open {
		if now.Before(c.Until) {
			return true, err
		}
	}
	return false, err
}

// own lists the organisations that the actor has a role in.
func own(ctx context.Context) []kernel.OrganizationID {
	var out []kernel.OrganizationID
	for _, g := range kernel.ActorFrom(ctx).Grants {
		if g.Organization != "" {
			out = append(out, g.Organization)
		}
	}
	return out
}

func claimID(person string, org kernel.OrganizationID) string { return person + "|" + string(org) }
