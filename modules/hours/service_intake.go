package hours

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// The causes that stand in the ledger.
const (
	causeSession  = "training.session_closed"
	causeRefusal  = "training.presence_refused"
	causeCareer   = "people.career_changed"
	causeHoldings = "certificates.holdings_changed"
	causeMerge    = "people.merged"
	causeUnmerge  = "people.unmerged"
	causeNewYear  = "hours.new_year"
	causeImport   = "hours.imported"
	causeDecision = "hours.claim_decided"
	causeWithdraw = "hours.import_withdrawn"
	causeRebuild  = "hours.rebuild"
)

// RecordSession takes in who was present in a closed session and settles their
// years. It listens to training.session_closed; an older revision than the one
// known changes nothing.
func (s *Service) RecordSession(ctx context.Context, h Held) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		ids := make([]string, len(h.Presences))
		for i, a := range h.Presences {
			ids[i] = presenceID(h.Session, a.first())
		}
		known, err := s.docs.presences.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		before := map[string]presenceDoc{}
		for _, d := range known {
			before[d.ID] = d
		}
		holders, err := s.holders(ctx, h.Presences, before)
		if err != nil {
			return err
		}
		var changed []presenceDoc
		for _, a := range h.Presences {
			doc := docOfPresence(h, a)
			was, met := before[doc.ID]
			if was.Revision >= h.Revision {
				continue
			}
			doc.Version, doc.Person, doc.Was = was.Version, was.Person, was.Was
			if !met {
				doc.Was = holders.path(a.first())
				doc.Person = holders.of(a.first())
			}
			doc.RefusedBy, doc.RefusedWhy, doc.RefusedFor, doc.RefusedAt = was.RefusedBy, was.RefusedWhy, was.RefusedFor, was.RefusedAt
			changed = append(changed, doc)
		}
		if err := s.docs.presences.PutMany(ctx, changed); err != nil {
			return fmt.Errorf("keep presences of %s: %w", h.Session, err)
		}
		for _, d := range changed {
			if err := s.settleAround(ctx, d.Person, d.Date, causeSession); err != nil {
				return err
			}
		}
		return nil
	})
}

// settleAround settles the year of a day; a session of New Year's Eve that runs
// past midnight may take time from one of the next morning.
func (s *Service) settleAround(ctx context.Context, p kernel.PersonID, on kernel.Date, cause string) error {
	if err := s.resettle(ctx, p, on.Year(), cause); err != nil {
		return err
	}
	if next := on.AddDays(1).Year(); next != on.Year() {
		return s.resettle(ctx, p, next, cause)
	}
	return nil
}

// RefusePresence reverses the credit of a presence, for good. It listens to
// training.presence_refused.
func (s *Service) RefusePresence(ctx context.Context, r Refusal) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		d, err := s.docs.presences.Get(ctx, presenceID(r.Session, r.first()))
		if err != nil {
			return fmt.Errorf("presence of %s in %s: %w", r.Person, r.Session, err)
		}
		if !d.RefusedAt.IsZero() {
			return nil
		}
		d.RefusedBy, d.RefusedWhy, d.RefusedFor, d.RefusedAt = r.By, r.Reason, r.Finding, r.RecordedAt
		if err := s.docs.presences.Replace(ctx, &d); err != nil {
			return err
		}
		return s.settleAround(ctx, d.Person, d.Date, causeRefusal)
	})
}

// FollowCareers settles the years of people whose careers changed: the years
// kept, this year and the last. It listens to people.career_changed, of which
// an import announces hundreds at once.
func (s *Service) FollowCareers(ctx context.Context, careers []kernel.Career) error {
	latest := map[kernel.PersonID]kernel.Career{}
	for _, c := range careers { // each tells the whole of one
		latest[c.Person] = c
	}
	careers = slices.Collect(maps.Values(latest))
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		people := make([]kernel.PersonID, len(careers))
		for i, c := range careers {
			people[i] = c.Person
		}
		years, err := s.docs.yearsOfMany(ctx, people)
		if err != nil {
			return err
		}
		var fresh []Year
		for i, c := range careers {
			c.Spells = latestWords(c.Spells)
			kept := years[i]
			for _, y := range kept {
				if err := s.followYear(ctx, y, c.Spells); err != nil {
					return err
				}
			}
			fresh = append(fresh, s.begun(c, kept)...)
		}
		return s.docs.beginYears(ctx, fresh)
	})
}

