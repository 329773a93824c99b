package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// alike are two records that look like one person's.
type alike struct{ a, b *personDoc }

// suspect looks for records that look like the same person as new ones and
// keeps what it finds, which it counts: two look-ups by index for all of them.
func (s *Service) suspect(ctx context.Context, fresh ...*personDoc) (int, error) {
	records := make(map[string]*personDoc, len(fresh)) // each once, however many it is like
	for _, d := range fresh {
		records[d.ID] = d
	}
	pairs := map[string]alike{}
	for _, by := range []struct {
		index string
		most  int // more with the same say nothing
		key   func(*personDoc) []string
	}{
		{"nameBirth", 20, func(d *personDoc) []string { return []string{d.Name, string(d.Birth)} }},
		{"phone", sharedLine, func(d *personDoc) []string { return []string{d.PhoneBlind} }},
	} {
		var keys [][]string
		var of []*personDoc
		for _, d := range fresh {
			if key := by.key(d); !slices.Contains(key, "") {
				keys, of = append(keys, key), append(of, d)
			}
		}
		found, err := s.docs.persons.Match(ctx, by.index, keys, by.most+1)
		if err != nil {
			return 0, fmt.Errorf("look for twins by %s: %w", by.index, err)
		}
		for n, likes := range found {
			if len(likes) > by.most {
				continue
			}
			for i := range likes {
				like := &likes[i]
				if like.ID == of[n].ID || like.MergedInto != "" {
					continue
				}
				if records[like.ID] == nil {
					records[like.ID] = like
				}
				pairs[twinsID(of[n].ID, like.ID)] = alike{of[n], records[like.ID]}
			}
		}
	}
	return s.find(ctx, pairs)
}

// find keeps findings, but for those that somebody has decided on before, and
// counts what it kept.
func (s *Service) find(ctx context.Context, pairs map[string]alike) (int, error) {
	known, err := s.docs.twins.GetMany(ctx, slices.Sorted(maps.Keys(pairs)))
	if err != nil {
		return 0, fmt.Errorf("findings: %w", err)
	}
	docs := make(map[string]twinsDoc, len(known))
	for _, k := range known {
		docs[k.ID] = k
	}
	var found []twinsDoc
	var marked []*personDoc
	for _, id := range slices.Sorted(maps.Keys(pairs)) {
		d, like := pairs[id].a, pairs[id].b
		doc, met := docs[id]
		grounds := d.grounds(*like)
		if met && doc.State != TwinOpen {
			continue
		}
		for _, one := range []*personDoc{d, like} {
			if !one.Twinned {
				one.Twinned = true
				marked = append(marked, one)
			}
		}
		shelf := common(*d, *like)
		if met && slices.Equal(doc.Grounds, grounds) && slices.Equal(doc.Shelf, shelf) {
			continue
		}
		doc.ID, doc.A, doc.B = id, min(d.ID, like.ID), max(d.ID, like.ID) // identifiers sort by creation
		doc.Grounds, doc.State, doc.People = grounds, TwinOpen, []string{doc.A, doc.B}
		if doc.FoundAt.IsZero() {
			doc.FoundAt = s.now()
		}
		doc.Shelf = shelf
		found = append(found, doc)
	}
	if err := s.docs.twins.PutMany(ctx, found); err != nil {
		return 0, fmt.Errorf("keep findings: %w", err)
	}
	for _, one := range marked {
		if err := s.docs.persons.Replace(ctx, one); err != nil {
			return 0, fmt.Errorf("mark %s: %w", one.ID, err)
		}
	}
	return len(found) + len(marked), nil
}

