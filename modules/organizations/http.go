package organizations

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/web"
)

type handlers struct{ service *Service }

// Routes registers every route of the module.
func (m *Module) Routes(r *web.Router) {
	h := &handlers{m.Service}
	web.Post(r, "/organizations", web.May("organization", "create"), h.register, web.Summary("Register an organisation"))
	web.Get(r, "/organizations", web.May("organization", "list"), h.list, web.Summary("Organisations in reach, by name"))
	web.Get(r, "/organizations/directory", web.May("organization", "lookUp"), h.directory, web.Summary("Schools, bases and assessment bodies that anybody signed in may look up"))
	h.regionRoutes(r)
	h.exportRoutes(r) // before what takes any id
	h.neighbourRoutes(r)
	web.Get(r, "/organizations/{id}", web.May("organization", "read"), h.read, web.Summary("An organisation"))
	web.Patch(r, "/organizations/{id}", web.May("organization", "update"), h.amend, web.Summary("Change an organisation: rename, move, close"))
	h.commissionRoutes(r)
	h.blacklistRoutes(r)
}

type organizationView struct {
	ID              kernel.OrganizationID   `json:"id"`
	Kind            Kind                    `json:"kind"`
	Name            string                  `json:"name"`
	ParentID        kernel.OrganizationID   `json:"parentId,omitempty"`
	CreditCode      string                  `json:"creditCode,omitempty"`
	DivisionCode    kernel.RegionCode       `json:"divisionCode"`
	DivisionName    string                  `json:"divisionName"`
	SubdistrictCode kernel.RegionCode       `json:"subdistrictCode,omitempty"`
	SubdistrictName string                  `json:"subdistrictName,omitempty"`
	ApprovedBeds    int                     `json:"approvedBeds,omitempty"`
	InHouseClinic   bool                    `json:"hasInHouseClinic"`
	SmallCareHome   bool                    `json:"smallCareHome" doc:"a small community care home"`
	Grade           string                  `json:"grade,omitempty"`
	AssessmentCode  string                  `json:"assessmentCode,omitempty"`
	ValidFrom       kernel.Date             `json:"validFrom,omitempty"`
	ValidTo         kernel.Date             `json:"validTo,omitempty"`
	Occupations     []string                `json:"occupations,omitempty" doc:"that an assessment body is filed for, by code"`
	OperatorGroupID kernel.OrganizationID   `json:"operatorGroupId,omitempty"`
	ClosedOn        kernel.Date             `json:"closedOn,omitempty"`
	Formerly        string                  `json:"formerly,omitempty" doc:"the former name by which q found it"`
	Names           []Name                  `json:"names" doc:"what it was called from which day on, the oldest first"`
	CurrentName     string                  `json:"currentName,omitempty" doc:"where name is an earlier one"`
	Path            []kernel.OrganizationID `json:"path" doc:"itself, then who oversees it"`
	Flags           []string                `json:"flags" doc:"what is missing: noDirector"`
	Warnings        []kernel.Reason         `json:"warnings" doc:"what is unusual and yet allowed; of one organisation only"`
	RecordedAt      time.Time               `json:"recordedAt"`

	BlacklistedUntil kernel.Date `json:"blacklistedUntil,omitempty" doc:"the last day it is on the blacklist; 9999-12-31 until it is lifted"`
}

// full is the view of one organisation, with what is to be said about it.
func (h *handlers) full(ctx context.Context, o Organization, asOf kernel.Date) (*web.Versioned[organizationView], error) {
	v := h.viewOn(o, asOf)
	warnings, err := h.service.Warnings(ctx, o)
	if err != nil {
		return nil, err
	}
	if v.Warnings = append(v.Warnings, warnings...); len(v.Warnings) > 0 {
		web.Say(ctx, v.Warnings)
	}
	return web.AnswerVersion(v, o.Stored), nil
}

// viewOn shows it as it was on a day: name, terms and path; "" is today.
func (h *handlers) viewOn(o Organization, asOf kernel.Date) organizationView {
	v := h.view(o.On(asOf))
	if v.Name != o.Name {
		v.CurrentName = o.Name
	}
	return v
}

func (h *handlers) view(o Organization) organizationView {
	return organizationView{
		Occupations: o.Occupations, Flags: append([]string{}, o.Flags...), Warnings: []kernel.Reason{},
		ID: o.ID, Kind: o.Kind, Name: o.Name, ParentID: o.Parent, CreditCode: o.CreditCode,
		DivisionCode: o.Division, DivisionName: h.service.regions[o.Division].Name,
		SubdistrictCode: o.Street, SubdistrictName: h.service.regions[o.Street].Name,
		ApprovedBeds: o.ApprovedBeds, InHouseClinic: o.InHouseClinic, SmallCareHome: o.SmallCareHome, Grade: o.Grade,
		AssessmentCode: o.AssessmentCode, ValidFrom: o.Validity.From, ValidTo: o.Validity.To,
		OperatorGroupID: o.OperatorGroup, ClosedOn: o.ClosedOn, Names: o.Names, Path: o.Path, RecordedAt: o.RecordedAt,
		BlacklistedUntil: o.BlacklistedUntil(h.service.today()),
	}
}

