package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/people/rule"
)

// correctionRoutes stand before /people/{id}: their second word is no id.
func (h *handlers) correctionRoutes(r *web.Router) {
	web.Get(r, "/people/corrections", web.May("correction", "list"), h.listCorrections, web.Summary("Requests for correction about people in reach, what is due first"))
	web.Get(r, "/people/{id}/corrections", web.May("correction", "read"), h.corrections, web.Summary("Requests for correction about a person"))
	web.Post(r, "/people/{id}/corrections", web.May("correction", "ask"), h.askCorrection, web.Summary("Ask that something about oneself be corrected"))
	web.Act(r, "/people/{id}/corrections/{correctionId}/decision", web.May("correction", "decide"), h.decideCorrection, web.Summary("Accept a request, which carries the change out, or reject it; never by the one who asked"))
	web.Act(r, "/people/{id}/corrections/{correctionId}/withdrawal", web.May("correction", "ask"), h.withdrawCorrection, web.Summary("Take a request back"))
	web.Act(r, "/people/{id}/corrections/{correctionId}/reveal", web.May("person", "reveal"), h.revealCorrection, web.Summary("Open what a masked field should say, with a reason that is logged"))
}

type wantedSpellView struct {
	SpellID   string           `json:"spellId" minLength:"1" maxLength:"64"`
	Role      kernel.StaffRole `json:"role,omitempty" enum:"caregiver,socialWorker,manager,director,medical,serviceStaff,careStaff"`
	StartedOn kernel.Date      `json:"startedOn,omitempty" format:"date" maxLength:"10"`
	EndedOn   kernel.Date      `json:"endedOn,omitempty" format:"date" maxLength:"10"`
	Still     bool             `json:"stillOnPost,omitempty" doc:"there is no last day"`
}

type spellBeforeView struct {
	Role      kernel.StaffRole `json:"role"`
	StartedOn kernel.Date      `json:"startedOn"`
	EndedOn   kernel.Date      `json:"endedOn,omitempty"`
}

type correctionView struct {
	ID             string           `json:"id"`
	PersonID       kernel.PersonID  `json:"personId"`
	Name           string           `json:"name"`
	IDNumberMasked string           `json:"idNumberMasked"`
	Field          CorrectionField  `json:"field" enum:"name,idNumber,phone,education,major,employment,other"`
	IDType         rule.IDType      `json:"idType,omitempty"`
	Current        string           `json:"current" doc:"what the register said when it was asked, masked"`
	Wanted         string           `json:"wanted" doc:"what it should say, masked"`
	Employer       string           `json:"organizationName,omitempty" doc:"of the spell"`
	Spell          *wantedSpellView `json:"spell,omitempty"`
	Before         *spellBeforeView `json:"before,omitempty" doc:"the spell as it was when it was asked"`
	Reason         string           `json:"reason"`
	State          CorrectionState  `json:"state" enum:"open,accepted,rejected,withdrawn"`
	Overdue        bool             `json:"overdue"`
	AskedAt        time.Time        `json:"askedAt"`
	DueOn          kernel.Date      `json:"dueOn"`
	RuleVersion    string           `json:"ruleVersion"`
	DecidedAt      *time.Time       `json:"decidedAt,omitempty"`
	DecidedBy      string           `json:"decidedBy,omitempty"`
	Answer         string           `json:"answer,omitempty" doc:"why it was decided so"`
	ByHand         bool             `json:"byHand,omitempty" doc:"accepted and done outside this request"`
}

func (h *handlers) viewCorrections(ctx context.Context, all []Correction) ([]correctionView, error) {
	var employers []kernel.OrganizationID
	for _, c := range all {
		if c.Before != nil {
			employers = append(employers, c.Before.Organization)
		}
	}
	cards, err := h.service.Organizations.Cards(ctx, employers)
	if err != nil {
		return nil, err
	}
	today := h.service.today()
	out := make([]correctionView, 0, len(all))
	for _, c := range all {
		v := correctionView{
			ID: c.ID, PersonID: c.Person, Name: c.Name, IDNumberMasked: c.IDMasked, Field: c.Field, IDType: c.IDType, Current: c.Current,
			Wanted: c.Wanted, Reason: c.Reason, State: c.State, Overdue: c.State == CorrectionOpen && c.DueOn < today, AskedAt: c.AskedAt,
			DueOn: c.DueOn, RuleVersion: c.Rule, DecidedAt: c.DecidedAt, DecidedBy: c.DecidedBy, Answer: c.Answer, ByHand: c.ByHand,
		}
		if w, b := c.Spell, c.Before; w != nil && b != nil {
			v.Spell = &wantedSpellView{SpellID: w.Spell, Role: w.Role, StartedOn: w.StartedOn, EndedOn: w.EndedOn, Still: w.Still}
			v.Before = &spellBeforeView{Role: b.Role, StartedOn: b.StartedOn, EndedOn: b.EndedOn}
			v.Employer = cards[b.Organization].Name
		}
		out = append(out, v)
	}
	return out, nil
}

