package audit

import "carecert/modules/kit/store"

// Aged counts the rows by their age. None is ever removed: the chain would not
// hold without it.
func (s *Service) Aged() map[string]store.Aged {
	rows := store.Aging(s.docs.rows, "reach", everywhere)
	rows.Remove = nil
	return map[string]store.Aged{"auditLog": rows}
}
