package oversight

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/oversight/rule"
)

// Hear takes in a session as it stands now, and judges what it touches: the
// days of its people, the room, the class, the day of its teacher. Told again,
// it changes nothing.
func (s *Service) Hear(ctx context.Context, h Held) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		old, err := missing(s.repo.sessions.Get(ctx, string(h.Session)))
		if err != nil {
			return err
		}
		doc := docOfSession(h)
		doc.Version = old.Version
		if err := s.repo.sessions.Put(ctx, &doc); err != nil {
			return fmt.Errorf("keep session %s: %w", h.Session, err)
		}
		before := old.held()
		before.Session = h.Session
		j := judging{}
		for _, learn := range []func(context.Context, judging, Held, Held) error{s.learnDays, s.learnTeachers, s.learnClass} {
			if err := learn(ctx, j, before, h); err != nil {
				return err
			}
		}
		if row, ok := s.row(h.Region, h.Date); ok {
			j.add(scopeSession(h.Session), row, row.Room(h.scans()))
		}
		return s.settle(ctx, j)
	})
}

// CatchUp is Hear for what was closed before the radar was there, or before
// its figures were what they are; news tells whether it was not known so.
func (s *Service) CatchUp(ctx context.Context, h Held) (news bool, err error) {
	old, err := missing(s.repo.sessions.Get(ctx, string(h.Session)))
	if err != nil {
		return false, err
	}
	before, now := old, docOfSession(h)
	before.Doc, now.Doc = store.Doc{}, store.Doc{}
	return !reflect.DeepEqual(rounded(before), rounded(now)), s.Hear(ctx, h)
}

// rounded makes two tellings of one session comparable.
func rounded(d sessionDoc) sessionDoc {
	utc := func(t time.Time) time.Time {
		if t.IsZero() {
			return time.Time{}
		}
		return t.UTC().Truncate(time.Millisecond)
	}
	d.StartsAt, d.EndsAt, d.Path = utc(d.StartsAt), utc(d.EndsAt), append([]kernel.OrganizationID{}, d.Path...)
	d.Presences = append([]Presence{}, d.Presences...)
	for i, p := range d.Presences {
		d.Presences[i].In, d.Presences[i].Out, d.Presences[i].ScannedAt = utc(p.In), utc(p.Out), utc(p.ScannedAt)
	}
	d.TurnedAway = append([]TurnedAway{}, d.TurnedAway...)
	for i, p := range d.TurnedAway {
		d.TurnedAway[i].At = utc(p.At)
	}
	return d
}

// judging is what is seen now in every scope that was judged.
type judging map[string]seen

type seen struct {
	row  rule.Row
	ages rule.AgeRow
	hits []rule.Hit
}

func (j judging) add(scope string, row rule.Row, hits []rule.Hit) {
	at := j[scope]
	at.row, at.hits = row, append(at.hits, hits...)
	j[scope] = at
}

// The scopes: where a finding is judged, and judged anew.
func scopeDay(id string) string               { return "day:" + id }
func scopeTeacher(key string) string          { return "teacher:" + key }
func scopeClass(id kernel.ClassID) string     { return "class:" + string(id) }
func scopeSession(id kernel.SessionID) string { return "session:" + string(id) }
func (s *Service) row(region kernel.RegionCode, on kernel.Date) (rule.Row, bool) {
	return kernel.Nearest(s.Radar, region, on)
}

// learnDays keeps the time that people spent in the session, on their days.
func (s *Service) learnDays(ctx context.Context, j judging, before, h Held) error {
	spans := map[kernel.PersonID]*rule.Span{}
	for _, p := range before.Presences {
		spans[p.Person] = nil
	}
	for _, p := range h.Presences {
		spans[p.Person] = nil
		if span, ok := h.span(p); ok {
			spans[p.Person] = &span
		}
	}
	people := slices.Sorted(maps.Keys(spans))
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = dayID(p, h.Date)
	}
	kept, err := s.repo.days.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	days := make(map[string]dayDoc, len(kept))
	for _, d := range kept {
		days[d.ID] = d
	}
	row, judges := s.row(h.Region, h.Date)
	changed := make([]dayDoc, 0, len(people))
	for i, p := range people {
		d := days[ids[i]]
		d.ID, d.Person, d.Date, d.Spans = ids[i], p, h.Date, without(d.Spans, h.Session)
		if span := spans[p]; span != nil {
			d.Spans = append(d.Spans, docOfSpan(*span))
		}
		changed = append(changed, d)
		if judges {
			j.add(scopeDay(d.ID), row, row.Day(p, spansOf(d.Spans)))
		}
	}
	if err := s.repo.days.PutMany(ctx, changed); err != nil {
		return fmt.Errorf("keep days of %s: %w", h.Session, err)
	}
	return nil
}

