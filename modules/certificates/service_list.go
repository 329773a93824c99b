package certificates

import (
	"context"
	"errors"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Filter narrows a list of certificates.
type Filter struct {
	Person       kernel.PersonID
	Organization kernel.OrganizationID
	Family       Family
	Status       Status
	Query        string // a number, a public code, or the beginning of a name
}

// Page is a page of certificates.
type Page struct {
	Items []Certificate
	Next  string
	Total int64
	More  bool
}

// List pages certificates in reach, the newest first.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (Page, error) {
	reach := kernel.ReachFrom(ctx)
	switch {
	case f.Query != "":
		return s.search(ctx, f)
	case f.Person != "":
		return s.ofPerson(ctx, f)
	case !reach.Everywhere && len(reach.Roots) == 0 && reach.Self != "":
		return s.ofPerson(ctx, Filter{Person: reach.Self, Family: f.Family, Status: f.Status})
	}
	roots := []any{}
	switch {
	case f.Organization != "":
		card, err := s.organizations.Card(ctx, f.Organization)
		if err != nil {
			return Page{}, err
		}
		if !reach.Covers(card.Path) {
			return Page{}, ErrUnknown
		}
		roots = append(roots, string(f.Organization))
	case !reach.Everywhere:
		for _, root := range reach.Roots {
			roots = append(roots, string(root))
		}
		if len(roots) == 0 {
			return Page{}, nil
		}
	}
	queries := f.queries(roots)
	for i := range queries {
		queries[i].Desc, queries[i].Limit, queries[i].After = true, limit, cursor
	}
	p, err := store.FindMany(ctx, s.repo.certificates, queries, func(a, b certificateDoc) bool { return a.RecordedAt.After(b.RecordedAt) })
	if err != nil {
		return Page{}, err
	}
	out := Page{Next: p.Next}
	for _, d := range p.Items {
		out.Items = append(out.Items, d.read())
	}
	out.Total, out.More, err = store.CountMany(ctx, s.repo.certificates, queries, web.CountLimit)
	return out, err
}

// queries are the index ranges that answer a filter together, under each of
// the roots, or everywhere where there are none.
func (f Filter) queries(roots []any) []store.Query {
	index, under := "reach", "reach_"
	if len(roots) == 0 {
		index, under, roots = "recorded", "", []any{nil}
	}
	var out []store.Query
	for _, root := range roots {
		var equal []any
		if root != nil {
			equal = append(equal, root)
		}
		switch {
		case f.Family != "":
			of := statuses()
			if f.Status != "" {
				of = []Status{f.Status}
			}
			for _, status := range of {
				out = append(out, store.Query{Index: under + "family", Equal: append(slices.Clone(equal), string(f.Family), string(status))})
			}
		case f.Status != "":
			out = append(out, store.Query{Index: under + "status", Equal: append(equal, string(f.Status))})
		default:
			out = append(out, store.Query{Index: index, Equal: equal})
		}
	}
	return out
}

// ofPerson lists one person's certificates, whoever issued them.
func (s *Service) ofPerson(ctx context.Context, f Filter) (Page, error) {
	card, err := s.people.Card(ctx, f.Person)
	if err != nil {
		if x, ok := fault.From(err); ok && x.Kind == fault.NotFound {
			return Page{}, ErrPersonUnknown
		}
		return Page{}, err
	}
	if !kernel.ReachFrom(ctx).CoversPerson(card.ID, card.Reach) {
		return Page{}, ErrPersonUnknown
	}
	all, err := s.repo.ofPerson(ctx, f.Person)
	if err != nil {
		return Page{}, err
	}
	slices.Reverse(all)
	out := Page{}
	for _, c := range all {
		if f.fits(c) {
			out.Items = append(out.Items, c)
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}

// fits tells whether a certificate found otherwise passes the filter.
func (f Filter) fits(c Certificate) bool {
	return (f.Status == "" || c.Status == f.Status) && (f.Family == "" || c.Family == f.Family) && (f.Person == "" || c.Person == f.Person)
}

// searchLimit is how many certificates a name finds: whoever sees more types
// more of it.
const searchLimit = 200

// search finds by number or public code, however it was typed, else by name.
func (s *Service) search(ctx context.Context, f Filter) (Page, error) {
	q := strings.TrimSpace(f.Query)
	for _, find := range []func() (Certificate, error){
		func() (Certificate, error) { return s.repo.byCode(ctx, readCode(q)) },
		func() (Certificate, error) { return s.repo.byNumber(ctx, q) },
	} {
		c, err := find()
		if err == nil {
			c, err = s.Find(ctx, c.ID)
		}
		if err == nil && f.fits(c) {
			return Page{Items: []Certificate{c}, Total: 1}, nil
		}
		if err != nil && !errors.Is(err, ErrUnknown) {
			return Page{}, err
		}
	}
	return s.named(ctx, q, f)
}

// named finds by the beginning of the holder's name as printed.
func (s *Service) named(ctx context.Context, name string, f Filter) (Page, error) {
	reach := kernel.ReachFrom(ctx)
	if !reach.Everywhere && len(reach.Roots) == 0 {
		return Page{}, nil
	}
	queries := []store.Query{{Index: "name", Prefix: name, Limit: searchLimit}}
	if !reach.Everywhere {
		queries = queries[:0]
		for _, root := range reach.Roots {
			queries = append(queries, store.Query{Index: "reach_name", Equal: []any{string(root)}, Prefix: name, Limit: searchLimit})
		}
	}
	found, err := store.FindMany(ctx, s.repo.certificates, queries, func(a, b certificateDoc) bool { return a.Name < b.Name })
	if err != nil {
		return Page{}, err
	}
	out := Page{More: found.Next != ""}
	for _, d := range found.Items {
		if c := d.read(); f.fits(c) {
			out.Items = append(out.Items, c)
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}
