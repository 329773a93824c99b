package hours

import (
	"context"
	"fmt"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
)

// foresee adds to accounts whose year is in progress what it will come to with
// what is planned: two look-ups, however many they are.
func (s *Service) foresee(ctx context.Context, year int, accounts []*Account) error {
	var people []kernel.PersonID
	for _, a := range accounts {
		if a.Verdict.Outcome == rule.InProgress {
			people = append(people, a.Year.Person)
		}
	}
	if len(people) == 0 {
		return nil
	}
	frame := rule.YearOf(year)
	planned, err := s.Plans.Planned(ctx, people, max(kernel.DateOf(s.now()), frame.From), frame.To)
	if err != nil {
		return fmt.Errorf("plans of %d people: %w", len(people), err)
	}
	holdings, err := s.docs.holdingsOf(ctx, people)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Verdict.Outcome == rule.InProgress {
			p := a.Year.Person
			sum := rule.Forecast(s.rowOn(a.Year.Region), ruled(a.Year.Lines), foreseen(planned[p], holdings[p]))
			a.Forecast = &sum
		}
	}
	return nil
}

// accounts judges kept years of many people as of today, and foresees them.
func (s *Service) accounts(ctx context.Context, year int, docs []yearDoc) ([]*Account, error) {
	today, out := kernel.DateOf(s.now()), make([]*Account, len(docs))
	for i, d := range docs {
		y := d.read()
		a := s.account(y, s.rowStamped(y), today)
		out[i] = &a
	}
	return out, s.foresee(ctx, year, out)
}

// Lacking tells what people's running year lacks beyond what is planned for
// them, whoever asks; who lacks nothing is left out.
func (s *Service) Lacking(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]kernel.Minutes, error) {
	today := kernel.DateOf(s.now())
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = yearID(p, today.Year())
	}
	docs, err := s.docs.years.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("years of %d people: %w", len(people), err)
	}
	accounts, err := s.accounts(ctx, today.Year(), docs)
	if err != nil {
		return nil, err
	}
	out := map[kernel.PersonID]kernel.Minutes{}
	for _, a := range accounts {
		if a.outlook() == WillMiss {
			out[a.Year.Person] = a.Row.Required() - *a.Forecast
		}
	}
	return out, nil
}

func ruled(lines []Line) []rule.Line {
	out := make([]rule.Line, len(lines))
	for i, l := range lines {
		out[i] = rule.Line{Session: l.Session, Date: l.Date, Mode: l.Mode, Attended: l.Attended, Credited: l.Credited}
	}
	return out
}

// foreseen takes somebody for there from beginning to end.
func foreseen(planned []Planned, holdings []Holding) []rule.Presence {
	out := make([]rule.Presence, len(planned))
	for i, x := range planned {
		out[i] = rule.Presence{
			Session: x.Session, Date: x.Date, StartsAt: x.StartsAt, EndsAt: x.EndsAt, Minutes: x.Minutes, In: x.StartsAt, Out: x.EndsAt, Mode: x.Mode,
			Category: x.Category, CountsTowardInService: x.Counts, OrganiserTier: x.OrganiserTier, Level: levelOn(holdings, x.Date),
		}
	}
	return out
}
