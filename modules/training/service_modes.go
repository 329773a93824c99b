package training

import (
	"context"

	"carecert/modules/kernel"
)

// Modes tells how sessions are taught, whoever asks; those that are not known
// are left out.
func (s *Service) Modes(ctx context.Context, sessions []kernel.SessionID) (map[kernel.SessionID]string, error) {
	ids := make([]string, len(sessions))
	for i, x := range sessions {
		ids[i] = string(x)
	}
	docs, err := s.docs.sessions.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[kernel.SessionID]string, len(docs))
	for _, d := range docs {
		out[kernel.SessionID(d.ID)] = string(d.Mode)
	}
	return out, nil
}
