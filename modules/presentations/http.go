package presentations

import (
	"context"
	"net/http"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/presentations/rule"
)

type handlers struct{ service *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/certificates/{id}/live-code", web.May("certificate", "present"), h.liveCode, web.Pace(60, 20), web.Summary("The QR text that the holder shows now; it is renewed all the time"))
	web.Get(r, "/certificates/{id}/live-code/opening", web.May("certificate", "present"), h.opening, web.Pace(120, 60), web.Summary("Whether somebody opened the live code that the holder shows, with the sign that both then see"))
	web.Post(r, "/certificates/{id}/links", web.May("certificateLink", "create"), h.makeLink, web.Pace(20, 10), web.Summary("Make a link to a certificate of one's own that ends and says who looked"))
	web.Get(r, "/certificates/{id}/links", web.May("certificateLink", "read"), h.links, web.Summary("The links to a certificate of one's own, the latest first"))
	web.Get(r, "/certificate-links/{id}/visits", web.May("certificateLink", "read"), h.visits, web.Summary("Who looked through a link of one's own, the latest first"))
	web.Delete(r, "/certificate-links/{id}", web.May("certificateLink", "revoke"), h.revoke, web.Summary("End a link of one's own at once"))
	web.Act(r, "/public/presentations", web.Public("presentation", "judge"), h.judge, web.Pace(60, 60), web.Summary("Tell whether the text of a QR code comes live from its holder's phone"))
	web.Raw(r, http.MethodGet, "//v/{code}/{live}", web.Public("presentation", "open"), h.livePage, web.Pace(60, 60), web.Told(h.busy)) // paths match in either case
	web.Raw(r, http.MethodGet, "//s/{code}", web.Public("certificateLink", "open"), h.linkPage, web.Pace(30, 30), web.Told(h.busy))
	web.Raw(r, http.MethodPost, "//s/{code}", web.Public("certificateLink", "open"), h.visit, web.Pace(30, 30), web.Told(h.busy))
}

type certificateInput struct {
	ID kernel.CertificateID `path:"id" maxLength:"64"`
}

type liveCodeView struct {
	QRText  string    `json:"qrText"`
	MadeAt  time.Time `json:"madeAt"`
	RenewAt time.Time `json:"renewAt" doc:"ask for the next from then on"`
	EndsAt  time.Time `json:"endsAt" doc:"whoever opens it later is told that it is a picture"`
	Now     time.Time `json:"now" doc:"the server's clock: a phone's may be wrong"`
}

