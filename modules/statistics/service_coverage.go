package statistics

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/statistics/rule"
)

// needs are the standards that are asked of a region, each with its row:
// those named, else those that a row sets a target for.
func (s *Service) needs(region kernel.RegionCode, on kernel.Date, asked []string) (out []rule.Need, err error) {
	named := slices.DeleteFunc(slices.Clone(asked), func(a string) bool { return strings.TrimSpace(a) == "" })
	if len(named) == 0 {
		named = s.coverage.Asked(region, on)
		if len(named) == 0 {
			return nil, ErrNoStandards.At("query.standards", ErrNoStandards.Code, "")
		}
	}
	met := map[string]bool{}
	for _, a := range named {
		standard, topic := s.catalogue.Find(a)
		if topic == "" || met[topic] {
			continue
		}
		met[topic] = true
		row, ruled := s.coverage.For(topic, region, on)
		if len(asked) == 0 || standard.ID == strings.TrimSpace(a) {
			a = standard.Code
		}
		out = append(out, rule.Need{Asked: strings.TrimSpace(a), Standard: standard, Topic: topic, Row: row, Ruled: ruled})
	}
	return out, nil
}

// Coverage answers who is trained on standards at the end of a day: each of
// them, and the whole set.
func (s *Service) Coverage(ctx context.Context, org kernel.OrganizationID, asOf kernel.Date, standards []string) (Coverage, error) {
	card, err := s.scopeOn(ctx, org, asOf)
	if err != nil {
		return Coverage{}, err
	}
	needs, err := s.needs(card.Region, asOf, standards)
	if err != nil {
		return Coverage{}, err
	}
	counts, err := s.repo.counts(ctx, standingBasis, string(card.ID), asOf)
	if err != nil {
		return Coverage{}, err
	}
	return coverageOf(card.ID, asOf, needs, counts), nil
}

func coverageOf(org kernel.OrganizationID, asOf kernel.Date, needs []rule.Need, counts map[string]int64) Coverage {
	c := Coverage{Organization: org, AsOf: asOf, Needs: needs}
	c.Each, c.All = rule.Covered(needs, counts)
	return c
}

// CompareCoverage answers the institutions under an organisation, those with
// the most people who lack something first. It reads two documents an
// institution, however many people they have.
func (s *Service) CompareCoverage(ctx context.Context, org kernel.OrganizationID, asOf kernel.Date, standards []string, limit int, cursor string) (items []CoverageStanding, next string, total int, err error) {
	root, err := s.scope(ctx, org)
	if err != nil {
		return nil, "", 0, err
	}
	cards, counts, err := s.homes(ctx, root.ID, asOf, standingBasis)
	if err != nil {
		return nil, "", 0, err
	}
	all := make([]CoverageStanding, 0, len(cards))
	for _, c := range cards {
		needs, err := s.needs(c.Region, asOf, standards)
		if err != nil {
			return nil, "", 0, err
		}
		all = append(all, CoverageStanding{c, coverageOf(c.ID, asOf, needs, counts[c.ID])})
	}
	lacking := func(c CoverageStanding) int64 { return c.Coverage.All.Denominator - c.Coverage.All.Numerator }
	slices.SortStableFunc(all, func(a, b CoverageStanding) int { return cmp.Compare(lacking(b), lacking(a)) })
	items, next, err = pageOf(all, limit, cursor)
	return items, next, len(all), err
}

// homes are the institutions that stood under an organisation on a day, as they
// were then, with their counts of a basis.
func (s *Service) homes(ctx context.Context, root kernel.OrganizationID, on kernel.Date, basis string) ([]kernel.OrganizationCard, map[kernel.OrganizationID]map[string]int64, error) {
	cards, err := s.organizations.UnderOn(ctx, root, "institution", on)
	if err != nil {
		return nil, nil, fmt.Errorf("institutions under %s: %w", root, err)
	}
	ids := make([]kernel.OrganizationID, len(cards))
	for i := range cards {
		ids[i] = cards[i].ID
	}
	series, err := s.repo.series(ctx, basis, ids, []kernel.Date{on})
	if err != nil {
		return nil, nil, err
	}
	counts := make(map[kernel.OrganizationID]map[string]int64, len(ids))
	for _, id := range ids {
		counts[id] = series[id][0]
	}
	return cards, counts, nil
}

