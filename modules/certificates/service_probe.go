package certificates

import (
	"context"

	"carecert/modules/kit/probe"
	"carecert/modules/kit/store"
)

// Whoever tries numbers on end would learn which are on the books, and put
// other homes into conflicts. So an account, and an office, may hit numbers of
// other people only so many times an hour (policies/rules/certificates.yaml).
// To hit the same one again tells nothing new.

// tried is a hit on a number of somebody else.
func (s *Service) tried(ctx context.Context, held, claimed Certificate) (probe.Limits, probe.Hit, error) {
	row, err := s.conduct(ctx, claimed)
	return probe.Limits{Account: row.ProbesPerHour, Office: row.OfficeProbesPerHour}, probe.Hit{
		Key: string(held.ID),
		Note: func(ctx context.Context) error {
			act := s.registered(held)
			act.Verb, act.Detail["claimant"] = "probe", string(claimed.Person)
			return s.audit.Record(ctx, act)
		},
	}, err
}

// countTry counts a hit with what is told in the transaction of ctx;
// ErrTooManyProbes.
func (s *Service) countTry(ctx context.Context, held, claimed Certificate) error {
	if held.inFileOf(claimed) {
		return nil
	}
	limits, hit, err := s.tried(ctx, held, claimed)
	if err != nil {
		return err
	}
	return s.guard.Count(ctx, limits, hit)
}

// inFileOf tells whether both came with one file: its sender learns nothing.
func (c Certificate) inFileOf(o Certificate) bool { return c.Import != "" && c.Import == o.Import }

// Aged are what the module keeps for a time, by kind (policies/rules/retention.yaml).
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{"numberProbes": s.guard.Aged()}
}