func (s *Service) followYear(ctx context.Context, y Year, spells []kernel.Spell) error {
	m, err := s.gather(ctx, y.Person, y.Year)
	if err != nil {
		return err
	}
	m.spells = spells
	return s.settle(ctx, y, m, causeCareer)
}

// begun makes this year and the last for who was on post in them and has none.
func (s *Service) begun(c kernel.Career, kept []Year) (fresh []Year) {
	at := s.now()
	this := kernel.DateOf(at).Year()
	for _, year := range []int{this - 1, this} {
		if slices.ContainsFunc(kept, func(y Year) bool { return y.Year == year }) {
			continue
		}
		y := s.derive(Year{Person: c.Person, Year: year, RecordedAt: at}, material{spells: c.Spells})
		if y.OnPost != nil {
			fresh = append(fresh, y)
		}
	}
	return fresh
}

// FollowHoldings takes in the skill certificates of a person, on which the
// fitting organiser depends. It listens to certificates.holdings_changed.
func (s *Service) FollowHoldings(ctx context.Context, p kernel.PersonID, holdings []Holding) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		doc, err := s.docs.levels.Get(ctx, string(p))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		doc.ID, doc.Holdings = string(p), holdings
		if err := s.docs.levels.Put(ctx, &doc); err != nil {
			return err
		}
		return s.resettleAll(ctx, p, causeHoldings)
	})
}

func (s *Service) resettleAll(ctx context.Context, p kernel.PersonID, cause string) error {
	kept, err := s.docs.yearsOf(ctx, p)
	if err != nil {
		return err
	}
	for _, y := range kept {
		if err := s.resettle(ctx, p, y.Year, cause); err != nil {
			return err
		}
	}
	return nil
}

// OpenYear makes a year for everybody who was on post on the last day of the
// year before, so that the offices' lists are whole from its first day. It may
// be repeated.
func (s *Service) OpenYear(ctx context.Context, year int) error {
	last := rule.YearOf(year - 1).To
	return s.docs.years.Each(ctx, store.Query{Index: "by_year", Equal: []any{year - 1}}, func(d yearDoc) error {
		if d.OnPost == nil || d.OnPost.To != last {
			return nil
		}
		return s.resettle(ctx, d.Person, year, causeNewYear)
	})
}

// Rebuild settles every year anew from the presences and careers, and counts
// those that differed. Differences enter the ledger; nothing is taken out.
func (s *Service) Rebuild(ctx context.Context) (differences int, err error) {
	type key struct {
		person kernel.PersonID
		year   int
	}
	todo := map[key]bool{}
	if err := s.docs.years.Scan(ctx, func(d yearDoc) error {
		todo[key{d.Person, d.Year}] = true
		return nil
	}); err != nil {
		return 0, err
	}
	if err := s.docs.presences.Scan(ctx, func(d presenceDoc) error {
		todo[key{d.Person, d.Date.Year()}] = true
		return nil
	}); err != nil {
		return 0, err
	}
	for k := range todo {
		before, err := s.docs.year(ctx, k.person, k.year)
		if err != nil {
			return differences, err
		}
		if err := s.resettle(ctx, k.person, k.year, causeRebuild); err != nil {
			return differences, err
		}
		after, err := s.docs.year(ctx, k.person, k.year)
		if err != nil {
			return differences, err
		}
		if after.Stored != before.Stored {
			differences++
		}
	}
	return differences, nil
}