// pageOf cuts a page out of a comparison; the cursor counts.
func pageOf[T any](all []T, limit int, cursor string) (page []T, next string, err error) {
	from := 0
	if cursor != "" {
		if from, err = strconv.Atoi(cursor); err != nil || from < 0 {
			return nil, "", fault.ErrInvalid.At("query.cursor", "input.cursor", "")
		}
	}
	end := min(len(all), from+limit)
	if end < len(all) {
		next = strconv.Itoa(end)
	}
	return all[min(from, end):end], next, nil
}

// StandingQuery asks who is behind a figure that sums states up.
type StandingQuery struct {
	Organization kernel.OrganizationID
	AsOf         kernel.Date
	Standards    []string
	State        string // "missing", else those who count
	Limit        int
	Cursor       string
}

// CoveragePeople names the people behind coverage: who lacks any of the
// standards that are asked of them, or who has them all.
func (s *Service) CoveragePeople(ctx context.Context, q StandingQuery) (ListedPage, error) {
	card, err := s.scopeOn(ctx, q.Organization, q.AsOf)
	if err != nil {
		return ListedPage{}, err
	}
	needs, err := s.needs(card.Region, q.AsOf, q.Standards)
	if err != nil {
		return ListedPage{}, err
	}
	return s.inStates(ctx, q, card, func(state rule.State) (string, []rule.Need, bool) {
		missing, subject := rule.Lacking(needs, state)
		return "", missing, subject && (len(missing) > 0) == (q.State == stateMissing)
	})
}

// inStates lists the people in the states that are wanted, from the very rows
// that were counted: state by state, each from its index.
func (s *Service) inStates(ctx context.Context, q StandingQuery, card kernel.OrganizationCard,
	wanted func(rule.State) (why string, missing []rule.Need, ok bool),
) (page ListedPage, err error) {
	counts, err := s.repo.counts(ctx, standingBasis, string(card.ID), q.AsOf)
	if err != nil {
		return page, err
	}
	from, inner, whole := strings.Cut(q.Cursor, ":")
	if q.Cursor != "" && !whole {
		return page, fault.ErrInvalid.At("query.cursor", "input.cursor", "")
	}
	var spans []spanDoc
	for _, state := range slices.Sorted(maps.Keys(counts)) {
		if _, _, ok := wanted(rule.State(state)); !ok || counts[state] <= 0 {
			continue
		}
		page.Total += counts[state]
		if state < from || (page.Next != "") {
			continue
		}
		if len(spans) >= q.Limit {
			page.Next = state + ":"
			continue
		}
		after := ""
		if state == from {
			after = inner
		}
		found, next, err := s.repo.listed(ctx, standingBasis, ListQuery{
			Organization: card.ID, AsOf: q.AsOf, State: state, Limit: q.Limit - len(spans), Cursor: after,
		})
		if err != nil {
			return page, err
		}
		spans = append(spans, found...)
		if next != "" {
			page.Next = state + ":" + next
		}
	}
	page.Items, err = s.named(ctx, spans, card.ID, q.AsOf)
	for i, sp := range spans {
		if err == nil {
			page.Items[i].Why, page.Items[i].Missing, _ = wanted(rule.State(sp.State))
		}
	}
	return page, err
}

// named makes rows people, with where they are on post that day.
func (s *Service) named(ctx context.Context, spans []spanDoc, root kernel.OrganizationID, on kernel.Date) ([]Listed, error) {
	ids := make([]kernel.PersonID, 0, len(spans))
	for _, sp := range spans {
		ids = append(ids, kernel.PersonID(sp.Person))
	}
	cards, err := s.cards(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	places, err := s.places(ctx, ids, root, on)
	if err != nil {
		return nil, err
	}
	docs, err := s.repo.persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	since := map[kernel.PersonID]kernel.Date{}
	for _, d := range docs {
		since[kernel.PersonID(d.ID)] = d.onPostSince(root, on)
	}
	out := make([]Listed, 0, len(spans))
	for _, sp := range spans {
		id := kernel.PersonID(sp.Person)
		out = append(out, Listed{Card: cards[id], From: since[id], Places: places[id]})
	}
	return out, nil
}
