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
	Note                                                                Note
	Credential, CredentialHref                                          string
	Linked                                                              *linked           // schema.org
	Problem                                                             string            // the code of a 404
	Signature                                                           map[string]string // words for the script that checks in the browser
}

// Note says on the public page how the certificate came before the reader: on
// paper, live on its holder's phone, by a link. Its words are in the reader's
// language.
type Note struct {
	Kind, Word, Why string
	Brief           bool // leave out what would open the certificate again: its code, its log
}

func (h *handlers) page(c *fiber.Ctx) error {
	ctx := c.UserContext()
	say := func(code string) string { return web.Text(ctx, "certificates.page.static"+code) }
	status, page, err := h.s.Page(ctx, c.Params("code"), Note{Kind: "static", Word: say(""), Why: say(".why")})
	if err != nil {
		return err
	}
	return SendPage(c, status, page)
}

// SendPage sends a public page, which nobody keeps without asking again.
func SendPage(c *fiber.Ctx, status int, page []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Status(status).Send(page)
}

// Page is rendered on the server: it needs no script, so that any phone can
// read it. A script then checks the signature in the browser, network or not.
// The status is 200, or 404 with the page of what is unknown.
func (s *Service) Page(ctx context.Context, code string, note Note) (status int, page []byte, err error) {
	say := func(code string, params ...string) string { return web.Text(ctx, "certificates.page."+code, params...) }
	p, err := s.Lookup(ctx, code)
	status, problem := http.StatusOK, ""
	if errors.Is(err, ErrUnknown) {
		p, err, status, problem = Public{Verdict: verify.Unknown, StatusAsOf: s.now()}, nil, http.StatusNotFound, ErrUnknown.Code
	}
	if err != nil {
		return 0, nil, err
	}
	v, card := string(p.Verdict), Card{}
	if p.Card != nil {
		card = *p.Card
	}
	d := pageData{
		Language: web.Language(ctx), Title: say("title"), Verdict: v, Word: say("word." + v), Other: web.TextIn(ctx, otherLanguage(ctx), "certificates.page.word."+v),
		Why: say("why."+v, "reason", card.Reason, "on", string(card.ChangedOn)), Advice: say("advice." + v), Footer: say("footer"), Another: say("another"),
		Status: say("status", "at", short(p.StatusAsOf)), Problem: problem,
	}
	if !note.Brief {
		d.Code, d.Signature = card.Code, signatureWords(func(code string) string { return say(code) })
	}
	if p.Card != nil {
		d.Note, d.Rows = note, s.pageRows(ctx, p, note)
		if !note.Brief {
			d.Log, d.LogHref = say("log"), "/log?code="+card.Code
			d.Credential, d.CredentialHref = say("credential"), web.Prefix+"/public/certificates/"+card.Code+"/credential"
			l := s.link(ctx, card, p.Verdict, d.Word)
			d.Linked = &l
		}
	}
	page, err = d.render()
	return status, page, err
}

// pageRows are the facts of a certificate, each with its label.
func (s *Service) pageRows(ctx context.Context, p Public, note Note) (rows [][3]string) {
	card, facts := *p.Card, viewPublic(ctx, p).Facts
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, [3]string{web.Text(ctx, "certificates.page."+key), value})
		}
	}
	add("holder", card.NameMasked)
	add("certificate", web.Text(ctx, "certificates.print.title."+string(card.Family)))
	add("subject", card.Title)
	if facts.Level != nil {
		add("level", web.Text(ctx, levelKey(*facts.Level)))
	}
	add("hours", facts.ClassHours)
	add("issuer", card.IssuerName)
	add("issuedOn", string(card.IssuedOn))
	add("expiresOn", string(card.ExpiresOn))
	add("number", card.Number)
	if note.Brief {
		return rows
	}
	add("code", shownCode(card.Code))
	if card.Successor != "" {
		rows = append(rows, [3]string{web.Text(ctx, "certificates.page.successor"), shownCode(card.Successor), "/v/" + card.Successor})
	}
	return rows
}

// PageOfProblem is the page of whoever asks too often, or when something fails:
// it says what to do, and the script still checks the signature on the phone.
func PageOfProblem(ctx context.Context, p *web.Problem) ([]byte, error) {
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
