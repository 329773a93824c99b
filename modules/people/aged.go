package people

import (
	"time"

	"carecert/modules/kit/store"
)

// Aged are what the module keeps for a time, by kind (policies/rules/retention.yaml).
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{
		"probes":      s.guard.Aged(),
		"importMends": store.Aging(s.docs.mends, "at"),
		"recordLinks": store.Aging(s.docs.links, "expires"),
		"claims":      store.AgingByWalk(s.docs.claims, func(d claimDoc) time.Time { return d.Until }),
	}
}