func (h *handlers) liveCode(ctx context.Context, in *certificateInput) (*web.Body[liveCodeView], error) {
	c, err := h.service.LiveCode(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(liveCodeView{QRText: c.Text, MadeAt: c.MadeAt, RenewAt: c.RenewAt, EndsAt: c.EndsAt, Now: h.service.now()}), nil
}

type openingInput struct {
	ID   kernel.CertificateID `path:"id" maxLength:"64"`
	Part string               `query:"part" required:"true" minLength:"1" maxLength:"64" doc:"what stands behind the public code in qrText"`
}

type openingView struct {
	Opened bool       `json:"opened"`
	At     *time.Time `json:"at,omitempty" doc:"first"`
	Sign   string     `json:"sign,omitempty" doc:"two digits that whoever opened it first was told: the phone that made the code shows them, a copy of its picture does not"`
}

func (h *handlers) opening(ctx context.Context, in *openingInput) (*web.Body[openingView], error) {
	o, opened, err := h.service.Opened(ctx, in.ID, in.Part)
	if err != nil || !opened {
		return web.Answer(openingView{}), err
	}
	return web.Answer(openingView{Opened: true, At: &o.At, Sign: o.Sign}), nil
}

type linkView struct {
	ID        string     `json:"id"`
	URL       string     `json:"url"`
	Label     string     `json:"label"`
	AsksName  bool       `json:"asksName" doc:"readers say who they are first"`
	State     LinkState  `json:"state" enum:"open,expired,revoked,usedUp"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
	RevokedAt *time.Time `json:"revokedAt,omitempty"`
	Visits    int64      `json:"visits"`
	VisitedAt *time.Time `json:"visitedAt,omitempty" doc:"the last time"`
}

func (h *handlers) view(l Link) (linkView, error) {
	code, err := h.service.CodeOf(l)
	return linkView{
		ID: l.ID, URL: h.service.BaseURL + "/s/" + code, Label: l.Label, AsksName: l.AsksName, State: h.service.StateOf(l), CreatedAt: l.At,
		ExpiresAt: l.ExpiresAt, RevokedAt: l.RevokedAt, Visits: l.Visits, VisitedAt: l.VisitedAt,
	}, err
}

type makeLinkInput struct {
	ID   kernel.CertificateID `path:"id" maxLength:"64"`
	Body struct {
		Hours    int    `json:"hours,omitempty" minimum:"0" maximum:"100000" doc:"one of linkHours; the usual when left out"`
		Label    string `json:"label,omitempty" maxLength:"60" doc:"for one's own memory; readers do not see it"`
		AsksName bool   `json:"asksName,omitempty" doc:"readers say who they are first"`
	}
}

func (h *handlers) makeLink(ctx context.Context, in *makeLinkInput) (*web.Body[linkView], error) {
	l, _, err := h.service.MakeLink(ctx, in.ID, LinkDraft{Hours: in.Body.Hours, Label: in.Body.Label, AsksName: in.Body.AsksName})
	if err != nil {
		return nil, err
	}
	v, err := h.view(l)
	return web.Answer(v), err
}

type linksView struct {
	web.List[linkView]
	LinkHours []int `json:"linkHours" doc:"how long a link may open; the first is the usual"`
	LinksMost int   `json:"linksMost" doc:"of one certificate that are open"`
}

func (h *handlers) links(ctx context.Context, in *certificateInput) (*web.Body[linksView], error) {
	all, err := h.service.Links(ctx, in.ID)
	items := make([]linkView, 0, len(all))
	for _, l := range all {
		v, failed := h.view(l)
		if failed != nil {
			return nil, failed
		}
		items = append(items, v)
	}
	row := h.service.row()
	return web.Answer(linksView{web.NewList(items, "", int64(len(items)), false), row.LinkHours, row.LinksMost}), err
}

type linkInput struct {
	ID string `path:"id" maxLength:"64"`
}

type visitsInput struct {
	web.PageInput
	ID string `path:"id" maxLength:"64"`
}

type visitView struct {
	At     time.Time `json:"at"`
	Name   string    `json:"name,omitempty" doc:"as the reader said; nobody checked it"`
	Office string    `json:"office,omitempty" doc:"likewise"`
	Device Device    `json:"device" enum:"phone,computer"`
}

func (h *handlers) visits(ctx context.Context, in *visitsInput) (*web.Body[web.List[visitView]], error) {
	l, err := h.service.Visits(ctx, in.ID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]visitView, 0, len(l.Items))
	for _, v := range l.Items {
		items = append(items, visitView(v))
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

func (h *handlers) revoke(ctx context.Context, in *linkInput) (*struct{}, error) {
	return nil, h.service.Revoke(ctx, in.ID)
}

type judgeInput struct {
	Body struct {
		QRText string `json:"qrText" minLength:"1" maxLength:"4096"`
	}
}

type showingView struct {
	Kind   rule.Kind  `json:"showing" enum:"static,live,again,stale,foreign"`
	Text   string     `json:"text" doc:"the same in words"`
	Why    string     `json:"why" doc:"what it means and what to do"`
	MadeAt *time.Time `json:"madeAt,omitempty"`
	Before *time.Time `json:"openedBefore,omitempty" doc:"when it was opened first"`
	Sign   string     `json:"sign,omitempty" doc:"two digits for whoever opens a live code first: the phone that made it shows them by now, a copy of its picture does not"`
}

func (h *handlers) judge(ctx context.Context, in *judgeInput) (*web.Body[showingView], error) {
	x, err := h.service.OpenText(ctx, in.Body.QRText)
	if err != nil {
		return nil, err
	}
	n := noteOf(ctx, x, h.service.now())
	v := showingView{Kind: x.Kind, Text: n.Word, Why: n.Why, Sign: x.Sign}
	if !x.MadeAt.IsZero() {
		v.MadeAt = &x.MadeAt
	}
	if !x.Before.IsZero() {
		v.Before = &x.Before
	}
	return web.Answer(v), nil
}
