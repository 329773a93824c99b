package imports

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/web"
)

type handlers struct{ s *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Post(r, "/imports", web.May("import", "create"), h.create, web.First(h.keep),
		web.Summary("Import a table (.xlsx, .csv): 202, then read its progress"), web.Status(http.StatusAccepted), web.MaxBody(sheet.MaxBytes))
	web.Get(r, "/imports", web.May("import", "list"), h.list,
		web.Summary("Imports, the newest first"))
	web.Get(r, "/imports/{id}", web.May("import", "read"), h.read,
		web.Summary("Progress, counts, and every refusal by row, column and cause"))
	web.Get(r, "/imports/{id}/errors.xlsx", web.May("import", "read"), h.errors,
		web.Summary("The refused rows as they were sent, with the reason: to mend and send again"))
	web.Get(r, "/imports/templates/{kind}.xlsx", web.May("import", "read"), h.template,
		web.Summary("An empty table of the kind with an example and notes"))
	web.Act(r, "/imports/{id}/withdrawal", web.May("import", "withdraw"), h.withdraw,
		web.Summary("Undo an import while nothing was built on it: at once, or in the background where it left much"))
	web.Act(r, "/imports/{id}/dismissal", web.May("import", "dismiss"), h.dismiss,
		web.Summary("Say why the refused rows are not mended and sent again: they are then found no more"))
}

type form struct {
	File           huma.FormFile `form:"file" required:"true" doc:".xlsx, or .csv in UTF-8 or GB18030; at most 50 MB"`
	Kind           string        `form:"kind" required:"true" enum:"people,organizations,hours,certificates,results,skillLevels"`
	OrganizationID string        `form:"organizationId" required:"true" minLength:"1" maxLength:"64" doc:"whose people, certificates, … they are"`
	DryRun         bool          `form:"dryRun" required:"false" doc:"only tell what would happen"`
}

type createInput struct {
	kept    Kept
	RawBody huma.MultipartFormFiles[form]
}

type acceptedView struct {
	ID string `json:"id"`
}

// keep does what takes long before the transaction that a key asks for.
func (h *handlers) keep(ctx context.Context, in *createInput) (err error) {
	f := in.RawBody.Data()
	if !f.File.IsSet {
		return ErrNoFile
	}
	in.kept, err = h.s.Keep(ctx, Request{
		Kind: f.Kind, Organization: kernel.OrganizationID(f.OrganizationID), DryRun: f.DryRun,
		FileName: f.File.Filename, File: f.File.File, Size: f.File.Size,
	})
	return err
}

func (h *handlers) create(ctx context.Context, in *createInput) (*web.Body[acceptedView], error) {
	id, err := h.s.Submit(ctx, in.kept)
	if err != nil {
		return nil, err
	}
	return web.Answer(acceptedView{ID: id}), nil
}

// ImportView is an import as it is answered; exported for huma, which reads the
// fields of exported embedded types only.
type ImportView struct {
	ID             string     `json:"id"`
	Kind           string     `json:"kind"`
	OrganizationID string     `json:"organizationId"`
	FileName       string     `json:"fileName"`
	DryRun         bool       `json:"dryRun"`
	Status         Status     `json:"status" enum:"queued,running,done,failed"`
	Code           string     `json:"code,omitempty" doc:"why the file as a whole was refused"`
	Message        string     `json:"message,omitempty" doc:"the same in words"`
	Total          int        `json:"total" doc:"rows with data"`
	Done           int        `json:"done" doc:"rows judged so far"`
	Created        int        `json:"created"`
	Updated        int        `json:"updated"`
	Unchanged      int        `json:"unchanged"`
	Rejected       int        `json:"rejected"`
	Warned         int        `json:"warned" doc:"rows taken or refused with a warning"`
	CreatedBy      string     `json:"createdBy"`
	CreatedAt      time.Time  `json:"createdAt"`
	FinishedAt     *time.Time `json:"finishedAt"`
	WithdrawnAt    *time.Time `json:"withdrawnAt"`
	Withdrawable   bool       `json:"withdrawable" doc:"whether the reader may ask for a withdrawal"`
	Dismissable    bool       `json:"dismissable" doc:"whether the reader may say why the refused rows are not sent again"`

	ToMend    int            `json:"toMend" doc:"refused rows that were neither sent again nor dismissed"`
	Mended    []mendedView   `json:"mended" doc:"earlier files for whose refused rows this one was sent"`
	Dismissal *dismissalView `json:"dismissal" doc:"why the rest is not sent again"`

	Withdrawal *withdrawalView `json:"withdrawal" doc:"that somebody has asked for"`
}

