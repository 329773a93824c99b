package training

import (
	"context"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// Conflict is a session of another class of somebody at the time of one of
// this class.
type Conflict struct {
	Session Session
	Other   Session
}

// clashes lists where two sets of sessions share time; what is over or called
// off cannot clash.
func clashes(ours, theirs []Session) []Conflict {
	var out []Conflict
	for _, a := range ours {
		for _, b := range theirs {
			if a.Class != b.Class && a.Status == SessionPlanned && b.Status == SessionPlanned && rule.Clash(a.Span(), b.Span()) {
				out = append(out, Conflict{Session: a, Other: b})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Conflict) int { return a.Other.Plan.StartsAt.Compare(b.Other.Plan.StartsAt) })
	return out
}

// most of the classes of one person, and of the sessions of one class, that a
// conflict is looked for in.
const (
	mostClasses  = 500
	mostSessions = 500
)

// conflicts finds what each of many people has elsewhere at the times of a
// class: three look-ups, however many they are.
func (s *Service) conflicts(ctx context.Context, c Class, people []kernel.PersonID) (map[kernel.PersonID][]Conflict, error) {
	ours, err := s.docs.sessionsOf(ctx, c.ID)
	ours = slices.DeleteFunc(ours, func(x Session) bool { return x.Status != SessionPlanned })
	if err != nil || len(ours) == 0 || len(people) == 0 {
		return nil, err
	}
	keys := make([][]string, len(people))
	for i, p := range people {
		keys[i] = []string{string(p)}
	}
	enrolled, err := s.docs.enrolments.Match(ctx, "by_person", keys, mostClasses)
	if err != nil {
		return nil, err
	}
	var classes []kernel.ClassID
	for _, docs := range enrolled {
		for _, e := range docs {
			if e.takes() && e.Class != c.ID && !slices.Contains(classes, e.Class) {
				classes = append(classes, e.Class)
			}
		}
	}
	sessions, err := s.sessionsOfMany(ctx, classes)
	if err != nil {
		return nil, err
	}
	out := map[kernel.PersonID][]Conflict{}
	for i, p := range people {
		for _, e := range enrolled[i] {
			if e.takes() && e.Class != c.ID {
				out[p] = append(out[p], clashes(ours, sessions[e.Class])...)
			}
		}
	}
	return out, nil
}

// takes tells whether the enrolment takes somebody's time, or may.
func (d enrolmentDoc) takes() bool { return d.State == SeatEnrolled || d.State == SeatWaitlisted }

func (s *Service) sessionsOfMany(ctx context.Context, classes []kernel.ClassID) (map[kernel.ClassID][]Session, error) {
	keys := make([][]string, len(classes))
	for i, c := range classes {
		keys[i] = []string{string(c)}
	}
	found, err := s.docs.sessions.Match(ctx, "by_class", keys, mostSessions)
	out := make(map[kernel.ClassID][]Session, len(classes))
	for i, docs := range found {
		for _, d := range docs {
			out[classes[i]] = append(out[classes[i]], d.session())
		}
	}
	return out, err
}

// doubts names, for each of the people, what speaks against the class being
// for them: its audience, and the organiser that trains their level.
func (s *Service) doubts(ctx context.Context, c Class, people []kernel.PersonID) (map[kernel.PersonID][]kernel.Reason, error) {
	if len(people) == 0 {
		return nil, nil
	}
	cards, err := s.People.Cards(ctx, people)
	if err != nil {
		return nil, err
	}
	levels, err := s.levels(ctx, people)
	if err != nil {
		return nil, err
	}
	out := map[kernel.PersonID][]kernel.Reason{}
	for _, p := range people {
		doubts, err := s.doubtsOf(c, rule.Seeker{Kinds: cards[p].Kinds, Level: levels[p]})
		if err != nil {
			return nil, err
		}
		out[p] = doubts
	}
	return out, nil
}

func (s *Service) doubtsOf(c Class, who rule.Seeker) ([]kernel.Reason, error) {
	row, err := s.row(c.Region, c.StartsOn)
	if err != nil {
		return nil, err
	}
	doubts := row.Fits(c.Terms.For(), who)
	if s.Tiers != nil && c.Terms.CountsTowardInService {
		if doubt := s.Tiers.OrganiserDoubt(c.Region, c.StartsOn, who.Level, string(c.Tier)); doubt != nil {
			doubts = append(doubts, *doubt)
		}
	}
	return doubts, nil
}

func (s *Service) levels(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]kernel.SkillLevel, error) {
	if s.Levels == nil {
		return nil, nil
	}
	return s.Levels.HighestLevels(ctx, people)
}

// notMeantFor keeps people from enrolling themselves into a class that is over,
// or for others; their institution and the provider may, and are told.
func (s *Service) notMeantFor(ctx context.Context, c Class, card kernel.PersonCard) (*kernel.Reason, error) {
	if kernel.ActorFrom(ctx).Person != card.ID || ownReach(ctx).Covers(c.SeenBy) {
		return nil, nil
	}
	if c.EndsOn < kernel.DateOf(s.now()) {
		over := kernel.Because("training.class_over", "", "endsOn", string(c.EndsOn))
		return &over, nil
	}
	levels, err := s.levels(ctx, []kernel.PersonID{card.ID})
	if err != nil {
		return nil, err
	}
	row, err := s.row(c.Region, c.StartsOn)
	if err != nil {
		return nil, err
	}
	if against := row.Fits(c.Terms.For(), rule.Seeker{Kinds: card.Kinds, Level: levels[card.ID]}); len(against) > 0 {
		return &against[0], nil
	}
	return nil, nil
}
