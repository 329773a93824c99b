package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/probe"
)

const claimLasts = 30 * time.Minute

// numberHit is the answer to a number that is registered, before it is counted.
type numberHit struct {
	known personDoc
	match bool // the name is theirs, too
}

// Error implements error.
func (numberHit) Error() string { return ErrDuplicate.Error() }

// Unwrap tells nobody who it is.
func (numberHit) Unwrap() error { return ErrDuplicate }

func duplicate(known personDoc, name string) error { return numberHit{known, known.called(name)} }

// counted counts a hit before it is answered: nothing is told beyond the limit,
// however many ask at once. Who also knows the name learns the person, and that
// is noted and opens a claim; both outlive the refusal. Of their own people an
// actor learns nothing: no number of those is a try.
func (s *Service) counted(ctx context.Context, err error) error {
	hit := numberHit{}
	if !errors.As(err, &hit) {
		return err
	}
	try := probe.Hit{
		Free: hit.known.person().visible(kernel.ReachFrom(ctx), s.today()),
		Note: func(ctx context.Context) error { return s.Audit.Record(ctx, probeOf(hit.known, hit.match)) },
	}
	return s.guard.Answer(ctx, s.limits(hit.known), try, func(ctx context.Context) error {
		if !hit.match {
			return ErrDuplicate
		}
		if err := s.DB.Tx(ctx, func(ctx context.Context) error { return s.claim(ctx, hit.known) }); err != nil {
			return err
		}
		return duplicateOf(hit.known)
	})
}

// limits are how many registered numbers may be hit within the hour
// (policies/rules/careers.yaml).
func (s *Service) limits(hit personDoc) probe.Limits {
	row := s.careerRow(hit)
	return probe.Limits{Account: row.ProbesPerHour, Office: row.OfficeProbesPerHour}
}

func duplicateOf(known personDoc) *fault.Fault { return ErrDuplicate.With("personId", known.ID) }

// claim lets the organisations of the actor give the person a post.
func (s *Service) claim(ctx context.Context, known personDoc) error {
	until := s.now().Add(claimLasts)
	for _, org := range own(ctx) {
		claim := claimDoc{Until: until}
		claim.ID = claimID(known.ID, org)
		if err := s.docs.claims.Put(ctx, &claim); err != nil {
			return fmt.Errorf("claim: %w", err)
		}
	}
	return nil
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
