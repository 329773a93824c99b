package training

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// OpenAfter names the classes of a provider that are open and end after a day,
// whoever asks: it cannot close before they are held.
func (s *Service) OpenAfter(ctx context.Context, provider kernel.OrganizationID, day kernel.Date) (titles []string, err error) {
	q := store.Query{Index: "by_provider", Equal: []any{string(provider), string(ClassOpen)}}
	err = s.docs.classes.Each(ctx, q, func(d classDoc) error {
		if d.EndsOn > day {
			titles = append(titles, d.Terms.Title)
		}
		return nil
	})
	return titles, err
}
