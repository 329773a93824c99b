package statistics

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

// HighestLevels tells the highest accepted level of people, as a list shows it
// beside their names: one read, however many they are.
func (s *Service) HighestLevels(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]kernel.SkillLevel, error) {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = string(p)
	}
	docs, err := s.repo.people.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("levels of people: %w", err)
	}
	out, families := map[kernel.PersonID]kernel.SkillLevel{}, rule.Default().Families
	for _, d := range docs {
		for _, h := range d.Holdings {
			// A grade of the civil service, or of another occupation, is no level of a caregiver.
			accepted := slices.Contains(families, h.Family) && h.VerifiedAt != nil && h.RejectedAt == nil && h.RevokedAt == nil && h.LeftAt == nil
			if p := kernel.PersonID(d.ID); accepted && h.Level.Above(out[p]) {
				out[p] = h.Level
			}
		}
	}
	return out, nil
}

// Counted tells, of people, whom the certification rate counts at an
// organisation on a day, and at which accepted level (0 none), with the rule's
// version ("" for the default basis): who they are that the rate is made of.
func (s *Service) Counted(ctx context.Context, org kernel.OrganizationCard, on kernel.Date, people []kernel.PersonID) (map[kernel.PersonID]kernel.SkillLevel, string, error) {
	row, basis, err := s.row(org.Region, on, "")
	if err != nil {
		return nil, "", err
	}
	docs, err := s.repo.persons(ctx, people)
	if err != nil {
		return nil, "", fmt.Errorf("people of the rate: %w", err)
	}
	out, version := map[kernel.PersonID]kernel.SkillLevel{}, ""
	for _, d := range docs {
		for _, seg := range d.Segments {
			if seg.Basis == basis.Key() && seg.Organization == org.ID && seg.From <= on && on <= seg.To {
				out[kernel.PersonID(d.ID)] = seg.Level
			}
		}
	}
	if row.ID != "" {
		version = row.Stamp()
	}
	return out, version, nil
}
