package certificates

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func routesPublic(r *web.Router, h *handlers) {
	public := func(verb string) web.Permission { return web.Public("certificate", verb) }
	web.Raw(r, http.MethodGet, "/public/certificates/{code}", public("lookUp"), h.lookUp, web.Summary("What anybody may learn of a certificate"))
	web.Raw(r, http.MethodGet, "//v/{code}", public("lookUp"), h.page, web.Told(PageOfProblem)) // paths match in either case: QR codes say /V/
	web.Act(r, "/public/verifications", public("verifyText"), h.verifyText, web.Summary("Judge the text of a QR code"), web.Ready(h.verifyReady))
	web.Act(r, "/public/identity-checks", public("matchIdentity"), h.matchIdentity, web.Summary("Compare a full identity number with the holder of a genuine certificate"), web.Pace(6, 6))
	web.Get(r, "/public/keys", public("readKeys"), h.keys, web.Summary("The public keys: what carecert verify takes as --keys"))
	web.Get(r, "/public/status-lists/{id}", public("readStatusList"), h.statusList, web.Summary("Revoked and superseded certificates, signed: --status-list"))
	web.Get(r, "/public/log/head", public("readLog"), h.logHead, web.Summary("The signed head of the issuance log: keep one"))
	web.Get(r, "/public/log/consistency", public("readLog"), h.logConsistency, web.Summary("Proof that the log only grew since it had so many entries"))
	web.Get(r, "/public/log/proof", public("readLog"), h.logProof, web.Summary("Proof that a certificate's issue is in the log"))
}

type holderView struct {
	NameMasked string `json:"nameMasked"`
}

type factsView struct {
	Family     string       `json:"family"`
	Title      string       `json:"title"`
	Number     string       `json:"number"`
	PublicCode string       `json:"publicCode"`
	IssuerName string       `json:"issuerName"`
	IssuedOn   kernel.Date  `json:"issuedOn" format:"date"`
	ExpiresOn  *kernel.Date `json:"expiresOn"`
	Level      *int         `json:"level"`
	ClassHours string       `json:"classHours,omitempty"`
}

type publicView struct {
	Verdict    verify.Verdict `json:"verdict" enum:"genuine,expired,superseded,revoked,forged,unknown"`
	Text       string         `json:"text" doc:"the verdict in words, with what to do"`
	StatusAsOf time.Time      `json:"statusAsOf"`
	Holder     *holderView    `json:"holder,omitempty"`
	Facts      *factsView     `json:"facts,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	ChangedOn  kernel.Date    `json:"changedOn,omitempty" format:"date"`
	Successor  string         `json:"successorCode,omitempty"`
}

func viewPublic(ctx context.Context, p Public) publicView {
	v := publicView{Verdict: p.Verdict, Text: web.Text(ctx, "certificates.verdict."+string(p.Verdict)), StatusAsOf: p.StatusAsOf}
	c := p.Card
	if c == nil {
		return v
	}
	v.Reason, v.ChangedOn, v.Successor = c.Reason, c.ChangedOn, c.Successor
	v.Holder = &holderView{NameMasked: c.NameMasked}
	v.Facts = &factsView{
		Family: string(c.Family), Title: c.Title, Number: c.Number, PublicCode: c.Code, IssuerName: c.IssuerName, IssuedOn: c.IssuedOn,
	}
	if c.ExpiresOn != "" {
		v.Facts.ExpiresOn = &c.ExpiresOn
	}
	if c.Level.Valid() {
		n := int(c.Level)
		v.Facts.Level = &n
	}
	if c.Minutes > 0 {
		v.Facts.ClassHours = c.Minutes.ClassHours(c.PerHour)
	}
	return v
}

// lookUp answers with bytes that were written out once: this path carries the
// scans of everybody.
func (h *handlers) lookUp(c *fiber.Ctx) error {
	ctx, now := c.UserContext(), h.s.now()
	x, seen, err := h.s.card(ctx, readCode(c.Params("code")), now)
	if err != nil {
		return err
	}
	return send(c, x, seen, now)
}

// verifyReady answers a well-formed text that we signed in the same way; the
// rest is told what is wrong with it by the handler.
func (h *handlers) verifyReady(c *fiber.Ctx) (done bool, err error) {
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationJSON) {
		return false, nil
	}
	text, plain := plainText(c.Body())
	if !plain {
		return false, nil
	}
	ctx, now := c.UserContext(), h.s.now()
	x, seen, _, err := h.s.judge(ctx, text, now)
	if errors.Is(err, ErrText) || (err == nil && x == nil) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, send(c, x, seen, now)
}

// plainText reads a body that is {"qrText": "…"} and nothing else, to the
// letter: no other member, nothing behind it.
func plainText(body []byte) (text string, plain bool) {
	const blanks = " \t\r\n"
	rest := bytes.Trim(body, blanks)
	for _, part := range []string{"{", `"qrText"`, ":"} {
		if rest, plain = bytes.CutPrefix(rest, []byte(part)); !plain {
			return "", false
		}
		rest = bytes.TrimLeft(rest, blanks)
	}
	rest, plain = bytes.CutSuffix(rest, []byte("}"))
	plain = plain && bytes.HasPrefix(rest, []byte(`"`)) && json.Unmarshal(rest, &text) == nil
	return text, plain
}

