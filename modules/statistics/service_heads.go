package statistics

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

// Why somebody is listed behind the heads of a programme.
const whyNotYet = "not_yet"

// Heads answers who took part in a programme by the end of a day; with an
// organisation, its people alone.
func (s *Service) Heads(ctx context.Context, programme string, org kernel.OrganizationID, asOf kernel.Date) (Heads, error) {
	p, err := s.Programmes.Seen(ctx, programme)
	if err != nil {
		return Heads{}, err
	}
	at := rule.Everyone
	if org != "" && org != p.Organization {
		card, err := s.scope(ctx, org)
		if err != nil {
			return Heads{}, err
		}
		at = card.ID
	}
	return s.heads(ctx, p, at, asOf)
}

// lastDay caps a day at the programme's last: who comes later is not of it.
func lastDay(p kernel.ProgrammeCard, asOf kernel.Date) kernel.Date {
	if p.EndsOn != "" {
		return min(asOf, p.EndsOn)
	}
	return asOf
}

func (s *Service) heads(ctx context.Context, p kernel.ProgrammeCard, at kernel.OrganizationID, asOf kernel.Date) (Heads, error) {
	asOf = lastDay(p, asOf)
	counts, err := s.repo.counts(ctx, headsBasis(p.ID), string(at), asOf)
	if err != nil {
		return Heads{}, err
	}
	return headsOf(p, at, asOf, counts), nil
}

func headsOf(p kernel.ProgrammeCard, at kernel.OrganizationID, asOf kernel.Date, counts map[string]int64) Heads {
	h := Heads{Programme: p, AsOf: asOf, Heads: counts[rule.FieldHead], Attendances: counts[rule.FieldAttendance]}
	if at != rule.Everyone {
		h.Organization = at
	}
	for _, kind := range rule.Kinds() {
		k := HeadsOfKind{kind, counts[rule.FieldHead+"_"+string(kind)], counts[rule.FieldAttendance+"_"+string(kind)]}
		if k.Attendances > 0 {
			h.ByKind = append(h.ByKind, k)
		}
	}
	return h
}

// HeadCounts tells 人数 and 人次 of programmes as a list shows them, each up to
// its last day: two documents a programme.
func (s *Service) HeadCounts(ctx context.Context, programmes []kernel.ProgrammeCard, asOf kernel.Date) (map[string]kernel.HeadCount, error) {
	out := make(map[string]kernel.HeadCount, len(programmes))
	for _, p := range programmes {
		h, err := s.heads(ctx, p, rule.Everyone, asOf)
		if err != nil {
			return nil, err
		}
		out[p.ID] = kernel.HeadCount{Heads: h.Heads, Attendances: h.Attendances}
	}
	return out, nil
}

// CompareHeads answers the homes that a programme addresses, those of which
// nobody took part first.
func (s *Service) CompareHeads(ctx context.Context, programme string, asOf kernel.Date, limit int, cursor string) (items []HeadsStanding, next string, total, without int, err error) {
	p, err := s.Programmes.Seen(ctx, programme)
	if err != nil {
		return nil, "", 0, 0, err
	}
	asOf = lastDay(p, asOf)
	cards, counts, err := s.homes(ctx, p.Organization, asOf, headsBasis(p.ID))
	if err != nil {
		return nil, "", 0, 0, err
	}
	reach := kernel.ReachFrom(ctx)
	cards = slices.DeleteFunc(cards, func(c kernel.OrganizationCard) bool {
		return !reach.Covers(c.Path) || (p.WithoutSmall && c.SmallCareHome) || c.Closed
	})
	ids := make([]kernel.OrganizationID, len(cards))
	for i, c := range cards {
		ids[i] = c.ID
	}
	posts, err := s.repo.series(ctx, standingBasis, ids, []kernel.Date{asOf})
	if err != nil {
		return nil, "", 0, 0, err
	}
	all := make([]HeadsStanding, 0, len(cards))
	for _, c := range cards {
		line := HeadsStanding{Card: c, Heads: headsOf(p, c.ID, asOf, counts[c.ID])}
		for _, n := range posts[c.ID][0] {
			line.OnPost += n
		}
		if line.Heads.Heads == 0 {
			without++
		}
		all = append(all, line)
	}
	slices.SortStableFunc(all, func(a, b HeadsStanding) int { return cmp.Compare(a.Heads.Heads, b.Heads.Heads) })
	items, next, err = pageOf(all, limit, cursor)
	return items, next, len(all), without, err
}