// learnTeachers keeps the lesson on the day of its teacher. A session that
// nobody attended proves nothing of where the teacher was.
func (s *Service) learnTeachers(ctx context.Context, j judging, before, h Held) error {
	given := h.present() > 0
	for _, key := range distinct([]string{before.teacherKey(), h.teacherKey()}) {
		if key == "" {
			continue
		}
		d, err := missing(s.repo.teachers.Get(ctx, key))
		if err != nil {
			return err
		}
		d.ID, d.Spans = key, without(d.Spans, h.Session)
		if given && key == h.teacherKey() {
			d.Spans = append(d.Spans, docOfSpan(h.lesson()))
		}
		if err := s.repo.teachers.Put(ctx, &d); err != nil {
			return fmt.Errorf("keep a teacher's day: %w", err)
		}
		if row, ok := s.row(h.Region, h.Date); ok {
			j.add(scopeTeacher(key), row, row.TeacherDay(spansOf(d.Spans)))
		}
	}
	return nil
}

// learnClass tallies the session, with the phones in it, and who in it had left
// or was past the age.
func (s *Service) learnClass(ctx context.Context, j judging, _, h Held) error {
	d, err := missing(s.repo.classes.Get(ctx, string(h.Class)))
	if err != nil {
		return err
	}
	d.ID, d.Region, d.Counts = string(h.Class), h.Region, h.Counts
	t := tallyDoc{Session: h.Session, Date: h.Date, Enrolled: h.Enrolled, Present: h.present(), Phones: phonesOf(h)}
	if t.Left, t.Over, err = s.strangers(ctx, h); err != nil {
		return err
	}
	d.Tallies = slices.DeleteFunc(slices.Clone(d.Tallies), func(x tallyDoc) bool { return x.Session == h.Session })
	d.Tallies = append(d.Tallies, t)
	if err := s.repo.classes.Put(ctx, &d); err != nil {
		return fmt.Errorf("tally class %s: %w", h.Class, err)
	}
	s.judgeClass(j, d)
	return nil
}

// strangers are learners of an in-service session who had left their employer
// by then, or were past the pension age.
func (s *Service) strangers(ctx context.Context, h Held) (left []leaver, over []kernel.PersonID, err error) {
	if !h.Counts {
		return nil, nil, nil
	}
	var people []kernel.PersonID
	for _, p := range h.Presences {
		if p.Flaw == "" {
			people = append(people, p.Person)
		}
	}
	if row, ok := s.row(h.Region, h.Date); ok && row.LeftDays != nil {
		spells, err := s.People.SpellsOf(ctx, people)
		if err != nil {
			return nil, nil, fmt.Errorf("careers of %s: %w", h.Session, err)
		}
		for _, p := range people {
			if on, gone := row.Left(spells[p], h.Date); gone {
				left = append(left, leaver{p, on})
			}
		}
	}
	ages, ok := kernel.Nearest(s.PensionAges, h.Region, h.Date)
	if !ok || (ages.Male == nil && ages.Female == nil) {
		return left, nil, nil
	}
	born, err := s.People.BirthDates(ctx, people)
	if err != nil {
		return nil, nil, fmt.Errorf("birth dates of %s: %w", h.Session, err)
	}
	cards, err := s.People.Cards(ctx, people)
	if err != nil {
		return nil, nil, fmt.Errorf("cards of %s: %w", h.Session, err)
	}
	for _, p := range people {
		if ages.Over(born[p], cards[p].Gender, h.Date) {
			over = append(over, p)
		}
	}
	return left, over, nil
}

