package hours

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
)

// modesAtOnce is how many presences are looked up together.
const modesAtOnce = 500

// SupplyModes fills in how sessions were taught that were recorded before
// minutes were told apart by mode, and counts the presences it filled in. It is
// part of a rebuild; the years follow from it.
func (s *Service) SupplyModes(ctx context.Context, modes func(context.Context, []kernel.SessionID) (map[kernel.SessionID]string, error)) (filled int, err error) {
	var lacking []presenceDoc
	fill := func() error {
		ids := make([]kernel.SessionID, len(lacking))
		for i, d := range lacking {
			ids[i] = d.Session
		}
		known, err := modes(ctx, ids)
		if err != nil {
			return fmt.Errorf("modes of sessions: %w", err)
		}
		for _, d := range lacking {
			if d.Mode = known[d.Session]; d.Mode == "" {
				continue
			}
			if err := s.docs.presences.Replace(ctx, &d); err != nil {
				return fmt.Errorf("mode of %s: %w", d.ID, err)
			}
			filled++
		}
		lacking = lacking[:0]
		return nil
	}
	err = s.docs.presences.Scan(ctx, func(d presenceDoc) error {
		if d.Mode != "" || len(d.Claims) > 0 {
			return nil
		}
		if lacking = append(lacking, d); len(lacking) < modesAtOnce {
			return nil
		}
		return fill()
	})
	if err != nil {
		return filled, err
	}
	return filled, fill()
}