type registerInput struct {
	Body struct {
		Kind            Kind                  `json:"kind" enum:"cityBureau,districtBureau,subdistrict,institution,trainingSchool,practiceBase,assessmentBody,operatorGroup"`
		Name            string                `json:"name" minLength:"1" maxLength:"120"`
		ParentID        kernel.OrganizationID `json:"parentId,omitempty" maxLength:"64"`
		CreditCode      string                `json:"creditCode,omitempty" maxLength:"40" doc:"GB 32100-2015"`
		DivisionCode    kernel.RegionCode     `json:"divisionCode" pattern:"^[0-9]{6}$" maxLength:"6"`
		SubdistrictCode kernel.RegionCode     `json:"subdistrictCode,omitempty" pattern:"^([0-9]{9})?$" maxLength:"9"`
		Occupations     []string              `json:"occupations,omitempty" maxItems:"50" doc:"that an assessment body is filed for, by code; elderly-care worker when left out"`
		ApprovedBeds    int                   `json:"approvedBeds,omitempty" minimum:"0" maximum:"20000"`
		InHouseClinic   bool                  `json:"hasInHouseClinic,omitempty"`
		SmallCareHome   bool                  `json:"smallCareHome,omitempty"`
		Grade           string                `json:"grade,omitempty" maxLength:"20"`
		AssessmentCode  string                `json:"assessmentCode,omitempty" maxLength:"13"`
		ValidFrom       kernel.Date           `json:"validFrom,omitempty" format:"date" maxLength:"10"`
		ValidTo         kernel.Date           `json:"validTo,omitempty" format:"date" maxLength:"10"`
		OperatorGroupID kernel.OrganizationID `json:"operatorGroupId,omitempty" maxLength:"64"`
	}
}

func (h *handlers) register(ctx context.Context, in *registerInput) (*web.Versioned[organizationView], error) {
	b := in.Body
	made, err := h.service.Register(ctx, Draft{Kind: b.Kind, Particulars: Particulars{
		Name: b.Name, Parent: b.ParentID, CreditCode: b.CreditCode, Division: b.DivisionCode, Street: b.SubdistrictCode,
		ApprovedBeds: b.ApprovedBeds, InHouseClinic: b.InHouseClinic, SmallCareHome: b.SmallCareHome, Grade: b.Grade,
		AssessmentCode: b.AssessmentCode, Validity: kernel.Period{From: b.ValidFrom, To: b.ValidTo}, OperatorGroup: b.OperatorGroupID,
		Occupations: b.Occupations,
	}})
	if err != nil {
		return nil, err
	}
	return h.full(ctx, made, "")
}

type amendInput struct {
	web.IfMatch
	ID   kernel.OrganizationID `path:"id" maxLength:"64"`
	Body struct {
		Name            *string                `json:"name,omitempty" minLength:"1" maxLength:"120"`
		From            kernel.Date            `json:"from,omitempty" format:"date" maxLength:"10" doc:"from which day the change holds; today when left out. Figures of the days before stay"`
		RenamedOn       kernel.Date            `json:"renamedOn,omitempty" format:"date" maxLength:"10" doc:"from which day the new name holds; like all that changes when left out"`
		ParentID        *kernel.OrganizationID `json:"parentId,omitempty" maxLength:"64"`
		CreditCode      *string                `json:"creditCode,omitempty" maxLength:"40"`
		DivisionCode    *kernel.RegionCode     `json:"divisionCode,omitempty" pattern:"^[0-9]{6}$" maxLength:"6"`
		SubdistrictCode *kernel.RegionCode     `json:"subdistrictCode,omitempty" pattern:"^([0-9]{9})?$" maxLength:"9"`
		Occupations     *[]string              `json:"occupations,omitempty" maxItems:"50"`
		ApprovedBeds    *int                   `json:"approvedBeds,omitempty" minimum:"0" maximum:"20000"`
		InHouseClinic   *bool                  `json:"hasInHouseClinic,omitempty"`
		SmallCareHome   *bool                  `json:"smallCareHome,omitempty"`
		Grade           *string                `json:"grade,omitempty" maxLength:"20"`
		AssessmentCode  *string                `json:"assessmentCode,omitempty" maxLength:"13"`
		ValidFrom       *kernel.Date           `json:"validFrom,omitempty" format:"date-or-empty" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" maxLength:"10"`
		ValidTo         *kernel.Date           `json:"validTo,omitempty" format:"date-or-empty" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" maxLength:"10"`
		OperatorGroupID *kernel.OrganizationID `json:"operatorGroupId,omitempty" maxLength:"64"`
		ClosedOn        *kernel.Date           `json:"closedOn,omitempty" format:"date-or-empty" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" maxLength:"10" doc:"the last day; empty opens it again"`
	}
}

