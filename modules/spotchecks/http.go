package spotchecks

import (
	"context"
	"encoding/base64"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/spotchecks/rule"
)

type handlers struct{ service *Service }

// resultBody is how large a result may be: the most entries with their texts.
const resultBody = 3 << 20

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Post(r, "/spot-checks", web.May("spotCheck", "prepare"), h.prepare, web.Pace(20, 10), web.Summary("Freeze the roster of an institution, to be carried to an inspection on the spot"))
	web.Get(r, "/spot-checks", web.May("spotCheck", "read"), h.list, web.Summary("Inspections on the spot in reach, the latest first; an institution reads of those that are sent"))
	h.exportRoute(r) // before {id}, which would match it
	web.Get(r, "/spot-checks/{id}", web.May("spotCheck", "read"), h.read, web.Summary("An inspection on the spot with what was found"))
	// A PUT: what is kept to repeat a POST would hold the roster.
	web.Put(r, "/spot-checks/{id}/pack", web.May("spotCheck", "prepare"), h.give, web.Pace(20, 10), web.Summary("Hand the roster to a phone of whoever prepared the check"))
	web.Put(r, "/spot-checks/{id}/result", web.May("spotCheck", "prepare"), h.send, web.MaxBody(resultBody), web.Summary("Send what a phone signed, once; again with the same content answers the same"))
	web.Act(r, "/spot-checks/{id}/answer", web.May("spotCheck", "answer"), h.answer, web.Summary("Add the institution's remark to a result"))
}

type prepareInput struct {
	Body struct {
		OrganizationID kernel.OrganizationID `json:"organizationId" minLength:"1" maxLength:"64" doc:"an institution"`
	}
}

type placeView struct {
	ID   kernel.OrganizationID `json:"id"`
	Name string                `json:"name"`
}

type countsView struct {
	Roster     int64            `json:"roster" doc:"on the books, of those that the certification rate counts"`
	Present    int64            `json:"present" doc:"onRoster and notOnBooks"`
	OnRoster   int64            `json:"onRoster"`
	Certified  int64            `json:"certified" doc:"of onRoster, by the rule of the certification rate"`
	NotOnBooks int64            `json:"notOnBooks"`
	Absent     int64            `json:"absent"`
	Others     int64            `json:"others" doc:"met, and on the books in a post that the rate does not count"`
	Showings   map[string]int64 `json:"showings" doc:"codes by verdict, each once"`
}

type phoneView struct {
	ID      string    `json:"id" doc:"SHA-256 of its public key, base64url"`
	Key     string    `json:"key" doc:"the public key, base64url"`
	Label   string    `json:"label"`
	GivenAt time.Time `json:"givenAt"`
	Times   int64     `json:"times" doc:"how often it was given, after broken connections"`
}

type outcomeView struct {
	Hash        string            `json:"hash" doc:"SHA-256 of what was signed"`
	SignedAt    time.Time         `json:"signedAt" doc:"by the house's clock"`
	ReceivedAt  time.Time         `json:"receivedAt"`
	SkewSeconds int64             `json:"skewSeconds" doc:"the phone's clock ahead of the house's when the roster was loaded"`
	Told        countsView        `json:"told" doc:"as it was signed"`
	Counts      countsView        `json:"counts" doc:"as the house counts"`
	Differences []rule.Difference `json:"differences" enum:"clockOff,clockChanged,sentLate,countsDiffer"`
	Differing   int64             `json:"differing" doc:"entries in which the phone and the house differ"`
}

type remarkView struct {
	Text   string    `json:"text"`
	ByName string    `json:"byName"`
	At     time.Time `json:"at"`
}

// CheckView is an inspection on the spot.
type CheckView struct {
	ID          string       `json:"id"`
	Institution placeView    `json:"institution"`
	Stage       Stage        `json:"stage" enum:"prepared,lapsed,sent"`
	ByName      string       `json:"byName"`
	Own         bool         `json:"own" doc:"prepared by whoever asks: they may carry the roster"`
	PreparedAt  time.Time    `json:"preparedAt"`
	Until       time.Time    `json:"until" doc:"the roster is used until then"`
	RosterSize  int64        `json:"rosterSize"`
	Certified   int64        `json:"certified" doc:"of the roster"`
	RuleVersion string       `json:"ruleVersion"`
	RateRule    string       `json:"rateRule"`
	PackHash    string       `json:"packHash,omitempty" doc:"SHA-256 of the roster as it was carried"`
	Phone       *phoneView   `json:"phone,omitempty"`
	Outcome     *outcomeView `json:"outcome,omitempty"`
	Answers     []remarkView `json:"answers"`
	MayAnswer   bool         `json:"mayAnswer"`
	AnswersMost int          `json:"answersMost"`
}

func viewCounts(c rule.Counts) countsView {
	v := countsView(c)
	if v.Showings == nil {
		v.Showings = map[string]int64{}
	}
	return v
}

