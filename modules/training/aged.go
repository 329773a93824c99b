package training

import "carecert/modules/kit/store"

// Aged are what the module keeps for a time, by kind
// (policies/rules/retention.yaml). What class hours rest on is counted, never
// removed: its period is a floor.
func (s *Service) Aged() map[string]store.Aged {
	learning, logbook := store.Aging(s.docs.learning, "by_start"), store.Aging(s.docs.logbook, "by_start")
	learning.Remove, logbook.Remove = nil, nil
	return map[string]store.Aged{"learning": learning, "logbook": logbook, "checkInDevices": store.Aging(s.docs.devices, "by_use")}
}
