package certificates

import (
	"context"
	"errors"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// Filter narrows a list of certificates.
type Filter struct {
	Person       kernel.PersonID
	Organization kernel.OrganizationID
	Family       Family
	Status       Status
	Stage        Stage
	Level        kernel.SkillLevel
	Query        string // a number, a public code, or the beginning of a name
}

// fits tells whether a certificate passes, where no index told.
func (f Filter) fits(c Certificate) bool {
	return (f.Status == "" || c.Status == f.Status) && (f.Family == "" || c.Family == f.Family) && (f.Person == "" || c.Person == f.Person) &&
		(f.Stage == "" || c.Stage() == f.Stage) && (f.Level == 0 || c.Level == f.Level)
}

// Page is a page of certificates.
type Page = listing.Listing[Certificate]

func pageOf(all ...Certificate) Page { return Page{Items: all, Total: int64(len(all))} }

// List pages certificates in reach, the newest first; of a name, by name.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (Page, error) {
	reach := kernel.ReachFrom(ctx)
	f.Query = strings.TrimSpace(f.Query)
	if f.Query != "" {
		if c, err := s.search(ctx, f.Query); err == nil && f.fits(c) {
			return pageOf(c), nil
		} else if err != nil && !errors.Is(err, ErrUnknown) {
			return Page{}, err
		}
	}
	if f.Person == "" && !reach.Everywhere && len(reach.Roots) == 0 {
		f.Person = reach.Self
	}
	if f.Person != "" {
		return s.ofPerson(ctx, f)
	}
	roots, err := s.roots(ctx, f.Organization)
	if err != nil || len(roots) == 0 {
		return Page{}, err
	}
	phase := listing.Phase[certificateDoc]{
		Queries: f.queries(roots), Less: func(a, b certificateDoc) bool { return a.RecordedAt.After(b.RecordedAt) },
	}
	if f.Level != 0 || f.Stage != "" && (f.Family != "" || f.Status != "") {
		phase.Keep = func(d certificateDoc) bool { return f.fits(d.read()) }
	}
	if f.Query != "" {
		phase = listing.Phase[certificateDoc]{
			Queries: f.names(roots), Less: func(a, b certificateDoc) bool { return a.Name < b.Name },
		}
		if f.Level != 0 || f.Status != "" || f.Family != "" {
			phase.Keep = func(d certificateDoc) bool { return f.fits(d.read()) }
		}
	}
	phase.Apart = len(roots) == 1
	found, err := listing.Read(ctx, s.repo.certificates, limit, cursor, phase)
	return listing.Map(found, certificateDoc.read), err
}

// everywhere stands for all roots there are.
const everywhere = ""

// roots are the organisations to look under; none where nothing is in reach.
func (s *Service) roots(ctx context.Context, of kernel.OrganizationID) ([]string, error) {
	reach := kernel.ReachFrom(ctx)
	if of != "" {
		if _, err := reach.Organization(ctx, s.organizations, of, ErrOfficeUnknown); err != nil {
			return nil, err
		}
		return []string{string(of)}, nil
	}
	if reach.Everywhere {
		return []string{everywhere}, nil
	}
	roots := make([]string, 0, len(reach.Roots))
	for _, r := range reach.Roots {
		roots = append(roots, string(r))
	}
	return roots, nil
}

// under names the index that goes on under a root, and what it begins with.
func under(root, index string) (string, []any) {
	if root == everywhere {
		return index, nil
	}
	return "reach_" + index, []any{root}
}

// queries are the ranges of one index that answer a filter together.
func (f Filter) queries(roots []string) []store.Query {
	var out []store.Query
	add := func(root, index string, equal ...any) {
		index, begin := under(root, index)
		out = append(out, store.Query{Index: index, Equal: append(begin, equal...), Desc: true})
	}
	for _, root := range roots {
		switch {
		case f.Stage != "":
			add(root, "stage", string(f.Stage))
		case f.Family != "" && f.Status == "":
			for _, status := range statuses() {
				add(root, "family", string(f.Family), string(status))
			}
		case f.Family != "":
			add(root, "family", string(f.Family), string(f.Status))
		case f.Status != "":
			add(root, "status", string(f.Status))
		default:
			add(root, "recorded")
		}
	}
	return out
}

// names are the ranges of names that begin so.
func (f Filter) names(roots []string) []store.Query {
	var out []store.Query
	for _, root := range roots {
		index, begin := under(root, "name")
		out = append(out, store.Query{Index: index, Equal: begin, Prefix: f.Query})
	}
	return out
}

// ofPerson lists one person's certificates, whoever issued them.
func (s *Service) ofPerson(ctx context.Context, f Filter) (Page, error) {
	card, err := s.person(ctx, f.Person)
	if fault.Missing(err) {
		return Page{}, ErrPersonUnknown
	}
	if err != nil {
		return Page{}, err
	}
	if !kernel.ReachFrom(ctx).CoversPerson(card.ID, card.Reach) {
		return Page{}, ErrPersonUnknown
	}
	all, err := s.repo.ofPerson(ctx, card.ID)
	if err != nil {
		return Page{}, err
	}
	slices.Reverse(all)
	f.Person = "" // all are theirs, under whichever record
	return pageOf(slices.DeleteFunc(all, func(c Certificate) bool {
		return !f.fits(c) || !strings.HasPrefix(c.Name, f.Query)
	})...), nil
}

// search finds a certificate in reach by number or public code, however it
// was typed; ErrUnknown.
func (s *Service) search(ctx context.Context, q string) (Certificate, error) {
	c, err := s.repo.byCode(ctx, readCode(q))
	if errors.Is(err, ErrUnknown) {
		c, err = s.repo.byNumber(ctx, q)
	}
	if err != nil {
		return c, err
	}
	return s.Find(ctx, c.ID)
}

// Numbers are the numbers of certificates, whoever asks; unknown ones are left
// out.
func (s *Service) Numbers(ctx context.Context, ids []kernel.CertificateID) (map[kernel.CertificateID]string, error) {
	wanted := make([]string, len(ids))
	for i, id := range ids {
		wanted[i] = string(id)
	}
	docs, err := s.repo.certificates.GetMany(ctx, wanted)
	out := make(map[kernel.CertificateID]string, len(docs))
	for _, d := range docs {
		out[kernel.CertificateID(d.ID)] = d.Number
	}
	return out, err
}
