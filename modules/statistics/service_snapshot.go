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

// IndicatorCertification names the certification rate.
const IndicatorCertification = "certification"

// IndicatorHours names the in-service hours of a year, which are not frozen by
// themselves.
const IndicatorHours = "in-service-hours"

// FreezeQuery asks for a figure to be frozen.
type FreezeQuery struct {
	Indicator    string
	Organization kernel.OrganizationID
	AsOf         kernel.Date
	Rule         string   // of the certification rate
	Standards    []string // of coverage
	Programme    string   // of heads
}

// Freeze stores the figure with the two times it was true under.
func (s *Service) Freeze(ctx context.Context, q FreezeQuery) (Snapshot, error) {
	draw, known := map[string]func(context.Context, kernel.OrganizationCard, FreezeQuery) (Snapshot, error){
		IndicatorCertification: s.rateSnapshot, IndicatorQuality: s.qualitySnapshot, IndicatorCoverage: s.coverageSnapshot,
		IndicatorSocial: s.socialSnapshot, IndicatorHeads: s.headsSnapshot,
	}[q.Indicator]
	if !known {
		return Snapshot{}, ErrUnknownIndicator.With("indicator", q.Indicator)
	}
	if q.AsOf > kernel.DateOf(s.clock.Now()) {
		return Snapshot{}, ErrFuture.At("body.asOf", "statistics.future", string(q.AsOf))
	}
	card, err := s.scopeOn(ctx, q.Organization, q.AsOf)
	if err != nil {
		return Snapshot{}, err
	}
	var snap Snapshot
	err = s.repo.db.Tx(ctx, func(ctx context.Context) (err error) {
		if snap, err = draw(ctx, card, q); err != nil {
			return err
		}
		snap.ID, snap.Indicator, snap.Organization, snap.Path, snap.Name = kernel.NewID(), q.Indicator, card.ID, card.Path, card.Name
		snap.AsOf, snap.KnownAt, snap.By = q.AsOf, s.clock.Now().UTC().Truncate(time.Millisecond), kernel.ActorFrom(ctx).Name
		snap.Figure.Organization, snap.Figure.AsOf = card.ID, q.AsOf
		if _, snap.People, snap.PeopleHash, err = s.recount(ctx, snap); err != nil {
			return err
		}
		if err := s.repo.snapshots.Insert(ctx, snapshotOf(snap)); err != nil {
			return fmt.Errorf("save snapshot: %w", err)
		}
		return s.audit.Record(ctx, kernel.Act{
			Verb: "freeze", Noun: "statistics", ID: snap.ID, Organization: card.ID,
			Detail: map[string]string{"indicator": q.Indicator, "asOf": string(q.AsOf), "percent": snap.Figure.Ratio.Percent()},
		})
	})
	return snap, err
}

func (s *Service) rateSnapshot(ctx context.Context, card kernel.OrganizationCard, q FreezeQuery) (Snapshot, error) {
	fig, err := s.certification(ctx, card, q.AsOf, q.Rule)
	return Snapshot{Figure: fig}, err
}

// recount works a snapshot's figure out from the people themselves, as known
// at its second time: the slow way that the counters must agree with.
func (s *Service) recount(ctx context.Context, snap Snapshot) (now Certification, people int64, hash string, err error) {
	switch {
	case snap.Quality != nil:
		return s.recountQuality(ctx, snap)
	case snap.Coverage != nil:
		return s.recountCoverage(ctx, snap)
	case snap.Homes != nil:
		return s.recountSocial(ctx, snap)
	case snap.Heads != nil:
		return s.recountHeads(ctx, snap)
	}
	basis := rule.Default()
	if snap.Figure.Row.ID != "" {
		basis = snap.Figure.Row.Basis()
	}
	counts := map[string]int64{}
	var lines []string
	err = s.eachAt(ctx, snap, func(doc personDoc) {
		for _, seg := range rule.Segments(basis, doc.Spells, doc.Holdings, snap.KnownAt) {
			if !snap.holds(seg) {
				continue
			}
			for _, f := range fieldsOf(seg) {
				counts[f]++
			}
			lines = append(lines, doc.ID+" "+strconv.Itoa(int(seg.Level)))
		}
	})
	return figure(snap.Organization, snap.AsOf, snap.Figure.Row, counts), int64(len(lines)), digest(lines), err
}

// holds tells whether the segment is of the snapshot's organisation and day.
func (s Snapshot) holds(seg rule.Segment) bool {
	return seg.Organization == s.Organization && seg.From <= s.AsOf && s.AsOf <= seg.To
}

// eachAt goes through everybody who was ever on post in the snapshot's tree.
func (s *Service) eachAt(ctx context.Context, snap Snapshot, take func(personDoc)) error {
	err := s.repo.people.Each(ctx, store.Query{Index: "organization", Equal: []any{string(snap.Organization)}}, func(doc personDoc) error {
		take(doc)
		return nil
	})
	if err != nil {
		return fmt.Errorf("people of %s: %w", snap.Organization, err)
	}
	return nil
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
	now, _, hash, err := s.recount(ctx, snap)
	if err != nil {
		return Recomputation{}, err
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
	s.intoDoc(&doc)
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
	snap.fromDoc(doc)
	for _, o := range doc.Path {
		snap.Path = append(snap.Path, kernel.OrganizationID(o))
	}
	for l, n := range doc.ByLevel {
		level, _ := strconv.Atoi(l)
		snap.Figure.ByLevel[kernel.SkillLevel(level)] = n
	}
	return snap
}
