package statistics

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

// Service answers figures and keeps what they are read from.
type Service struct {
	repo          *repository
	clock         kernel.Clock
	organizations Organizations
	people        People
	audit         Auditor
	log           *slog.Logger
	rows          []rule.Row
	requirement   Requirement
	bases         []rule.Basis
	quality       []rule.QualityRow
	catalogue     rule.Catalogue
	coverage      rule.CoverageRows
	social        []rule.SocialRow

	Programmes Programmes // built after statistics, handed over last
}

// HearCareers takes in careers that changed. Hearing one twice changes nothing.
func (s *Service) HearCareers(ctx context.Context, careers []kernel.Career) error {
	set := make(map[kernel.PersonID]func(*personDoc), len(careers))
	for _, c := range careers {
		set[c.Person] = func(d *personDoc) { d.Spells = placed(c.Spells) }
	}
	return s.hear(ctx, set)
}

// placed are spells in the stretches of where their organisations stood: each
// day counts in the tree of that day, as it was known.
func placed(spells []kernel.Spell) []kernel.Spell {
	out := make([]kernel.Spell, 0, len(spells))
	for _, s := range spells {
		out = append(out, s.Placed()...)
	}
	return out
}

// Holdings is a person's certificates, all of them.
type Holdings struct {
	Person   kernel.PersonID
	Holdings []rule.Holding
}

// HearHoldings takes in certificates that changed.
func (s *Service) HearHoldings(ctx context.Context, holdings []Holdings) error {
	set := make(map[kernel.PersonID]func(*personDoc), len(holdings))
	for _, h := range holdings {
		set[h.Person] = func(d *personDoc) { d.Holdings = h.Holdings }
	}
	return s.hear(ctx, set)
}

// HearYear takes in a person's credited minutes of a year.
func (s *Service) HearYear(ctx context.Context, person kernel.PersonID, year int, y YearHours) error {
	return s.hear(ctx, map[kernel.PersonID]func(*personDoc){person: func(d *personDoc) {
		if d.Years == nil {
			d.Years = map[string]YearHours{}
		}
		d.Years[strconv.Itoa(year)] = y
	}})
}

// hear changes the facts of people and books the difference they make, in as
// few reads and writes as there are kinds of documents: an import brings
// hundreds of people at once.
func (s *Service) hear(ctx context.Context, set map[kernel.PersonID]func(*personDoc)) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		docs, err := s.repo.persons(ctx, slices.Sorted(maps.Keys(set)))
		if err != nil {
			return fmt.Errorf("facts: %w", err)
		}
		var made change
		hours := delta{}
		for i := range docs {
			doc := &docs[i]
			before, marks := doc.Segments, doc.HourMarks
			set[kernel.PersonID(doc.ID)](doc)
			s.derive(doc)
			made.of(doc.ID, before, doc.Segments)
			bookMarks(hours, marks, doc.HourMarks)
		}
		if err := s.repo.people.PutMany(ctx, docs); err != nil {
			return fmt.Errorf("save facts: %w", err)
		}
		if err := s.repo.book(ctx, made); err != nil {
			return err
		}
		return s.repo.hours.IncrementMany(ctx, hours.prune())
	})
}

// derive works out what the person counts for, from the facts alone.
func (s *Service) derive(doc *personDoc) {
	doc.Segments = nil
	for _, b := range s.bases {
		for _, seg := range rule.Segments(b, doc.Spells, doc.Holdings, time.Time{}) {
			doc.Segments = append(doc.Segments, segmentDoc{Basis: b.Key(), Segment: seg})
		}
	}
	doc.Segments = append(doc.Segments, s.standing(doc, time.Time{})...)
	doc.Programmes = programmesOf(doc.Completions)
	doc.HourMarks = nil
	standard, orgs := rule.Default().Key(), map[string]bool{}
	for _, spell := range doc.Spells { // also of superseded ones: frozen figures are worked out from who stood there then
		for _, o := range spell.Path {
			orgs[string(o)] = true
		}
	}
	doc.Organizations = slices.Sorted(maps.Keys(orgs))
	for _, year := range slices.Sorted(maps.Keys(doc.Years)) {
		y, err := strconv.Atoi(year)
		if err != nil || doc.Years[year].Minutes <= 0 {
			continue
		}
		hours, end := doc.Years[year], kernel.NewDate(y, time.December, 31)
		for _, seg := range doc.Segments {
			if seg.Basis == standard && seg.From <= end && end <= seg.To {
				doc.HourMarks = append(doc.HourMarks, hourMark{
					Organization: string(seg.Organization), Year: y,
					Bucket: bucketOf(hours.Minutes, hours.PerHour), Met: hours.Minutes >= hours.Required,
				})
			}
		}
	}
}

