package hours

import (
	"context"
	"net/url"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) claimRoutes(r *web.Router) {
	web.Get(r, "/hours/imported", web.May("importedHours", "list"), h.claims, web.Summary("Hours earned elsewhere, by where they stand"))
	web.Get(r, "/hours/imported/{id}", web.May("importedHours", "list"), h.claim, web.Summary("One of them, with every table that told of it"))
	web.Act(r, "/hours/imported/decisions", web.May("importedHours", "decide"), h.decide, web.Summary("Confirm or reject hours earned elsewhere, all of them or none"))
}

// ClaimsInput is exported for huma, which reads the fields of exported embedded
// types only.
type ClaimsInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"sent by it or by one under it"`
	State          ClaimState            `query:"state" enum:"claimed,confirmed,rejected,withdrawn" default:"claimed"`
}

type claimPart struct {
	Title          string                `json:"title"`
	ProviderName   string                `json:"providerName" doc:"as the table has it"`
	Category       string                `json:"category"`
	OrganiserTier  string                `json:"organiserTier,omitempty"`
	Minutes        kernel.Minutes        `json:"minutes"`
	StartsAt       *time.Time            `json:"startsAt" doc:"null where only the day is known"`
	EndsAt         *time.Time            `json:"endsAt"`
	Remark         string                `json:"remark,omitempty"`
	Counts         bool                  `json:"counts" doc:"whether its category counts toward the duty"`
	State          ClaimState            `json:"state" enum:"claimed,confirmed,rejected,withdrawn"`
	ImportID       string                `json:"importId"`
	FileName       string                `json:"fileName"`
	OrganizationID kernel.OrganizationID `json:"organizationId" doc:"that sent the table"`
	ImportedBy     string                `json:"importedBy"`
	ImportedAt     time.Time             `json:"importedAt"`
	DecidedBy      string                `json:"decidedBy,omitempty"`
	DecidedAt      *time.Time            `json:"decidedAt,omitempty"`
	DecidedWhy     string                `json:"decidedWhy,omitempty"`
	WithdrawnAt    *time.Time            `json:"withdrawnAt,omitempty"`
	RuleVersion    string                `json:"ruleVersion"`
}

// ClaimView is exported for huma, which reads the fields of exported embedded
// types only.
type ClaimView struct {
	ID             string          `json:"id"`
	PersonID       kernel.PersonID `json:"personId"`
	Name           string          `json:"name"`
	IDNumberMasked string          `json:"idNumberMasked"`
	Date           kernel.Date     `json:"date" format:"date"`
	Claim          claimPart       `json:"claim"`
	Mine           bool            `json:"mine" doc:"sent by the reader, who therefore cannot confirm it"`
}

func viewClaim(c Claim) claimPart {
	p := claimPart{
		Title: c.Title, ProviderName: c.Provider, Category: c.Category, OrganiserTier: c.Tier, Minutes: c.Minutes, Remark: c.Remark,
		Counts: c.Counts, State: c.State, ImportID: c.Import, FileName: c.File, OrganizationID: c.Organization, ImportedBy: c.ByName,
		ImportedAt: c.At, DecidedBy: c.DecidedName, DecidedAt: c.DecidedAt, DecidedWhy: c.DecidedWhy, WithdrawnAt: c.WithdrawnAt, RuleVersion: c.Rule,
	}
	if c.Timed() {
		p.StartsAt, p.EndsAt = &c.StartsAt, &c.EndsAt
	}
	return p
}

func viewClaimLine(ctx context.Context, l ClaimLine) ClaimView {
	return ClaimView{
		ID: l.ID, PersonID: l.Person.ID, Name: l.Person.Name, IDNumberMasked: l.Person.IDNumberMasked, Date: l.Date,
		Claim: viewClaim(l.Claim), Mine: l.Claim.By == kernel.ActorFrom(ctx).User,
	}
}

func (h *handlers) claims(ctx context.Context, in *ClaimsInput) (*web.Body[web.List[ClaimView]], error) {
	l, err := h.service.Claims(ctx, ClaimFilter{Organization: in.OrganizationID, State: in.State}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]ClaimView, 0, len(l.Items))
	for _, x := range l.Items {
		items = append(items, viewClaimLine(ctx, x))
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

type claimInput struct {
	ID string `path:"id" maxLength:"64"`
}

type claimHistoryView struct {
	ClaimView
	History []claimPart `json:"history" doc:"oldest first; the current one included"`
}

func (h *handlers) claim(ctx context.Context, in *claimInput) (*web.Body[claimHistoryView], error) {
	id, err := url.PathUnescape(in.ID) // its colon comes as %3A from some clients
	if err != nil {
		return nil, ErrClaimUnknown.Because(err)
	}
	l, all, err := h.service.Claim(ctx, id)
	if err != nil {
		return nil, err
	}
	v := claimHistoryView{ClaimView: viewClaimLine(ctx, l)}
	for _, c := range all {
		v.History = append(v.History, viewClaim(c))
	}
	return web.Answer(v), nil
}

type decideInput struct {
	Body struct {
		IDs      []string   `json:"ids" minItems:"1" maxItems:"200" nullable:"false"`
		Decision ClaimState `json:"decision" enum:"confirmed,rejected"`
		Reason   string     `json:"reason" minLength:"2" maxLength:"200" doc:"what was compared: the sign-in sheet, the organiser's word, …"`
	}
}

type decidedView struct {
	Decided int `json:"decided"`
}

func (h *handlers) decide(ctx context.Context, in *decideInput) (*web.Body[decidedView], error) {
	if err := h.service.Decide(ctx, in.Body.IDs, in.Body.Decision, in.Body.Reason); err != nil {
		return nil, err
	}
	return web.Answer(decidedView{Decided: len(in.Body.IDs)}), nil
}