func (h *handlers) answerCorrection(ctx context.Context, c Correction, err error) (*web.Body[correctionView], error) {
	if err != nil {
		return nil, err
	}
	views, err := h.viewCorrections(ctx, []Correction{c})
	if err != nil {
		return nil, err
	}
	return web.Answer(views[0]), nil
}

type correctionListInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"and all under it"`
	State          CorrectionState       `query:"state" enum:"open,accepted,rejected,withdrawn"`
}

func (h *handlers) listCorrections(ctx context.Context, in *correctionListInput) (*web.Body[web.List[correctionView]], error) {
	found, err := h.service.ListCorrections(ctx, in.OrganizationID, in.State, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items, err := h.viewCorrections(ctx, found.Items)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(items, found.Next, found.Total, found.More)), nil
}

func (h *handlers) corrections(ctx context.Context, in *personInput) (*web.Body[web.List[correctionView]], error) {
	all, err := h.service.CorrectionsOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	items, err := h.viewCorrections(ctx, all)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

type askCorrectionInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		Field  CorrectionField  `json:"field" enum:"name,idNumber,phone,education,major,employment,other"`
		Wanted string           `json:"wanted,omitempty" maxLength:"200" doc:"what it should say; of an education its code"`
		IDType rule.IDType      `json:"idType,omitempty" enum:"residentId,hmtResidence,hmtPass,passport,foreignPermanent"`
		Spell  *wantedSpellView `json:"spell,omitempty" doc:"with employment"`
		Reason string           `json:"reason" minLength:"2" maxLength:"300"`
	}
}

func (h *handlers) askCorrection(ctx context.Context, in *askCorrectionInput) (*web.Body[correctionView], error) {
	b := in.Body
	r := CorrectionRequest{Field: b.Field, Text: b.Wanted, IDType: b.IDType, Reason: b.Reason}
	if b.Spell != nil {
		r.Spell = WantedSpell{Spell: b.Spell.SpellID, Role: b.Spell.Role, StartedOn: b.Spell.StartedOn, EndedOn: b.Spell.EndedOn, Still: b.Spell.Still}
	}
	c, err := h.service.AskCorrection(ctx, in.ID, r)
	return h.answerCorrection(ctx, c, err)
}

type correctionInput struct {
	ID           kernel.PersonID `path:"id" maxLength:"64"`
	CorrectionID string          `path:"correctionId" maxLength:"64"`
}

func (h *handlers) withdrawCorrection(ctx context.Context, in *correctionInput) (*web.Body[correctionView], error) {
	c, err := h.service.WithdrawCorrection(ctx, in.ID, in.CorrectionID)
	return h.answerCorrection(ctx, c, err)
}

type decideCorrectionInput struct {
	ID           kernel.PersonID `path:"id" maxLength:"64"`
	CorrectionID string          `path:"correctionId" maxLength:"64"`
	Body         struct {
		Decision string `json:"decision" enum:"accept,reject"`
		ByHand   bool   `json:"byHand,omitempty" doc:"accepted, and the change is made outside this request"`
		Reason   string `json:"reason,omitempty" maxLength:"300" doc:"the asker reads it; needed to reject"`
	}
}

func (h *handlers) decideCorrection(ctx context.Context, in *decideCorrectionInput) (*web.Body[correctionView], error) {
	d := CorrectionDecision{Accept: in.Body.Decision == "accept", ByHand: in.Body.ByHand, Reason: in.Body.Reason}
	c, err := h.service.DecideCorrection(ctx, in.ID, in.CorrectionID, d)
	return h.answerCorrection(ctx, c, err)
}

type revealCorrectionInput struct {
	ID           kernel.PersonID `path:"id" maxLength:"64"`
	CorrectionID string          `path:"correctionId" maxLength:"64"`
	Body         struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type revealCorrectionView struct {
	Value string `json:"value"`
}

func (h *handlers) revealCorrection(ctx context.Context, in *revealCorrectionInput) (*web.Body[revealCorrectionView], error) {
	value, err := h.service.RevealCorrection(ctx, in.ID, in.CorrectionID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(revealCorrectionView{value}), nil
}