type withdrawalView struct {
	Stage   WithdrawalStage `json:"stage" enum:"running,stopped,done"`
	Rows    int             `json:"rows" doc:"taken back so far"`
	Total   int             `json:"total" doc:"rows that the import had created or changed"`
	Reason  string          `json:"reason"`
	ByName  string          `json:"byName"`
	At      time.Time       `json:"at"`
	Code    string          `json:"code,omitempty" doc:"what stands in the way first"`
	Message string          `json:"message,omitempty" doc:"the same in words"`

	InTheWay []noteView `json:"inTheWay" doc:"all that stands in the way, the first 100"`
	Hindered int        `json:"hindered" doc:"how much stands in the way"`
}

func (v *withdrawalView) hinder(ctx context.Context, headers map[string]string, w Withdrawal) {
	for _, p := range w.InTheWay {
		v.InTheWay = append(v.InTheWay, noteView{Code: p.Code, Message: sentence(speaker{ctx}, headers, p)})
	}
	v.Hindered = w.Hindered
	if len(v.InTheWay) > 0 {
		v.Code, v.Message = v.InTheWay[0].Code, v.InTheWay[0].Message
	}
}

type mendedView struct {
	ImportID string `json:"importId"`
	Rows     int    `json:"rows"`
}

type dismissalView struct {
	Reason string    `json:"reason"`
	ByName string    `json:"byName"`
	At     time.Time `json:"at"`
	Rows   int       `json:"rows"`
}

func view(ctx context.Context, i Import) ImportView {
	v := ImportView{
		ID: i.ID, Kind: i.Kind, OrganizationID: string(i.Organization), FileName: i.FileName, DryRun: i.DryRun, Status: i.Status,
		Total: i.Total, Done: i.Counts.Done(), Created: i.Counts.Created, Updated: i.Counts.Updated, Unchanged: i.Counts.Unchanged,
		Rejected: i.Counts.Rejected, Warned: i.Counts.Warnings, CreatedBy: i.By, CreatedAt: i.CreatedAt, FinishedAt: i.FinishedAt,
		WithdrawnAt: i.WithdrawnAt, Withdrawable: i.Withdrawable, Dismissable: i.Dismissable, ToMend: i.ToMend, Mended: []mendedView{},
	}
	for _, m := range i.Mended {
		v.Mended = append(v.Mended, mendedView{m.Import, m.Rows})
	}
	if d := i.Dismissal; d != nil {
		v.Dismissal = &dismissalView{Reason: d.Reason, ByName: d.ByName, At: d.At, Rows: d.Rows}
	}
	if w := i.Withdrawal; w != nil {
		v.Withdrawal = &withdrawalView{Stage: w.Stage, Rows: w.Rows, Total: i.Counts.Created + i.Counts.Updated, Reason: w.Reason, ByName: w.ByName, At: w.At, InTheWay: []noteView{}}
		if w.Stage == WithdrawalStopped {
			v.Withdrawal.hinder(ctx, i.Headers, *w)
		}
	}
	if i.Failure != nil {
		v.Code, v.Message = i.Failure.Code, sentence(speaker{ctx}, i.Headers, *i.Failure)
	}
	return v
}