func (h *handlers) amend(ctx context.Context, in *amendInput) (*web.Versioned[organizationView], error) {
	b := in.Body
	after, err := h.service.Amend(ctx, in.ID, Days{From: b.From, Renamed: b.RenamedOn}, func(p *Particulars, stored int64) error {
		set(&p.Name, b.Name)
		set(&p.Parent, b.ParentID)
		set(&p.CreditCode, b.CreditCode)
		set(&p.Division, b.DivisionCode)
		set(&p.Street, b.SubdistrictCode)
		set(&p.ApprovedBeds, b.ApprovedBeds)
		set(&p.InHouseClinic, b.InHouseClinic)
		set(&p.SmallCareHome, b.SmallCareHome)
		set(&p.Grade, b.Grade)
		set(&p.AssessmentCode, b.AssessmentCode)
		set(&p.Validity.From, b.ValidFrom)
		set(&p.Validity.To, b.ValidTo)
		set(&p.OperatorGroup, b.OperatorGroupID)
		set(&p.Occupations, b.Occupations)
		set(&p.ClosedOn, b.ClosedOn)
		return web.Check(in.IfMatch.IfMatch, stored)
	})
	if err != nil {
		return nil, err
	}
	return h.full(ctx, after, "")
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

type readInput struct {
	ID kernel.OrganizationID `path:"id" maxLength:"64"`
}

type readOneInput struct {
	ID   kernel.OrganizationID `path:"id" maxLength:"64"`
	AsOf kernel.Date           `query:"asOf" format:"date" maxLength:"10" doc:"as it was on that day: name, terms and path"`
}

func (h *handlers) read(ctx context.Context, in *readOneInput) (*web.Versioned[organizationView], error) {
	o, err := h.service.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return h.full(ctx, o, in.AsOf)
}

// ListInput is exported for huma, which reads the fields of exported embedded
// types only.
type ListInput struct {
	web.PageInput
	Kind           Kind                  `query:"kind" enum:"cityBureau,districtBureau,subdistrict,institution,trainingSchool,practiceBase,assessmentBody,operatorGroup"`
	Q              string                `query:"q" maxLength:"60" doc:"beginning of the name, or of a former one: characters, pinyin or initials"`
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"only its subtree"`
	Flag           string                `query:"flag" enum:"noDirector" doc:"only institutions that lack it"`
	AsOf           kernel.Date           `query:"asOf" format:"date" maxLength:"10" doc:"as they were on that day: names, terms and paths"`
}

func (h *handlers) list(ctx context.Context, in *ListInput) (*web.Body[web.List[organizationView]], error) {
	found, err := h.service.List(ctx, Filter{Kind: in.Kind, Under: in.OrganizationID, Q: in.Q, Flag: in.Flag}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	l := listing.Map(found, func(o Organization) organizationView {
		v := h.viewOn(o, in.AsOf)
		v.Formerly = h.service.foundAs(o, in.Q)
		return v
	})
	return web.Answer(web.NewList(l.Items, l.Next, l.Total, l.More)), nil
}

type directoryInput struct {
	web.PageInput
	Kind Kind   `query:"kind" required:"true" enum:"trainingSchool,practiceBase,assessmentBody,operatorGroup"`
	Q    string `query:"q" maxLength:"60" doc:"beginning of the name: characters, pinyin or initials"`
}

type directoryView struct {
	ID           kernel.OrganizationID `json:"id"`
	Kind         Kind                  `json:"kind"`
	Name         string                `json:"name"`
	DivisionCode kernel.RegionCode     `json:"divisionCode"`
	DivisionName string                `json:"divisionName"`
}

func (h *handlers) directory(ctx context.Context, in *directoryInput) (*web.Body[web.List[directoryView]], error) {
	found, err := h.service.Directory(ctx, Filter{Kind: in.Kind, Q: in.Q}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	l := listing.Map(found, func(o Organization) directoryView {
		return directoryView{ID: o.ID, Kind: o.Kind, Name: o.Name, DivisionCode: o.Division, DivisionName: h.service.regions[o.Division].Name}
	})
	return web.Answer(web.NewList(l.Items, l.Next, l.Total, l.More)), nil
}