func (s *Service) judgeClass(j judging, d classDoc) {
	last := kernel.Date("")
	tallies := make([]rule.Tally, len(d.Tallies))
	people := map[rule.Kind]map[kernel.PersonID]*rule.Hit{rule.LeftEmployer: {}, rule.OverAge: {}}
	note := func(kind rule.Kind, p kernel.PersonID, t tallyDoc) *rule.Hit {
		hit := people[kind][p]
		if hit == nil {
			hit = &rule.Hit{Kind: kind, Key: string(p), People: []kernel.PersonID{p}, Figures: map[string]string{}}
			people[kind][p] = hit
		}
		hit.Sessions = append(hit.Sessions, t.Session)
		return hit
	}
	for i, t := range d.Tallies {
		tallies[i] = rule.Tally{Session: t.Session, Enrolled: t.Enrolled, Present: t.Present}
		last = max(last, t.Date)
		for _, l := range t.Left {
			note(rule.LeftEmployer, l.Person, t).Figures["left"] = string(l.On)
		}
		for _, p := range t.Over {
			note(rule.OverAge, p, t)
		}
	}
	row, ok := s.row(d.Region, last)
	if !ok {
		return
	}
	hits := append(row.Full(tallies), slices.Concat(row.Phones(d.scans()), row.Tries(d.scans()))...)
	for _, kind := range []rule.Kind{rule.LeftEmployer, rule.OverAge} {
		for _, p := range slices.Sorted(maps.Keys(people[kind])) {
			hits = append(hits, *people[kind][p])
		}
	}
	scope := scopeClass(kernel.ClassID(d.ID))
	j.add(scope, row, hits)
	at := j[scope]
	at.ages, _ = kernel.Nearest(s.PensionAges, d.Region, last)
	j[scope] = at
}

// daysKept is how many days of one person a changed career is held against:
// the latest, which is decades of training.
const daysKept = 1000

// FollowCareers judges anew, for people whose careers changed, whether they had
// left when they sat in a class. It listens to people.career_changed, of which
// an import announces hundreds at once.
func (s *Service) FollowCareers(ctx context.Context, careers []kernel.Career) error {
	spells, keys := map[kernel.PersonID][]kernel.Spell{}, [][]string{}
	for _, c := range careers { // each tells the whole of one
		if _, twice := spells[c.Person]; !twice {
			keys = append(keys, []string{string(c.Person)})
		}
		spells[c.Person] = c.Spells
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		found, err := s.repo.days.Match(ctx, "person", keys, daysKept)
		if err != nil {
			return err
		}
		sat := map[kernel.ClassID]map[Seat]bool{}
		for _, days := range found {
			for _, d := range days {
				for _, x := range d.Spans {
					if sat[x.Class] == nil {
						sat[x.Class] = map[Seat]bool{}
					}
					sat[x.Class][Seat{x.Session, d.Person}] = true
				}
			}
		}
		docs, err := s.repo.classes.GetMany(ctx, texts(slices.Sorted(maps.Keys(sat))))
		if err != nil {
			return err
		}
		j := judging{}
		for _, d := range docs {
			if !d.Counts || !s.relearn(&d, sat[kernel.ClassID(d.ID)], spells) {
				continue
			}
			if err := s.repo.classes.Put(ctx, &d); err != nil {
				return err
			}
			s.judgeClass(j, d)
		}
		return s.settle(ctx, j)
	})
}

// relearn sets who of a class had left, and tells whether that changed.
func (s *Service) relearn(d *classDoc, sat map[Seat]bool, spells map[kernel.PersonID][]kernel.Spell) (changed bool) {
	for i, t := range d.Tallies {
		row, ok := s.row(d.Region, t.Date)
		if !ok {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(t.Left), func(l leaver) bool { _, anew := spells[l.Person]; return anew })
		for _, p := range slices.Sorted(maps.Keys(spells)) {
			if on, gone := row.Left(spells[p], t.Date); gone && sat[Seat{t.Session, p}] {
				left = append(left, leaver{p, on})
			}
		}
		slices.SortFunc(left, func(a, b leaver) int { return compare(a.Person, b.Person) })
		if !slices.Equal(left, t.Left) {
			d.Tallies[i].Left, changed = left, true
		}
	}
	return changed
}
