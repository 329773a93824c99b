package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/web"
)

// consentRoutes stand before /people/{id}: their second word is no id.
func (h *handlers) consentRoutes(r *web.Router) {
	web.Get(r, "/public/privacy-notice", web.Public("privacyNotice", "read"), h.notice, web.Summary("The privacy notice in force, or a named version of it"))
	web.Get(r, "/people/consents", web.May("consent", "list"), h.listConsents, web.Summary("Who in reach has not consented to the privacy notice in force, or has"))
	web.Post(r, "/people/consents", web.May("consent", "register"), h.consentMany, web.Summary("Register consents signed on paper, for a list of people"), web.Status(200))
	web.Get(r, "/people/{id}/consents", web.May("consent", "read"), h.consents, web.Summary("Every word of consent of a person"))
	web.Post(r, "/people/{id}/consents", web.May("consent", "give"), h.consent, web.Summary("Consent to the privacy notice by oneself, or register a signed paper"))
	web.Act(r, "/people/{id}/consents/withdrawal", web.May("consent", "withdraw"), h.withdrawConsent, web.Summary("Take consent back"))
}

type noticeInput struct {
	Version string `query:"version" maxLength:"20" doc:"the one in force when left out"`
}

type noticeView struct {
	Notice
	NoticeText
}

func (h *handlers) notice(ctx context.Context, in *noticeInput) (*web.Body[noticeView], error) {
	n, err := h.service.Notice()
	if in.Version != "" {
		n, err = h.service.Notices.Find(in.Version)
	}
	if err != nil {
		return nil, err
	}
	return web.Answer(noticeView{n, n.Texts[web.Language(ctx)]}), nil
}

type consentView struct {
	ID           string                `json:"id"`
	Version      string                `json:"version" doc:"of the notice"`
	Withdrawn    bool                  `json:"withdrawn" doc:"true: consent was taken back"`
	Separate     bool                  `json:"separate" doc:"separate consent to sensitive data (PIPL articles 28 and 29)"`
	Channel      Channel               `json:"channel" enum:"phone,paper"`
	SignedOn     kernel.Date           `json:"signedOn,omitempty" doc:"of the paper"`
	Note         string                `json:"note,omitempty"`
	By           string                `json:"by" doc:"who said or entered it"`
	Organization kernel.OrganizationID `json:"organizationId,omitempty" doc:"whose clerk entered it"`
	At           time.Time             `json:"at"`
}

func viewConsent(c Consent) consentView {
	return consentView{
		ID: c.ID, Version: c.Version, Withdrawn: c.Withdrawn, Separate: c.Separate, Channel: c.Channel, SignedOn: c.SignedOn, Note: c.Note,
		By: c.ByName, Organization: c.Organization, At: c.At,
	}
}

func viewConsents(all []Consent) []consentView {
	out := make([]consentView, 0, len(all))
	for _, c := range all {
		out = append(out, viewConsent(c))
	}
	return out
}

type consentsView struct {
	State    ConsentState  `json:"state" enum:"missing,outdated,given,withdrawn" doc:"toward the version in force"`
	Separate bool          `json:"separate" doc:"to sensitive data as well"`
	Current  string        `json:"current" doc:"the version in force; empty when there is none"`
	Items    []consentView `json:"items" doc:"the latest first"`
}

func (h *handlers) consents(ctx context.Context, in *personInput) (*web.Body[consentsView], error) {
	rows, standing, err := h.service.Consents(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	current, _ := h.service.Notices.Current(h.service.today())
	v := consentsView{State: standing.State(current.Version), Current: current.Version, Items: viewConsents(rows)}
	v.Separate = v.State == ConsentGiven && standing.Separate
	return web.Answer(v), nil
}

// PaperInput is what is said of a signed paper; exported for huma.
type PaperInput struct {
	Version  string      `json:"version" minLength:"1" maxLength:"20" doc:"of the notice that was read"`
	Separate bool        `json:"separate,omitempty" doc:"separate consent to sensitive data (PIPL articles 28 and 29)"`
	SignedOn kernel.Date `json:"signedOn,omitempty" format:"date" maxLength:"10" doc:"day of the signature; needed when it is somebody else's paper"`
	Note     string      `json:"note,omitempty" maxLength:"200" doc:"where the paper is kept"`
}

func (p PaperInput) word() ConsentWord { return ConsentWord(p) }

type consentInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body PaperInput
}

