package presentations

import "carecert/modules/kit/store"

// Aged are what the module keeps for a time, by kind
// (policies/rules/retention.yaml).
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{
		"liveCodes":        store.Aging(s.repo.codes, "at"),
		"certificateLinks": store.Aging(s.repo.links, "expires"),
		"linkVisits":       store.Aging(s.repo.visits, "at"),
	}
}
