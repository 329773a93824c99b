package organizations

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// FollowDirectors takes in careers that changed: who is a director, and where.
// Hearing one twice changes nothing.
func (s *Service) FollowDirectors(ctx context.Context, careers []kernel.Career) error {
	changed, _, err := s.directed(ctx, careers)
	if err != nil || len(changed) == 0 { // as nearly always: few careers are directors'
		return err
	}
	return s.retry(ctx, func(ctx context.Context) error {
		changed, affected, err := s.directed(ctx, careers)
		if err != nil {
			return err
		}
		for _, doc := range changed {
			if err := s.docs.directors.Put(ctx, &doc); err != nil {
				return fmt.Errorf("director %s: %w", doc.ID, err)
			}
		}
		return s.redirect(ctx, affected)
	})
}

// directed lists the entries that careers change, and the organisations that
// these concern.
func (s *Service) directed(ctx context.Context, careers []kernel.Career) (changed []directorDoc, affected []string, err error) {
	ids := make([]string, 0, len(careers))
	for _, c := range careers {
		ids = append(ids, string(c.Person))
	}
	known, err := s.docs.directors.GetMany(ctx, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("directors: %w", err)
	}
	before := make(map[string]directorDoc, len(known))
	for _, d := range known {
		before[d.ID] = d
	}
	concerned := map[string]bool{}
	for _, c := range careers {
		old := before[string(c.Person)]
		doc := directorOf(c, s.today())
		doc.Version = old.Version
		if slices.Equal(old.Terms, doc.Terms) && old.Begins == doc.Begins {
			continue
		}
		changed = append(changed, doc)
		for _, o := range slices.Concat(old.Organizations, doc.Organizations) {
			concerned[o] = true
		}
	}
	return changed, slices.Sorted(maps.Keys(concerned)), nil
}

func directorOf(c kernel.Career, today kernel.Date) directorDoc {
	doc := directorDoc{Doc: store.Doc{ID: string(c.Person)}}
	for _, sp := range c.Spells {
		if sp.Role != kernel.StaffDirector || sp.SupersededAt != nil {
			continue
		}
		doc.Terms = append(doc.Terms, term{Organization: sp.Organization, Period: sp.Period})
		doc.Organizations = append(doc.Organizations, string(sp.Organization))
		if sp.Period.From > today && (doc.Begins == "" || sp.Period.From < doc.Begins) {
			doc.Begins = sp.Period.From
		}
	}
	slices.SortFunc(doc.Terms, func(a, b term) int {
		return cmp.Or(cmp.Compare(a.Period.From, b.Period.From), cmp.Compare(a.Organization, b.Organization))
	})
	slices.Sort(doc.Organizations)
	doc.Organizations = slices.Compact(doc.Organizations)
	return doc
}

// BeginDirectors lets terms begin whose day has come.
func (s *Service) BeginDirectors(ctx context.Context) error {
	today := s.today()
	var due []directorDoc
	err := s.docs.directors.Each(ctx, store.Query{Index: "begins", Until: string(today.AddDays(1))}, func(d directorDoc) error {
		due = append(due, d)
		return nil
	})
	for _, d := range due {
		if err != nil {
			return err
		}
		err = s.retry(ctx, func(ctx context.Context) error {
			doc, err := s.docs.directors.Get(ctx, d.ID)
			if err != nil {
				return err
			}
			doc.Begins = ""
			for _, t := range doc.Terms {
				if t.Period.From > today && (doc.Begins == "" || t.Period.From < doc.Begins) {
					doc.Begins = t.Period.From
				}
			}
			if err := s.docs.directors.Replace(ctx, &doc); err != nil {
				return err
			}
			return s.redirect(ctx, doc.Organizations)
		})
	}
	return err
}

// redirect works out anew until when organisations have a director.
func (s *Service) redirect(ctx context.Context, organizations []string) error {
	for _, id := range organizations {
		doc, err := s.docs.organizations.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		before := doc.Directed
		if err := s.direct(ctx, &doc); err != nil {
			return err
		}
		if doc.Directed == before {
			continue
		}
		if err := s.docs.organizations.Replace(ctx, &doc); err != nil {
			return fmt.Errorf("director of %s: %w", id, err)
		}
	}
	return nil
}

// direct sets until when an organisation has a director. Nobody is asked for
// one of a place that has closed.
func (s *Service) direct(ctx context.Context, doc *organizationDoc) error {
	doc.Directed = ""
	if doc.ClosedOn != "" {
		doc.Directed = kernel.Forever
		return nil
	}
	terms, err := s.terms(ctx, kernel.OrganizationID(doc.ID))
	today := s.today()
	for _, t := range terms {
		if t.Period.From <= today {
			doc.Directed = max(doc.Directed, t.Period.To)
		}
	}
	return err
}

// Term is a director's time at an organisation.
type Term struct {
	Person kernel.PersonID
	Period kernel.Period
}

// terms lists the directors of an organisation, the newest first.
func (s *Service) terms(ctx context.Context, id kernel.OrganizationID) ([]Term, error) {
	var out []Term
	q := store.Query{Index: "organizations", Equal: []any{string(id)}}
	err := s.docs.directors.Each(ctx, q, func(d directorDoc) error {
		for _, t := range d.Terms {
			if t.Organization == id {
				out = append(out, Term{Person: kernel.PersonID(d.ID), Period: t.Period})
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Term) int {
		return cmp.Or(cmp.Compare(b.Period.From, a.Period.From), cmp.Compare(a.Person, b.Person))
	})
	return out, err
}

// Directors lists who directs an organisation in reach, and who did, the
// newest first, with what the register shows of them.
func (s *Service) Directors(ctx context.Context, id kernel.OrganizationID) ([]Term, map[kernel.PersonID]kernel.PersonCard, error) {
	if _, err := s.inReach(ctx, id); err != nil {
		return nil, nil, err
	}
	terms, err := s.terms(ctx, id)
	if err != nil || s.People == nil {
		return terms, nil, err
	}
	ids := make([]kernel.PersonID, 0, len(terms))
	for _, t := range terms {
		ids = append(ids, t.Person)
	}
	cards, err := s.People.Cards(ctx, ids)
	return terms, cards, err
}
