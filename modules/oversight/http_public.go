package oversight

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// publicRoutes are what anybody may check of a draw: neither what was found nor
// who was drawn, only numbers.
func publicRoutes(r *web.Router, h *handlers) {
	anybody := web.Public("publicInspection", "read")
	web.Get(r, "/public/inspections/{id}", anybody, h.published, web.Summary("What anybody may check of a sample: seed and digest, nobody's data"))
	web.Raw(r, http.MethodGet, "/public/inspections/{id}/population.txt", anybody, h.population, web.Pace(20, 10),
		web.Summary("The frozen population by number, to draw again: a line 'number TAB key TAB stratum TAB rank TAB id' each"))
	web.Raw(r, http.MethodGet, "//d/{id}", anybody, h.page, web.Pace(60, 30))
}

type publishedView struct {
	ID               string     `json:"id"`
	OrganizationName string     `json:"organizationName"`
	Year             int        `json:"year"`
	Subject          Subject    `json:"subject" enum:"people,institutions,sessions"`
	Stratified       bool       `json:"stratified"`
	Population       int        `json:"population"`
	Size             int        `json:"size"`
	Digest           string     `json:"digest"`
	Head             string     `json:"head"`
	Seed             string     `json:"seed"`
	DrawnAt          time.Time  `json:"drawnAt"`
	WithdrawnAt      *time.Time `json:"withdrawnAt,omitempty"`
	WithdrawnWhy     string     `json:"withdrawnWhy,omitempty"`
}

func (h *handlers) published(ctx context.Context, in *inspectionInput) (*web.Body[publishedView], error) {
	i, name, err := h.service.Published(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := publishedView{
		ID: i.ID, OrganizationName: name, Year: i.Year, Subject: i.Subject, Stratified: i.Stratified, Population: i.Population, Size: i.Size,
		Digest: i.Digest, Head: i.Head, Seed: i.Seed, DrawnAt: i.DrawnAt,
	}
	if w := i.Withdrawal; w != nil {
		v.WithdrawnAt, v.WithdrawnWhy = &w.At, w.Reason
	}
	return web.Answer(v), nil
}

// population streams the lots of a draw; they are frozen, so that whoever has
// them need not ask again.
func (h *handlers) population(c *fiber.Ctx) error {
	i, _, err := h.service.Published(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(c.UserContext()) // the stream outlives the handler
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		err := h.service.Lots(ctx, i, func(l Lot) error {
			rank := ""
			if l.Rank > 0 {
				rank = strconv.Itoa(l.Rank)
			}
			_, err := fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", l.Number, l.Key, l.Stratum, rank, l.ID)
			return err
		})
		if err != nil { // the head of the answer is gone; who counts the lines finds it cut
			h.service.Log.ErrorContext(ctx, "population broke off", "inspection", i.ID, "error", err)
		}
	})
	return nil
}

//go:embed draw.html
var pageFile embed.FS

//nolint:gochecknoglobals // a constant, read once
var pageTemplate = sync.OnceValues(func() (*template.Template, error) { return template.ParseFS(pageFile, "draw.html") })

// pageData fills the public page of a draw; every word in it is said in the
// reader's language before it gets here.
type pageData struct {
	Language, Title, Word, Other, Problem, ID string
	Notice                                    string // why it stands no more
	Facts                                     [][2]string
	Proof                                     [][2]string
	Rules                                     []string
	Say                                       func(string) string
}

// page says how a draw was made, without a script; a script draws again in the
// browser, from the same numbers.
func (h *handlers) page(c *fiber.Ctx) error {
	ctx := c.UserContext()
	say := func(code string, params ...string) string { return web.Text(ctx, "oversight.page."+code, params...) }
	d := pageData{Language: web.Language(ctx), Title: say("title"), Say: func(code string) string { return say(code) }}
	status := http.StatusOK
	i, name, err := h.service.Published(ctx, c.Params("id"))
	switch {
	case errors.Is(err, ErrInspectionUnknown):
		status, d.Word, d.Problem = http.StatusNotFound, say("unknown"), ErrInspectionUnknown.Code
	case err != nil:
		return err
	default:
		h.tell(ctx, &d, i, name)
	}
	tmpl, err := pageTemplate()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, d); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Status(status).Send(out.Bytes())
}

// tell fills the page with a draw.
func (h *handlers) tell(ctx context.Context, d *pageData, i Inspection, name string) {
	at := func(t time.Time) string { return t.In(kernel.Shanghai()).Format("2006-01-02 15:04") }
	in := func(language, code string) string {
		what := web.TextIn(ctx, language, "oversight.page.subject."+string(i.Subject))
		return web.TextIn(ctx, language, "oversight.page."+code, "of", name, "year", strconv.Itoa(i.Year), "what", what)
	}
	other := web.English
	if d.Language == web.English {
		other = web.Chinese
	}
	d.ID, d.Word, d.Other = i.ID, in(d.Language, "word"), in(other, "word")
	if w := i.Withdrawal; w != nil {
		d.Notice = web.Text(ctx, "oversight.page.withdrawn", "at", at(w.At), "why", w.Reason)
	}
	d.Facts = [][2]string{
		{d.Say("drawnAt"), at(i.DrawnAt)},
		{d.Say("population"), strconv.Itoa(i.Population)},
		{d.Say("size"), strconv.Itoa(i.Size)},
	}
	d.Proof = [][2]string{{d.Say("digest"), i.Digest}, {d.Say("head"), i.Head}, {d.Say("id"), i.ID}, {d.Say("seed"), i.Seed}}
	d.Rules = []string{d.Say("rule.population"), d.Say("rule.seed"), d.Say("rule.key")}
	if i.Stratified {
		d.Rules = append(d.Rules, d.Say("rule.stratified"))
	} else {
		d.Rules = append(d.Rules, d.Say("rule.simple"))
	}
	if i.Subject == OfPeople {
		d.Rules = append(d.Rules, d.Say("rule.people"))
	}
}
