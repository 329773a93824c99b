package certificates

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/web"
)

// ErrMethodMissing: a word says how it was reached.
var ErrMethodMissing = fault.New(fault.Invalid, "certificates.method_missing")

func routesConflicts(r *web.Router, h *handlers) {
	web.Get(r, "/certificate-conflicts", web.May("certificateConflict", "list"), h.conflicts, web.Summary("Numbers that are claimed for two people, the oldest first"))
	web.Get(r, "/certificate-conflicts/{id}", web.May("certificateConflict", "read"), h.conflict, web.Summary("A number that is claimed for two people"))
	web.Act(r, "/certificate-conflicts/{id}/decision", web.May("certificateConflict", "decide"), h.decide, web.Summary("Decide who holds the certificate; for whoever oversees both sides"))
}

type employerView struct {
	ID   string `json:"id,omitempty" doc:"in reach only"`
	Name string `json:"name"`
}

// sideView hides who somebody is from whoever does not oversee them.
type sideView struct {
	InReach        bool           `json:"inReach"`
	PersonID       string         `json:"personId,omitempty"`
	Name           string         `json:"name" doc:"masked out of reach; empty for a party, who learns nothing of the other"`
	IDNumberMasked string         `json:"idNumberMasked,omitempty"`
	CertificateID  string         `json:"certificateId,omitempty"`
	Status         string         `json:"status,omitempty" doc:"of the certificate on the books"`
	Institutions   []employerView `json:"institutions" doc:"as they were called when it came up"`
}

type claimView struct {
	Family         string      `json:"family"`
	Level          int         `json:"level"`
	IssuedOn       kernel.Date `json:"issuedOn"`
	IssuerName     string      `json:"issuerName"`
	OccupationName string      `json:"occupationName,omitempty"`
}

type rulingView struct {
	Holder        string    `json:"holder" enum:"held,claimed,neither,merged,withdrawn" doc:"merged: both records turned out to be one person; withdrawn: the registration was taken back"`
	Method        string    `json:"method" doc:"empty where nobody decided"`
	Reason        string    `json:"reason"`
	ByName        string    `json:"byName"`
	At            time.Time `json:"at"`
	CertificateID string    `json:"certificateId,omitempty" doc:"that the claimant got"`
}

type conflictView struct {
	ID        string      `json:"id"`
	Number    string      `json:"number"`
	Status    string      `json:"status" enum:"open,decided"`
	Held      sideView    `json:"held" doc:"whose number it is on the books"`
	Claimed   sideView    `json:"claimed" doc:"for whom it was claimed as well"`
	Claim     claimView   `json:"claim"`
	Times     int         `json:"times" doc:"so often it was claimed"`
	ByName    string      `json:"byName,omitempty" doc:"who claimed it; in reach only"`
	At        time.Time   `json:"at"`
	LatestAt  time.Time   `json:"latestAt"`
	Ruling    *rulingView `json:"ruling"`
	MayDecide bool        `json:"mayDecide" doc:"both sides lie in reach"`
}

func (h *handlers) viewConflict(ctx context.Context, c Conflict) (conflictView, error) {
	people, err := h.s.people.Cards(ctx, []kernel.PersonID{c.Held.Person, c.Claimed.Person})
	if err != nil {
		return conflictView{}, err
	}
	reach := kernel.ReachFrom(ctx)
	oversees := c.overseen(reach)
	side := func(s Side) sideView {
		card := people[s.Person]
		v := sideView{InReach: reach.Covers(s.Reach) || reach.Covers(card.Reach), Institutions: []employerView{}}
		switch {
		case v.InReach:
			v.PersonID, v.Name, v.IDNumberMasked, v.CertificateID = string(s.Person), card.Name, card.IDNumberMasked, string(s.Certificate)
		case oversees:
			v.Name = maskName(card.Name)
		default:
			return v
		}
		for _, e := range s.Institutions {
			shown := employerView{Name: e.Name}
			if v.InReach {
				shown.ID = string(e.ID)
			}
			v.Institutions = append(v.Institutions, shown)
		}
		return v
	}
	v := conflictView{
		ID: c.ID, Number: c.Number, Status: string(c.Status), Held: side(c.Held), Claimed: side(c.Claimed), Times: c.Times, At: c.At, LatestAt: c.LatestAt,
		Claim: claimView{
			Family: string(c.Claim.Family), Level: int(c.Claim.Level), IssuedOn: c.Claim.IssuedOn, IssuerName: c.Claim.IssuerName,
			OccupationName: h.s.called(ctx, c.Claim.Occupation),
		},
	}
	if v.Held.InReach {
		held, err := h.s.repo.get(ctx, c.Held.Certificate)
		if err != nil {
			return v, err
		}
		v.Held.Status = string(held.Status)
	}
	v.MayDecide = c.Status == ConflictOpen && reach.Covers(c.Held.Reach) && reach.Covers(c.Claimed.Reach)
	if v.Claimed.InReach {
		v.ByName = c.ByName
	}
	if r := c.Ruling; r != nil {
		v.Ruling = &rulingView{Holder: r.Holder, Method: r.Method, Reason: r.Reason, ByName: r.ByName, At: r.At}
		if v.Claimed.InReach {
			v.Ruling.CertificateID = string(r.Certificate)
		}
	}
	return v, nil
}

type conflictsInput struct {
	Status         string `query:"status" enum:"open,decided" default:"open"`
	OrganizationID string `query:"organizationId" maxLength:"64"`
	web.PageInput
}

func (h *handlers) conflicts(ctx context.Context, in *conflictsInput) (*web.Body[web.List[conflictView]], error) {
	p, err := h.s.Conflicts(ctx, ConflictStatus(in.Status), kernel.OrganizationID(in.OrganizationID), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]conflictView, 0, len(p.Items))
	for _, c := range p.Items {
		v, err := h.viewConflict(ctx, c)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	return web.Answer(web.NewList(items, p.Next, p.Total, p.More)), nil
}

func (h *handlers) conflict(ctx context.Context, in *idInput) (*web.Body[conflictView], error) {
	c, err := h.s.Conflict(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := h.viewConflict(ctx, c)
	return web.Answer(v), err
}

type decideInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Holder string `json:"holder" enum:"held,claimed,neither" doc:"whose certificate it is"`
		Method string `json:"method" enum:"ostaQuery,originalSeen,issuerLetter"`
		Reason string `json:"reason" minLength:"2" maxLength:"500"`
	}
}

func (h *handlers) decide(ctx context.Context, in *decideInput) (*web.Body[conflictView], error) {
	c, err := h.s.Decide(ctx, in.ID, Ruling{Holder: in.Body.Holder, Method: in.Body.Method, Reason: in.Body.Reason})
	if err != nil {
		return nil, err
	}
	v, err := h.viewConflict(ctx, c)
	return web.Answer(v), err
}
