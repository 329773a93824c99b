package training

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// ClassDraft is what opens a class.
type ClassDraft struct {
	Course    kernel.CourseID
	Programme string
	Provider  kernel.OrganizationID
	Tier      OrganiserTier
	Base      kernel.OrganizationID
	StartsOn  kernel.Date
	EndsOn    kernel.Date
	Capacity  int
}

// OpenClass opens a class under the terms that the course has today.
func (s *Service) OpenClass(ctx context.Context, d ClassDraft) (c Class, err error) {
	if d.EndsOn < d.StartsOn {
		return c, ErrDatesReversed.At("body.endsOn", "training.dates_reversed", string(d.EndsOn))
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		course, err := s.docs.course(ctx, d.Course)
		if err != nil {
			return err
		}
		provider, err := s.provider(ctx, d.Provider)
		if err != nil {
			return err
		}
		c = Class{
			ID: kernel.ClassID(kernel.NewID()), Course: course.ID, CourseVersion: course.Version, Terms: course.Terms,
			Programme: d.Programme, Provider: provider.ID, ProviderName: provider.Name, ProviderPath: provider.Path,
			Region: provider.Region, Tier: d.Tier, Reach: provider.Path, StartsOn: d.StartsOn, EndsOn: d.EndsOn,
			Capacity: d.Capacity, Status: ClassOpen, RecordedAt: s.now(), Stored: 1,
		}
		if c, err = s.housed(ctx, c, d.Base); err != nil {
			return err
		}
		if c.SeenBy, err = s.audience(ctx, c); err != nil {
			return err
		}
		if err := s.docs.classes.Insert(ctx, docOfClass(c)); err != nil {
			return err
		}
		return s.record(ctx, "open", "class", string(c.ID), c.Provider, "")
	})
	return c, err
}

func (s *Service) provider(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	card, err := s.Organizations.Card(ctx, id)
	switch {
	case isUnknown(err) || (err == nil && !provides(ctx, card.Path)):
		return card, ErrProviderUnknown
	case err != nil:
		return card, fmt.Errorf("read provider %s: %w", id, err)
	case card.Closed:
		return card, ErrProviderClosed
	}
	return card, nil
}

// housed places the class at a practice base, whose offices then see it too.
func (s *Service) housed(ctx context.Context, c Class, base kernel.OrganizationID) (Class, error) {
	if base == "" {
		return c, nil
	}
	card, err := s.Organizations.Card(ctx, base)
	switch {
	case isUnknown(err):
		return c, ErrBaseUnknown
	case err != nil:
		return c, fmt.Errorf("read base %s: %w", base, err)
	}
	c.Base, c.BaseName = base, card.Name
	c.Reach = union(c.Reach, card.Path)
	return c, nil
}

// audience is who may see the class: its reach, and the institutions that
// commissioned the provider with the offices above them.
func (s *Service) audience(ctx context.Context, c Class) ([]kernel.OrganizationID, error) {
	seen := slices.Clone(c.Reach)
	ids, err := s.Organizations.Commissioned(ctx, c.Provider, kernel.DateOf(s.now()))
	if err != nil || len(ids) == 0 {
		return seen, err
	}
	cards, err := s.Organizations.Cards(ctx, ids)
	for _, id := range ids {
		seen = union(seen, cards[id].Path)
	}
	return seen, err
}

// Class reads a class that the actor may see.
func (s *Service) Class(ctx context.Context, id kernel.ClassID) (Class, error) {
	return s.visibleClass(ctx, id)
}

