package training

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
)

// Schedule is what the sessions of a class really give, whatever its course
// promises.
type Schedule struct {
	Planned kernel.Minutes // of all sessions that are not called off
	Open    kernel.Minutes // of those that one who joins now can still come to on time
}

// maxSessions is how many sessions of a class a schedule looks at.
const maxSessions = 200

// Schedules adds up the sessions of open classes.
func (s *Service) Schedules(ctx context.Context, classes []Class) (map[kernel.ClassID]Schedule, error) {
	var keys [][]string
	for _, c := range classes {
		if c.Status == ClassOpen {
			keys = append(keys, []string{string(c.ID)})
		}
	}
	found, err := s.docs.sessions.Match(ctx, "by_class", keys, maxSessions)
	if err != nil {
		return nil, fmt.Errorf("read sessions of %d classes: %w", len(keys), err)
	}
	out := make(map[kernel.ClassID]Schedule, len(keys))
	for i, docs := range found {
		sessions := make([]Session, len(docs))
		for n, d := range docs {
			sessions[n] = d.session()
		}
		out[kernel.ClassID(keys[i][0])] = s.schedule(sessions)
	}
	return out, nil
}

func (s *Service) schedule(sessions []Session) (sum Schedule) {
	for _, x := range sessions {
		if x.Status == SessionCancelled {
			continue
		}
		sum.Planned += x.Plan.Minutes
		if _, late := s.Hours(x); x.Status == SessionPlanned && !s.Clock.Now().After(late) {
			sum.Open += x.Plan.Minutes
		}
	}
	return sum
}
