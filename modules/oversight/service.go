package oversight

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/oversight/rule"
)

// Service holds the use cases: load, decide, save.
type Service struct {
	Deps
	repo        *repository
	inspections inspections
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }

func compare(a, b kernel.PersonID) int { return cmp.Compare(a, b) }

// findingID is the same whenever the same is seen: hearing twice finds once.
func findingID(scope string, h rule.Hit) string {
	sum := sha256.Sum256([]byte(scope + "\x00" + string(h.Kind) + "\x00" + h.Key))
	return hex.EncodeToString(sum[:16])
}

// settle lays what is seen now beside what was found before in the same scopes.
func (s *Service) settle(ctx context.Context, j judging) error {
	scopes := slices.Sorted(maps.Keys(j))
	keys := make([][]string, len(scopes))
	for i, scope := range scopes {
		keys[i] = []string{scope}
	}
	found, err := s.repo.findings.Match(ctx, "scope", keys, 1000)
	if err != nil {
		return fmt.Errorf("findings before: %w", err)
	}
	sessions, err := s.sessionsIn(ctx, j)
	if err != nil {
		return err
	}
	var changed []findingDoc
	for i, scope := range scopes {
		before := map[string]Finding{}
		for _, d := range found[i] {
			before[d.ID] = d.finding()
		}
		for _, h := range j[scope].hits {
			now := j[scope].describe(h, sessions)
			now.ID = findingID(scope, h)
			was, known := before[now.ID]
			delete(before, now.ID)
			if known {
				now = was.See(now, s.now())
			} else {
				now.Status, now.FirstSeenAt, now.ChangedAt = Open, s.now(), s.now()
			}
			changed = append(changed, docOfFinding(now, scope))
		}
		for _, id := range slices.Sorted(maps.Keys(before)) {
			if f := before[id]; f.Status.waits() {
				changed = append(changed, docOfFinding(f.Miss(s.now()), scope))
			}
		}
	}
	if err := s.repo.findings.PutMany(ctx, changed); err != nil {
		return fmt.Errorf("keep findings: %w", err)
	}
	return nil
}

// sessionsIn reads the sessions that hits name.
func (s *Service) sessionsIn(ctx context.Context, j judging) (map[kernel.SessionID]Held, error) {
	var ids []kernel.SessionID
	for _, at := range j {
		for _, h := range at.hits {
			ids = append(ids, h.Sessions...)
		}
	}
	return s.repo.sessionsOf(ctx, distinct(ids))
}

// describe says what a hit is about: whose sessions, under which offices, on
// which day, by which row.
func (at seen) describe(h rule.Hit, sessions map[kernel.SessionID]Held) Finding {
	f := Finding{
		Kind: h.Kind, Severity: at.row.Severity[h.Kind], People: h.People, Sessions: h.Sessions, Figures: h.Figures,
		RuleVersion: at.row.Stamp(), Clause: at.row.Source(),
	}
	if h.Kind == rule.OverAge {
		f.RuleVersion, f.Clause = at.ages.Stamp(), at.ages.Source()
	}
	for _, id := range h.Sessions {
		x := sessions[id]
		f.Classes, f.Providers = append(f.Classes, x.Class), append(f.Providers, x.Provider)
		if len(x.Path) > 1 {
			f.Over = append(f.Over, x.Path[1:]...)
		}
		if f.Date == "" || x.Date < f.Date {
			f.Date = x.Date
		}
		if h.Kind == rule.TeacherTwoPlaces {
			f.Teacher = x.Teacher
		}
	}
	f.Classes, f.Providers, f.Over = distinct(f.Classes), distinct(f.Providers), distinct(f.Over)
	return f
}