// ChangeClass changes the plan of an open class. A larger capacity lets the
// waiting list move up; a smaller one never takes a seat away.
func (s *Service) ChangeClass(ctx context.Context, id kernel.ClassID, change func(*ClassDraft, int64) error) (c Class, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.ownClass(ctx, id); err != nil {
			return err
		}
		if c.Status != ClassOpen {
			return ErrClassCompleted
		}
		d := ClassDraft{StartsOn: c.StartsOn, EndsOn: c.EndsOn, Capacity: c.Capacity}
		if err := change(&d, c.Stored); err != nil {
			return err
		}
		if d.EndsOn < d.StartsOn {
			return ErrDatesReversed.At("body.endsOn", "training.dates_reversed", string(d.EndsOn))
		}
		if d.Capacity < c.Enrolled() {
			return ErrCapacityBelowSeats.With("enrolled", c.Enrolled())
		}
		c.StartsOn, c.EndsOn, c.Capacity, c.Seats = d.StartsOn, d.EndsOn, d.Capacity, slices.Clone(c.Seats)
		for {
			var up kernel.PersonID
			if c, up, err = c.moveUp(); err != nil || up == "" {
				break
			}
			if err := s.seatChanged(ctx, c, up, SeatEnrolled); err != nil {
				return err
			}
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		return s.record(ctx, "update", "class", string(id), c.Provider, "")
	})
	return c, err
}

// WidenForCommission lets an institution that commissioned the school see the
// school's open classes. It may be repeated.
func (s *Service) WidenForCommission(ctx context.Context, school, institution kernel.OrganizationID) error {
	card, err := s.Organizations.Card(ctx, institution)
	if err != nil {
		return fmt.Errorf("read institution %s: %w", institution, err)
	}
	q := store.Query{Index: "by_provider", Equal: []any{string(school), string(ClassOpen)}}
	return s.docs.classes.Each(ctx, q, func(d classDoc) error {
		return s.DB.Tx(ctx, func(ctx context.Context) error { return s.widen(ctx, kernel.ClassID(d.ID), card.Path) })
	})
}

func (s *Service) widen(ctx context.Context, id kernel.ClassID, path []kernel.OrganizationID) error {
	c, err := s.docs.class(ctx, id)
	if err != nil {
		return err
	}
	c, grew := c.Widen(path)
	if !grew {
		return nil
	}
	sessions, err := s.docs.sessionsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, x := range sessions {
		x.SeenBy = c.SeenBy
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return err
		}
	}
	return s.docs.saveClass(ctx, &c)
}

// ClassFilter narrows a list of classes; From and To frame the first day.
type ClassFilter struct {
	Provider     kernel.OrganizationID
	Organization kernel.OrganizationID // visible to it, or held at it
	Course       kernel.CourseID
	Status       ClassStatus
	From, To     kernel.Date
	Q            string
}

func (f ClassFilter) keeps(d classDoc) bool {
	return (f.Provider == "" || d.Provider == f.Provider) &&
		(f.Organization == "" || slices.Contains(d.SeenBy, f.Organization)) &&
		(f.Course == "" || d.Course == f.Course) &&
		(f.Status == "" || d.Status == f.Status) &&
		(f.From == "" || d.StartsOn >= f.From) && (f.To == "" || d.StartsOn <= f.To) &&
		strings.Contains(strings.ToLower(d.Terms.Title+d.ProviderName), strings.ToLower(f.Q))
}

// Classes pages through the classes in reach, latest first.
func (s *Service) Classes(ctx context.Context, f ClassFilter, limit int, after string) (Listing[Class], error) {
	reach := kernel.ReachFrom(ctx)
	if reach.Self != "" && !reach.Everywhere && len(reach.Roots) == 0 {
		return s.classesFor(ctx, reach.Self, f, limit)
	}
	l := listing[classDoc]{
		collection: s.docs.classes,
		queries:    f.queries(reach),
		less:       func(a, b classDoc) bool { return a.StartsOn > b.StartsOn },
	}
	if f.Provider != "" || f.Organization != "" || f.Course != "" || f.Q != "" {
		l.keep = f.keeps
	}
	return page(ctx, l, limit, after, classDoc.class)
}

