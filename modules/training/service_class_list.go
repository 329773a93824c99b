package training

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

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
func (s *Service) Classes(ctx context.Context, f ClassFilter, limit int, after string) (listing.Listing[Class], error) {
	reach := ownReach(ctx)
	if reach.Self != "" && !reach.Everywhere && len(reach.Roots) == 0 {
		return s.classesFor(ctx, reach.Self, f, limit)
	}
	p := listing.Phase[classDoc]{
		Queries: f.queries(f.narrowed(reach)),
		Less:    func(a, b classDoc) bool { return a.StartsOn > b.StartsOn },
	}
	if f.Provider != "" || f.Organization != "" || f.Course != "" || f.Q != "" {
		p.Keep = func(d classDoc) bool { return f.keeps(d) && (reach.Everywhere || reach.Covers(d.SeenBy)) }
	}
	found, err := listing.Read(ctx, s.docs.classes, limit, after, p)
	return listing.Map(found, classDoc.class), err
}

// narrowed is the reach that a filter looks under: of an organisation or a
// provider only what they see, for most of that is kept.
func (f ClassFilter) narrowed(reach kernel.Reach) kernel.Reach {
	if root := cmp.Or(f.Provider, f.Organization); root != "" {
		return kernel.Reach{Roots: []kernel.OrganizationID{root}}
	}
	return reach
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
func (s *Service) classesFor(ctx context.Context, p kernel.PersonID, f ClassFilter, limit int) (listing.Listing[Class], error) {
	mine, err := s.enrolledIn(ctx, p)
	if err != nil {
		return listing.Listing[Class]{}, err
	}
	card, err := s.People.Card(ctx, p)
	if err != nil {
		return listing.Listing[Class]{}, fmt.Errorf("read card of %s: %w", p, err)
	}
	docs, err := s.docs.classes.GetMany(ctx, mine)
	if err != nil {
		return listing.Listing[Class]{}, err
	}
	opened := ClassFilter{Status: ClassOpen}
	for _, q := range opened.queries(kernel.Reach{Roots: card.Reach}) {
		q.Limit = limit
		more, err := s.docs.classes.Find(ctx, q)
		if err != nil {
			return listing.Listing[Class]{}, err
		}
		docs = append(docs, more.Items...)
	}
	docs = slices.DeleteFunc(docs, func(d classDoc) bool { return !f.keeps(d) || !d.class().Opened() })
	slices.SortStableFunc(docs, func(a, b classDoc) int {
		if c := strings.Compare(string(b.StartsOn), string(a.StartsOn)); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	docs = slices.CompactFunc(docs, func(a, b classDoc) bool { return a.ID == b.ID })
	docs = docs[:min(limit, len(docs))]
	out := listing.Listing[Class]{Total: int64(len(docs))}
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
