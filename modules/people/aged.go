package people

import (
	"strings"
	"time"

	"carecert/modules/kit/store"
)

// Aged are what the module keeps for a time, by kind (policies/rules/retention.yaml).
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{
		"probes": store.AgingByWalk(s.docs.probes, func(d probeDoc) time.Time {
			at, err := time.Parse(probeHour, d.ID[strings.LastIndex(d.ID, "|")+1:])
			if err != nil {
				return s.now() // of no known shape: kept
			}
			return at
		}),
		"recordLinks": store.Aging(s.docs.links, "expires"),
		"claims":      store.AgingByWalk(s.docs.claims, func(d claimDoc) time.Time { return d.Until }),
	}
}