func (f ClassFilter) queries(reach kernel.Reach) []store.Query {
	q := store.Query{Index: "by_start", Desc: true}
	if f.Status != "" {
		q.Index, q.Equal = "by_status", []any{string(f.Status)}
	}
	if f.From != "" {
		q.From = string(f.From)
	}
	if f.To != "" {
		q.Until = string(f.To.AddDays(1))
	}
	if reach.Everywhere {
		return []store.Query{q}
	}
	var out []store.Query
	for _, root := range reach.Roots {
		scoped := q
		scoped.Index = map[bool]string{false: "by_seen", true: "by_seen_status"}[f.Status != ""]
		scoped.Equal = append([]any{string(root)}, q.Equal...)
		out = append(out, scoped)
	}
	return out
}

// classesFor lists a caregiver's classes: those they belong to, and the open
// ones of their region or their employer's schools. It is one page.
func (s *Service) classesFor(ctx context.Context, p kernel.PersonID, f ClassFilter, limit int) (Listing[Class], error) {
	mine, err := s.enrolledIn(ctx, p)
	if err != nil {
		return Listing[Class]{}, err
	}
	card, err := s.People.Card(ctx, p)
	if err != nil {
		return Listing[Class]{}, fmt.Errorf("read card of %s: %w", p, err)
	}
	docs, err := s.docs.classes.GetMany(ctx, mine)
	if err != nil {
		return Listing[Class]{}, err
	}
	opened := ClassFilter{Status: ClassOpen}
	for _, q := range opened.queries(kernel.Reach{Roots: card.Reach}) {
		q.Limit = limit
		more, err := s.docs.classes.Find(ctx, q)
		if err != nil {
			return Listing[Class]{}, err
		}
		docs = append(docs, more.Items...)
	}
	docs = slices.DeleteFunc(docs, func(d classDoc) bool { return !f.keeps(d) })
	slices.SortStableFunc(docs, func(a, b classDoc) int {
		if c := strings.Compare(string(b.StartsOn), string(a.StartsOn)); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	docs = slices.CompactFunc(docs, func(a, b classDoc) bool { return a.ID == b.ID })
	docs = docs[:min(limit, len(docs))]
	out := Listing[Class]{Total: int64(len(docs))}
	for _, d := range docs {
		out.Items = append(out.Items, d.class())
	}
	return out, nil
}

// enrolledIn names the classes that a person belongs to, latest first.
func (s *Service) enrolledIn(ctx context.Context, p kernel.PersonID) ([]string, error) {
	found, err := s.docs.enrolments.Find(ctx, store.Query{Index: "by_person", Equal: []any{string(p)}, Desc: true, Limit: 500})
	var ids []string
	for _, e := range found.Items {
		if e.State != SeatWithdrawn {
			ids = append(ids, string(e.Class))
		}
	}
	return ids, err
}

// PlannedMinutes adds up what the person's planned sessions would bring toward
// the in-service year, for the forecast that hours shows.
func (s *Service) PlannedMinutes(ctx context.Context, p kernel.PersonID, from, to kernel.Date) (kernel.Minutes, error) {
	ids, err := s.enrolledIn(ctx, p)
	if err != nil {
		return 0, err
	}
	docs, err := s.docs.classes.GetMany(ctx, ids)
	if err != nil {
		return 0, err
	}
	var sum kernel.Minutes
	for _, d := range docs {
		c := d.class()
		if c.Status != ClassOpen || !c.Terms.CountsTowardInService || !c.Learns(p) {
			continue
		}
		sessions, err := s.docs.sessionsOf(ctx, c.ID)
		if err != nil {
			return 0, err
		}
		for _, x := range sessions {
			if x.Status == SessionPlanned && from <= x.Date() && x.Date() <= to {
				sum += x.Plan.Minutes
			}
		}
	}
	return sum, nil
}

// isUnknown recognises a neighbour's refusal of something unknown.
func isUnknown(err error) bool {
	f, ok := fault.From(err)
	return ok && f.Kind == fault.NotFound
}
