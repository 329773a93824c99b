package statistics

import (
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// standingBasis is the basis of states among counters and spans: who serves
// where in which roles, trained in what.
const standingBasis = "standing"

// headsBasis is the basis of a programme's participants.
func headsBasis(programme string) string { return "heads~" + programme }

func (s segmentDoc) ofHeads() bool { return strings.HasPrefix(s.Basis, headsBasis("")) }

// standing derives the states of a person, and what they count for in
// programmes.
func (s *Service) standing(d *personDoc, knownAt time.Time) (out []segmentDoc) {
	for _, seg := range rule.Standings(s.catalogue, d.Spells, d.Completions, knownAt) {
		out = append(out, segmentDoc{Basis: standingBasis, Segment: seg})
	}
	return append(out, s.participation(d, knownAt)...)
}

func (s *Service) participation(d *personDoc, knownAt time.Time) (out []segmentDoc) {
	for _, p := range rule.Participation(s.catalogue, d.Spells, d.Completions, knownAt) {
		seg := segmentDoc{Basis: headsBasis(p.Programme), Segment: p.Segment, Ref: p.Ref}
		detail := string(p.Kind)
		if p.Field == rule.FieldPost {
			detail = p.Why
		}
		seg.Why = p.Field
		if detail != "" {
			seg.Why += "_" + detail
		}
		out = append(out, seg)
	}
	return out
}

// headFields are what a segment of a programme counts in: an attendance in
// its own kind and in all.
func headFields(why string) []string {
	if field, _, ok := strings.Cut(why, "_"); ok && field == rule.FieldAttendance {
		return []string{field, why}
	}
	return []string{why}
}

// spanApart is the row of a segment whose field is what people are listed by.
func spanApart(person string, s segmentDoc) spanDoc {
	return spanDoc{
		Doc:   store.Doc{ID: strings.Join([]string{person, s.Basis, string(s.Organization), s.Why, string(s.From)}, "|")},
		Basis: s.Basis, Organization: string(s.Organization), Person: person, State: s.Why,
		From: string(s.From), To: string(s.To),
	}
}

// programmesOf are the programmes that a person ever completed anything of.
func programmesOf(completions []rule.Completion) (out []string) {
	for _, c := range completions {
		if c.Programme != "" {
			out = append(out, c.Programme)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// onPostSince is the first day of the posts that somebody holds on a day.
func (d personDoc) onPostSince(root kernel.OrganizationID, on kernel.Date) (since kernel.Date) {
	held := map[string]bool{}
	for _, sp := range d.Spells {
		if sp.SupersededAt == nil && sp.OnPost(on) && slices.Contains(sp.Path, root) {
			held[sp.ID] = true
		}
	}
	for _, sp := range d.Spells { // also while the home stood elsewhere in the tree
		if held[sp.ID] && sp.SupersededAt == nil && slices.Contains(sp.Path, root) && (since == "" || sp.Period.From < since) {
			since = sp.Period.From
		}
	}
	return since
}

// took tells whether somebody counts as a head of the programme on a day.
func (d personDoc) took(programme string, on kernel.Date) bool {
	basis := headsBasis(programme)
	return slices.ContainsFunc(d.Segments, func(s segmentDoc) bool {
		return s.Basis == basis && s.Organization == rule.Everyone && s.Why == rule.FieldHead && s.From <= on && on <= s.To
	})
}
