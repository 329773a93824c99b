package statistics

import (
	"context"
	"fmt"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// whole is a target of all there is.
func whole(of int64) *int64 {
	if of <= 0 {
		return nil
	}
	all := int64(10000)
	return &all
}

func (s *Service) coverageSnapshot(ctx context.Context, card kernel.OrganizationCard, q FreezeQuery) (Snapshot, error) {
	c, err := s.Coverage(ctx, card.ID, q.AsOf, q.Standards)
	if err != nil {
		return Snapshot{}, err
	}
	return Snapshot{Coverage: &c, Figure: Certification{Ratio: c.All, Row: rule.Row{TargetBP: c.Target()}}}, nil
}

func (s *Service) recountCoverage(ctx context.Context, snap Snapshot) (now Certification, people int64, hash string, err error) {
	states := map[string]int64{}
	var lines []string
	err = s.eachAt(ctx, snap, func(doc personDoc) {
		for _, seg := range rule.Standings(s.catalogue, doc.Spells, doc.Completions, snap.KnownAt) {
			if !snap.holds(seg) {
				continue
			}
			states[seg.Why]++
			missing, subject := rule.Lacking(snap.Coverage.Needs, rule.State(seg.Why))
			if !subject {
				continue
			}
			line := []string{doc.ID}
			for _, m := range missing {
				line = append(line, m.Topic)
			}
			lines = append(lines, strings.Join(line, " "))
		}
	})
	now = Certification{Organization: snap.Organization, AsOf: snap.AsOf, Row: snap.Figure.Row}
	_, now.Ratio = rule.Covered(snap.Coverage.Needs, states)
	return now, int64(len(lines)), digest(lines), err
}

func (s *Service) socialSnapshot(ctx context.Context, card kernel.OrganizationCard, q FreezeQuery) (Snapshot, error) {
	all, sum, err := s.SocialWorkers(ctx, card.ID, q.AsOf)
	if err != nil {
		return Snapshot{}, err
	}
	return Snapshot{Homes: all, Figure: Certification{
		Ratio: kernel.Ratio{Numerator: sum.Met, Denominator: sum.Homes}, Row: rule.Row{TargetBP: whole(sum.Homes)},
	}}, nil
}

func (s *Service) recountSocial(ctx context.Context, snap Snapshot) (now Certification, people int64, hash string, err error) {
	states := map[kernel.OrganizationID]map[string]int64{}
	for _, h := range snap.Homes {
		states[h.Card.ID] = map[string]int64{}
	}
	var lines []string
	err = s.eachAt(ctx, snap, func(doc personDoc) {
		for _, seg := range rule.Standings(s.catalogue, doc.Spells, doc.Completions, snap.KnownAt) {
			if home, ok := states[seg.Organization]; ok && seg.From <= snap.AsOf && snap.AsOf <= seg.To {
				home[seg.Why]++
				if rule.State(seg.Why).Knows(rule.TopicSocialWork) {
					lines = append(lines, doc.ID+" "+string(seg.Organization))
				}
			}
		}
	})
	again := make([]SocialWorkers, 0, len(snap.Homes))
	for _, h := range snap.Homes { // as many beds as on the day it was frozen
		again = append(again, socialOf(h.Card, snap.AsOf, h.Row, states[h.Card.ID]))
	}
	sum := sumSocial(again)
	now = Certification{Organization: snap.Organization, AsOf: snap.AsOf, Row: snap.Figure.Row}
	now.Ratio = kernel.Ratio{Numerator: sum.Met, Denominator: sum.Homes}
	return now, int64(len(lines)), digest(lines), err
}

func (s *Service) headsSnapshot(ctx context.Context, card kernel.OrganizationCard, q FreezeQuery) (Snapshot, error) {
	if q.Programme == "" {
		return Snapshot{}, ErrNoProgramme.At("body.programmeId", ErrNoProgramme.Code, "")
	}
	h, err := s.Heads(ctx, q.Programme, card.ID, q.AsOf)
	if err != nil {
		return Snapshot{}, err
	}
	fig := Certification{Ratio: kernel.Ratio{Numerator: h.Heads, Denominator: h.Heads}}
	if t := h.Target(); t != nil {
		fig.Ratio.Denominator, fig.Row.TargetBP = *t, whole(*t)
	}
	return Snapshot{Heads: &h, Figure: fig}, nil
}

func (s *Service) recountHeads(ctx context.Context, snap Snapshot) (now Certification, people int64, hash string, err error) {
	h := snap.Heads
	at := h.Organization
	if at == "" {
		at = rule.Everyone
	}
	counts := map[string]int64{}
	var lines []string
	query := store.Query{Index: "programme", Equal: []any{h.Programme.ID}}
	err = s.repo.people.Each(ctx, query, func(doc personDoc) error {
		for _, seg := range s.participation(&doc, snap.KnownAt) {
			if seg.Basis != headsBasis(h.Programme.ID) || seg.Organization != at || h.AsOf < seg.From || seg.To < h.AsOf {
				continue
			}
			for _, f := range seg.fields() {
				counts[f]++
			}
			if seg.Why == rule.FieldHead {
				lines = append(lines, doc.ID)
			}
		}
		return nil
	})
	if err != nil {
		return now, 0, "", fmt.Errorf("people of programme %s: %w", h.Programme.ID, err)
	}
	now = Certification{Organization: snap.Organization, AsOf: snap.AsOf, Row: snap.Figure.Row}
	now.Ratio = kernel.Ratio{Numerator: counts[rule.FieldHead], Denominator: snap.Figure.Ratio.Denominator}
	if h.Target() == nil {
		now.Ratio.Denominator = now.Ratio.Numerator
	}
	return now, int64(len(lines)), digest(lines), nil
}