// unsuspect drops the open findings on a record that has nothing in common with
// the other any more: what it had come by with a merge was given back.
func (s *Service) unsuspect(ctx context.Context, d personDoc) error {
	var gone []string
	err := s.docs.twins.Each(ctx, store.Query{Index: "people", Equal: []any{d.ID}}, func(found twinsDoc) error {
		if found.State != TwinOpen {
			return nil
		}
		other, err := s.docs.persons.Get(ctx, found.other(d.ID))
		if err == nil && other.MergedInto == "" && len(d.grounds(other)) == 0 {
			gone = append(gone, found.ID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("findings on %s: %w", d.ID, err)
	}
	for _, id := range gone {
		if err := s.docs.twins.Delete(ctx, id, 0); err != nil {
			return err
		}
	}
	return nil
}

// reshelve lets the findings on a person be seen by whoever has both in reach
// now.
func (s *Service) reshelve(ctx context.Context, d personDoc) error {
	if !d.Twinned {
		return nil
	}
	return s.docs.twins.Each(ctx, store.Query{Index: "people", Equal: []any{d.ID}}, func(found twinsDoc) error {
		if found.State != TwinOpen {
			return nil
		}
		other, err := s.docs.persons.Get(ctx, found.other(d.ID))
		if err != nil {
			return err
		}
		shelf := common(d, other)
		if slices.Equal(shelf, found.Shelf) {
			return nil
		}
		found.Shelf = shelf
		return s.docs.twins.Put(ctx, &found)
	})
}

// forget drops the findings on a record that leaves the register.
func (s *Service) forget(ctx context.Context, d personDoc) error {
	if !d.Twinned {
		return nil
	}
	var gone []string
	if err := s.docs.twins.Each(ctx, store.Query{Index: "people", Equal: []any{d.ID}}, func(found twinsDoc) error {
		gone = append(gone, found.ID)
		return nil
	}); err != nil {
		return err
	}
	for _, id := range gone {
		if err := s.docs.twins.Delete(ctx, id, 0); err != nil {
			return err
		}
	}
	return nil
}

// TwinsPage is a page of findings with the people in them.
type TwinsPage struct {
	listing.Listing[Twins]
	People map[kernel.PersonID]Person
}

// Findings lists the records in reach that look like one person, the latest
// found first.
func (s *Service) Findings(ctx context.Context, organization kernel.OrganizationID, limit int, cursor string) (TwinsPage, error) {
	roots, _, err := s.roots(ctx, organization, kernel.ReachFrom(ctx))
	if err != nil {
		return TwinsPage{}, err
	}
	phase := listing.Phase[twinsDoc]{Less: func(a, b twinsDoc) bool {
		return a.FoundAt.After(b.FoundAt) || (a.FoundAt.Equal(b.FoundAt) && a.ID > b.ID)
	}}
	for _, root := range roots {
		phase.Queries = append(phase.Queries, store.Query{Index: "shelf", Equal: []any{root}, Desc: true})
	}
	found, err := listing.Read(ctx, s.docs.twins, limit, cursor, phase)
	if err != nil {
		return TwinsPage{}, err
	}
	page := TwinsPage{Listing: listing.Map(found, twinsDoc.read)}
	page.People, err = s.pairs(ctx, page.Items...)
	return page, err
}

func (s *Service) pairs(ctx context.Context, all ...Twins) (map[kernel.PersonID]Person, error) {
	var wanted []string
	for _, t := range all {
		wanted = append(wanted, string(t.A), string(t.B))
	}
	docs, err := s.docs.persons.GetMany(ctx, wanted)
	out := make(map[kernel.PersonID]Person, len(docs))
	for _, d := range docs {
		out[kernel.PersonID(d.ID)] = d.person()
	}
	return out, err
}

// Compare reads a finding with both records; ErrTwinsUnknown.
func (s *Service) Compare(ctx context.Context, id string) (Twins, Person, Person, error) {
	doc, err := s.finding(ctx, id)
	if err != nil {
		return Twins{}, Person{}, Person{}, err
	}
	people, err := s.pairs(ctx, doc.read())
	return doc.read(), people[kernel.PersonID(doc.A)], people[kernel.PersonID(doc.B)], err
}

func (s *Service) finding(ctx context.Context, id string) (twinsDoc, error) {
	doc, err := s.docs.twins.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return doc, ErrTwinsUnknown
	}
	if err == nil && !kernel.ReachFrom(ctx).Everywhere && !slices.ContainsFunc(doc.Shelf, func(o string) bool {
		return o != everybody && kernel.ReachFrom(ctx).Covers([]kernel.OrganizationID{kernel.OrganizationID(o)})
	}) {
		return doc, ErrTwinsUnknown
	}
	return doc, err
}

// TellApart notes that two records are two people; the finding is not shown
// again. ErrTwinsUnknown.
func (s *Service) TellApart(ctx context.Context, id, reason string) (Twins, error) {
	var doc twinsDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if doc, err = s.finding(ctx, id); err != nil {
			return err
		}
		if doc.State != TwinOpen {
			return ErrTwinsDecided
		}
		if err := s.decide(ctx, &doc, TwinDistinct, reason); err != nil {
			return err
		}
		a, err := s.docs.persons.Get(ctx, doc.A)
		if err != nil {
			return err
		}
		act := s.act("tellApart", a)
		act.Reason, act.Detail = reason, map[string]string{"otherId": doc.B}
		return s.Audit.Record(ctx, act)
	})
	return doc.read(), err
}

// decide ends a finding on two records, if there is one; a merge and its
// undoing decide as well.
func (s *Service) decide(ctx context.Context, doc *twinsDoc, as TwinState, reason string) error {
	at := s.now()
	doc.State, doc.Reason, doc.By, doc.DecidedAt, doc.Shelf = as, strings.TrimSpace(reason), kernel.ActorFrom(ctx).Name, &at, nil
	return s.docs.twins.Put(ctx, doc)
}

func (s *Service) decideOn(ctx context.Context, a, b string, as TwinState, reason string) error {
	doc, err := s.docs.twins.Get(ctx, twinsID(a, b))
	if errors.Is(err, store.ErrNotFound) {
		if as != TwinDistinct {
			return nil
		}
		// Nobody suspected them, and somebody knows now that they are two.
		doc.ID, doc.A, doc.B, doc.FoundAt, err = twinsID(a, b), min(a, b), max(a, b), s.now(), nil
		doc.People = []string{doc.A, doc.B}
	}
	if err != nil {
		return err
	}
	return s.decide(ctx, &doc, as, reason)
}
