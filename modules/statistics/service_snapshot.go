package statistics

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// IndicatorCertification is the one indicator that is frozen by itself; the
// hours of a year are frozen with it as figures of the same organisation.
const IndicatorCertification = "certification"

// IndicatorHours names the in-service hours of a year, which are not frozen by
// themselves.
const IndicatorHours = "in-service-hours"

// Freeze stores the figure with the two times it was true under.
func (s *Service) Freeze(ctx context.Context, indicator string, org kernel.OrganizationID, asOf kernel.Date, ruleID string) (Snapshot, error) {
	if indicator != IndicatorCertification && indicator != IndicatorQuality {
		return Snapshot{}, ErrUnknownIndicator.With("indicator", indicator)
	}
	if asOf > kernel.DateOf(s.clock.Now()) {
		return Snapshot{}, ErrFuture.At("body.asOf", "statistics.future", string(asOf))
	}
	card, err := s.scope(ctx, org)
	if err != nil {
		return Snapshot{}, err
	}
	if err := s.name(ctx, asOf, &card); err != nil {
		return Snapshot{}, err
	}
	var snap Snapshot
	err = s.repo.db.Tx(ctx, func(ctx context.Context) (err error) {
		if indicator == IndicatorQuality {
			snap, err = s.qualitySnapshot(ctx, card, asOf)
		} else {
			snap, err = s.rateSnapshot(ctx, card, asOf, ruleID)
		}
		if err != nil {
			return err
		}
		if _, snap.People, snap.PeopleHash, err = s.fromFacts(ctx, snap); err != nil {
			return err
		}
		if err := s.repo.snapshots.Insert(ctx, snapshotOf(snap)); err != nil {
			return fmt.Errorf("save snapshot: %w", err)
		}
		return s.audit.Record(ctx, kernel.Act{
			Verb: "freeze", Noun: "statistics", ID: snap.ID, Organization: card.ID,
			Detail: map[string]string{"indicator": indicator, "asOf": string(asOf), "percent": snap.Figure.Ratio.Percent()},
		})
	})
	return snap, err
}

func (s *Service) rateSnapshot(ctx context.Context, card kernel.OrganizationCard, asOf kernel.Date, ruleID string) (Snapshot, error) {
	fig, err := s.certification(ctx, card, asOf, ruleID)
	return Snapshot{
		ID: kernel.NewID(), Indicator: IndicatorCertification, Organization: card.ID, Path: card.Path, Name: card.Name,
		AsOf: asOf, KnownAt: s.clock.Now().UTC().Truncate(time.Millisecond), By: kernel.ActorFrom(ctx).Name, Figure: fig,
	}, err
}

// fromFacts counts a snapshot's figure from the people themselves, as known at
// its second time: the slow way that the counters must agree with.
func (s *Service) fromFacts(ctx context.Context, snap Snapshot) (counts map[string]int64, people int64, hash string, err error) {
	basis := rule.Default()
	if snap.Figure.Row.ID != "" {
		basis = snap.Figure.Row.Basis()
	}
	counts = map[string]int64{}
	var lines []string
	if snap.Quality != nil {
		return s.qualityFromFacts(ctx, snap)
	}
	err = s.repo.people.Each(ctx, store.Query{Index: "organization", Equal: []any{string(snap.Organization)}}, func(doc personDoc) error {
		for _, seg := range rule.Segments(basis, doc.Spells, doc.Holdings, snap.KnownAt) {
			if seg.Organization != snap.Organization || snap.AsOf < seg.From || seg.To < snap.AsOf {
				continue
			}
			for _, f := range fieldsOf(seg) {
				counts[f]++
			}
			lines = append(lines, doc.ID+" "+strconv.Itoa(int(seg.Level)))
		}
		return nil
	})
	if err != nil {
		return nil, 0, "", fmt.Errorf("people of %s: %w", snap.Organization, err)
	}
	return counts, int64(len(lines)), digest(lines), nil
}

