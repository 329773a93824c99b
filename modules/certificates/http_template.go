package certificates

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"carecert/modules/certificates/layout"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func routesTemplates(r *web.Router, h *handlers) {
	may := func(verb string) web.Permission { return web.May("certificateTemplate", verb) }
	web.Get(r, "/certificate-templates", may("list"), h.templates, web.Summary("What an organisation's certificates are printed from, family by family"))
	web.Post(r, "/certificate-templates", may("write"), h.beginTemplate, web.Summary("Begin a template of an issuer's own, from what applies to it now"))
	web.Get(r, "/certificate-templates/{id}", may("read"), h.template, web.Summary("A template with its draft, what keeps it from being published, and its versions"))
	web.Put(r, "/certificate-templates/{id}/draft", may("write"), h.saveDraft, web.Summary("Keep the draft; it may be unfinished"))
	web.Post(r, "/certificate-templates/{id}/versions", may("publish"), h.publishTemplate, web.Summary("Publish the draft: certificates issued from now on are printed from it, earlier ones stay as they are"))
	web.Get(r, "/certificate-templates/{id}/versions/{number}", may("read"), h.templateVersion, web.Summary("One published version; it never changes"))
	web.Get(r, "/certificate-templates/{id}/versions/{number}/preview.pdf", may("read"), h.previewVersion, web.Summary("A specimen printed from a published version"))
	web.Act(r, "/certificate-templates/{id}/preview.pdf", may("read"), h.preview, web.Summary("A specimen printed from what is being edited"), web.Status(200))
	web.Post(r, "/certificate-templates/{id}/pictures", may("write"), h.keepPicture, web.First(h.readPicture), web.MaxBody(4<<20),
		web.Summary("Give a template a picture: PNG or JPEG to 2 MB and 2,000 pixels; it is written anew"))
	web.Get(r, "/certificate-templates/{id}/pictures/{hash}", may("read"), h.picture, web.Summary("A picture of a template"))
}

type templateRefView struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Hash    string `json:"hash,omitempty" doc:"SHA-256 of the version's content"`
}

func viewRef(c Certificate) *templateRefView {
	if c.Template == (TemplateRef{}) { // issued before there were templates
		return &templateRefView{ID: string(templateID(c.Family, "")), Version: 1}
	}
	return &templateRefView{string(c.Template.ID), c.Template.Version, c.Template.Hash}
}

// TemplateView is exported for huma, which reads the fields of exported embedded
// types only; so is VersionView.
type TemplateView struct {
	ID         string          `json:"id"`
	Family     string          `json:"family"`
	IssuerID   string          `json:"issuerId,omitempty" doc:"none of the house's own"`
	IssuerName string          `json:"issuerName,omitempty"`
	House      bool            `json:"house"`
	Version    int             `json:"version" doc:"in force; 0 while nothing is published"`
	Hash       string          `json:"hash,omitempty"`
	Validity   layout.Validity `json:"validity" doc:"of the version in force"`
	DraftBy    string          `json:"draftBy,omitempty"`
	DraftAt    *time.Time      `json:"draftAt,omitempty"`
}

func viewTemplate(t Template) TemplateView {
	v := TemplateView{
		ID: string(t.ID), Family: string(t.Family), IssuerID: string(t.Issuer), IssuerName: t.IssuerName, House: t.House(),
		Version: t.Published, Hash: t.Hash, Validity: t.Validity, DraftBy: t.DraftBy,
	}
	if !t.House() {
		v.DraftAt = &t.DraftAt
	}
	return v
}

type appliesView struct {
	Family  string        `json:"family"`
	InForce TemplateView  `json:"inForce" doc:"its own, that of the nearest office above, or the house's"`
	Own     *TemplateView `json:"own" doc:"null while it has none"`
}

type templatesView struct {
	OrganizationID   string        `json:"organizationId,omitempty"`
	OrganizationName string        `json:"organizationName,omitempty"`
	Items            []appliesView `json:"items"`
}

type templatesInput struct {
	OrganizationID string `query:"organizationId" maxLength:"64" doc:"the reader's own when left out"`
}

