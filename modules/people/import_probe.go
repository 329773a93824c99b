package people

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// hit is a registered number in a table whose sender does not see the person.
type hit struct {
	person personDoc
	match  bool // the name is theirs, too
}

// guard keeps a table from telling who is registered. Every hit leaves the row
// that one by hand leaves, also in a trial run; numbers with a wrong name go
// on the account that POST /people keeps, and when that is full the whole
// import stops. ErrTooManyProbes.
func (i *Importer) guard(ctx context.Context, lines []*line, known map[string]*personDoc) error {
	s, reach, today := i.service, kernel.ReachFrom(ctx), i.service.today()
	met := map[string]hit{}
	for _, l := range lines {
		p := known[l.doc.IDBlind]
		if p == nil || l.doc.Name == "" || p.person().visible(reach, today) {
			continue
		}
		met[probeKey(s.probe(ctx), p.ID)] = hit{*p, met[probeKey(s.probe(ctx), p.ID)].match || p.called(l.doc.Name)}
	}
	if len(met) == 0 {
		return nil
	}
	if err := s.onlyNew(ctx, met); err != nil {
		return err
	}
	wrong := int64(0)
	for _, h := range met {
		if !h.match {
			wrong++
		}
	}
	store.AfterEnd(ctx, func(ctx context.Context) {
		if err := s.noteHits(ctx, met); err != nil {
			s.Log.ErrorContext(ctx, "note registered numbers of a table", "hits", len(met), "error", err)
		}
	})
	if wrong == 0 {
		return nil
	}
	return s.mayHit(ctx, s.probers(ctx, anyOf(met)), wrong)
}

// anyOf is one of the people whom a table hit: where they work tells the limits.
func anyOf(met map[string]hit) personDoc {
	for _, key := range slices.Sorted(maps.Keys(met)) {
		return met[key].person
	}
	return personDoc{}
}

// onlyNew leaves the hits that have not been noted within the hour: a trial
// run, the run itself and its second try are one.
func (s *Service) onlyNew(ctx context.Context, met map[string]hit) error {
	keys := make([]string, 0, len(met))
	for k := range met {
		keys = append(keys, k)
	}
	noted, err := s.docs.probes.GetMany(ctx, keys)
	for _, n := range noted {
		delete(met, n.ID)
	}
	return err
}

func (s *Service) noteHits(ctx context.Context, met map[string]hit) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.onlyNew(ctx, met); err != nil {
			return err
		}
		wrong := int64(0)
		for key, h := range met {
			mark := probeDoc{}
			mark.ID = key
			if err := s.docs.probes.Insert(ctx, mark); err != nil {
				return fmt.Errorf("note a hit: %w", err)
			}
			if !h.match {
				wrong++
			}
			if err := s.Audit.Record(ctx, probeOf(h.person, h.match)); err != nil {
				return err
			}
		}
		if wrong == 0 {
			return nil
		}
		return s.countHits(ctx, s.probers(ctx, anyOf(met)), wrong)
	})
}

// probeKey marks a person whom an account has hit within the hour, which stays
// at its end: by that, marks age.
func probeKey(probe, person string) string {
	account, hour, _ := strings.Cut(probe, "|")
	return account + "|" + person + "|" + hour
}
