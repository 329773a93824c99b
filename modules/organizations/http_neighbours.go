package organizations

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/web"
)

func (h *handlers) neighbourRoutes(r *web.Router) {
	web.Get(r, "/organizations/tree", web.May("organization", "list"), h.tree, web.Summary("What an organisation oversees itself, with counts; without one, where the reach begins"))
	web.Get(r, "/organizations/{id}/relations", web.May("organization", "read"), h.relations, web.Summary("Overseers, other sites of the same credit code, operator group and its homes"))
	web.Get(r, "/organizations/{id}/directors", web.May("organization", "read"), h.directors, web.Summary("Who directs it, and who did"))
	web.Get(r, "/organizations/{id}/history", web.May("organization", "read"), h.history, web.Summary("What was changed of it, the newest first"))
}

type treeInput struct {
	web.PageInput
	ParentID kernel.OrganizationID `query:"parentId" maxLength:"64"`
	AsOf     kernel.Date           `query:"asOf" format:"date" maxLength:"10" doc:"under the names of that day"`
}

type nodeView struct {
	ID              kernel.OrganizationID `json:"id"`
	Kind            Kind                  `json:"kind"`
	Name            string                `json:"name"`
	SubdistrictName string                `json:"subdistrictName,omitempty"`
	ApprovedBeds    int                   `json:"approvedBeds,omitempty"`
	SmallCareHome   bool                  `json:"smallCareHome"`
	ClosedOn        kernel.Date           `json:"closedOn,omitempty"`
	Flags           []string              `json:"flags"`
	Children        int64                 `json:"children" doc:"that it oversees itself"`
	Institutions    int64                 `json:"institutions" doc:"in its whole subtree"`
}

