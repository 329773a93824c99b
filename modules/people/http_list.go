package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// ListInput is exported for huma, which reads the fields of exported embedded
// types only.
type ListInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"and all under it"`
	Q              string                `query:"q" maxLength:"60" doc:"beginning of the name, of its pinyin or initials; a part of the name; the pinyin of the given name; a former name; identity or telephone number in full"`
	Role           kernel.StaffRole      `query:"role" enum:"caregiver,socialWorker,manager,director,medical,serviceStaff,careStaff"`
	Kind           Kind                  `query:"kind" enum:"caregiver,socialWorker,manager,director,medical,serviceStaff,careStaff,volunteer,familyCarer,informalCarer,student,other" doc:"registered as; learners without employment too"`
	Status         Status                `query:"status" enum:"onPost,left"`
	PreJob         string                `query:"preJob" enum:"missing" doc:"only who is on duty without passed pre-job training (GB 38600-2019)"`
	AsOf           kernel.Date           `query:"asOf" format:"date" maxLength:"10" doc:"who was on post on that day"`
	KnownAt        time.Time             `query:"knownAt" doc:"with asOf: as it was known then"`
}

type itemView struct {
	ID             kernel.PersonID       `json:"id"`
	Name           string                `json:"name"`
	Formerly       string                `json:"formerly,omitempty" doc:"the former name, or that of a merged record, by which q found them"`
	IDNumberMasked string                `json:"idNumberMasked"`
	PhoneMasked    string                `json:"phoneMasked,omitempty"`
	Gender         string                `json:"gender,omitempty"`
	BirthDate      kernel.Date           `json:"birthDate,omitempty"`
	Education      Education             `json:"education,omitempty"`
	Kinds          []Kind                `json:"kinds"`
	OnPost         bool                  `json:"onPost"`
	OrganizationID kernel.OrganizationID `json:"organizationId,omitempty" doc:"of the latest spell that matches"`
	Organization   string                `json:"organizationName,omitempty"`
	Role           kernel.StaffRole      `json:"role,omitempty"`
	Since          kernel.Date           `json:"since,omitempty"`
	EndedOn        kernel.Date           `json:"endedOn,omitempty"`
	HighestLevel   kernel.SkillLevel     `json:"highestLevel,omitempty" doc:"of accepted skill certificates; 1 is the highest"`
	PreJobMissing  bool                  `json:"preJobMissing" doc:"on duty without passed pre-job training (GB 38600-2019)"`
}

func (h *handlers) list(ctx context.Context, in *ListInput) (*web.Body[web.List[itemView]], error) {
	f := Filter{Organization: in.OrganizationID, Q: in.Q, Role: in.Role, Kind: in.Kind, Status: in.Status, AsOf: in.AsOf, KnownAt: in.KnownAt, Untrained: in.PreJob != ""}
	found, err := h.service.List(ctx, f, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items, err := h.items(ctx, found.Items, f)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(items, found.Next, found.Total, found.More)), nil
}

func (h *handlers) items(ctx context.Context, people []Person, f Filter) ([]itemView, error) {
	shown := make([]*Entry, len(people))
	var employers []kernel.OrganizationID
	ids := make([]kernel.PersonID, len(people))
	for i, p := range people {
		ids[i] = p.ID
		if shown[i] = h.service.shown(p, f); shown[i] != nil {
			employers = append(employers, shown[i].Organization)
		}
	}
	on := f.AsOf
	if on == "" {
		on = h.service.today()
	}
	names, err := h.service.Organizations.NamesOn(ctx, employers, on)
	if err != nil {
		return nil, err
	}
	var levels map[kernel.PersonID]kernel.SkillLevel
	if h.service.Levels != nil {
		if levels, err = h.service.Levels.HighestLevels(ctx, ids); err != nil {
			return nil, err
		}
	}
	today := h.service.today()
	out := make([]itemView, len(people))
	for i, p := range people {
		v := itemView{
			ID: p.ID, Name: p.Name, IDNumberMasked: p.IDMasked, PhoneMasked: p.Phone, Gender: p.Gender, BirthDate: p.Birth,
			Education: p.Education, Kinds: p.Kinds, HighestLevel: levels[p.ID], PreJobMissing: h.service.Gate(p).Missing,
		}
		if p.FormerOnly {
			v.HighestLevel = 0 // it may have come since
		}
		v.Formerly = h.service.foundAs(p, f.Q)
		if e := shown[i]; e != nil {
			v.OnPost = e.OnPost(today)
			v.OrganizationID, v.Organization, v.Role, v.Since = e.Organization, names[e.Organization], e.Role, e.Period.From
			if e.Period.To != kernel.Forever {
				v.EndedOn = e.Period.To
			}
		}
		out[i] = v
	}
	return out, nil
}
