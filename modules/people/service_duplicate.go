package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

const (
	claimLasts = 30 * time.Minute
	probeHour  = "2006-01-02T15"
)

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

// counted counts a hit once the transaction that met it is over, and only then
// answers: nothing is told beyond the limit, however many ask at once. Who also
// knows the name learns the person, and that is noted and opens a claim; the
// note outlives the refusal.
func (s *Service) counted(ctx context.Context, err error) error {
	hit := numberHit{}
	if !errors.As(err, &hit) {
		return err
	}
	count := func(ctx context.Context) error {
		return s.DB.Tx(ctx, func(ctx context.Context) error {
			all := s.probers(ctx, hit.known)
			if err := s.mayHit(ctx, all, 1); err != nil {
				return err
			}
			if err := s.countHits(ctx, all, 1); err != nil {
				return err
			}
			return s.note(ctx, hit.known, hit.match)
		})
	}
	if store.InTx(ctx) { // of a caller, who will roll it back: the count must outlive it
		err = s.mayHit(ctx, s.probers(ctx, hit.known), 1)
		store.AfterEnd(ctx, func(ctx context.Context) {
			if err := count(ctx); err != nil {
				s.Log.ErrorContext(ctx, "note a duplicate registration", "person", hit.known.ID, "error", err)
			}
		})
	} else {
		err = count(ctx)
	}
	switch {
	case err != nil:
		return err
	case hit.match:
		return duplicateOf(hit.known)
	default:
		return ErrDuplicate
	}
}

// prober is an account or an office, and how many registered numbers it may hit
// within the hour (policies/rules/careers.yaml).
type prober struct {
	id   string
	most int
}

// probers are those on whose account a hit goes.
func (s *Service) probers(ctx context.Context, hit personDoc) []prober {
	row := s.careerRow(hit)
	out := []prober{{s.probe(ctx), row.ProbesPerHour}}
	for _, org := range own(ctx) {
		office := prober{"office:" + string(org) + "|" + s.now().Format(probeHour), row.OfficeProbesPerHour}
		if !slices.Contains(out, office) {
			out = append(out, office)
		}
	}
	return out
}

// mayHit refuses so many more hits where that is too many; ErrTooManyProbes.
func (s *Service) mayHit(ctx context.Context, all []prober, more int64) error {
	for _, p := range all {
		doc, err := s.docs.probes.Get(ctx, p.id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("numbers hit: %w", err)
		}
		if doc.Hits+more > int64(p.most) {
			return ErrTooManyProbes
		}
	}
	return nil
}

func (s *Service) countHits(ctx context.Context, all []prober, more int64) error {
	for _, p := range all {
		if err := s.docs.probes.Increment(ctx, p.id, map[string]int64{"hits": more}); err != nil {
			return fmt.Errorf("count a number hit: %w", err)
		}
	}
	return nil
}

func duplicateOf(known personDoc) *fault.Fault { return ErrDuplicate.With("personId", known.ID) }

func (s *Service) probe(ctx context.Context) string {
	return string(kernel.ActorFrom(ctx).User) + "|" + s.now().Format(probeHour)
}

func (s *Service) note(ctx context.Context, known personDoc, match bool) error {
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
