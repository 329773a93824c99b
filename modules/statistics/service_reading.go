package statistics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// scope reads an organisation that lies in the actor's reach; what does not is
// unknown.
func (s *Service) scope(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	return kernel.ReachFrom(ctx).Organization(ctx, s.organizations, id, ErrUnknownOrganization)
}

// scopeOn is scope with the organisation as it was on a day: a report on the
// past shows the old name and is judged by the region and the beds of then.
// Its path stays today's, for who may see a figure is decided today.
func (s *Service) scopeOn(ctx context.Context, id kernel.OrganizationID, on kernel.Date) (kernel.OrganizationCard, error) {
	card, err := s.scope(ctx, id)
	if err != nil {
		return card, err
	}
	then, err := s.organizations.CardsOn(ctx, []kernel.OrganizationID{id}, on)
	if err != nil {
		return card, fmt.Errorf("%s on %s: %w", id, on, err)
	}
	if was, ok := then[id]; ok {
		was.Path = card.Path
		card = was
	}
	return card, nil
}

// cards are the people behind a number. Whoever was there on a day that is over
// and lies out of reach today, as an employee and as a former one, is counted,
// and not named.
func (s *Service) cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	cards, err := s.people.Cards(ctx, ids)
	reach := kernel.ReachFrom(ctx)
	for id, c := range cards {
		if !reach.Everywhere && !reach.CoversPerson(id, c.Reach) && !reach.Covers(c.Former) {
			cards[id] = kernel.PersonCard{ID: id, Name: c.NameMasked, NameMasked: c.NameMasked}
		}
	}
	return cards, err
}

// row picks the counting rule: by name, or the nearest region's row upward in
// force on the date. Without one only the default basis counts.
func (s *Service) row(region kernel.RegionCode, on kernel.Date, id string) (rule.Row, rule.Basis, error) {
	if id != "" {
		for _, r := range s.rows {
			if r.ID == id {
				return r, r.Basis(), nil
			}
		}
		return rule.Row{}, rule.Basis{}, ErrUnknownRule.With("rule", id)
	}
	if r, ok := kernel.Nearest(s.rows, region, on); ok {
		return r, r.Basis(), nil
	}
	return rule.Row{}, rule.Default(), nil
}

// Certification answers the rate at the end of a day.
func (s *Service) Certification(ctx context.Context, org kernel.OrganizationID, asOf kernel.Date, ruleID string) (Certification, error) {
	card, err := s.scopeOn(ctx, org, asOf)
	if err != nil {
		return Certification{}, err
	}
	return s.certification(ctx, card, asOf, ruleID)
}

func (s *Service) certification(ctx context.Context, card kernel.OrganizationCard, asOf kernel.Date, ruleID string) (Certification, error) {
	row, basis, err := s.row(card.Region, asOf, ruleID)
	if err != nil {
		return Certification{}, err
	}
	counts, err := s.repo.counts(ctx, basis.Key(), string(card.ID), asOf)
	if err != nil {
		return Certification{}, err
	}
	return figure(card.ID, asOf, row, counts), nil
}

// figure turns counts into the rate.
func figure(org kernel.OrganizationID, asOf kernel.Date, row rule.Row, counts map[string]int64) Certification {
	c := Certification{
		Organization: org, AsOf: asOf, Row: row,
		Ratio:     kernel.Ratio{Numerator: counts["n"], Denominator: counts["d"]},
		ByLevel:   map[kernel.SkillLevel]int64{},
		Uncounted: map[string]int64{},
	}
	for l := kernel.Level1; l <= kernel.Level5; l++ {
		c.ByLevel[l] = counts["l"+strconv.Itoa(int(l))]
	}
	for f, n := range counts {
		if why, ok := strings.CutPrefix(f, "w"); ok && n > 0 {
			c.Uncounted[why] = n
		}
	}
	return c
}

// Standing is one organisation's line in a comparison.
type Standing struct {
	Card          kernel.OrganizationCard
	Certification Certification
	Hours         HoursYear
}

// Compare answers the figures of every institution under an organisation, the
// largest gap first.
func (s *Service) Compare(ctx context.Context, org kernel.OrganizationID, asOf kernel.Date) ([]Standing, error) {
	root, err := s.scope(ctx, org)
	if err != nil {
		return nil, err
	}
	cards, err := s.organizations.UnderOn(ctx, root.ID, "institution", asOf)
	if err != nil {
		return nil, fmt.Errorf("institutions under %s: %w", org, err)
	}
	out := make([]Standing, 0, len(cards))
	for _, card := range cards {
		c, err := s.certification(ctx, card, asOf, "")
		if err != nil {
			return nil, err
		}
		h, err := s.hoursYear(ctx, card, asOf.Year())
		if err != nil {
			return nil, err
		}
		out = append(out, Standing{Card: card, Certification: c, Hours: h})
	}
	slices.SortStableFunc(out, func(a, b Standing) int {
		var x, y int64
		if g := a.Certification.Gap(); g != nil {
			x = *g
		}
		if g := b.Certification.Gap(); g != nil {
			y = *g
		}
		return int(y - x)
	})
	return out, nil
}

