package certificates

import (
	"context"
	"time"

	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type handlers struct{ s *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/certificates", web.May("certificate", "list"), h.list, web.Summary("Certificates in reach, the newest first"))
	routesExport(r, h) // before what takes any id
	routesLevels(r, h)
	routesBundles(r, h)
	routesQueue(r, h)
	routesTemplates(r, h)
	web.Get(r, "/certificates/occupations", web.May("certificate", "register"), h.occupations, web.Summary("The occupations that certificates are known to be of"))
	web.Get(r, "/certificates/{id}", web.May("certificate", "read"), h.read, web.Summary("One certificate"))
	web.Act(r, "/certificates/{id}/revocation", web.May("certificate", "revoke"), h.revoke, web.Summary("Revoke, for good; public within a second"))
	web.Act(r, "/certificates/{id}/withdrawal", web.May("certificate", "withdraw"), h.withdraw, web.Summary("Take back a mistaken registration that nobody has verified; for who made it, or their office"))
	web.Post(r, "/certificates/{id}/replacement", web.May("certificate", "replace"), h.replace, web.Summary("Issue anew; the old one is superseded"))
	web.Post(r, "/certificates/registrations", web.May("certificate", "register"), h.register, web.Summary("Register a certificate that others issued"))
	routesWithdrawals(r, h)
	routesVerification(r, h)
	routesEvidence(r, h)
	routesConflicts(r, h)
	routesKeys(r, h)
	routesFiles(r, h)
	routesPublic(r, h)
	routesCredentials(r, h)
	routesBulk(r, h)
}

type changeView struct {
	Reason string      `json:"reason"`
	ByName string      `json:"byName"`
	On     kernel.Date `json:"on" format:"date"`
	At     time.Time   `json:"at"`
}

func viewChange(c *Change) *changeView {
	if c == nil {
		return nil
	}
	return &changeView{Reason: c.Reason, ByName: c.ByName, On: c.On, At: c.At}
}

type certificateView struct {
	ID             string             `json:"id"`
	Family         string             `json:"family"`
	Origin         string             `json:"origin" enum:"issued,registered"`
	Status         string             `json:"status" enum:"unverified,rejected,valid,superseded,revoked,withdrawn"`
	Stage          string             `json:"stage,omitempty" enum:"claimed,formatValid,verified,rejected" doc:"how far a registered certificate has come; none once it is revoked or withdrawn"`
	FormatRule     string             `json:"formatRule,omitempty" doc:"version of the rules that its number was checked by"`
	PersonID       string             `json:"personId"`
	Name           string             `json:"name" doc:"as printed; later changes of the name do not change it"`
	NameMasked     string             `json:"nameMasked"`
	IDNumberMasked string             `json:"idNumberMasked"`
	Number         string             `json:"number"`
	PublicCode     string             `json:"publicCode,omitempty"`
	QRText         string             `json:"qrText,omitempty" doc:"what the QR code holds"`
	StatusListID   *uint32            `json:"statusListId,omitempty"`
	Title          string             `json:"title"`
	IssuerID       string             `json:"issuerId,omitempty"`
	IssuerName     string             `json:"issuerName"`
	IssuedOn       kernel.Date        `json:"issuedOn" format:"date"`
	ExpiresOn      *kernel.Date       `json:"expiresOn" doc:"last valid day; null never expires"`
	Level          *int               `json:"level"`
	Minutes        int                `json:"minutes"`
	ClassHours     string             `json:"classHours,omitempty"`
	ClassID        string             `json:"classId,omitempty"`
	Occupation     string             `json:"occupationCode,omitempty" doc:"as it was written where it is not known"`
	OccupationName string             `json:"occupationName,omitempty"`
	Direction      string             `json:"direction,omitempty" doc:"of a level issued here"`
	Template       *templateRefView   `json:"template,omitempty" doc:"what an issued certificate is printed from, for ever"`
	Findings       []kernel.Reason    `json:"findings" doc:"what the check of the number found"`
	Verification   *verificationView  `json:"verification" doc:"the word that stands; null while none does"`
	Verifications  []verificationView `json:"verifications" doc:"everything that was said of it, the oldest first, corrections and withdrawals too"`
	Files          []fileView         `json:"files" doc:"what was seen, to download"`
	Disputed       bool               `json:"disputed" doc:"the same number is claimed for somebody else"`
	NumberCheck    *numberView        `json:"numberCheck,omitempty" doc:"the number taken apart, of one registered certificate"`
	Revocation     *changeView        `json:"revocation"`
	Replacement    *changeView        `json:"replacement"`
	Withdrawal     *changeView        `json:"withdrawal"`
	ReplacedBy     string             `json:"replacedBy,omitempty"`
	Replaces       string             `json:"replaces,omitempty"`
	RecordedAt     time.Time          `json:"recordedAt"`
	Evidence       []kernel.Evidence  `json:"evidence"`
}

func (s *Service) view(ctx context.Context, c Certificate) certificateView {
	v := certificateView{
		ID: string(c.ID), Family: string(c.Family), Origin: c.Origin, Status: string(c.Status), Stage: string(c.Stage()), FormatRule: c.Format.Rule, PersonID: string(c.Person),
		Name: c.Name, NameMasked: c.NameMasked, IDNumberMasked: c.IDMasked, Number: c.Number, PublicCode: c.Code, QRText: c.QRText,
		Title: c.Title, IssuerID: string(c.Issuer), IssuerName: c.IssuerName, IssuedOn: c.IssuedOn, Minutes: int(c.Minutes),
		ClassID: string(c.Class), Occupation: c.Occupation, Direction: c.Direction, Findings: append([]kernel.Reason{}, c.Findings...),
		Revocation: viewChange(c.Revocation), Replacement: viewChange(c.Replacement), Withdrawal: viewChange(c.Withdrawal),
		ReplacedBy: string(c.ReplacedBy), Replaces: string(c.Replaces), RecordedAt: c.RecordedAt, Evidence: []kernel.Evidence{},
	}
	web.Say(ctx, v.Findings)
	if c.Issued() {
		list := c.StatusAt / verify.ListSize
		v.StatusListID, v.Template = &list, viewRef(c)
		v.Evidence = append(v.Evidence,
			kernel.Evidence{Label: web.Text(ctx, "certificates.evidence.public"), Href: web.Prefix + "/public/certificates/" + c.Code},
			kernel.Evidence{Label: web.Text(ctx, "certificates.evidence.log"), Href: web.Prefix + "/public/log/proof?certificate=" + c.Code})
	}
	if c.Class != "" {
		v.Evidence = append(v.Evidence, kernel.Evidence{Label: web.Text(ctx, "certificates.evidence.class"), Href: web.Prefix + "/classes/" + string(c.Class)})
	}
	if c.ExpiresOn != "" {
		v.ExpiresOn = &c.ExpiresOn
	}
	if c.Level.Valid() {
		n := int(c.Level)
		v.Level = &n
	}
	if c.Minutes > 0 {
		v.ClassHours = c.Minutes.ClassHours(c.PerHour)
	}
	v.OccupationName = s.called(ctx, c.Occupation)
	v.words(c)
	return v
}

// ListInput is exported for huma, which reads the fields of exported embedded
// types only.
type ListInput struct {
	PersonID       string `query:"personId" maxLength:"64"`
	OrganizationID string `query:"organizationId" maxLength:"64"`
	Family         string `query:"family" enum:"trainingCompletion,inServiceYear,contestAward,honour,skillLevel,qualification,civilServiceGrade"`
	Status         string `query:"status" enum:"unverified,rejected,valid,superseded,revoked,withdrawn"`
	Stage          string `query:"stage" enum:"claimed,formatValid,verified,rejected" doc:"of registered certificates"`
	Level          int    `query:"level" minimum:"1" maximum:"5" doc:"5 is the lowest, 1 the highest"`
	Query          string `query:"q" maxLength:"64" doc:"a number, a public code, or the beginning of a name"`
	web.PageInput
}

func (h *handlers) list(ctx context.Context, in *ListInput) (*web.Body[web.List[certificateView]], error) {
	p, err := h.s.List(ctx, Filter{
		Person: kernel.PersonID(in.PersonID), Organization: kernel.OrganizationID(in.OrganizationID), Family: Family(in.Family),
		Status: Status(in.Status), Stage: Stage(in.Stage), Level: kernel.SkillLevel(in.Level), Query: in.Query,
	}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]certificateView, 0, len(p.Items))
	for _, c := range p.Items {
		items = append(items, h.s.view(ctx, c))
	}
	return web.Answer(web.NewList(items, p.Next, p.Total, p.More)), nil
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) read(ctx context.Context, in *idInput) (*web.Body[certificateView], error) {
	c, err := h.s.Find(ctx, kernel.CertificateID(in.ID))
	if err != nil {
		return nil, err
	}
	v := h.s.view(ctx, c)
	if v.NumberCheck, err = h.number(ctx, c); err != nil {
		return nil, err
	}
	return web.Answer(v), nil
}

type reasonInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) revoke(ctx context.Context, in *reasonInput) (*web.Body[certificateView], error) {
	c, err := h.s.Revoke(ctx, kernel.CertificateID(in.ID), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(h.s.view(ctx, c)), nil
}

func (h *handlers) withdraw(ctx context.Context, in *reasonInput) (*web.Body[certificateView], error) {
	c, err := h.s.Withdraw(ctx, kernel.CertificateID(in.ID), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(h.s.view(ctx, c)), nil
}

func (h *handlers) replace(ctx context.Context, in *reasonInput) (*web.Body[certificateView], error) {
	c, err := h.s.Replace(ctx, kernel.CertificateID(in.ID), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(h.s.view(ctx, c)), nil
}

type registerInput struct {
	Body struct {
		PersonID   string `json:"personId" minLength:"1" maxLength:"64"`
		Family     string `json:"family" enum:"skillLevel,qualification,civilServiceGrade"`
		Number     string `json:"number" minLength:"1" maxLength:"40"`
		Level      int    `json:"level" minimum:"1" maximum:"5"`
		IssuedOn   string `json:"issuedOn" format:"date" maxLength:"10"`
		IssuerName string `json:"issuerName" minLength:"1" maxLength:"120"`
		Occupation string `json:"occupationCode,omitempty" maxLength:"40" doc:"a code or a name; one that is not known is kept as it is written. That of elderly-care workers (4-10-01-05) when left out"`
	}
}

func (h *handlers) register(ctx context.Context, in *registerInput) (*web.Body[certificateView], error) {
	c, err := h.s.Register(ctx, Claim{
		Person: kernel.PersonID(in.Body.PersonID), Family: Family(in.Body.Family), Number: in.Body.Number,
		Level: kernel.SkillLevel(in.Body.Level), IssuedOn: kernel.Date(in.Body.IssuedOn), IssuerName: in.Body.IssuerName,
		Occupation: in.Body.Occupation,
	})
	if err != nil {
		return nil, err
	}
	return web.Answer(h.s.view(ctx, c)), nil
}

// called is how an occupation is shown; "" where a certificate is of none.
func (s *Service) called(ctx context.Context, occupation string) string {
	return s.rules.Numbers.Called(occupation, web.Language(ctx))
}

type occupationView struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type occupationsView struct {
	Items []occupationView `json:"items" doc:"the first is meant where nothing is said"`
}

func (h *handlers) occupations(ctx context.Context, _ *struct{}) (*web.Body[occupationsView], error) {
	known := h.s.rules.Numbers.Occupations
	v := occupationsView{Items: make([]occupationView, 0, len(known))}
	for _, o := range known {
		v.Items = append(v.Items, occupationView{Code: o.Code, Name: h.s.called(ctx, o.Code)})
	}
	return web.Answer(v), nil
}
