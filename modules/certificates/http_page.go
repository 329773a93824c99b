package certificates

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/certificates/verify"
	"carecert/modules/kit/web"
)

//go:embed page.html
var pageFile embed.FS

// pageData fills the public page; every word in it is said in the reader's
// language before it gets here.
type pageData struct {
	Language, Title, Verdict, Word, Other, Why, Advice, Footer string
	Rows                                                       [][2]string
	Status, Log, LogHref, Code                                 string
	Signature                                                  map[string]string // words for the script that checks in the browser
}

// page is rendered on the server: it needs no script, so that any phone can
// read it. A script then checks the signature in the browser, network or not.
func (h *handlers) page(c *fiber.Ctx) error {
	ctx := c.UserContext()
	say := func(code string, params ...string) string { return web.Text(ctx, "certificates.page."+code, params...) }
	p, err := h.s.Lookup(ctx, c.Params("code"))
	status := http.StatusOK
	if errors.Is(err, ErrUnknown) {
		p, err, status = Public{Verdict: verify.Unknown, StatusAsOf: h.s.now()}, nil, http.StatusNotFound
	}
	if err != nil {
		return err
	}
	other := web.English
	if web.Language(ctx) == web.English {
		other = web.Chinese
	}
	v := string(p.Verdict)
	d := pageData{
		Language: web.Language(ctx), Title: say("title"), Verdict: v, Word: say("word." + v), Other: web.TextIn(ctx, other, "certificates.page.word."+v),
		Why: say("why."+v, "reason", p.Reason, "on", string(p.ChangedOn)), Advice: say("advice." + v), Footer: say("footer"),
		Status: say("status", "at", short(p.StatusAsOf)), Code: p.Certificate.Code,
		Signature: map[string]string{
			"checking": say("signature.checking"), "genuine": say("signature.genuine"), "forged": say("signature.forged"), "none": say("signature.none"), "offline": say("signature.offline"),
		},
	}
	if cert := p.Certificate; cert.ID != "" {
		facts := viewPublic(ctx, p).Facts
		d.Rows = [][2]string{
			{say("holder"), cert.NameMasked}, {say("certificate"), web.Text(ctx, "certificates.print.title."+string(cert.Family))},
		}
		add := func(key, value string) {
			if value != "" {
				d.Rows = append(d.Rows, [2]string{say(key), value})
			}
		}
		add("subject", cert.Title)
		if facts.Level != nil {
			add("level", web.Text(ctx, levelKey(*facts.Level)))
		}
		add("hours", facts.ClassHours)
		add("issuer", cert.IssuerName)
		add("issuedOn", string(cert.IssuedOn))
		add("expiresOn", string(cert.ExpiresOn))
		add("number", cert.Number)
		add("successor", shownCode(p.Successor))
		d.Log, d.LogHref = say("log"), web.Prefix+"/public/log/proof?certificate="+cert.Code
	}
	tmpl, err := template.ParseFS(pageFile, "page.html")
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, d); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if status == http.StatusNotFound {
		c.Set("X-Problem-Code", ErrUnknown.Code)
	}
	return c.Status(status).Send(out.Bytes())
}
