package statistics

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// qualityBasis is the basis of data quality among counters and spans; those of
// the certification rate begin with a role.
const qualityBasis = "quality"

// qualityDoc is what data quality heard of a person: the marks that hold from
// a day on, and what was counted before it. The days before are as they were
// seen then: what is entered later never changes them. It is kept apart from
// the facts of the certification rate, for the two are heard one after the
// other, and neither has to write the other's again.
type qualityDoc struct {
	store.Doc     `bson:",inline"` // _id: person, or a file (OfFile)
	On            kernel.Date      `bson:"on"`
	Marks         []rule.Mark      `bson:"marks,omitempty"`
	Past          []rule.Tally     `bson:"past,omitempty"`
	Organizations []string         `bson:"organizations"` // that anything was ever counted at
}

// judged reads the documents, and begins those that are not there.
func (r *repository) judged(ctx context.Context, ids []kernel.PersonID) ([]qualityDoc, error) {
	return orBegun(ctx, r.quality, ids, func(d qualityDoc) string { return d.ID }, func(id string) qualityDoc { return qualityDoc{Doc: store.Doc{ID: id}} })
}

// take lets other marks hold from a day on.
func (q *qualityDoc) take(on kernel.Date, marks []rule.Mark) {
	on = max(on, q.On)
	q.Past = rule.Before(rule.Tallies(q.Past, q.Marks), on)
	q.On, q.Marks = on, marks
}

// says tells whether a judgement is the one that stands. A file is judged by the
// day it is asked on: only what is left of it matters.
func (q qualityDoc) says(j Judgement) bool {
	if len(q.Marks) != len(j.Marks) {
		return false
	}
	if len(j.Marks) == 0 {
		return true
	}
	if j.Marks[0].Rows == 0 && q.On != j.On {
		return false
	}
	for i, m := range j.Marks {
		was := q.Marks[i]
		if m.Rows > 0 {
			m.From = was.From
		}
		if !reflect.DeepEqual(was, m) {
			return false
		}
	}
	return true
}

func (q *qualityDoc) segments() []segmentDoc {
	tallies := rule.Tallies(q.Past, q.Marks)
	out := make([]segmentDoc, len(tallies))
	for i, t := range tallies {
		out[i] = segmentDoc{Basis: qualityBasis, Ref: t.Ref, Rows: t.Rows, Segment: rule.Segment{Organization: t.Organization, From: t.From, To: t.To, Why: t.Field}}
	}
	return out
}

// fields that the segment counts in.
func (s segmentDoc) fields() []string {
	switch {
	case s.Basis == qualityBasis, s.Basis == standingBasis:
		return []string{s.Why}
	case s.ofHeads():
		return headFields(s.Why)
	}
	return fieldsOf(s.Segment)
}

// listed tells whether people are listed by the segment: of data quality, by
// what they lack, and of a file nobody; of a programme, once as a head.
func (s segmentDoc) listed() bool {
	if s.ofHeads() {
		return s.Why == rule.FieldHead
	}
	return s.Basis != qualityBasis || s.Rows == 0 && (s.Why == rule.TallyAny || strings.HasPrefix(s.Why, rule.TallyKind("")))
}

func qualitySpan(person string, s segmentDoc) spanDoc {
	return spanDoc{
		Doc:   store.Doc{ID: strings.Join([]string{person, s.Basis, string(s.Organization), s.Why, s.Ref, string(s.From)}, "|")},
		Basis: s.Basis, Organization: string(s.Organization), Person: person, State: s.Why,
		From: string(s.From), To: string(s.To), Why: s.Ref,
	}
}

// series is counts on several days of several organisations, read in one go.
func (r *repository) series(ctx context.Context, basis string, orgs []kernel.OrganizationID, days []kernel.Date) (map[kernel.OrganizationID][]map[string]int64, error) {
	var keys []string
	for _, o := range orgs {
		keys = append(keys, headID(basis, string(o)))
		for _, d := range days {
			keys = append(keys, yearID(basis, string(o), d.Year()))
		}
	}
	slices.Sort(keys)
	docs := map[string]counterDoc{}
	for part := range slices.Chunk(slices.Compact(keys), 500) {
		found, err := r.counters.GetMany(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("counters of %s: %w", basis, err)
		}
		for _, d := range found {
			docs[d.ID] = d
		}
	}
	out := make(map[kernel.OrganizationID][]map[string]int64, len(orgs))
	for _, o := range orgs {
		for _, d := range days {
			sums := map[string]int64{}
			docs[headID(basis, string(o))].until(d.Year()-1, sums)
			docs[yearID(basis, string(o), d.Year())].until(d.YearDay(), sums)
			out[o] = append(out[o], sums)
		}
	}
	return out, nil
}

// until adds the changes up to a year, or a day of one.
func (d counterDoc) until(limit int, sums map[string]int64) {
	for key, fields := range d.Changes {
		if n, err := strconv.Atoi(key); err != nil || n > limit {
			continue
		}
		for f, n := range fields {
			sums[f] += n
		}
	}
}

// found are the findings of a person at an organisation and under it on a day,
// of one kind or all.
func (q *qualityDoc) found(org kernel.OrganizationID, kind, ref string, on kernel.Date) []Found {
	var out []Found
	for _, s := range q.segments() {
		k, isKind := strings.CutPrefix(s.Why, rule.TallyKind(""))
		if !isKind || s.Organization != org || on < s.From || s.To < on || (kind != "" && kind != k) || (ref != "" && ref != s.Ref) {
			continue
		}
		f := Found{Kind: k, Since: s.From}
		for _, m := range q.Marks {
			if m.Kind == k && m.Ref == s.Ref && slices.Contains(m.Path, org) {
				f.Since, f.Days, f.Organizations = min(f.Since, m.Since), m.Days, append(f.Organizations, m.Organization)
			}
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b Found) int { return cmp.Compare(a.Since, b.Since) })
	return out
}
