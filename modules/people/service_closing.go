package people

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// mostNamed is how many people an answer names.
const mostNamed = 10

// OnPostAfter names who is still on post at an organisation itself after a
// day, whoever asks, and how many they are: it cannot close over their heads.
func (s *Service) OnPostAfter(ctx context.Context, organization kernel.OrganizationID, day kernel.Date) (names []string, total int, err error) {
	q := store.Query{Index: "shelf", Equal: []any{string(organization) + shelfLinked}}
	err = s.docs.persons.Each(ctx, q, func(d personDoc) error {
		for _, e := range d.Career.Latest() {
			if e.Organization == organization && e.Period.To > day {
				if total++; len(names) < mostNamed {
					names = append(names, d.Name)
				}
				break
			}
		}
		return nil
	})
	return names, total, err
}
