package hours

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/web"
)

func (h *handlers) proofRoutes(r *web.Router) {
	web.Post(r, "/people/{id}/hours/{year}/proof", web.May("hours", "prove"), h.prove,
		web.Summary("The certificate of a year whose duty is met: issued, or the one that is valid already"))
	web.Post(r, "/hours/proofs", web.May("hours", "prove"), h.proveMany,
		web.Summary("The certificates of a year for a list of people; who has not met the duty is named"))
}

type proofView struct {
	CertificateID kernel.CertificateID `json:"certificateId"`
	Minutes       kernel.Minutes       `json:"minutes" doc:"credited when it was issued"`
	IssuedOn      kernel.Date          `json:"issuedOn" format:"date"`
}

func viewProof(p *Proof) *proofView {
	if p == nil {
		return nil
	}
	return &proofView{p.Certificate, p.Minutes, p.IssuedOn}
}

type proveInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Year int             `path:"year" minimum:"1990" maximum:"2200"`
}

type provedView struct {
	CertificateID kernel.CertificateID `json:"certificateId"`
	Minutes       kernel.Minutes       `json:"minutes" doc:"credited when it was issued"`
	IssuedOn      kernel.Date          `json:"issuedOn" format:"date"`
	Issued        bool                 `json:"issued" doc:"false: it was issued before"`
}

func (h *handlers) prove(ctx context.Context, in *proveInput) (*web.Body[provedView], error) {
	proof, fresh, err := h.service.Prove(ctx, in.ID, in.Year)
	if err != nil {
		return nil, err
	}
	return web.Answer(provedView{proof.Certificate, proof.Minutes, proof.IssuedOn, fresh}), nil
}

type proveManyInput struct {
	Body struct {
		Year      int               `json:"year" minimum:"1990" maximum:"2200"`
		PersonIDs []kernel.PersonID `json:"personIds" minItems:"1" maxItems:"200" uniqueItems:"true"`
	}
}

type proofOutcomeView struct {
	PersonID kernel.PersonID `json:"personId"`
	Outcome  string          `json:"outcome" enum:"issued,alreadyIssued,refused"`
	Proof    *proofView      `json:"proof,omitempty"`
	Reason   *kernel.Reason  `json:"reason,omitempty"`
}

type provedManyView struct {
	Outcomes []proofOutcomeView `json:"outcomes"`
}

func (h *handlers) proveMany(ctx context.Context, in *proveManyInput) (*web.Body[provedManyView], error) {
	outcomes, err := h.service.ProveMany(ctx, in.Body.PersonIDs, in.Body.Year)
	if err != nil {
		return nil, err
	}
	v := provedManyView{Outcomes: make([]proofOutcomeView, 0, len(outcomes))}
	for _, o := range outcomes {
		line := proofOutcomeView{PersonID: o.Person, Outcome: "alreadyIssued", Proof: viewProof(o.Proof)}
		if o.Fresh {
			line.Outcome = "issued"
		}
		if f, refused := fault.From(o.Refusal); refused {
			line.Outcome, line.Reason = "refused", saidOne(ctx, &kernel.Reason{Code: f.Code, Params: f.Params})
		}
		v.Outcomes = append(v.Outcomes, line)
	}
	return web.Answer(v), nil
}