type findingView struct {
	Row     int    `json:"row" doc:"as the spreadsheet program shows it"`
	Column  string `json:"column" doc:"header as sent; empty for the whole row"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type changeView struct {
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

type previewView struct {
	Row     int          `json:"row"`
	Action  Action       `json:"action" enum:"created,updated,unchanged,rejected"`
	Label   string       `json:"label" doc:"who or what the row is about, masked"`
	Changes []changeView `json:"changes"`
}

type noteView struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type reportView struct {
	ImportView
	Notes        []noteView    `json:"notes" doc:"about the file as a whole: sheets that were not read"`
	Errors       []findingView `json:"errors" doc:"the first 1,000; the error workbook has all"`
	ErrorsMore   bool          `json:"errorsMore,omitempty"`
	Warnings     []findingView `json:"warnings" doc:"the first 1,000"`
	WarningsMore bool          `json:"warningsMore,omitempty"`
	Preview      []previewView `json:"preview,omitempty" doc:"of a dry run: what would become of the first 200 rows"`
}

func viewFindings(ctx context.Context, headers map[string]string, all []Finding) []findingView {
	out := make([]findingView, 0, len(all))
	for _, f := range all {
		out = append(out, findingView{Row: f.Row, Column: headers[f.Column], Code: f.Code, Message: sentence(speaker{ctx}, headers, f.Problem)})
	}
	return out
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) read(ctx context.Context, in *idInput) (*web.Body[reportView], error) {
	r, err := h.s.Report(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	r.Headers = h.s.words.headers(r.Kind, r.Headers, web.Language(ctx))
	v := reportView{
		ImportView: view(ctx, r.Import), Notes: []noteView{},
		Errors: viewFindings(ctx, r.Headers, r.Errors), ErrorsMore: r.MoreErrors,
		Warnings: viewFindings(ctx, r.Headers, r.Warnings), WarningsMore: r.MoreWarnings,
	}
	for _, n := range r.Notes {
		v.Notes = append(v.Notes, noteView{Code: n.Code, Message: sentence(speaker{ctx}, r.Headers, n)})
	}
	for _, p := range r.Preview {
		row := previewView{Row: p.Row, Action: p.Action, Label: p.Label, Changes: []changeView{}}
		for _, c := range p.Changes {
			say := func(value string) string { return h.s.words.label(r.Kind, c.Column, value, web.Language(ctx)) }
			row.Changes = append(row.Changes, changeView{Column: r.Headers[c.Column], Old: say(c.Old), New: say(c.New)})
		}
		v.Preview = append(v.Preview, row)
	}
	return web.Answer(v), nil
}

type listInput struct {
	OrganizationID string `query:"organizationId" maxLength:"64" doc:"and what is under it"`
	ToMend         bool   `query:"toMend" doc:"only with refused rows that are to be mended"`
	web.PageInput
}

func (h *handlers) list(ctx context.Context, in *listInput) (*web.Body[web.List[ImportView]], error) {
	p, err := h.s.List(ctx, Filter{kernel.OrganizationID(in.OrganizationID), in.ToMend}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]ImportView, 0, len(p.Items))
	for _, i := range p.Items {
		items = append(items, view(ctx, i))
	}
	return web.Answer(web.NewList(items, p.Next, p.Total, p.More)), nil
}

type withdrawInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) withdraw(ctx context.Context, in *withdrawInput) (*web.Body[ImportView], error) {
	i, err := h.s.Withdraw(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(view(ctx, i)), nil
}

func (h *handlers) dismiss(ctx context.Context, in *withdrawInput) (*web.Body[ImportView], error) {
	i, err := h.s.Dismiss(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(view(ctx, i)), nil
}

// workbookOutput is a file to save.
type workbookOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func workbook(name string, body []byte) *workbookOutput {
	return &workbookOutput{
		ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		Disposition: `attachment; filename="import.xlsx"; filename*=UTF-8''` + url.PathEscape(name),
		Body:        body,
	}
}

func (h *handlers) errors(ctx context.Context, in *idInput) (*workbookOutput, error) {
	var out bytes.Buffer
	if err := h.s.ErrorWorkbook(ctx, in.ID, speaker{ctx}, &out); err != nil {
		return nil, err
	}
	return workbook(web.Text(ctx, "imports.workbook.errors")+".xlsx", out.Bytes()), nil
}

type templateInput struct {
	Kind string `path:"kind" enum:"people,organizations,hours,certificates,results,skillLevels"`
	Of   string `query:"of" maxLength:"64" doc:"results: a class, whose learners are filled in"`
}

func (h *handlers) template(ctx context.Context, in *templateInput) (*workbookOutput, error) {
	var out bytes.Buffer
	if err := h.s.Template(ctx, in.Kind, in.Of, speaker{ctx}, &out); err != nil {
		return nil, err
	}
	return workbook(web.Text(ctx, "imports.workbook.template", "kind", in.Kind)+".xlsx", out.Bytes()), nil
}

// speaker speaks the language of the request.
type speaker struct{ ctx context.Context }

func (s speaker) Language() string { return web.Language(s.ctx) }

func (s speaker) Say(code string, params ...string) string { return web.Text(s.ctx, code, params...) }