func (h *handlers) consent(ctx context.Context, in *consentInput) (*web.Body[consentView], error) {
	c, err := h.service.Consent(ctx, in.ID, in.Body.word())
	if err != nil {
		return nil, err
	}
	return web.Answer(viewConsent(c)), nil
}

type withdrawConsentInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		SignedOn kernel.Date `json:"signedOn,omitempty" format:"date" maxLength:"10" doc:"needed when it is somebody else's paper"`
		Note     string      `json:"note,omitempty" maxLength:"200"`
	}
}

func (h *handlers) withdrawConsent(ctx context.Context, in *withdrawConsentInput) (*web.Body[consentView], error) {
	c, err := h.service.WithdrawConsent(ctx, in.ID, ConsentWord{SignedOn: in.Body.SignedOn, Note: in.Body.Note})
	if err != nil {
		return nil, err
	}
	return web.Answer(viewConsent(c)), nil
}

type consentManyInput struct {
	Body struct {
		PaperInput
		PersonIDs []kernel.PersonID `json:"personIds" minItems:"1" maxItems:"200" uniqueItems:"true"`
	}
}

type consentOutcomeView struct {
	PersonID kernel.PersonID `json:"personId"`
	Recorded bool            `json:"recorded"`
	Code     string          `json:"code,omitempty"`
	Reason   string          `json:"reason,omitempty"`
}

type consentOutcomesView struct {
	Outcomes []consentOutcomeView `json:"outcomes"`
}

func (h *handlers) consentMany(ctx context.Context, in *consentManyInput) (*web.Body[consentOutcomesView], error) {
	out := consentOutcomesView{Outcomes: []consentOutcomeView{}}
	for _, o := range h.service.ConsentMany(ctx, in.Body.PersonIDs, in.Body.word()) {
		v := consentOutcomeView{PersonID: o.Person, Recorded: o.Err == nil}
		if o.Err != nil {
			f, refused := fault.From(o.Err)
			if !refused {
				return nil, o.Err
			}
			v.Code = f.Code
			if len(f.Fields) > 0 {
				v.Code = f.Fields[0].Code
			}
			v.Reason = web.Text(ctx, v.Code)
		}
		out.Outcomes = append(out.Outcomes, v)
	}
	return web.Answer(out), nil
}

type consentListInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"and all under it"`
	State          ConsentState          `query:"state" enum:"missing,outdated,given,withdrawn" doc:"everybody without consent in force when left out"`
	OnPost         bool                  `query:"onPost" doc:"only who is on post"`
}

type consentItemView struct {
	PersonID       kernel.PersonID  `json:"personId"`
	Name           string           `json:"name"`
	IDNumberMasked string           `json:"idNumberMasked"`
	PhoneMasked    string           `json:"phoneMasked,omitempty"`
	Organization   string           `json:"organizationName,omitempty"`
	Role           kernel.StaffRole `json:"role,omitempty"`
	State          ConsentState     `json:"state" enum:"missing,outdated,given,withdrawn"`
	Separate       bool             `json:"separate"`
	Version        string           `json:"version,omitempty" doc:"of the notice that was last answered"`
	Channel        Channel          `json:"channel,omitempty" enum:"phone,paper"`
	At             *time.Time       `json:"at,omitempty"`
}

func (h *handlers) listConsents(ctx context.Context, in *consentListInput) (*web.Body[web.List[consentItemView]], error) {
	f := ConsentFilter{Organization: in.OrganizationID, State: in.State, OnPost: in.OnPost}
	found, err := h.service.ListConsents(ctx, f, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	people, err := h.items(ctx, found.Items, Filter{Organization: in.OrganizationID})
	if err != nil {
		return nil, err
	}
	current, _ := h.service.Notices.Current(h.service.today())
	items := make([]consentItemView, 0, len(people))
	for i, p := range people {
		v := consentItemView{
			PersonID: p.ID, Name: p.Name, IDNumberMasked: p.IDNumberMasked, PhoneMasked: p.PhoneMasked, Organization: p.Organization, Role: p.Role,
			State: found.Items[i].Consent.State(current.Version),
		}
		if c := found.Items[i].Consent; c != nil {
			v.Separate, v.Version, v.Channel, v.At = c.Separate, c.Version, c.Channel, &c.At
		}
		items = append(items, v)
	}
	return web.Answer(web.NewList(items, found.Next, found.Total, found.More)), nil
}