// Listed is one person behind a number.
type Listed struct {
	Card    kernel.PersonCard
	Level   kernel.SkillLevel
	Why     string
	From    kernel.Date
	Places  []kernel.OrganizationCard // where they are on post, in what was asked for
	Hours   *YearHours                // behind the hours of a year
	Missing []rule.Need               // behind coverage: what they lack
}

// ListQuery asks who is behind the certification rate.
type ListQuery struct {
	Organization kernel.OrganizationID
	AsOf         kernel.Date
	Rule         string
	State        string // "missing" or "certified"
	Limit        int
	Cursor       string
}

// ListedPage is a page of them.
type ListedPage struct {
	Items []Listed
	Next  string
	Total int64
}

// People names the people behind the rate: those who are missing, or those who
// count, from the very rows that were counted.
func (s *Service) People(ctx context.Context, q ListQuery) (ListedPage, error) {
	card, err := s.scopeOn(ctx, q.Organization, q.AsOf)
	if err != nil {
		return ListedPage{}, err
	}
	row, basis, err := s.row(card.Region, q.AsOf, q.Rule)
	if err != nil {
		return ListedPage{}, err
	}
	counts, err := s.repo.counts(ctx, basis.Key(), string(card.ID), q.AsOf)
	if err != nil {
		return ListedPage{}, err
	}
	c := figure(card.ID, q.AsOf, row, counts)
	page := ListedPage{Total: c.Ratio.Numerator}
	if q.State == stateMissing {
		page.Total = c.Ratio.Denominator - c.Ratio.Numerator
	}
	spans, next, err := s.repo.listed(ctx, basis.Key(), q)
	if err != nil {
		return ListedPage{}, err
	}
	page.Next = next
	ids := make([]kernel.PersonID, 0, len(spans))
	for _, sp := range spans {
		ids = append(ids, kernel.PersonID(sp.Person))
	}
	cards, err := s.cards(ctx, ids)
	if err != nil {
		return ListedPage{}, fmt.Errorf("names: %w", err)
	}
	places, err := s.places(ctx, ids, card.ID, q.AsOf)
	if err != nil {
		return ListedPage{}, err
	}
	for _, sp := range spans {
		id := kernel.PersonID(sp.Person)
		page.Items = append(page.Items, Listed{
			Card: cards[id], Level: kernel.SkillLevel(sp.Level), Why: sp.Why, From: kernel.Date(sp.From), Places: places[id],
		})
	}
	return page, nil
}

// places tells where in a tree the people are on post on a day.
func (s *Service) places(ctx context.Context, ids []kernel.PersonID, root kernel.OrganizationID, on kernel.Date) (map[kernel.PersonID][]kernel.OrganizationCard, error) {
	docs, err := s.repo.persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	posts := map[kernel.PersonID][]kernel.OrganizationID{}
	var all []kernel.OrganizationID
	for _, d := range docs {
		for _, sp := range d.Spells {
			id := kernel.PersonID(d.ID)
			if sp.SupersededAt == nil && sp.OnPost(on) && slices.Contains(sp.Path, root) && !slices.Contains(posts[id], sp.Organization) {
				posts[id] = append(posts[id], sp.Organization)
				all = append(all, sp.Organization)
			}
		}
	}
	slices.Sort(all)
	cards, err := s.organizations.CardsOn(ctx, slices.Compact(all), on)
	if err != nil {
		return nil, fmt.Errorf("employers: %w", err)
	}
	out := map[kernel.PersonID][]kernel.OrganizationCard{}
	for id, at := range posts {
		for _, o := range at {
			out[id] = append(out[id], cards[o])
		}
	}
	return out, nil
}

// listed pages the spans of a state that cover the date. The index is ordered
// by the last day, so all that ended before are passed over at once; what
// began later is left out here.
func (r *repository) listed(ctx context.Context, basis string, q ListQuery) (spans []spanDoc, next string, err error) {
	cursor := q.Cursor
	for {
		page, err := r.spans.Find(ctx, store.Query{
			Index: "listed", Equal: []any{basis, string(q.Organization), q.State},
			From: string(q.AsOf), Limit: q.Limit - len(spans), After: cursor,
		})
		if err != nil {
			if errors.Is(err, store.ErrBadCursor) {
				err = fault.ErrInvalid.At("query.cursor", "input.cursor", "")
			}
			return nil, "", err
		}
		for _, sp := range page.Items {
			if sp.From <= string(q.AsOf) {
				spans = append(spans, sp)
			}
		}
		cursor = page.Next
		if cursor == "" || len(spans) >= q.Limit {
			return spans, cursor, nil
		}
	}
}
