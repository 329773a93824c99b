package people

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) linkRoutes(r *web.Router) {
	web.Post(r, "/people/{id}/record-links", web.May("person", "shareRecord"), h.share, web.Pace(20, 10), web.Summary("Make a link to one's own record that expires; its code is told this once"))
	web.Get(r, "/people/{id}/record-links", web.May("person", "shareRecord"), h.links, web.Summary("The links to one's record, printed ones too"))
	web.Delete(r, "/people/{id}/record-links/{linkId}", web.May("person", "shareRecord"), h.revoke, web.Summary("End a link at once"))
	web.Raw(r, http.MethodGet, "//r/{code}", web.Public("recordLink", "open"), h.page, web.Pace(30, 20)) // paths match in either case: QR codes say /R/
}

type shareInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		Days int `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"how long it opens; the usual when left out"`
	}
}

// LinkView is a link as its person sees it.
type LinkView struct {
	ID           string      `json:"id"`
	Purpose      LinkPurpose `json:"purpose" enum:"printed,shared"`
	State        LinkState   `json:"state" enum:"open,expired,revoked"`
	Own          bool        `json:"own" doc:"made by the person themselves"`
	By           string      `json:"by,omitempty" doc:"else who made it"`
	ByOffice     string      `json:"byOffice,omitempty" doc:"and for whom they acted"`
	CreatedAt    time.Time   `json:"createdAt"`
	ExpiresAt    time.Time   `json:"expiresAt"`
	RevokedAt    *time.Time  `json:"revokedAt,omitempty"`
	Opened       int64       `json:"opened" doc:"how often it was opened"`
	LastOpenedAt *time.Time  `json:"lastOpenedAt,omitempty"`
}

type sharedView struct {
	LinkView
	Code string `json:"code" doc:"told this once"`
	URL  string `json:"url"`
	Text string `json:"qrText" doc:"what its QR code holds"`
}

func (h *handlers) viewLink(l Link) LinkView {
	return LinkView{
		ID: l.ID, Purpose: l.Purpose, State: l.State(h.service.now()), Own: l.Own, By: l.By, ByOffice: l.ByOffice, CreatedAt: l.At, ExpiresAt: l.ExpiresAt,
		RevokedAt: l.RevokedAt, Opened: l.Opened, LastOpenedAt: l.OpenedAt,
	}
}

func (h *handlers) share(ctx context.Context, in *shareInput) (*web.Body[sharedView], error) {
	made, err := h.service.Share(ctx, in.ID, in.Body.Days)
	if err != nil {
		return nil, err
	}
	return web.Answer(sharedView{LinkView: h.viewLink(made.Link), Code: made.Code, URL: h.service.BaseURL + "/r/" + made.Code, Text: made.Text}), nil
}

