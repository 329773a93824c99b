package people

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) recordRoutes(r *web.Router) {
	web.Get(r, "/people/{id}/record", web.May("person", "read"), h.record, web.Summary("The whole career: spells, training, hours, assessments, certificates, honours, subsidies, conduct"))
	web.Get(r, "/people/{id}/personal-data", web.May("person", "export"), h.personalData, web.Summary("Everything that is kept about oneself"))
	web.Act(r, "/people/{id}/reveal", web.May("person", "reveal"), h.reveal, web.Summary("Open a masked field, with a reason that is logged"))
}

// PartsView holds what the neighbours add; a part that nobody fills is an
// empty list.
type PartsView struct {
	Training     any `json:"training"`
	Hours        any `json:"hours"`
	Assessments  any `json:"assessments"`
	Certificates any `json:"certificates"`
	Honours      any `json:"honours"`
	Subsidies    any `json:"subsidies"`
	Conduct      any `json:"conduct"`
}

func viewParts(parts map[string]any) PartsView {
	part := func(name string) any {
		if content := parts[name]; content != nil {
			return content
		}
		return []string{}
	}
	return PartsView{
		Training: part("training"), Hours: part("hours"), Assessments: part("assessments"), Certificates: part("certificates"),
		Honours: part("honours"), Subsidies: part("subsidies"), Conduct: part("conduct"),
	}
}

type recordView struct {
	Person personView  `json:"person"`
	Spells []spellView `json:"spells" doc:"the latest word on every spell, the newest first"`
	PartsView
}

func (h *handlers) record(ctx context.Context, in *personInput) (*web.Body[recordView], error) {
	p, err := h.service.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := h.viewRecord(ctx, p)
	if err != nil {
		return nil, err
	}
	return web.Answer(v), nil
}

// viewRecord is the whole career of somebody who may be read.
func (h *handlers) viewRecord(ctx context.Context, p Person) (recordView, error) {
	parts, err := h.service.parts(ctx, p.ID)
	if err != nil {
		return recordView{}, err
	}
	v, err := h.view(ctx, p)
	return recordView{Person: v, Spells: v.Employments, PartsView: viewParts(parts)}, err
}

type personalDataView struct {
	Person   personView  `json:"person"`
	IDNumber string      `json:"idNumber" doc:"in clear for oneself, else masked"`
	Phone    string      `json:"phone,omitempty" doc:"in clear for oneself, else masked"`
	Spells   []spellView `json:"spells" doc:"every version of every spell"`
	PartsView
}

func (h *handlers) personalData(ctx context.Context, in *personInput) (*web.Body[personalDataView], error) {
	own, err := h.service.PersonalData(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := h.view(ctx, own.Person)
	if err != nil {
		return nil, err
	}
	spells, err := h.spellViews(ctx, own.Career)
	if err != nil {
		return nil, err
	}
	return web.Answer(personalDataView{Person: v, IDNumber: own.IDNumber, Phone: own.Phone, Spells: spells, PartsView: viewParts(own.Parts)}), nil
}

type revealInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		Field  Field  `json:"field" enum:"idNumber,phone"`
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type revealView struct {
	Field Field  `json:"field"`
	Value string `json:"value"`
}

func (h *handlers) reveal(ctx context.Context, in *revealInput) (*web.Body[revealView], error) {
	value, err := h.service.Reveal(ctx, in.ID, in.Body.Field, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(revealView{Field: in.Body.Field, Value: value}), nil
}
