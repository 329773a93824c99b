package oversight

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func inspectionRoutes(r *web.Router, h *handlers) {
	web.Post(r, "/inspections", web.May("inspection", "draw"), h.draw, web.Summary("Freeze a population and draw a random sample from it, once"))
	web.Get(r, "/inspections", web.May("inspection", "read"), h.inspections, web.Summary("The inspection samples in reach"))
	web.Get(r, "/inspections/{id}", web.May("inspection", "read"), h.inspection, web.Summary("An inspection sample with its result so far"))
	web.Get(r, "/inspections/{id}/items", web.May("inspection", "read"), h.items, web.Summary("The drawn list"))
	web.Put(r, "/inspections/{id}/items/{rank}", web.May("inspection", "enter"), h.enter, web.Summary("Enter what was found at a drawn item"))
	web.Act(r, "/inspections/{id}/withdrawal", web.May("inspection", "draw"), h.withdraw, web.Summary("Give a sample up; it stays visible with the reason"))
	web.Get(r, "/inspections/{id}/recomputation", web.May("inspection", "read"), h.recompute, web.Summary("Draw again from the frozen population and compare"))
	publicRoutes(r, h)
	h.exportRoute(r)
}

type drawInput struct {
	Body drawBody
}

type drawBody struct {
	OrganizationID kernel.OrganizationID `json:"organizationId" minLength:"1" maxLength:"64" doc:"whose tree is drawn from"`
	Year           int                   `json:"year" minimum:"2000" maximum:"2100"`
	Subject        Subject               `json:"subject" enum:"people,institutions,sessions"`
	Size           int                   `json:"size,omitempty" minimum:"1" maximum:"10000" doc:"or percent"`
	Percent        int                   `json:"percent,omitempty" minimum:"1" maximum:"100" doc:"of the population, rounded up"`
	Stratified     bool                  `json:"stratified,omitempty" doc:"every street by its share"`
	Note           string                `json:"note,omitempty" maxLength:"500"`
}

type withdrawalView struct {
	Reason string    `json:"reason"`
	ByName string    `json:"byName"`
	At     time.Time `json:"at"`
}

type inspectionView struct {
	ID           string            `json:"id"`
	Organization namedOrganization `json:"organization"`
	Year         int               `json:"year"`
	Subject      Subject           `json:"subject" enum:"people,institutions,sessions"`
	Stratified   bool              `json:"stratified"`
	Note         string            `json:"note,omitempty"`
	Population   int               `json:"population"`
	Size         int               `json:"size"`
	Digest       string            `json:"digest" doc:"SHA-256 of the frozen population: a line 'id TAB stratum' each, in order"`
	Seed         string            `json:"seed" doc:"SHA-256 of the head of the issuance log and of this id, a line each"`
	Head         string            `json:"head" doc:"the signed head of the issuance log, as it was published"`
	ByName       string            `json:"byName"`
	DrawnAt      time.Time         `json:"drawnAt"`
	Withdrawal   *withdrawalView   `json:"withdrawal,omitempty"`
	ToInspect    int64             `json:"toInspect"`
	Fine         int64             `json:"fine"`
	Deviations   int64             `json:"deviations"`
	MayEnter     bool              `json:"mayEnter"`
	PublicURL    string            `json:"publicUrl" doc:"of the page where anybody may draw again"`
}

func (h *handlers) viewInspection(ctx context.Context, i Inspection, name string) (inspectionView, error) {
	tally, err := h.service.Tally(ctx, i.ID)
	v := inspectionView{
		ID: i.ID, Organization: namedOrganization{i.Organization, name}, Year: i.Year, Subject: i.Subject, Stratified: i.Stratified,
		Note: i.Note, Population: i.Population, Size: i.Size, Digest: i.Digest, Seed: i.Seed, Head: i.Head, ByName: i.ByName, DrawnAt: i.DrawnAt,
		ToInspect: tally[ToInspect], Fine: tally[Fine], Deviations: tally[Deviation],
		MayEnter: i.Withdrawal == nil && kernel.ActorFrom(ctx).InOffice(i.Path), PublicURL: h.service.BaseURL + "/d/" + i.ID,
	}
	if w := i.Withdrawal; w != nil {
		v.Withdrawal = &withdrawalView{w.Reason, w.ByName, w.At}
	}
	return v, err
}

func (h *handlers) answerInspection(ctx context.Context, i Inspection) (*web.Body[inspectionView], error) {
	card, err := h.service.Organizations.Card(ctx, i.Organization)
	if err != nil {
		return nil, err
	}
	v, err := h.viewInspection(ctx, i, card.Name)
	if err != nil {
		return nil, err
	}
	return web.Answer(v), nil
}

func (h *handlers) draw(ctx context.Context, in *drawInput) (*web.Body[inspectionView], error) {
	b := in.Body
	i, err := h.service.Draw(ctx, Order{
		Organization: b.OrganizationID, Year: b.Year, Subject: b.Subject, Size: b.Size, Percent: b.Percent, Stratified: b.Stratified, Note: b.Note,
	})
	if err != nil {
		return nil, err
	}
	return h.answerInspection(ctx, i)
}

type inspectionsInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
}

func (h *handlers) inspections(ctx context.Context, in *inspectionsInput) (*web.Body[web.List[inspectionView]], error) {
	l, err := h.service.Inspections(ctx, in.OrganizationID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	ids := make([]kernel.OrganizationID, len(l.Items))
	for n, i := range l.Items {
		ids[n] = i.Organization
	}
	cards, err := h.service.Organizations.Cards(ctx, distinct(ids))
	if err != nil {
		return nil, err
	}
	items := make([]inspectionView, len(l.Items))
	for n, i := range l.Items {
		if items[n], err = h.viewInspection(ctx, i, cards[i.Organization].Name); err != nil {
			return nil, err
		}
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

type inspectionInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) inspection(ctx context.Context, in *inspectionInput) (*web.Body[inspectionView], error) {
	i, err := h.service.Inspection(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return h.answerInspection(ctx, i)
}

type itemsInput struct {
	web.PageInput
	ID     string `path:"id" maxLength:"64"`
	Result Result `query:"result" enum:"toInspect,fine,deviation"`
}

type itemView struct {
	Rank    int        `json:"rank" doc:"in the order of the draw"`
	ID      string     `json:"id" doc:"of the person, institution or session"`
	Name    string     `json:"name"`
	Stratum string     `json:"stratum,omitempty" doc:"its street"`
	Key     string     `json:"key" doc:"SHA-256 of seed and id"`
	Href    string     `json:"href" doc:"opens by GET"`
	Result  Result     `json:"result" enum:"toInspect,fine,deviation"`
	Note    string     `json:"note,omitempty"`
	Link    string     `json:"link,omitempty" doc:"to what was seen"`
	ByName  string     `json:"byName,omitempty"`
	At      *time.Time `json:"at,omitempty"`
}

func viewItem(subject Subject, x Item, name string) itemView {
	where := map[Subject]string{OfPeople: "/people/", OfInstitutions: "/organizations/", OfSessions: "/sessions/"}[subject]
	return itemView{
		Rank: x.Rank, ID: x.Member.ID, Name: name, Stratum: x.Member.Stratum, Key: x.Key, Href: web.Prefix + where + x.Member.ID,
		Result: x.Result, Note: x.Note, Link: x.Link, ByName: x.ByName, At: known(x.At),
	}
}

func (h *handlers) items(ctx context.Context, in *itemsInput) (*web.Body[web.List[itemView]], error) {
	i, err := h.service.Inspection(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	l, err := h.service.Items(ctx, in.ID, in.Result, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	names, err := h.service.Labels(ctx, i.Subject, l.Items)
	if err != nil {
		return nil, err
	}
	items := make([]itemView, len(l.Items))
	for n, x := range l.Items {
		items[n] = viewItem(i.Subject, x, names[x.Member.ID])
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

type enterInput struct {
	ID   string `path:"id" maxLength:"64"`
	Rank int    `path:"rank" minimum:"1"`
	Body enterBody
}

type enterBody struct {
	Result Result `json:"result" enum:"toInspect,fine,deviation"`
	Note   string `json:"note,omitempty" maxLength:"1000" doc:"needed for a deviation"`
	Link   string `json:"link,omitempty" maxLength:"500" pattern:"^(https?://.+|/.*)?$" doc:"to what was seen"`
}

func (h *handlers) enter(ctx context.Context, in *enterInput) (*web.Body[itemView], error) {
	x, err := h.service.Enter(ctx, in.ID, in.Rank, in.Body.Result, in.Body.Note, in.Body.Link)
	if err != nil {
		return nil, err
	}
	i, err := h.service.Inspection(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	names, err := h.service.Labels(ctx, i.Subject, []Item{x})
	if err != nil {
		return nil, err
	}
	return web.Answer(viewItem(i.Subject, x, names[x.Member.ID])), nil
}

type withdrawInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body withdrawBody
}

type withdrawBody struct {
	Reason string `json:"reason" minLength:"2" maxLength:"500"`
}

func (h *handlers) withdraw(ctx context.Context, in *withdrawInput) (*web.Body[inspectionView], error) {
	i, err := h.service.Withdraw(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return h.answerInspection(ctx, i)
}

type recomputedView struct {
	Equal      bool   `json:"equal" doc:"population, seed and list are as they were drawn"`
	Digest     string `json:"digest"`
	SameDigest bool   `json:"sameDigest"`
	Seed       string `json:"seed"`
	SameSeed   bool   `json:"sameSeed"`
	SameDraw   bool   `json:"sameDraw"`
	Population int    `json:"population"`
	Size       int    `json:"size"`
}

func (h *handlers) recompute(ctx context.Context, in *inspectionInput) (*web.Body[recomputedView], error) {
	r, err := h.service.Recompute(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(recomputedView{
		Equal: r.SameDigest && r.SameSeed && r.SameDraw, Digest: r.Digest, SameDigest: r.SameDigest, Seed: r.Seed, SameSeed: r.SameSeed,
		SameDraw: r.SameDraw, Population: r.Population, Size: r.Size,
	}), nil
}