func (h *handlers) view(ctx context.Context, c Check) CheckView {
	actor, office := kernel.ActorFrom(ctx), Office(ctx, c.Path)
	v := CheckView{
		ID: c.ID, Institution: placeView(c.Place), Stage: c.Stage(h.service.now()), ByName: c.ByName, Own: actor.User == c.By, PreparedAt: c.At, Until: c.Until,
		RosterSize: c.Counted, Certified: c.Certified, RuleVersion: c.Row.Stamp(), RateRule: c.RateRule, Answers: []remarkView{},
		MayAnswer: c.Outcome != nil && !office && len(c.Answers) < c.Row.AnswersMost, AnswersMost: c.Row.AnswersMost,
	}
	if p := c.Phone; p != nil && office {
		v.Phone = &phoneView{ID: p.ID, Key: base64.RawURLEncoding.EncodeToString(p.Key), Label: p.Label, GivenAt: p.GivenAt, Times: p.Times}
	}
	if office {
		v.PackHash = c.PackHash
	}
	if o := c.Outcome; o != nil {
		v.Outcome = &outcomeView{
			Hash: o.Hash, SignedAt: o.SignedAt, ReceivedAt: o.ReceivedAt, SkewSeconds: o.SkewSeconds, Told: viewCounts(o.Told), Counts: viewCounts(o.Counts),
			Differences: append([]rule.Difference{}, o.Differences...), Differing: o.Differing,
		}
	}
	for _, a := range c.Answers {
		v.Answers = append(v.Answers, remarkView{a.Text, a.ByName, a.At})
	}
	return v
}

func (h *handlers) prepare(ctx context.Context, in *prepareInput) (*web.Body[CheckView], error) {
	c, err := h.service.Prepare(ctx, in.Body.OrganizationID)
	if err != nil {
		return nil, err
	}
	return web.Answer(h.view(ctx, c)), nil
}

// ListInput narrows the list of checks.
type ListInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
	Stage          Stage                 `query:"stage" enum:"prepared,lapsed,sent"`
}

func (h *handlers) list(ctx context.Context, in *ListInput) (*web.Body[web.List[CheckView]], error) {
	l, err := h.service.List(ctx, Filter{Organization: in.OrganizationID, Stage: in.Stage}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]CheckView, 0, len(l.Items))
	for _, c := range l.Items {
		items = append(items, h.view(ctx, c))
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

type checkInput struct {
	ID string `path:"id" maxLength:"64"`
}

type giveInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Key       string    `json:"key" minLength:"80" maxLength:"200" doc:"the phone's public key: an uncompressed P-256 point or a SubjectPublicKeyInfo, in base64url"`
		Signature string    `json:"signature" minLength:"86" maxLength:"88" doc:"r and s over 'carecert spot check pack 1' and the check's id, a line each, by ECDSA over SHA-256, in base64url"`
		Label     string    `json:"label,omitempty" maxLength:"100" doc:"what the phone calls itself"`
		PhoneAt   time.Time `json:"phoneAt" doc:"the phone's clock"`
	}
}

type packView struct {
	Check CheckView `json:"check"`
	Pack  string    `json:"pack" doc:"JSON: format, check, institution {id, name}, at, until, rateRule, entriesMost, statusLists, members [{person, name, posts, counted, certified, level, codes, verdicts}]; its SHA-256 is packHash"`
}

func (h *handlers) give(ctx context.Context, in *giveInput) (*web.Body[packView], error) {
	proof, err := kernel.ReadPhoneProof(in.Body.Key, in.Body.Signature)
	if err != nil {
		return nil, ErrPhone.Because(err)
	}
	p, err := h.service.Give(ctx, in.ID, proof, in.Body.Label, in.Body.PhoneAt)
	if err != nil {
		return nil, err
	}
	return web.Answer(packView{h.view(ctx, p.Check), p.Text}), nil
}

type sendInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Result    string    `json:"result" minLength:"2" maxLength:"2000000" doc:"JSON, as it was signed: format, check, packHash, entries [{how, at, text, code, verdict, showing, person, called, remark}], counts, signedAt"`
		Signature string    `json:"signature" minLength:"86" maxLength:"88" doc:"r and s over 'carecert spot check 1' and the text of result, a line each"`
		PhoneAt   time.Time `json:"phoneAt" doc:"the phone's clock as it is sent"`
	}
}

func (h *handlers) send(ctx context.Context, in *sendInput) (*web.Body[CheckView], error) {
	proof, err := kernel.ReadPhoneProof("", in.Body.Signature)
	if err != nil {
		return nil, ErrSignature.Because(err)
	}
	c, err := h.service.Send(ctx, in.ID, Delivery{Text: in.Body.Result, Signature: proof.Signature, PhoneAt: in.Body.PhoneAt})
	if err != nil {
		return nil, err
	}
	return web.Answer(h.view(ctx, c)), nil
}

type answerInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Text string `json:"text" minLength:"2" maxLength:"1000"`
	}
}

func (h *handlers) answer(ctx context.Context, in *answerInput) (*web.Body[CheckView], error) {
	c, err := h.service.Answer(ctx, in.ID, in.Body.Text)
	if err != nil {
		return nil, err
	}
	return web.Answer(h.view(ctx, c)), nil
}
