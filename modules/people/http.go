package people

import (
	"context"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/people/pdf"
	"carecert/modules/people/rule"
)

type handlers struct {
	service *Service
	printer *pdf.Printer
}

// Routes registers every route of the module.
func (m *Module) Routes(r *web.Router) {
	h := &handlers{m.Service, m.printer}
	h.consentRoutes(r)
	h.correctionRoutes(r)
	web.Post(r, "/people", web.May("person", "create"), h.register, web.Summary("Register a person"))
	web.Get(r, "/people", web.May("person", "list"), h.list, web.Summary("People in reach, by pinyin of the name"))
	h.twinRoutes(r)   // before {id}: a fixed word comes first
	h.exportRoutes(r) // before what takes any id
	web.Get(r, "/people/{id}", web.May("person", "read"), h.read, web.Summary("A person"))
	web.Patch(r, "/people/{id}", web.May("person", "update"), h.amend, web.Summary("Change a person's particulars"))
	web.Put(r, "/people/{id}/identity", web.May("person", "correctIdentity"), h.correctIdentity, web.Summary("Correct a wrong identity number, with the reason"))
	h.careerRoutes(r)
	h.recordRoutes(r)
	h.mergeRoutes(r)
	h.linkRoutes(r)
	h.transferRoutes(r)
	h.qualityRoutes(r)
	h.reminderRoutes(r)
}

type personView struct {
	ID             kernel.PersonID `json:"id"`
	Name           string          `json:"name"`
	IDType         rule.IDType     `json:"idType"`
	IDNumberMasked string          `json:"idNumberMasked"`
	BirthDate      kernel.Date     `json:"birthDate,omitempty"`
	Gender         string          `json:"gender,omitempty"`
	PhoneMasked    string          `json:"phoneMasked,omitempty"`
	Education      Education       `json:"education,omitempty"`
	Major          string          `json:"major,omitempty"`
	Kinds          []Kind          `json:"kinds"`
	OnPost         bool            `json:"onPost"`
	FormerNames    []FormerName    `json:"formerNames,omitempty" doc:"names they were registered under before"`
	Employments    []spellView     `json:"employments" doc:"the latest word on every spell, the newest first"`
	Voided         []spellView     `json:"voidedEmployments,omitempty" doc:"spells in reach that never were"`
	FormerOnly     bool            `json:"formerOnly,omitempty" doc:"the reader employed them once and sees what was its own"`
	Elsewhere      bool            `json:"worksElsewhere,omitempty" doc:"others keep them now: the reader reads the record, and neither reveals nor changes their own facts"`
	Service        rule.Service    `json:"service" doc:"full months and days of service, overlaps once"`
	PreJob         gateView        `json:"preJob"`
	RecordedAt     time.Time       `json:"recordedAt"`
}

type spellView struct {
	ID           string                `json:"id"`
	Organization kernel.OrganizationID `json:"organizationId"`
	Name         string                `json:"organizationName" doc:"as it was called on the last day of the spell, today for one that lasts"`
	NameNow      string                `json:"organizationNameNow,omitempty" doc:"what it is called today, where that is another name"`
	Role         kernel.StaffRole      `json:"role"`
	StartedOn    kernel.Date           `json:"startedOn"`
	EndedOn      kernel.Date           `json:"endedOn,omitempty" doc:"the last day on post"`
	Position     string                `json:"position,omitempty" doc:"what the post is called there"`
	Dispatched   bool                  `json:"dispatched"`
	Reason       string                `json:"reason,omitempty" doc:"of the correction"`
	RecordedAt   time.Time             `json:"recordedAt"`
	SupersededAt *time.Time            `json:"supersededAt,omitempty"`
	Voided       *Voiding              `json:"voided,omitempty" doc:"it never was"`
}

type gateView struct {
	TrainedOn     kernel.Date    `json:"trainedOn,omitempty"`
	DaysBefore    int            `json:"daysOnDutyBefore" doc:"days on duty before passed pre-job training (GB 38600-2019)"`
	MissingOnDuty bool           `json:"missingOnDuty"`
	Reason        *kernel.Reason `json:"reason,omitempty"`
}

func (h *handlers) spellViews(ctx context.Context, entries Career) ([]spellView, error) {
	employers, err := h.service.employers(ctx, entries)
	if err != nil {
		return nil, err
	}
	out := make([]spellView, 0, len(entries))
	for i, e := range entries {
		out = append(out, viewSpell(e, employers[i]))
	}
	return out, nil
}

func viewSpell(e Entry, at naming) spellView {
	v := spellView{
		ID: e.ID, Organization: e.Organization, Name: at.name, NameNow: at.now, Role: e.Role, StartedOn: e.Period.From, EndedOn: e.Period.To,
		Position: e.Position, Dispatched: e.Dispatched, Reason: e.Reason, RecordedAt: e.RecordedAt, SupersededAt: e.SupersededAt,
		Voided: e.Voided,
	}
	if v.EndedOn == kernel.Forever {
		v.EndedOn = ""
	}
	return v
}

func (h *handlers) gate(ctx context.Context, p Person) gateView {
	g := h.service.Gate(p)
	v := gateView{TrainedOn: g.TrainedOn, DaysBefore: g.DaysBefore, MissingOnDuty: g.Missing}
	if g.Reason.Code != "" {
		reasons := []kernel.Reason{g.Reason}
		web.Say(ctx, reasons)
		v.Reason = &reasons[0]
	}
	return v
}

