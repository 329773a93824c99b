package accounts

import "carecert/modules/kit/store"

// Aged are what the module keeps for a time, by kind (policies/rules/retention.yaml).
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{
		"sessions":       store.Aging(s.repo.sessions, "seen"),
		"signInFailures": store.Aging(s.repo.attempts, "last"),
		"tokens":         store.Aging(s.repo.tokens, "expires"),
		"slips":          store.Aging(s.repo.slips, "expires"),
	}
}