func bookMarks(d delta, before, now []hourMark) {
	for _, m := range before {
		d.mark(m, -1)
	}
	for _, m := range now {
		d.mark(m, 1)
	}
}

// Rebuild works every counter, span and derived segment out anew from the
// facts kept, mends what differs and says how many documents did.
func (s *Service) Rebuild(ctx context.Context) (differences int, err error) {
	counts, hours := delta{}, delta{}
	spans := map[string]bool{}
	want := func(person string, segments []segmentDoc) {
		for _, seg := range segments {
			counts.segment(seg, 1)
			if seg.listed() {
				spans[spanOf(person, seg).ID] = true
			}
		}
	}
	err = s.repo.people.Scan(ctx, func(doc personDoc) error {
		before, marks := slices.Clone(doc.Segments), slices.Clone(doc.HourMarks)
		s.derive(&doc)
		want(doc.ID, doc.Segments)
		bookMarks(hours, nil, doc.HourMarks)
		if slices.Equal(before, doc.Segments) && slices.Equal(marks, doc.HourMarks) {
			return nil
		}
		differences++
		return s.repo.save(ctx, &doc)
	})
	if err != nil {
		return differences, fmt.Errorf("rebuild people: %w", err)
	}
	err = s.repo.quality.Scan(ctx, func(doc qualityDoc) error {
		want(doc.ID, doc.segments())
		return nil
	})
	if err != nil {
		return differences, fmt.Errorf("rebuild data quality: %w", err)
	}
	n, err := s.mendSpans(ctx, spans)
	if err != nil {
		return differences, err
	}
	differences += n
	for _, part := range []struct {
		want delta
		read func(context.Context, func(id string, changes map[string]int64) error) error
		add  func(context.Context, map[string]map[string]int64) error
	}{
		{counts.prune(), s.repo.scanCounters, s.repo.counters.IncrementMany},
		{hours.prune(), s.repo.scanHours, s.repo.hours.IncrementMany},
	} {
		n, err := mendCounters(ctx, part.want, part.read, part.add)
		if err != nil {
			return differences, err
		}
		differences += n
	}
	return differences, nil
}

// mendSpans removes rows that stand for nothing and restores missing ones.
func (s *Service) mendSpans(ctx context.Context, want map[string]bool) (int, error) {
	n := 0
	var stray []string
	err := s.repo.spans.Scan(ctx, func(doc spanDoc) error {
		if !want[doc.ID] {
			stray = append(stray, doc.ID)
		}
		delete(want, doc.ID)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("rebuild spans: %w", err)
	}
	for _, id := range stray {
		n++
		if err := s.repo.spans.Delete(ctx, id, 0); err != nil {
			return n, fmt.Errorf("stray span %s: %w", id, err)
		}
	}
	if len(want) == 0 {
		return n, nil
	}
	restore := func(person string, segments []segmentDoc) error {
		for _, seg := range segments {
			if !seg.listed() {
				continue
			}
			span := spanOf(person, seg)
			if !want[span.ID] {
				continue
			}
			n++
			if err := s.repo.spans.Put(ctx, &span); err != nil {
				return fmt.Errorf("span %s: %w", span.ID, err)
			}
		}
		return nil
	}
	if err := s.repo.people.Scan(ctx, func(doc personDoc) error { return restore(doc.ID, doc.Segments) }); err != nil {
		return n, err
	}
	return n, s.repo.quality.Scan(ctx, func(doc qualityDoc) error { return restore(doc.ID, doc.segments()) })
}

// mendCounters brings stored counters to what they should be.
func mendCounters(ctx context.Context, want delta,
	read func(context.Context, func(id string, changes map[string]int64) error) error,
	add func(context.Context, map[string]map[string]int64) error,
) (int, error) {
	diff := delta{}
	for id, paths := range want {
		for p, n := range paths {
			diff.add(id, p, n)
		}
	}
	err := read(ctx, func(id string, changes map[string]int64) error {
		for p, n := range changes {
			diff.add(id, p, -n)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("rebuild counters: %w", err)
	}
	diff.prune()
	return len(diff), add(ctx, diff)
}

func (r *repository) scanCounters(ctx context.Context, fn func(string, map[string]int64) error) error {
	return r.counters.Scan(ctx, func(doc counterDoc) error {
		flat := map[string]int64{}
		for key, fields := range doc.Changes {
			for f, n := range fields {
				flat["c."+key+"."+f] = n
			}
		}
		return fn(doc.ID, flat)
	})
}

func (r *repository) scanHours(ctx context.Context, fn func(string, map[string]int64) error) error {
	return r.hours.Scan(ctx, func(doc hoursDoc) error {
		flat := map[string]int64{}
		for f, n := range doc.Counts {
			flat["c."+f] = n
		}
		return fn(doc.ID, flat)
	})
}