func (h *handlers) view(ctx context.Context, p Person) (personView, error) {
	latest := p.Career.Latest().Newest()
	spells, err := h.spellViews(ctx, latest)
	if err != nil {
		return personView{}, err
	}
	reach := kernel.ReachFrom(ctx)
	voids, err := h.spellViews(ctx, slices.DeleteFunc(p.Career.Voids(), func(e Entry) bool { return !reach.CoversPerson(p.ID, e.Path) }))
	if err != nil {
		return personView{}, err
	}
	v := personView{
		ID: p.ID, Name: p.Name, IDType: p.IDType, IDNumberMasked: p.IDMasked, BirthDate: p.Birth, Gender: p.Gender, PhoneMasked: p.Phone,
		Education: p.Education, Major: p.Major, Kinds: p.Kinds, Employments: spells, Service: h.service.ServiceTime(p),
		PreJob: h.gate(ctx, p), RecordedAt: p.RecordedAt,
		FormerNames: p.NamesOnce, Voided: voids, FormerOnly: p.FormerOnly,
	}
	today := h.service.today()
	v.Elsewhere = !p.FormerOnly && !p.kept(reach, today, h.service.rowOf(p))
	for _, e := range latest {
		v.OnPost = v.OnPost || e.OnPost(today)
	}
	return v, nil
}

func (h *handlers) answer(ctx context.Context, p Person, err error) (*web.Versioned[personView], error) {
	if err != nil {
		return nil, err
	}
	v, err := h.view(ctx, p)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(v, p.Stored), nil
}

type registerInput struct {
	Body struct {
		Name           string                `json:"name" minLength:"1" maxLength:"50"`
		IDType         rule.IDType           `json:"idType" enum:"residentId,hmtResidence,hmtPass,passport,foreignPermanent"`
		IDNumber       string                `json:"idNumber" minLength:"1" maxLength:"40"`
		Phone          string                `json:"phone,omitempty" maxLength:"30"`
		BirthDate      kernel.Date           `json:"birthDate,omitempty" format:"date" maxLength:"10" doc:"only where the number does not tell"`
		Gender         string                `json:"gender,omitempty" enum:"female,male" doc:"only where the number does not tell"`
		Education      Education             `json:"education,omitempty" enum:"primary,secondary,vocational,college,bachelor,postgraduate"`
		Major          string                `json:"major,omitempty" maxLength:"60"`
		Kinds          []Kind                `json:"kinds" minItems:"1" maxItems:"12" uniqueItems:"true" enum:"caregiver,socialWorker,manager,director,medical,serviceStaff,careStaff,volunteer,familyCarer,informalCarer,student,other"`
		OrganizationID kernel.OrganizationID `json:"organizationId,omitempty" maxLength:"64" doc:"on whose behalf; your own when left out"`
	}
}

func (h *handlers) register(ctx context.Context, in *registerInput) (*web.Versioned[personView], error) {
	b := in.Body
	p, err := h.service.Register(ctx, Draft{
		Name: b.Name, IDType: b.IDType, IDNumber: b.IDNumber, Phone: b.Phone, Birth: b.BirthDate, Gender: b.Gender,
		Education: b.Education, Major: b.Major, Kinds: b.Kinds, Organization: b.OrganizationID,
	})
	return h.answer(ctx, p, err)
}

type personInput struct {
	ID kernel.PersonID `path:"id" maxLength:"64"`
}

func (h *handlers) read(ctx context.Context, in *personInput) (*web.Versioned[personView], error) {
	p, err := h.service.Read(ctx, in.ID)
	return h.answer(ctx, p, err)
}

type amendInput struct {
	web.IfMatch
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		Name      *string      `json:"name,omitempty" minLength:"1" maxLength:"50"`
		Phone     *string      `json:"phone,omitempty" maxLength:"30" doc:"empty removes it"`
		BirthDate *kernel.Date `json:"birthDate,omitempty" format:"date-or-empty" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" maxLength:"10" doc:"only where the number does not tell; empty removes it"`
		Gender    *string      `json:"gender,omitempty" enum:"female,male," doc:"only where the number does not tell; empty removes it"`
		Education *Education   `json:"education,omitempty" enum:"primary,secondary,vocational,college,bachelor,postgraduate," doc:"empty removes it"`
		Major     *string      `json:"major,omitempty" maxLength:"60" doc:"empty removes it"`
		Kinds     *[]Kind      `json:"kinds,omitempty" minItems:"1" maxItems:"12" uniqueItems:"true" enum:"caregiver,socialWorker,manager,director,medical,serviceStaff,careStaff,volunteer,familyCarer,informalCarer,student,other"`
	}
}

func (h *handlers) amend(ctx context.Context, in *amendInput) (*web.Versioned[personView], error) {
	b := in.Body
	p, err := h.service.Amend(ctx, in.ID, func(p *Particulars, stored int64) error {
		set(&p.Name, b.Name)
		set(&p.Birth, b.BirthDate)
		set(&p.Gender, b.Gender)
		set(&p.Education, b.Education)
		set(&p.Major, b.Major)
		set(&p.Kinds, b.Kinds)
		p.Phone = b.Phone
		return web.Check(in.IfMatch.IfMatch, stored)
	})
	return h.answer(ctx, p, err)
}

type identityInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		IDType   rule.IDType `json:"idType" enum:"residentId,hmtResidence,hmtPass,passport,foreignPermanent"`
		IDNumber string      `json:"idNumber" minLength:"1" maxLength:"40"`
		Reason   string      `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) correctIdentity(ctx context.Context, in *identityInput) (*web.Versioned[personView], error) {
	p, err := h.service.CorrectIdentity(ctx, in.ID, in.Body.IDType, in.Body.IDNumber, in.Body.Reason)
	return h.answer(ctx, p, err)
}