func send(c *fiber.Ctx, x *shown, seen sight, now time.Time) (err error) {
	ctx, language := c.UserContext(), 0
	if web.Language(ctx) == web.English {
		language = 1
	}
	verdict := x.card.verdict(now)
	a := x.answers[language].Load()
	if a == nil || a.verdict != verdict {
		if a, err = write(ctx, Public{Verdict: verdict, Card: &x.card}); err != nil {
			return err
		}
		x.answers[language].Store(a)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(a.body(seen.at))
}

// write writes an answer out, around the time that is not set yet.
func write(ctx context.Context, p Public) (*answer, error) {
	raw, err := json.Marshal(viewPublic(ctx, p))
	if err != nil {
		return nil, err
	}
	a := &answer{verdict: p.Verdict}
	a.head, a.tail, _ = bytes.Cut(raw, []byte(`"0001-01-01T00:00:00Z"`))
	return a, nil
}

type verifyTextInput struct {
	Body struct {
		QRText string `json:"qrText" doc:"1 to 4,096 characters"`
	}
}

func (h *handlers) verifyText(ctx context.Context, in *verifyTextInput) (*web.Body[publicView], error) {
	p, err := h.s.VerifyText(ctx, in.Body.QRText)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewPublic(ctx, p)), nil
}

type matchInput struct {
	Body struct {
		QRText   string `json:"qrText" minLength:"1" maxLength:"4096"`
		IDNumber string `json:"idNumber" minLength:"6" maxLength:"30"`
	}
}

type matchView struct {
	Matches bool `json:"matches"`
}

func (h *handlers) matchIdentity(ctx context.Context, in *matchInput) (*web.Body[matchView], error) {
	ok, err := h.s.Matches(ctx, in.Body.QRText, strings.ToUpper(strings.TrimSpace(in.Body.IDNumber)))
	if err != nil {
		return nil, err
	}
	return web.Answer(matchView{ok}), nil
}

func (h *handlers) keys(context.Context, *struct{}) (*web.Body[verify.Keys], error) {
	return web.Answer(h.s.Keys()), nil
}

type statusListInput struct {
	ID uint32 `path:"id"`
}

func (h *handlers) statusList(ctx context.Context, in *statusListInput) (*web.Body[verify.StatusList], error) {
	l, err := h.s.StatusList(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(l), nil
}

type headView struct {
	Size     int64     `json:"size"`
	RootHash string    `json:"rootHash" doc:"base64"`
	Note     string    `json:"note" doc:"the signed note: what carecert log verify --head takes"`
	At       time.Time `json:"at"`
	Verifier string    `json:"verifier" doc:"the log's public key, as golang.org/x/mod/sumdb/note writes it"`
}

func (h *handlers) logHead(ctx context.Context, _ *struct{}) (*web.Body[headView], error) {
	d, err := h.s.LogHead(ctx)
	if err != nil {
		return nil, err
	}
	return web.Answer(headView{
		Size: d.Size, RootHash: base64.StdEncoding.EncodeToString(d.Root), Note: d.Note, At: d.At, Verifier: d.Verifier,
	}), nil
}

type proofInput struct {
	Certificate string `query:"certificate" required:"true" minLength:"1" maxLength:"40" doc:"public code"`
}

type proofView struct {
	LeafIndex int64    `json:"leafIndex"`
	TreeSize  int64    `json:"treeSize"`
	Leaf      string   `json:"leaf" doc:"what was logged; its hash is SHA-256 of 0x00 and these bytes"`
	Path      []string `json:"path" doc:"base64 hashes from the leaf to the root (RFC 6962)"`
	Note      string   `json:"note" doc:"signed head of that size"`
}

func (h *handlers) logProof(ctx context.Context, in *proofInput) (*web.Body[proofView], error) {
	p, err := h.s.LogProof(ctx, in.Certificate)
	if err != nil {
		return nil, err
	}
	v := proofView{LeafIndex: p.Seq, TreeSize: p.Size, Leaf: string(p.Leaf), Path: []string{}, Note: p.Note}
	for _, hash := range p.Path {
		v.Path = append(v.Path, base64.StdEncoding.EncodeToString(hash[:]))
	}
	return web.Answer(v), nil
}

type consistencyInput struct {
	From int64 `query:"from" required:"true" minimum:"0" doc:"how many entries the earlier head covers"`
}

type consistencyView struct {
	From     int64    `json:"from"`
	FromRoot string   `json:"fromRootHash" doc:"base64: the root over the first entries, as it is now"`
	TreeSize int64    `json:"treeSize"`
	Path     []string `json:"path" doc:"base64 hashes (RFC 6962); none where both sizes are the same, or from is 0"`
	Note     string   `json:"note" doc:"signed head of treeSize"`
}

func (h *handlers) logConsistency(ctx context.Context, in *consistencyInput) (*web.Body[consistencyView], error) {
	c, err := h.s.LogConsistency(ctx, in.From)
	if err != nil {
		return nil, err
	}
	v := consistencyView{From: c.From, TreeSize: c.Size, Path: []string{}, Note: c.Note}
	if c.From > 0 {
		v.FromRoot = base64.StdEncoding.EncodeToString(c.FromRoot[:])
	}
	for _, hash := range c.Path {
		v.Path = append(v.Path, base64.StdEncoding.EncodeToString(hash[:]))
	}
	return web.Answer(v), nil
}

// short shows an instant in Shanghai for people.
func short(t time.Time) string { return t.In(kernel.Shanghai()).Format("2006-01-02 15:04:05") }

func levelKey(n int) string { return "certificates.print.level." + strconv.Itoa(n) }
