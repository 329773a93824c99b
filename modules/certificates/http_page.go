package certificates

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"sync"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/certificates/verify"
	"carecert/modules/kit/web"
)

//go:embed page.html
var pageFile embed.FS

//nolint:gochecknoglobals // a constant, read once
var pageTemplate = sync.OnceValues(func() (*template.Template, error) { return template.ParseFS(pageFile, "page.html") })

// pageData fills the public page; every word in it is said in the reader's
// language before it gets here.
type pageData struct {
	Language, Title, Verdict, Word, Other, Why, Advice, Footer, Another string
	Rows                                                                [][3]string // label, value, where the value leads
	Status, Log, LogHref, Code                                          string
	Credential, CredentialHref                                          string
	Linked                                                              *linked           // schema.org
	Problem                                                             string            // the code of a 404
	Signature                                                           map[string]string // words for the script that checks in the browser
}

// page is rendered on the server: it needs no script, so that any phone can
// read it. A script then checks the signature in the browser, network or not.
func (h *handlers) page(c *fiber.Ctx) error {
	ctx := c.UserContext()
	say := func(code string, params ...string) string { return web.Text(ctx, "certificates.page."+code, params...) }
	p, err := h.s.Lookup(ctx, c.Params("code"))
	status, problem := http.StatusOK, ""
	if errors.Is(err, ErrUnknown) {
		p, err, status, problem = Public{Verdict: verify.Unknown, StatusAsOf: h.s.now()}, nil, http.StatusNotFound, ErrUnknown.Code
	}
	if err != nil {
		return err
	}
	v, card := string(p.Verdict), Card{}
	if p.Card != nil {
		card = *p.Card
	}
	d := pageData{
		Language: web.Language(ctx), Title: say("title"), Verdict: v, Word: say("word." + v), Other: web.TextIn(ctx, otherLanguage(ctx), "certificates.page.word."+v),
		Why: say("why."+v, "reason", card.Reason, "on", string(card.ChangedOn)), Advice: say("advice." + v), Footer: say("footer"), Another: say("another"),
		Status: say("status", "at", short(p.StatusAsOf)), Code: card.Code, Problem: problem,
		Signature: signatureWords(func(code string) string { return say(code) }),
	}
	if p.Card != nil {
		facts := viewPublic(ctx, p).Facts
		d.Rows = [][3]string{
			{say("holder"), card.NameMasked}, {say("certificate"), web.Text(ctx, "certificates.print.title."+string(card.Family))},
		}
		add := func(key, value string) {
			if value != "" {
				d.Rows = append(d.Rows, [3]string{say(key), value})
			}
		}
		add("subject", card.Title)
		level := ""
		if facts.Level != nil {
			level = web.Text(ctx, levelKey(*facts.Level))
		}
		add("level", level)
		add("hours", facts.ClassHours)
		add("issuer", card.IssuerName)
		add("issuedOn", string(card.IssuedOn))
		add("expiresOn", string(card.ExpiresOn))
		add("number", card.Number)
		add("code", shownCode(card.Code))
		if card.Successor != "" {
			d.Rows = append(d.Rows, [3]string{say("successor"), shownCode(card.Successor), "/v/" + card.Successor})
		}
		d.Log, d.LogHref = say("log"), web.Prefix+"/public/log/proof?certificate="+card.Code
		d.Credential, d.CredentialHref = say("credential"), web.Prefix+"/public/certificates/"+card.Code+"/credential"
		l := h.s.link(card, p.Verdict, d.Rows[1][1], level, d.Word, d.Language)
		d.Linked = &l
	}
	out, err := d.render()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Status(status).Send(out)
}

// told is the page of whoever asks too often, or when something fails: it says
// what to do, and the script still checks the signature on the phone.
func (h *handlers) told(ctx context.Context, p *web.Problem) ([]byte, error) {
	say := func(code string) string { return web.Text(ctx, "certificates.page."+code) }
	word := "word.failed"
	if p.Status == http.StatusTooManyRequests {
		word = "word.busy"
	}
	return pageData{
		Language: web.Language(ctx), Title: say("title"), Word: say(word), Other: web.TextIn(ctx, otherLanguage(ctx), "certificates.page."+word),
		Why: p.Detail, Footer: say("footer"), Another: say("another"), Problem: p.Code, Signature: signatureWords(say),
	}.render()
}

func (d pageData) render() ([]byte, error) {
	tmpl, err := pageTemplate()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = tmpl.Execute(&out, d)
	return out.Bytes(), err
}

func otherLanguage(ctx context.Context) string {
	if web.Language(ctx) == web.English {
		return web.Chinese
	}
	return web.English
}

// signatureWords are for the script that checks in the browser.
func signatureWords(say func(string) string) map[string]string {
	out := map[string]string{}
	for _, state := range []string{"checking", "genuine", "forged", "none", "offline"} {
		out[state] = say("signature." + state)
	}
	return out
}
