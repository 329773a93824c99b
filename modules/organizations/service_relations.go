package organizations

import (
	"context"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// most is how many neighbours a page names at once.
const most = 200

// Relations are the neighbours of an organisation, as far as the asker reaches.
type Relations struct {
	Overseers []kernel.OrganizationCard // nearest first
	Siblings  []Organization            // other sites under the same credit code
	Group     *kernel.OrganizationCard  // whose home it is
	Homes     []Organization            // of an operator group
	Directly  int64                     // that it oversees itself
}

// Relations reads the neighbours of an organisation in reach. A group is a
// link: who reaches it does not reach its homes by it.
func (s *Service) Relations(ctx context.Context, id kernel.OrganizationID) (Relations, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return Relations{}, err
	}
	o := doc.organization()
	var out Relations
	cards, err := s.Cards(ctx, append(slices.Clone(o.Path), o.OperatorGroup, o.Parent))
	if err != nil {
		return out, err
	}
	for _, over := range o.Path[1:] {
		out.Overseers = append(out.Overseers, cards[over])
	}
	for _, link := range []kernel.OrganizationID{o.OperatorGroup, o.Parent} {
		if card, ok := cards[link]; ok && card.Kind == string(OperatorGroup) && out.Group == nil {
			out.Group = &card
		}
	}
	if o.CreditCode != "" {
		if out.Siblings, err = s.reached(ctx, id, store.Query{Index: "creditCode", Equal: []any{o.CreditCode}}); err != nil {
			return out, err
		}
	}
	if o.Kind == OperatorGroup {
		for _, index := range []string{"group", "parent"} {
			homes, err := s.reached(ctx, id, store.Query{Index: index, Equal: []any{string(id)}})
			if err != nil {
				return out, err
			}
			out.Homes = append(out.Homes, homes...)
		}
	}
	out.Directly, _, err = s.docs.organizations.Count(ctx, store.Query{Index: "over", Equal: []any{string(id)}}, most)
	return out, err
}

// reached reads what a query finds in reach, but for the one asked about.
func (s *Service) reached(ctx context.Context, but kernel.OrganizationID, q store.Query) ([]Organization, error) {
	var out []Organization
	reach := kernel.ReachFrom(ctx)
	err := s.docs.organizations.Each(ctx, q, func(d organizationDoc) error {
		if d.ID != string(but) && reach.Covers(ids(d.Path)) {
			out = append(out, s.shown(d))
		}
		if len(out) >= most {
			return store.Stop
		}
		return nil
	})
	return out, err
}

// Node is an organisation in the tree, with what stands under it.
type Node struct {
	Organization
	Children     int64 // that it oversees itself
	Institutions int64 // in its whole subtree, itself left out
}

// Tree reads a page of what an organisation oversees itself; without one, of
// where the asker's reach begins.
func (s *Service) Tree(ctx context.Context, over kernel.OrganizationID, limit int, cursor string) (listing.Listing[Node], error) {
	page, err := s.branch(ctx, over, limit, cursor)
	if err != nil {
		return listing.Listing[Node]{}, err
	}
	out := listing.Listing[Node]{Next: page.Next, Total: page.Total, More: page.More}
	for _, d := range page.Items {
		n := Node{Organization: s.shown(d)}
		if n.Children, _, err = s.docs.organizations.Count(ctx, store.Query{Index: "over", Equal: []any{d.ID}}, 10_000); err != nil {
			return out, err
		}
		if n.Children > 0 {
			q := store.Query{Index: "shelf", Equal: []any{shelfOf(d.ID, Institution)}}
			if n.Institutions, _, err = s.docs.organizations.Count(ctx, q, 10_000); err != nil {
				return out, err
			}
			if d.Kind == Institution {
				n.Institutions--
			}
		}
		out.Items = append(out.Items, n)
	}
	return out, nil
}

func (s *Service) branch(ctx context.Context, over kernel.OrganizationID, limit int, cursor string) (listing.Listing[organizationDoc], error) {
	reach := kernel.ReachFrom(ctx)
	if over == "" && !reach.Everywhere {
		docs, err := s.docs.organizations.GetMany(ctx, roots(reach))
		docs = slices.DeleteFunc(docs, func(d organizationDoc) bool { // it hangs under another root
			return slices.ContainsFunc(d.Path[1:], func(o string) bool { return slices.Contains(reach.Roots, kernel.OrganizationID(o)) })
		})
		return listing.Listing[organizationDoc]{Items: docs, Total: int64(len(docs))}, err
	}
	if over != "" {
		if _, err := s.inReach(ctx, over); err != nil {
			return listing.Listing[organizationDoc]{}, err
		}
	}
	return listing.Read(ctx, s.docs.organizations, limit, cursor, listing.Phase[organizationDoc]{
		Queries: []store.Query{{Index: "over", Equal: []any{string(over)}}},
		Less:    func(a, b organizationDoc) bool { return before(a.Sort, b.Sort, a.ID, b.ID) },
	})
}