// HeadsPeople names who took part in a programme, or who is on post and has
// not yet; of an organisation, the programme's own where none is asked for.
func (s *Service) HeadsPeople(ctx context.Context, programme string, q StandingQuery) (ListedPage, error) {
	p, err := s.Programmes.Seen(ctx, programme)
	if err != nil {
		return ListedPage{}, err
	}
	card, err := s.scope(ctx, cmp.Or(q.Organization, p.Organization))
	if err != nil {
		return ListedPage{}, err
	}
	q.AsOf = lastDay(p, q.AsOf)
	if q.State == stateMissing {
		return s.notYet(ctx, p, q, card)
	}
	at := card.ID
	if card.ID == p.Organization {
		at = rule.Everyone
	}
	h, err := s.heads(ctx, p, at, q.AsOf)
	if err != nil {
		return ListedPage{}, err
	}
	spans, next, err := s.repo.listed(ctx, headsBasis(p.ID), ListQuery{
		Organization: at, AsOf: q.AsOf, State: rule.FieldHead, Limit: q.Limit, Cursor: q.Cursor,
	})
	if err != nil {
		return ListedPage{}, err
	}
	items, err := s.named(ctx, spans, card.ID, q.AsOf)
	return ListedPage{Items: items, Next: next, Total: h.Heads}, err
}

// notYet lists who is on post and has completed nothing of the programme.
func (s *Service) notYet(ctx context.Context, p kernel.ProgrammeCard, q StandingQuery, card kernel.OrganizationCard) (ListedPage, error) {
	addressed := func(state rule.State) bool { return state.Serves(nil, p.WithoutSmall) }
	onPost, err := s.repo.counts(ctx, standingBasis, string(card.ID), q.AsOf)
	if err != nil {
		return ListedPage{}, err
	}
	took, err := s.repo.counts(ctx, headsBasis(p.ID), string(card.ID), q.AsOf)
	if err != nil {
		return ListedPage{}, err
	}
	var total int64
	for state, n := range onPost {
		if addressed(rule.State(state)) {
			total += n
		}
	}
	for field, n := range took {
		if marks, ok := strings.CutPrefix(field, rule.FieldPost+"_"); ok && addressed(rule.State(marks)) {
			total -= n
		}
	}
	page := ListedPage{Total: total}
	if total <= 0 {
		return page, nil
	}
	for len(page.Items) < q.Limit {
		part := q
		part.Limit = q.Limit - len(page.Items)
		found, err := s.inStates(ctx, part, card, func(state rule.State) (string, []rule.Need, bool) {
			return whyNotYet, nil, addressed(state)
		})
		if err != nil {
			return page, err
		}
		ids := make([]kernel.PersonID, len(found.Items))
		for i, l := range found.Items {
			ids[i] = l.Card.ID
		}
		docs, err := s.repo.persons(ctx, ids)
		if err != nil {
			return page, err
		}
		missing := map[kernel.PersonID]bool{}
		for _, d := range docs {
			missing[kernel.PersonID(d.ID)] = !d.took(p.ID, q.AsOf)
		}
		for _, l := range found.Items {
			if missing[l.Card.ID] {
				page.Items = append(page.Items, l)
			}
		}
		if page.Next, q.Cursor = found.Next, found.Next; found.Next == "" {
			break
		}
	}
	return page, nil
}
