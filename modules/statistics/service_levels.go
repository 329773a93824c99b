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
