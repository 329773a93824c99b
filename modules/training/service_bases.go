package training

import (
	"context"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

// practiceBase is the kind of organisation that classes are held at.
const practiceBase = "practiceBase"

// BaseUse is what was held at a practice base in one month of a year, and what
// is planned.
type BaseUse struct {
	Held     int            // sessions
	Planned  int            // sessions
	Learners int            // presences that stand
	Minutes  kernel.Minutes // of those presences
}

func (u BaseUse) plus(v BaseUse) BaseUse {
	return BaseUse{Held: u.Held + v.Held, Planned: u.Planned + v.Planned, Learners: u.Learners + v.Learners, Minutes: u.Minutes + v.Minutes}
}

// BaseYear is the use of one base in a year.
type BaseYear struct {
	Base   kernel.OrganizationCard
	Months [12]BaseUse
}

// Total of the year.
func (b BaseYear) Total() (sum BaseUse) {
	for _, m := range b.Months {
		sum = sum.plus(m)
	}
	return sum
}

// BasesUsed tells how the bases under an organisation in reach were used in a
// year, whoever held the classes there. Each base is read by its own index.
func (s *Service) BasesUsed(ctx context.Context, organization kernel.OrganizationID, year int) ([]BaseYear, error) {
	roots, err := s.basesUnder(ctx, organization)
	if err != nil {
		return nil, err
	}
	var out []BaseYear
	seen := map[kernel.OrganizationID]bool{}
	for _, root := range roots {
		bases, err := s.Organizations.Under(ctx, root, practiceBase)
		if err != nil {
			return nil, fmt.Errorf("bases under %s: %w", root, err)
		}
		for _, base := range bases {
			if seen[base.ID] {
				continue
			}
			seen[base.ID] = true
			used, err := s.baseYear(ctx, base, year)
			if err != nil {
				return nil, err
			}
			out = append(out, used)
		}
	}
	return out, nil
}

func (s *Service) basesUnder(ctx context.Context, organization kernel.OrganizationID) ([]kernel.OrganizationID, error) {
	reach := kernel.ReachFrom(ctx)
	if organization == "" {
		if reach.Everywhere {
			return []kernel.OrganizationID{everywhere}, nil
		}
		return reach.Roots, nil
	}
	if _, err := reach.Organization(ctx, s.Organizations, organization, ErrProviderUnknown); err != nil {
		return nil, err
	}
	return []kernel.OrganizationID{organization}, nil
}

// everywhere is the root above all roots, as the tree of organisations keeps it.
const everywhere kernel.OrganizationID = "*"

func (s *Service) baseYear(ctx context.Context, base kernel.OrganizationCard, year int) (BaseYear, error) {
	out := BaseYear{Base: base}
	q := store.Query{
		Index: "by_base", Equal: []any{string(base.ID)},
		From: kernel.NewDate(year, time.January, 1).Start(), Until: kernel.NewDate(year+1, time.January, 1).Start(),
	}
	err := s.docs.sessions.Each(ctx, q, func(d sessionDoc) error {
		month := &out.Months[kernel.DateOf(d.StartsAt).Month()-1]
		*month = month.plus(used(d.session()))
		return nil
	})
	return out, err
}

func used(x Session) BaseUse {
	switch {
	case x.Held():
		return BaseUse{Held: 1, Learners: x.Learners, Minutes: x.Attended}
	case x.Status == SessionPlanned && !x.Draft:
		return BaseUse{Planned: 1}
	}
	return BaseUse{}
}

// Tally keeps with the session what its standing presences are worth.
func (s Session) Tally(presences []Presence) Session {
	s.Learners, s.Attended = 0, 0
	for _, p := range presences {
		if p.Flaw == string(rule.FlawNone) {
			s.Learners++
			s.Attended += p.attended(s)
		}
	}
	return s
}

// RebuildBases writes down with every session where it is held and, once it is
// closed, what its presences are worth: databases from before do not know. It
// answers how many sessions lacked it.
func (s *Service) RebuildBases(ctx context.Context) (n int, err error) {
	ctx = kernel.AsSystem(ctx, "rebuild")
	err = s.docs.classes.Scan(ctx, func(d classDoc) error {
		if d.Base == "" {
			return nil
		}
		all, err := s.docs.sessionsOf(ctx, kernel.ClassID(d.ID))
		if err != nil {
			return err
		}
		for _, x := range all {
			lacked, err := s.rebuildUse(ctx, x.ID, d.Base)
			if err != nil {
				return fmt.Errorf("use of base %s by session %s: %w", d.Base, x.ID, err)
			}
			if lacked {
				n++
			}
		}
		return nil
	})
	return n, err
}

func (s *Service) rebuildUse(ctx context.Context, id kernel.SessionID, base kernel.OrganizationID) (lacked bool, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		x, err := s.docs.session(ctx, id)
		if err != nil {
			return err
		}
		right := x
		if right.Base == "" {
			right.Base = base
		}
		if x.Held() {
			presences, err := s.presences(ctx, x)
			if err != nil {
				return err
			}
			right = right.Tally(presences)
		}
		lacked = right.Base != x.Base || right.Learners != x.Learners || right.Attended != x.Attended
		if !lacked {
			return nil
		}
		return s.docs.saveSession(ctx, &right)
	})
	return lacked, err
}
