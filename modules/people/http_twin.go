package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) twinRoutes(r *web.Router) {
	h.exportTwins(r) // before what takes any id
	web.Get(r, "/people/duplicates", web.May("person", "compare"), h.findings, web.Summary("Records in reach that look like one person, the latest found first"))
	web.Get(r, "/people/duplicates/{id}", web.May("person", "compare"), h.compare, web.Summary("Two records that look like one person, side by side"))
	web.Act(r, "/people/duplicates/{id}/dismissal", web.May("person", "merge"), h.tellApart, web.Summary("They are two people: the finding is not shown again"))
}

type twinView struct {
	ID             kernel.PersonID       `json:"id"`
	Name           string                `json:"name"`
	IDNumberMasked string                `json:"idNumberMasked"`
	PhoneMasked    string                `json:"phoneMasked,omitempty"`
	BirthDate      kernel.Date           `json:"birthDate,omitempty"`
	OnPost         bool                  `json:"onPost"`
	OrganizationID kernel.OrganizationID `json:"organizationId,omitempty" doc:"of the latest spell"`
	Organization   string                `json:"organizationName,omitempty"`
	RecordedAt     time.Time             `json:"recordedAt"`
}

type twinsView struct {
	ID      string    `json:"id"`
	Grounds []Ground  `json:"grounds" enum:"nameAndBirth,phone" doc:"what is the same"`
	State   TwinState `json:"state" enum:"open,distinct,merged"`
	FoundAt time.Time `json:"foundAt"`
	First   twinView  `json:"first" doc:"the record that was made first"`
	Second  twinView  `json:"second"`
}

// FindingsInput asks for likely duplicates; exported for huma.
type FindingsInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"and all under it"`
}

func (h *handlers) findings(ctx context.Context, in *FindingsInput) (*web.Body[web.List[twinsView]], error) {
	found, err := h.service.Findings(ctx, in.OrganizationID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	var employers []kernel.OrganizationID
	for _, p := range found.People {
		if latest := p.Career.Latest().Newest(); len(latest) > 0 {
			employers = append(employers, latest[0].Organization)
		}
	}
	cards, err := h.service.Organizations.Cards(ctx, employers)
	if err != nil {
		return nil, err
	}
	items := make([]twinsView, 0, len(found.Items))
	for _, t := range found.Items {
		items = append(items, twinsView{
			ID: t.ID, Grounds: t.Grounds, State: t.State, FoundAt: t.FoundAt,
			First: h.twin(found.People[t.A], cards), Second: h.twin(found.People[t.B], cards),
		})
	}
	return web.Answer(web.NewList(items, found.Next, found.Total, found.More)), nil
}

func (h *handlers) twin(p Person, cards map[kernel.OrganizationID]kernel.OrganizationCard) twinView {
	v := twinView{ID: p.ID, Name: p.Name, IDNumberMasked: p.IDMasked, PhoneMasked: p.Phone, BirthDate: p.Birth, RecordedAt: p.RecordedAt}
	if latest := p.Career.Latest().Newest(); len(latest) > 0 {
		v.OnPost = latest[0].OnPost(h.service.today())
		v.OrganizationID, v.Organization = latest[0].Organization, cards[latest[0].Organization].Name
	}
	return v
}

type twinsInput struct {
	ID string `path:"id" maxLength:"130"`
}

type comparisonView struct {
	ID      string     `json:"id"`
	Grounds []Ground   `json:"grounds" enum:"nameAndBirth,phone"`
	State   TwinState  `json:"state" enum:"open,distinct,merged"`
	FoundAt time.Time  `json:"foundAt"`
	First   recordView `json:"first" doc:"the record that was made first, whole"`
	Second  recordView `json:"second"`
}

func (h *handlers) compare(ctx context.Context, in *twinsInput) (*web.Body[comparisonView], error) {
	t, a, b, err := h.service.Compare(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := comparisonView{ID: t.ID, Grounds: t.Grounds, State: t.State, FoundAt: t.FoundAt}
	for _, one := range []struct {
		person Person
		view   *recordView
	}{{a, &v.First}, {b, &v.Second}} {
		st, err := h.service.story(ctx, one.person)
		if err != nil {
			return nil, err
		}
		if *one.view, err = h.viewRecord(ctx, st); err != nil {
			return nil, err
		}
	}
	return web.Answer(v), nil
}

type dismissalInput struct {
	ID   string `path:"id" maxLength:"130"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type dismissalView struct {
	ID    string    `json:"id"`
	State TwinState `json:"state" enum:"open,distinct,merged"`
}

func (h *handlers) tellApart(ctx context.Context, in *dismissalInput) (*web.Body[dismissalView], error) {
	t, err := h.service.TellApart(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(dismissalView{ID: t.ID, State: t.State}), nil
}