func (h *handlers) templates(ctx context.Context, in *templatesInput) (*web.Body[templatesView], error) {
	all, card, err := h.s.TemplatesOf(ctx, kernel.OrganizationID(in.OrganizationID))
	if err != nil {
		return nil, err
	}
	out := templatesView{OrganizationID: string(card.ID), OrganizationName: card.Name, Items: []appliesView{}}
	for _, a := range all {
		v := appliesView{Family: string(a.Family), InForce: viewTemplate(a.InForce)}
		if a.Own != nil {
			own := viewTemplate(*a.Own)
			v.Own = &own
		}
		out.Items = append(out.Items, v)
	}
	return web.Answer(out), nil
}

type problemView struct {
	Element string `json:"element,omitempty" doc:"id of the element; none where it is about the whole"`
	Code    string `json:"code"`
	Text    string `json:"text"`
}

// VersionView is a published version in a list.
type VersionView struct {
	Number int             `json:"number"`
	Hash   string          `json:"hash"`
	Note   string          `json:"note,omitempty"`
	ByName string          `json:"byName,omitempty"`
	At     *time.Time      `json:"at,omitempty"`
	Ends   layout.Validity `json:"validity"`
}

type templateDetail struct {
	TemplateView
	Draft        layout.Content `json:"draft"`
	Problems     []problemView  `json:"problems" doc:"what keeps the draft from being published"`
	Versions     []VersionView  `json:"versions" doc:"the newest first"`
	Fields       []string       `json:"fields" doc:"that words may name"`
	Requires     []string       `json:"requires" doc:"fields that have to stand on it"`
	NeverExpires bool           `json:"neverExpires"`
	LeastCode    float64        `json:"leastCode" doc:"mm: how wide the QR code has to be"`
	CodeModules  int            `json:"codeModules"`
}

// detail is a template with everything that an editor shows.
func (h *handlers) detail(ctx context.Context, t Template) (templateDetail, error) {
	v := templateDetail{TemplateView: viewTemplate(t), Draft: t.Draft, Versions: []VersionView{}, Fields: layout.Fields(), CodeModules: h.s.modules}
	family, _ := h.s.house.Family(string(t.Family))
	v.Requires, v.NeverExpires, v.LeastCode = family.Requires, family.NeverExpires, layout.SmallestQR(h.s.modules)
	wrong, err := h.s.Problems(ctx, t, t.Draft)
	if err != nil {
		return v, err
	}
	v.Problems = viewProblems(ctx, wrong)
	versions, err := h.s.TemplateVersions(ctx, t.ID)
	for _, x := range versions {
		version := VersionView{Number: x.Number, Hash: x.Hash, Note: x.Note, ByName: x.ByName, Ends: x.Content.Validity}
		if !x.At.IsZero() {
			version.At = &x.At
		}
		v.Versions = append(v.Versions, version)
	}
	return v, err
}

func viewProblems(ctx context.Context, wrong []layout.Problem) []problemView {
	out := make([]problemView, 0, len(wrong))
	for _, p := range wrong {
		params := p.Params
		if field := params["field"]; field != "" {
			params["field"] = web.Text(ctx, "certificates.template_field."+field)
		}
		out = append(out, problemView{p.Element, p.Code, web.Text(ctx, p.Code, pairs(params)...)})
	}
	return out
}

type templateInput struct {
	ID string `path:"id" maxLength:"128"`
}

func (h *handlers) template(ctx context.Context, in *templateInput) (*web.Versioned[templateDetail], error) {
	t, err := h.s.Template(ctx, TemplateID(in.ID))
	if err != nil {
		return nil, err
	}
	return h.detailed(ctx, t)
}

func (h *handlers) detailed(ctx context.Context, t Template) (*web.Versioned[templateDetail], error) {
	v, err := h.detail(ctx, t)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(v, t.Stored), nil
}

type beginInput struct {
	Body struct {
		Family   string `json:"family" enum:"trainingCompletion,inServiceYear,contestAward,honour,skillLevel"`
		IssuerID string `json:"issuerId" minLength:"1" maxLength:"64"`
	}
}

func (h *handlers) beginTemplate(ctx context.Context, in *beginInput) (*web.Body[TemplateView], error) {
	t, err := h.s.Begin(ctx, Family(in.Body.Family), kernel.OrganizationID(in.Body.IssuerID))
	if err != nil {
		return nil, err
	}
	return web.Answer(viewTemplate(t)), nil
}

type draftInput struct {
	web.IfMatch
	ID   string `path:"id" maxLength:"128"`
	Body layout.Content
}