func (h *handlers) tree(ctx context.Context, in *treeInput) (*web.Body[web.List[nodeView]], error) {
	found, err := h.service.Tree(ctx, in.ParentID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	l := listing.Map(found, func(n Node) nodeView {
		v := h.viewOn(n.Organization, in.AsOf)
		return nodeView{
			ID: v.ID, Kind: v.Kind, Name: v.Name, SubdistrictName: v.SubdistrictName, ApprovedBeds: v.ApprovedBeds, SmallCareHome: v.SmallCareHome,
			ClosedOn: v.ClosedOn, Flags: v.Flags, Children: n.Children, Institutions: n.Institutions,
		}
	})
	return web.Answer(web.NewList(l.Items, l.Next, l.Total, l.More)), nil
}

type linkView struct {
	ID      kernel.OrganizationID `json:"id"`
	Name    string                `json:"name"`
	Kind    string                `json:"kind"`
	InReach bool                  `json:"inReach" doc:"whether it can be opened"`
}

type siteView struct {
	ID              kernel.OrganizationID `json:"id"`
	Name            string                `json:"name"`
	Kind            Kind                  `json:"kind"`
	DivisionName    string                `json:"divisionName"`
	SubdistrictName string                `json:"subdistrictName,omitempty"`
	ApprovedBeds    int                   `json:"approvedBeds,omitempty"`
	Grade           string                `json:"grade,omitempty"`
	ClosedOn        kernel.Date           `json:"closedOn,omitempty"`
	Flags           []string              `json:"flags"`
}

type relationsView struct {
	Overseers     []linkView `json:"overseers" doc:"nearest first"`
	Siblings      []siteView `json:"siblings" doc:"other sites of the same credit code, in reach"`
	OperatorGroup *linkView  `json:"operatorGroup"`
	Homes         []siteView `json:"homes" doc:"of an operator group, in reach"`
	Children      int64      `json:"children" doc:"that it oversees itself"`
}

func (h *handlers) relations(ctx context.Context, in *readInput) (*web.Body[relationsView], error) {
	found, err := h.service.Relations(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	reach := kernel.ReachFrom(ctx)
	link := func(c kernel.OrganizationCard) linkView {
		return linkView{ID: c.ID, Name: c.Name, Kind: c.Kind, InReach: reach.Covers(c.Path)}
	}
	sites := func(all []Organization) []siteView {
		out := make([]siteView, 0, len(all))
		for _, o := range all {
			v := h.view(o)
			out = append(out, siteView{
				ID: v.ID, Name: v.Name, Kind: v.Kind, DivisionName: v.DivisionName, SubdistrictName: v.SubdistrictName, ApprovedBeds: v.ApprovedBeds,
				Grade: v.Grade, ClosedOn: v.ClosedOn, Flags: v.Flags,
			})
		}
		return out
	}
	v := relationsView{Overseers: []linkView{}, Siblings: sites(found.Siblings), Homes: sites(found.Homes), Children: found.Directly}
	for _, c := range found.Overseers {
		v.Overseers = append(v.Overseers, link(c))
	}
	if found.Group != nil {
		group := link(*found.Group)
		v.OperatorGroup = &group
	}
	return web.Answer(v), nil
}

type directorView struct {
	PersonID  kernel.PersonID `json:"personId,omitempty" doc:"in reach only"`
	Name      string          `json:"name" doc:"masked out of reach"`
	StartedOn kernel.Date     `json:"startedOn"`
	EndedOn   kernel.Date     `json:"endedOn,omitempty"`
	Current   bool            `json:"current"`
}

type directorsView struct {
	Items []directorView `json:"items"`
}

func (h *handlers) directors(ctx context.Context, in *readInput) (*web.Body[directorsView], error) {
	terms, cards, err := h.service.Directors(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	reach, today := kernel.ReachFrom(ctx), h.service.today()
	out := directorsView{Items: make([]directorView, 0, len(terms))}
	for _, t := range terms {
		card := cards[t.Person]
		v := directorView{Name: card.NameMasked, StartedOn: t.Period.From, Current: t.Period.Holds(today)}
		if reach.Covers(card.Reach) {
			v.PersonID, v.Name = t.Person, card.Name
		}
		if t.Period.To != kernel.Forever {
			v.EndedOn = t.Period.To
		}
		out.Items = append(out.Items, v)
	}
	return web.Answer(out), nil
}

type historyInput struct {
	web.PageInput
	ID kernel.OrganizationID `path:"id" maxLength:"64"`
}

type fieldChangeView struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

type changeView struct {
	What   string            `json:"what" enum:"registered,amended"`
	From   kernel.Date       `json:"from,omitempty" format:"date" doc:"the day since when it holds"`
	Fields []fieldChangeView `json:"fields"`
	ByName string            `json:"byName"`
	At     time.Time         `json:"at"`
}

func (h *handlers) history(ctx context.Context, in *historyInput) (*web.Body[web.List[changeView]], error) {
	found, err := h.service.History(ctx, in.ID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	var involved []kernel.OrganizationID
	for _, c := range found.Items {
		for _, f := range c.Fields {
			if f.names() {
				involved = append(involved, kernel.OrganizationID(f.Old), kernel.OrganizationID(f.New))
			}
		}
	}
	cards, err := h.service.Cards(ctx, involved)
	if err != nil {
		return nil, err
	}
	l := listing.Map(found, func(c Change) changeView {
		v := changeView{What: c.What, From: c.From, Fields: []fieldChangeView{}, ByName: c.ByName, At: c.At}
		for _, f := range c.Fields {
			shown := fieldChangeView(f)
			if f.names() {
				shown.Old, shown.New = cards[kernel.OrganizationID(f.Old)].Name, cards[kernel.OrganizationID(f.New)].Name
			}
			v.Fields = append(v.Fields, shown)
		}
		return v
	})
	return web.Answer(web.NewList(l.Items, l.Next, l.Total, l.More)), nil
}

// names tells a field that holds another organisation.
func (f FieldChange) names() bool { return f.Field == "parentId" || f.Field == "operatorGroupId" }