func (h *handlers) links(ctx context.Context, in *personInput) (*web.Body[web.List[LinkView]], error) {
	all, err := h.service.LinksOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	items := make([]LinkView, 0, len(all))
	for _, l := range all {
		items = append(items, h.viewLink(l))
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

type revokeInput struct {
	ID     kernel.PersonID `path:"id" maxLength:"64"`
	LinkID string          `path:"linkId" maxLength:"64"`
}

func (h *handlers) revoke(ctx context.Context, in *revokeInput) (*struct{}, error) {
	return nil, h.service.Revoke(ctx, in.ID, in.LinkID)
}

//go:embed record.html
var pageFile embed.FS

//nolint:gochecknoglobals // a constant, read once
var pageTemplate = sync.OnceValues(func() (*template.Template, error) { return template.ParseFS(pageFile, "record.html") })

// pageData fills the public page; every word in it is said in the reader's
// language before it gets here.
type pageData struct {
	Language, Title, State, Word, Why, Name, Footer, Problem string
	Facts                                                    [][2]string
	Chapters                                                 []pageChapter
	Notice                                                   string // what changed since, as of now
	Changed                                                  []string
}

type pageChapter struct {
	Title, Empty string
	Lines        []pageLine
}

type pageLine struct{ When, Title, Place, State, Tone, Facts string }

// page is what a link shows, rendered on the server: it needs no script, so
// that any phone can read it.
func (h *handlers) page(c *fiber.Ctx) error {
	ctx := c.UserContext()
	say := func(code string) string { return web.Text(ctx, "people.record.page."+code) }
	status, d := http.StatusOK, pageData{Language: web.Language(ctx), Title: say("title"), Footer: say("footer")}
	l, err := h.service.OpenLink(ctx, c.Params("code"))
	switch {
	case errors.Is(err, ErrLinkUnknown):
		status, d.State, d.Problem = http.StatusNotFound, "unknown", ErrLinkUnknown.Code
		d.Word, d.Why = say("unknown"), say("unknown.why")
	case err != nil:
		return err
	default:
		h.tell(ctx, &d, l)
		if l.State(h.service.now()) == LinkOpen {
			if err := h.tellChanges(ctx, &d, l); err != nil {
				return err
			}
		}
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
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	return c.Status(status).Send(out.Bytes())
}

// tellChanges says what the page shows that the register no longer says.
func (h *handlers) tellChanges(ctx context.Context, d *pageData, l Link) error {
	changed, err := h.service.ChangedSince(ctx, l)
	if err != nil || len(changed) == 0 {
		return err
	}
	at := h.service.now().In(kernel.Shanghai()).Format("2006-01-02 15:04")
	d.State, d.Word = "changed", web.Text(ctx, "people.record.page.changed")
	d.Notice = web.Text(ctx, "people.record.page.changed.why", "at", at)
	for _, i := range changed {
		d.Changed = append(d.Changed, web.Text(ctx, "people.record.chapter."+i.Chapter)+" · "+string(i.On)+" "+i.Title)
	}
	return nil
}

// tell fills the page with a link that is known.
func (h *handlers) tell(ctx context.Context, d *pageData, l Link) {
	say := func(code string, params ...string) string {
		return web.Text(ctx, "people.record.page."+code, params...)
	}
	at := func(t time.Time) string { return t.In(kernel.Shanghai()).Format("2006-01-02 15:04") }
	state := l.State(h.service.now())
	d.State, d.Word = string(state), say(string(state))
	made := [2]string{say("made." + string(l.Purpose)), makerOf(ctx, l)}
	switch state {
	case LinkRevoked:
		why := "revoked.why"
		if l.RevokedBy != "" {
			why += "." + string(l.RevokedBy)
		}
		d.Why = say(why, "on", at(*l.RevokedAt))
	case LinkExpired:
		d.Why = say("expired.why", "on", at(l.ExpiresAt))
	case LinkOpen:
		d.Why, d.Name = say("open.why", "at", at(l.At)), l.Summary.NameMasked
		d.Facts = [][2]string{
			{say("service"), web.Text(ctx, "people.record.print.length", "months", strconv.Itoa(l.Summary.Service.Months), "days", strconv.Itoa(l.Summary.Service.Days))},
			{say("post"), say("post." + strconv.FormatBool(l.Summary.OnPost))},
		}
		d.Chapters = h.chaptersOf(ctx, l.Summary)
	}
	d.Facts = append(d.Facts, made, [2]string{say("madeAt"), at(l.At)}, [2]string{say("until"), at(l.ExpiresAt)})
}

func (h *handlers) chaptersOf(ctx context.Context, sum Summary) []pageChapter {
	var out []pageChapter
	for _, name := range kernel.Chapters() {
		if name == kernel.ChapterSubsidies || name == kernel.ChapterConduct {
			continue
		}
		c := pageChapter{Title: web.Text(ctx, "people.record.chapter."+name), Empty: h.service.emptyWords(ctx, name)}
		for _, i := range sum.Items[web.Language(ctx)] {
			if i.Chapter == name {
				c.Lines = append(c.Lines, pageLineOf(ctx, i))
			}
		}
		out = append(out, c)
	}
	return out
}

func pageLineOf(ctx context.Context, i kernel.RecordItem) pageLine {
	say := func(code string, params ...string) string { return web.Text(ctx, "people.record."+code, params...) }
	l := pageLine{When: string(i.On), Title: i.Title, Place: placeOf(say, i), State: i.StateText, Tone: i.Tone}
	switch {
	case i.Open:
		l.When += say("print.onward")
	case i.Until != "" && i.Until != i.On:
		l.When += " — " + string(i.Until)
	}
	var facts []string
	for _, f := range i.Facts {
		facts = append(facts, f.Label+" "+f.Value)
	}
	l.Facts = strings.Join(facts, " · ")
	return l
}

// makerOf names who made a link; the person themselves are not named.
func makerOf(ctx context.Context, l Link) string {
	if l.Own {
		return web.Text(ctx, "people.record.page.oneself")
	}
	return strings.TrimSpace(l.ByOffice + " " + l.By)
}