// digest of who was counted, in whatever order.
func digest(lines []string) string {
	slices.Sort(lines)
	h := sha256.New()
	for _, l := range lines {
		h.Write([]byte(l + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Recomputation is a frozen figure worked out again from the facts.
type Recomputation struct {
	Snapshot Snapshot
	Now      Certification
	Same     bool // integers and people alike
}

// Recompute works a frozen figure out again from the facts as then known.
func (s *Service) Recompute(ctx context.Context, id string) (Recomputation, error) {
	snap, err := s.Snapshot(ctx, id)
	if err != nil {
		return Recomputation{}, err
	}
	counts, _, hash, err := s.fromFacts(ctx, snap)
	if err != nil {
		return Recomputation{}, err
	}
	now := figure(snap.Organization, snap.AsOf, snap.Figure.Row, counts)
	if snap.Quality != nil {
		q := qualityOf(snap.Organization, snap.AsOf, snap.Quality.Row, counts)
		now.Ratio = q.Ratio(rule.Completeness)
	}
	return Recomputation{Snapshot: snap, Now: now, Same: now.Ratio == snap.Figure.Ratio && hash == snap.PeopleHash}, nil
}

// Snapshot reads a frozen figure.
func (s *Service) Snapshot(ctx context.Context, id string) (Snapshot, error) {
	doc, err := s.repo.snapshots.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Snapshot{}, ErrUnknownSnapshot
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshot %s: %w", id, err)
	}
	snap := s.snapshotFrom(doc)
	if !kernel.ReachFrom(ctx).Covers(snap.Path) {
		return Snapshot{}, ErrUnknownSnapshot
	}
	return snap, nil
}

// Snapshots lists the frozen figures of an organisation and everything under
// it, the newest first.
func (s *Service) Snapshots(ctx context.Context, org kernel.OrganizationID, limit int, cursor string) (store.Page[Snapshot], int64, bool, error) {
	card, err := s.scope(ctx, org)
	if err != nil {
		return store.Page[Snapshot]{}, 0, false, err
	}
	q := store.Query{Index: "reach", Equal: []any{string(card.ID)}, Desc: true, Limit: limit, After: cursor}
	page, err := s.repo.snapshots.Find(ctx, q)
	if err != nil {
		return store.Page[Snapshot]{}, 0, false, fmt.Errorf("snapshots of %s: %w", org, err)
	}
	total, more, err := s.repo.snapshots.Count(ctx, q, 10_000)
	out := store.Page[Snapshot]{Next: page.Next}
	for _, doc := range page.Items {
		out.Items = append(out.Items, s.snapshotFrom(doc))
	}
	return out, total, more, err
}

func snapshotOf(s Snapshot) snapshotDoc {
	doc := snapshotDoc{
		Doc: store.Doc{ID: s.ID}, Indicator: s.Indicator, Organization: string(s.Organization), Name: s.Name,
		AsOf: string(s.AsOf), KnownAt: s.KnownAt, By: s.By, RuleID: s.Figure.Row.ID,
		Numerator: s.Figure.Ratio.Numerator, Denominator: s.Figure.Ratio.Denominator, TargetBP: s.Figure.Row.TargetBP,
		ByLevel: map[string]int64{}, Uncounted: s.Figure.Uncounted, PeopleHash: s.PeopleHash, People: s.People,
	}
	if s.Figure.Row.ID != "" {
		doc.RuleVersion = s.Figure.Row.Stamp()
	}
	if s.Quality != nil {
		doc.RuleID, doc.Counts = s.Quality.Row.ID, s.Quality.counts()
		if doc.RuleID != "" {
			doc.RuleVersion = s.Quality.Row.Stamp()
		}
	}
	for _, o := range s.Path {
		doc.Path = append(doc.Path, string(o))
	}
	for l, n := range s.Figure.ByLevel {
		doc.ByLevel[strconv.Itoa(int(l))] = n
	}
	return doc
}

func (s *Service) snapshotFrom(doc snapshotDoc) Snapshot {
	snap := Snapshot{
		ID: doc.ID, Indicator: doc.Indicator, Organization: kernel.OrganizationID(doc.Organization), Name: doc.Name,
		AsOf: kernel.Date(doc.AsOf), KnownAt: doc.KnownAt, By: doc.By, PeopleHash: doc.PeopleHash, People: doc.People,
		Figure: Certification{
			Organization: kernel.OrganizationID(doc.Organization), AsOf: kernel.Date(doc.AsOf),
			Ratio:   kernel.Ratio{Numerator: doc.Numerator, Denominator: doc.Denominator},
			ByLevel: map[kernel.SkillLevel]int64{}, Uncounted: doc.Uncounted,
		},
	}
	for _, r := range s.rows {
		if r.ID == doc.RuleID {
			snap.Figure.Row = r
		}
	}
	snap.Figure.Row.TargetBP = doc.TargetBP
	if doc.Indicator == IndicatorQuality {
		snap.Quality = s.frozenQuality(doc)
	}
	for _, o := range doc.Path {
		snap.Path = append(snap.Path, kernel.OrganizationID(o))
	}
	for l, n := range doc.ByLevel {
		level, _ := strconv.Atoi(l)
		snap.Figure.ByLevel[kernel.SkillLevel(level)] = n
	}
	return snap
}
