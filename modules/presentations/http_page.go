package presentations

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

//go:embed link.html
var pageFile embed.FS

//nolint:gochecknoglobals // a constant, read once
var pageTemplate = sync.OnceValues(func() (*template.Template, error) { return template.ParseFS(pageFile, "link.html") })

// noteOf says in the reader's language how a code was shown.
func noteOf(ctx context.Context, x Showing, now time.Time) Note {
	key := "presentations.shown." + string(x.Kind)
	params := []string{
		"at", clockTime(x.MadeAt), "seconds", strconv.Itoa(max(0, int(now.Sub(x.MadeAt).Seconds()))), "before", clockTime(x.Before), "sign", x.Sign,
	}
	return Note{Kind: string(x.Kind), Word: web.Text(ctx, key), Why: web.Text(ctx, key+".why", params...)}
}

func clockTime(t time.Time) string { return t.In(kernel.Shanghai()).Format("2006-01-02 15:04:05") }

// livePage is the public page of a certificate whose live code was opened.
func (h *handlers) livePage(c *fiber.Ctx) error {
	ctx := c.UserContext()
	x, err := h.service.Open(ctx, c.Params("code"), c.Params("live"))
	if err != nil {
		return err
	}
	status, page, err := h.service.Certificates.Page(ctx, c.Params("code"), noteOf(ctx, x, h.service.now()), false)
	if err != nil {
		return err
	}
	return send(c, status, page)
}

// linkPage asks whoever has a link whether they want to open it: a program that
// fetches a preview is no reader.
func (h *handlers) linkPage(c *fiber.Ctx) error {
	l, err := h.service.Find(c.UserContext(), c.Params("code"))
	return h.sendLink(c, l, "", err)
}

// visit opens a link and shows the certificate's page.
func (h *handlers) visit(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l, opened, err := h.service.Visit(ctx, c.Params("code"), Reader{Name: c.FormValue("name"), Office: c.FormValue("office"), Agent: c.Get(fiber.HeaderUserAgent)})
	switch {
	case errors.Is(err, ErrVisitorName):
		return h.sendLink(c, l, web.Text(ctx, ErrVisitorName.Code), nil)
	case err != nil || !opened:
		return h.sendLink(c, l, "", err)
	}
	note := Note{Kind: "link", Word: web.Text(ctx, "presentations.shown.link"), Why: web.Text(ctx, "presentations.shown.link.why", "until", clockTime(l.ExpiresAt))}
	status, page, err := h.service.Certificates.Page(ctx, l.PublicCode, note, true)
	if err != nil {
		return err
	}
	return send(c, status, page)
}

type linkPageData struct {
	Language, Title, Word, Why, Error, Footer string
	Ask                                       bool // there is something to open
	AsksName                                  bool
	Name, Office, Open, Told                  string
	Problem                                   string
}

// sendLink sends what stands before the certificate, or why there is none.
func (h *handlers) sendLink(c *fiber.Ctx, l Link, wrong string, err error) error {
	ctx, status := c.UserContext(), http.StatusOK
	d := page(ctx)
	say := func(code string, params ...string) string {
		return web.Text(ctx, "presentations.page."+code, params...)
	}
	switch state := h.service.StateOf(l); {
	case errors.Is(err, ErrLinkUnknown):
		status, d.Problem, d.Word, d.Why = http.StatusNotFound, ErrLinkUnknown.Code, say("unknown"), say("unknown.why")
	case err != nil:
		return err
	case state != LinkOpen:
		status, d.Problem = http.StatusGone, "presentations.link_"+string(state)
		d.Word, d.Why = say(string(state)), say(string(state)+".why", "at", clockTime(l.ExpiresAt))
	default:
		d.Ask, d.AsksName, d.Word, d.Why = true, l.AsksName, say("ask"), say("ask.why", "until", clockTime(l.ExpiresAt))
		d.Name, d.Office, d.Open, d.Told = say("name"), say("office"), say("open"), say("told")
	}
	if d.Error = wrong; wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	out, err := d.render()
	if err != nil {
		return err
	}
	return send(c, status, out)
}

// busy is the page of whoever asks too often, or when something fails.
func (h *handlers) busy(ctx context.Context, p *web.Problem) ([]byte, error) {
	d := page(ctx)
	d.Word, d.Why, d.Problem = web.Text(ctx, "presentations.page.busy"), p.Detail, p.Code
	return d.render()
}

func page(ctx context.Context) linkPageData {
	say := func(code string) string { return web.Text(ctx, "presentations.page."+code) }
	return linkPageData{Language: web.Language(ctx), Title: say("title"), Footer: say("footer")}
}

func (d linkPageData) render() ([]byte, error) {
	tmpl, err := pageTemplate()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = tmpl.Execute(&out, d)
	return out.Bytes(), err
}

func send(c *fiber.Ctx, status int, page []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(status).Send(page)
}
