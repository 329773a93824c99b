package platforms

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type handlers struct{ s *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Post(r, "/platform-keys", web.May("platformKey", "create"), h.create, web.Summary("Make a key with which another platform verifies certificates in bulk; it is told once"))
	web.Get(r, "/platform-keys", web.May("platformKey", "list"), h.list, web.Summary("Keys of platforms, the newest first, with what was asked by them"))
	web.Get(r, "/platform-keys/{id}", web.May("platformKey", "read"), h.read, web.Summary("A key, and what was asked by it on each of the last 30 days"))
	web.Act(r, "/platform-keys/{id}/revocation", web.May("platformKey", "revoke"), h.revoke, web.Summary("End a key for good; it is refused from the next question on"))
}

type useView struct {
	Calls int64 `json:"calls" doc:"questions"`
	Items int64 `json:"items" doc:"certificates in them"`
}

type dayView struct {
	On    kernel.Date `json:"on" format:"date"`
	Calls int64       `json:"calls"`
	Items int64       `json:"items"`
}

type revocationView struct {
	At     time.Time `json:"at"`
	ByName string    `json:"byName"`
	Reason string    `json:"reason"`
}

type keyView struct {
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	Contact    string          `json:"contact,omitempty"`
	State      State           `json:"state" enum:"active,expired,revoked"`
	CreatedAt  time.Time       `json:"createdAt"`
	CreatedBy  string          `json:"createdBy"`
	ExpiresOn  kernel.Date     `json:"expiresOn" format:"date" doc:"the last day"`
	UsedAt     *time.Time      `json:"usedAt" doc:"to the minute; null where it was never used"`
	Revocation *revocationView `json:"revocation,omitempty"`
	Today      useView         `json:"today"`
	Ever       useView         `json:"ever"`
}

func (h *handlers) view(u Used) keyView {
	v := keyView{
		ID: u.ID, Name: u.Name, Contact: u.Contact, State: u.State(h.s.now()), CreatedAt: u.CreatedAt, CreatedBy: u.CreatedBy, ExpiresOn: u.ExpiresOn,
		UsedAt: u.UsedAt, Today: useView{u.Today.Calls, u.Today.Items}, Ever: useView{u.Ever.Calls, u.Ever.Items},
	}
	if r := u.Revocation; r != nil {
		v.Revocation = &revocationView{At: r.At, ByName: r.ByName, Reason: r.Reason}
	}
	return v
}

type createInput struct {
	Body struct {
		Name      string      `json:"name" minLength:"1" maxLength:"80" doc:"of the platform"`
		Contact   string      `json:"contact,omitempty" maxLength:"120" doc:"who answers for it there"`
		ExpiresOn kernel.Date `json:"expiresOn,omitempty" format:"date" doc:"the last day; as the house's rule says when left out"`
	}
}

type createdView struct {
	PlatformKey keyView `json:"platformKey"`
	Key         string  `json:"key" doc:"send it as bearer token; told once"`
}

func (h *handlers) create(ctx context.Context, in *createInput) (*web.Body[createdView], error) {
	k, secret, err := h.s.Create(ctx, Draft{Name: in.Body.Name, Contact: in.Body.Contact, ExpiresOn: in.Body.ExpiresOn})
	if err != nil {
		return nil, err
	}
	return web.Answer(createdView{h.view(Used{Key: k}), secret}), nil
}

type listInput struct{ web.PageInput }

func (h *handlers) list(ctx context.Context, in *listInput) (*web.Body[web.List[keyView]], error) {
	items, page, total, more, err := h.s.List(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	views := make([]keyView, 0, len(items))
	for _, u := range items {
		views = append(views, h.view(u))
	}
	return web.Answer(web.NewList(views, page.Next, total, more)), nil
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

type limitsView struct {
	PerMinute int    `json:"perMinute" doc:"certificates"`
	AtOnce    int    `json:"atOnce"`
	PerDay    int64  `json:"perDay"`
	Rule      string `json:"ruleVersion"`
}

type detailView struct {
	PlatformKey keyView    `json:"platformKey"`
	Days        []dayView  `json:"days" doc:"those with a question, the newest first"`
	Limits      limitsView `json:"limits"`
}

func (h *handlers) read(ctx context.Context, in *idInput) (*web.Body[detailView], error) {
	u, days, err := h.s.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	limits, err := h.s.Limits()
	if err != nil {
		return nil, err
	}
	v := detailView{PlatformKey: h.view(u), Days: []dayView{}, Limits: limitsView{limits.PerMinute, limits.AtOnce, limits.PerDay, limits.Stamp()}}
	for _, d := range days {
		v.Days = append(v.Days, dayView(d))
	}
	return web.Answer(v), nil
}

type revokeInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) revoke(ctx context.Context, in *revokeInput) (*web.Body[keyView], error) {
	if _, err := h.s.Revoke(ctx, in.ID, in.Body.Reason); err != nil {
		return nil, err
	}
	u, _, err := h.s.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(h.view(u)), nil
}
