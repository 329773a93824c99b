package hours

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Service holds the use cases.
type Service struct {
	Deps
	docs collections
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }

// rowOn is the row of the nearest region upward on the day; an empty one, which
// sets no duty, where nothing is written.
func (s *Service) rowOn(region kernel.RegionCode) func(kernel.Date) rule.Row {
	return func(on kernel.Date) rule.Row {
		row, _ := kernel.Nearest(s.Rules, region, on)
		return row
	}
}

// OrganiserDoubt says that an organiser of that tier does not train holders of
// the level; nil when it does.
func (s *Service) OrganiserDoubt(region kernel.RegionCode, on kernel.Date, level kernel.SkillLevel, tier string) *kernel.Reason {
	return s.rowOn(region)(on).OrganiserDoubt(level, tier)
}

// rowOfYear is the row that judges a year: the one in force on its first day.
func (s *Service) rowOfYear(region kernel.RegionCode, year int) rule.Row {
	return s.rowOn(region)(rule.YearOf(year).From)
}

// rowStamped finds the row that a verdict was reached under.
func (s *Service) rowStamped(y Year) rule.Row {
	i := slices.IndexFunc(s.Rules, func(r rule.Row) bool { return r.Stamp() == y.RuleVersion })
	if i < 0 {
		return s.rowOfYear(y.Region, y.Year)
	}
	return s.Rules[i]
}

// latestWords leaves out what was superseded.
func latestWords(spells []kernel.Spell) []kernel.Spell {
	return slices.DeleteFunc(slices.Clone(spells), func(x kernel.Spell) bool { return x.SupersededAt != nil })
}

// knownThen leaves the words as they stood at an instant.
func knownThen(spells []kernel.Spell, at time.Time) []kernel.Spell {
	return slices.DeleteFunc(slices.Clone(spells), func(x kernel.Spell) bool {
		return x.RecordedAt.After(at) || (x.SupersededAt != nil && !x.SupersededAt.After(at))
	})
}

// regionOf is where a person's year belongs: where they were on post last in
// the year or before, else where they attended.
func regionOf(year int, spells []kernel.Spell, presences []presenceDoc) kernel.RegionCode {
	last := rule.YearOf(year).To
	var best kernel.Spell
	for _, x := range spells {
		if x.Period.From <= last && (min(x.Period.To, last) > min(best.Period.To, last) || best.ID == "") {
			best = x
		}
	}
	if best.Region != "" || len(presences) == 0 {
		return best.Region
	}
	return presences[len(presences)-1].Region
}

// material is all that a year is derived from.
type material struct {
	spells    []kernel.Spell // latest words
	presences []presenceDoc  // of the year, and of the days beside it for sessions past midnight
	holdings  []Holding
}

// career is all versions of a person's spells. Whose import was withdrawn left
// the register and has none: their year is settled to nothing, not in vain.
func (s *Service) career(ctx context.Context, p kernel.PersonID) ([]kernel.Spell, error) {
	spells, err := s.People.Spells(ctx, p)
	if fault.Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read career of %s: %w", p, err)
	}
	return spells, nil
}

func (s *Service) gather(ctx context.Context, p kernel.PersonID, year int) (material, error) {
	spells, err := s.career(ctx, p)
	if err != nil {
		return material{}, err
	}
	frame := rule.YearOf(year)
	presences, err := s.docs.presencesOf(ctx, p, frame.From.AddDays(-1), frame.To)
	if err != nil {
		return material{}, err
	}
	holdings, err := s.docs.holdings(ctx, p)
	return material{spells: latestWords(spells), presences: presences, holdings: holdings}, err
}

// derive works the year out anew.
func (s *Service) derive(y Year, m material) Year {
	y.Region = regionOf(y.Year, m.spells, m.presences)
	var facts []rule.Presence
	by := map[kernel.SessionID]presenceDoc{}
	for _, d := range oncePerSession(m.presences) {
		facts = append(facts, d.forRule(m.holdings))
		by[d.Session] = d
	}
	y.Lines = nil
	for _, l := range rule.Credit(s.rowOn(y.Region), facts) {
		if l.Date.Year() == y.Year {
			y.Lines = append(y.Lines, by[l.Session].line(l))
		}
	}
	return y.judge(s.rowOfYear(y.Region, y.Year), m.spells)
}

// settle derives the year, enters the differences into the ledger, saves and
// announces it. It is called inside a transaction; the year document makes two
// that settle one person's year line up.
func (s *Service) settle(ctx context.Context, before Year, m material, cause string) error {
	at := s.now()
	after, entries := s.derive(before, m).enter(before.Lines, cause, at)
	empty := before.Stored == 0 && len(after.Lines) == 0
	if (before.Stored > 0 && after.sameAs(before)) || (empty && cause != causeNewYear) {
		return nil
	}
	if err := s.withdrawProof(ctx, &after); err != nil {
		return err
	}
	if before.Stored > 0 && len(before.Lines)+len(after.Lines)+len(after.Retired) == 0 && after.OnPost == nil {
		// The career that began the year was taken back: nothing is owed and
		// nothing was attended, so no list names the person for it.
		return s.docs.dropYear(ctx, before)
	}
	after.RecordedAt = at
	if err := s.docs.enter(ctx, entries); err != nil {
		return fmt.Errorf("enter credits of %s: %w", after.Person, err)
	}
	if err := s.docs.saveYear(ctx, &after); err != nil {
		return fmt.Errorf("save year of %s: %w", after.Person, err)
	}
	if empty {
		return nil
	}
	return s.Facts.Announce(ctx, YearChanged{
		Person: after.Person, Year: after.Year, Minutes: after.Credited, Required: s.rowStamped(after).Required(),
		Subject: after.Standing != StandingNotSubject, Met: after.Standing == StandingMet, Employers: after.Employers,
		RuleVersion: after.RuleVersion, RecordedAt: at,
	})
}

func (s *Service) resettle(ctx context.Context, p kernel.PersonID, year int, cause string) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		before, err := s.docs.year(ctx, p, year)
		if err != nil {
			return err
		}
		m, err := s.gather(ctx, p, year)
		if err != nil {
			return err
		}
		return s.settle(ctx, before, m, cause)
	})
}
