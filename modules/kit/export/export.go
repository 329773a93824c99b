// Package export answers lists as workbooks: the same filters, the same reach
// and the same masking as the list on the page, to its last row.
//
// A workbook is written row by row, so that its length costs no memory. Its
// first line says who took it out, when, for what, and how many rows a file
// holds at most; what was cut says so in its last. Every text is neutralised
// and every number is text (package sheet). That it was taken out stands in the
// operation log before the first row is read. Owns: nothing stored.
package export

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Limit is how many rows one file holds.
const Limit = 100_000

// pageRows are read at once.
const pageRows = 200

// Auditor keeps the operation log.
type Auditor interface {
	Record(ctx context.Context, a kernel.Act) error
}

// Why is embedded by the input of an export that takes personal data out
// (FACTS §9: reason and audit row).
type Why struct {
	Reason string `query:"reason" required:"true" minLength:"2" maxLength:"200" doc:"what the file is for: it stands in the file and in the operation log"`
}

// Column of a workbook; its title is the message <List.Name>.<Key>.
type Column[V any] struct {
	Key   string
	Width float64
	Text  func(ctx context.Context, v V) string
}

// Plain is a column whose text is the same in every language.
func Plain[V any](key string, width float64, text func(V) string) Column[V] {
	return Column[V]{Key: key, Width: width, Text: func(_ context.Context, v V) string { return text(v) }}
}

// Word is a column of words: the message <of>.<code>, nothing where the code is
// empty.
func Word[V any](key string, width float64, of string, code func(V) string) Column[V] {
	return Column[V]{Key: key, Width: width, Text: func(ctx context.Context, v V) string {
		if c := code(v); c != "" {
			return web.Text(ctx, of+"."+c)
		}
		return ""
	}}
}

// YesNo is a column that says one of the two.
func YesNo[V any](key string, width float64, is func(V) bool) Column[V] {
	return Column[V]{Key: key, Width: width, Text: func(ctx context.Context, v V) string {
		return web.Text(ctx, map[bool]string{true: "export.yes", false: "export.no"}[is(v)])
	}}
}

// List is a list that can be taken out. Asked tells from its input what the
// operation log keeps: never what was searched for, which may be a name.
type List[I, V any] struct {
	Name    string // message of its title
	Noun    string
	Columns []Column[V]
	Page    func(in *I) *web.PageInput
	Asked   func(in *I) Asked
	Read    func(ctx context.Context, in *I) (*web.Body[web.List[V]], error)
	DB      *store.DB
	Audit   Auditor
	Clock   kernel.Clock
	Log     *slog.Logger
}

// Asked is whose list it is, and what for.
type Asked struct {
	Organization kernel.OrganizationID
	Reason       string
	Detail       map[string]string
}

// Route registers the workbook of a list.
func Route[I, V any](r *web.Router, path string, p web.Permission, l List[I, V], summary string) {
	web.Get(r, path, p, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		in = l.first(in)
		ctx = listing.WithoutTotals(ctx)
		page, err := l.Read(ctx, in) // what is refused is refused as a problem
		if err != nil {
			return nil, err
		}
		asked := l.Asked(in)
		act := kernel.Act{Verb: "export", Noun: l.Noun, Organization: asked.Organization, Reason: asked.Reason, Detail: asked.Detail}
		if err := l.DB.Tx(ctx, func(ctx context.Context) error { return l.Audit.Record(ctx, act) }); err != nil {
			return nil, err
		}
		return l.stream(ctx, in, page, asked), nil
	}, web.Summary(summary), answersWorkbook)
}

func answersWorkbook(op *huma.Operation) {
	op.Responses = map[string]*huma.Response{"200": {
		Description: "a workbook", Content: map[string]*huma.MediaType{sheet.WorkbookType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
}

func (l List[I, V]) first(in *I) *I {
	page := l.Page(in)
	page.Limit, page.Cursor = pageRows, ""
	return in
}

// stream hands the writing to the connection: huma would keep the whole file.
func (l List[I, V]) stream(ctx context.Context, in *I, page *web.Body[web.List[V]], asked Asked) *huma.StreamResponse {
	ctx = context.WithoutCancel(ctx) // the stream outlives the handler
	title := web.Text(ctx, l.Name)
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", sheet.WorkbookType)
		c.SetHeader("Content-Disposition", `attachment; filename="`+l.Noun+`.xlsx"; filename*=UTF-8''`+url.PathEscape(title+".xlsx"))
		c.SetStatus(http.StatusOK)
		humafiber.Unwrap(c).Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			if err := l.write(ctx, w, in, page, asked); err != nil {
				// The head of the answer is gone; the reader finds the file cut.
				l.Log.ErrorContext(ctx, "export broke off", "list", l.Name, "error", err)
			}
		})
	}}
}

func (l List[I, V]) write(ctx context.Context, to *bufio.Writer, in *I, page *web.Body[web.List[V]], asked Asked) error {
	titles, widths := make([]string, len(l.Columns)), make([]float64, len(l.Columns))
	for i, c := range l.Columns {
		titles[i], widths[i] = web.Text(ctx, l.Name+"."+c.Key), c.Width
	}
	out, err := sheet.NewWorkbook(to, sheet.Style{Sheet: web.Text(ctx, l.Name), Headers: 2, Widths: widths})
	if err != nil {
		return err
	}
	if err := out.Row(l.banner(ctx, asked)); err != nil {
		return err
	}
	if err := out.Row(titles...); err != nil {
		return err
	}
	if err := l.rows(ctx, out, in, page); err != nil {
		return err
	}
	return out.Close()
}

// banner is the first line: who, when, what for, and the cap.
func (l List[I, V]) banner(ctx context.Context, asked Asked) string {
	said := web.Text(ctx, "export.banner", "title", web.Text(ctx, l.Name), "by", kernel.ActorFrom(ctx).Name,
		"at", l.Clock.Now().In(kernel.Shanghai()).Format(time.DateTime), "limit", strconv.Itoa(Limit))
	if asked.Reason == "" {
		return said
	}
	return said + web.Text(ctx, "export.reason", "reason", asked.Reason)
}

func (l List[I, V]) rows(ctx context.Context, out sheet.Writer, in *I, page *web.Body[web.List[V]]) error {
	texts := make([]string, len(l.Columns))
	for left := Limit; ; {
		for _, v := range page.Body.Items {
			if left == 0 {
				return out.Row(web.Text(ctx, "export.cut", "limit", strconv.Itoa(Limit)))
			}
			left--
			for i, c := range l.Columns {
				texts[i] = c.Text(ctx, v)
			}
			if err := out.Row(texts...); err != nil {
				return err
			}
		}
		if page.Body.NextCursor == nil {
			return nil
		}
		l.Page(in).Cursor = *page.Body.NextCursor
		var err error
		if page, err = l.Read(ctx, in); err != nil {
			return err
		}
	}
}