func (h *handlers) saveDraft(ctx context.Context, in *draftInput) (*web.Versioned[templateDetail], error) {
	t, err := h.s.SaveDraft(ctx, TemplateID(in.ID), in.Body, func(stored int64) error { return web.Check(in.IfMatch.IfMatch, stored) })
	if err != nil {
		return nil, err
	}
	return h.detailed(ctx, t)
}

type publishInput struct {
	web.IfMatch
	ID   string `path:"id" maxLength:"128"`
	Body struct {
		Note string `json:"note" minLength:"2" maxLength:"200" doc:"what changes, and why"`
	}
}

func (h *handlers) publishTemplate(ctx context.Context, in *publishInput) (*web.Body[TemplateView], error) {
	t, err := h.s.PublishTemplate(ctx, TemplateID(in.ID), in.Body.Note, func(stored int64) error { return web.Check(in.IfMatch.IfMatch, stored) })
	if err != nil {
		return nil, err
	}
	return web.Answer(viewTemplate(t)), nil
}

type versionInput struct {
	ID     string `path:"id" maxLength:"128"`
	Number int    `path:"number" minimum:"1" maximum:"100000"`
}

type versionDetail struct {
	VersionView
	Content layout.Content `json:"content"`
}

func (h *handlers) templateVersion(ctx context.Context, in *versionInput) (*web.Body[versionDetail], error) {
	v, err := h.s.TemplateVersion(ctx, TemplateID(in.ID), in.Number)
	if err != nil {
		return nil, err
	}
	out := versionDetail{VersionView: VersionView{Number: v.Number, Hash: v.Hash, Note: v.Note, ByName: v.ByName, Ends: v.Content.Validity}, Content: v.Content}
	if !v.At.IsZero() {
		out.At = &v.At
	}
	return web.Answer(out), nil
}

func (h *handlers) previewVersion(ctx context.Context, in *versionInput) (*fileOutput, error) {
	t, err := h.s.Template(ctx, TemplateID(in.ID))
	if err != nil {
		return nil, err
	}
	v, err := h.s.TemplateVersion(ctx, t.ID, in.Number)
	if err != nil {
		return nil, err
	}
	return h.specimen(ctx, t, v.Content, sampleUsual)
}

type previewInput struct {
	ID     string `path:"id" maxLength:"128"`
	Sample string `query:"sample" enum:"usual,long,rare" default:"usual" doc:"whose certificate it pretends to be: a usual name, a long one, one with rare characters"`
	Body   layout.Content
}

func (h *handlers) preview(ctx context.Context, in *previewInput) (*fileOutput, error) {
	t, err := h.s.Template(ctx, TemplateID(in.ID))
	if err != nil {
		return nil, err
	}
	return h.specimen(ctx, t, in.Body, in.Sample)
}

func (h *handlers) specimen(ctx context.Context, t Template, content layout.Content, sample string) (*fileOutput, error) {
	raw, err := h.s.Specimen(ctx, t, content, sample)
	return &fileOutput{ContentType: "application/pdf", Disposition: `inline; filename="specimen.pdf"`, Body: raw}, err
}

type pictureForm struct {
	File huma.FormFile `form:"file" required:"true" doc:"PNG or JPEG"`
}

type keepPictureInput struct {
	picture Picture
	ID      string `path:"id" maxLength:"128"`
	RawBody huma.MultipartFormFiles[pictureForm]
}

func (h *handlers) readPicture(_ context.Context, in *keepPictureInput) (err error) {
	f := in.RawBody.Data().File
	if !f.IsSet {
		return ErrPictureKind
	}
	in.picture, err = ReadPicture(f.File)
	return err
}

type pictureView struct {
	Hash   string `json:"hash" doc:"SHA-256, what an element's image names"`
	Width  int    `json:"width" doc:"pixels"`
	Height int    `json:"height"`
}

func (h *handlers) keepPicture(ctx context.Context, in *keepPictureInput) (*web.Body[pictureView], error) {
	if err := h.s.KeepPicture(ctx, TemplateID(in.ID), in.picture); err != nil {
		return nil, err
	}
	return web.Answer(pictureView{in.picture.Hash, in.picture.Width, in.picture.Height}), nil
}

type pictureInput struct {
	ID   string `path:"id" maxLength:"128"`
	Hash string `path:"hash" maxLength:"64"`
}

func (h *handlers) picture(ctx context.Context, in *pictureInput) (*fileOutput, error) {
	raw, err := h.s.Picture(ctx, TemplateID(in.ID), in.Hash)
	if err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: "image/png", Disposition: "inline", Body: raw}, nil
}
