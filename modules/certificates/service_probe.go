package certificates

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Whoever tries numbers on end would learn which are on the books, and put
// other homes into conflicts. So an account, and an office, may hit numbers of
// other people only so many times an hour (policies/rules/certificates.yaml).

// probeDoc are the certificates of other people whose numbers were hit within
// an hour; _id is who hit them, and the hour.
type probeDoc struct {
	store.Doc `bson:",inline"`
	Met       []kernel.CertificateID `bson:"met"`
}

const probeHour = "2006-01-02T15"

// prober is an account or an office, and how many it may hit.
type prober struct {
	id   string
	most int
}

// probers are those on whose account a hit goes.
func (s *Service) probers(ctx context.Context, c Certificate) ([]prober, error) {
	row, err := s.conduct(ctx, c)
	if err != nil {
		return nil, err
	}
	actor, hour := kernel.ActorFrom(ctx), s.now().Format(probeHour)
	out := []prober{{"user:" + string(actor.User) + "|" + hour, row.ProbesPerHour}}
	for _, g := range actor.Grants {
		office := prober{"office:" + string(g.Organization) + "|" + hour, row.OfficeProbesPerHour}
		if g.Organization != "" && !slices.Contains(out, office) {
			out = append(out, office)
		}
	}
	return out, nil
}

// mayProbe refuses a hit on a number where too many others were hit before;
// ErrTooManyProbes. To hit the same one again tells nothing new.
func (s *Service) mayProbe(ctx context.Context, held, claimed Certificate) error {
	if held.inFileOf(claimed) {
		return nil
	}
	all, err := s.probers(ctx, claimed)
	if err != nil {
		return err
	}
	for _, p := range all {
		docs, err := s.repo.probes.GetMany(ctx, []string{p.id})
		if err != nil {
			return fmt.Errorf("numbers hit: %w", err)
		}
		if len(docs) > 0 && len(docs[0].Met) >= p.most && !slices.Contains(docs[0].Met, held.ID) {
			return ErrTooManyProbes
		}
	}
	return nil
}

// inFileOf tells whether both came with one file: its sender learns nothing.
func (c Certificate) inFileOf(o Certificate) bool { return c.Import != "" && c.Import == o.Import }

// noteProbe counts a hit and writes it down, in the caller's transaction.
func (s *Service) noteProbe(ctx context.Context, held, claimed Certificate) error {
	if held.inFileOf(claimed) {
		return nil
	}
	all, err := s.probers(ctx, claimed)
	if err != nil {
		return err
	}
	for _, p := range all {
		doc := probeDoc{Doc: store.Doc{ID: p.id}}
		docs, err := s.repo.probes.GetMany(ctx, []string{p.id})
		if err != nil {
			return fmt.Errorf("numbers hit: %w", err)
		}
		if len(docs) > 0 {
			doc = docs[0]
		}
		if slices.Contains(doc.Met, held.ID) {
			continue
		}
		doc.Met = append(doc.Met, held.ID)
		if err := s.repo.probes.Put(ctx, &doc); err != nil {
			return fmt.Errorf("count a number hit: %w", err)
		}
	}
	act := s.registered(held)
	act.Verb, act.Detail["claimant"] = "probe", string(claimed.Person)
	return s.audit.Record(ctx, act)
}

// Aged are what the module keeps for a time, by kind (policies/rules/retention.yaml).
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{
		"numberProbes": store.AgingByWalk(s.repo.probes, func(d probeDoc) time.Time {
			at, err := time.Parse(probeHour, d.ID[strings.LastIndex(d.ID, "|")+1:])
			if err != nil {
				return s.now() // of no known shape: kept
			}
			return at
		}),
	}
}
