package certificates

import (
	"context"
	"net/http"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func routesVerification(r *web.Router, h *handlers) {
	web.Post(r, "/certificates/{id}/verifications", web.May("certificate", "verify"), h.verify, web.Summary("Confirm or refute a registered certificate"))
	web.Post(r, "/certificates/{id}/corrections", web.May("certificate", "correct"), h.correct, web.Summary("A second person replaces a verification, or withdraws it; what was said stays on file"))
	web.Act(r, "/certificates/verifications", web.May("certificate", "verify"), h.verifyMany, web.Summary("Confirm or refute several at once, each for itself"), web.Status(http.StatusOK))
}

type verificationView struct {
	Method   string    `json:"method,omitempty" doc:"ostaQuery, originalSeen, issuerLetter; none of a withdrawal"`
	Result   string    `json:"result" enum:"confirmed,refuted,withdrawn"`
	Note     string    `json:"note"`
	Reason   string    `json:"reason,omitempty" doc:"of a correction"`
	Evidence []string  `json:"evidenceIds,omitempty" doc:"ids of files"`
	ByName   string    `json:"byName"`
	At       time.Time `json:"at"`
}

func viewWord(w Verification) verificationView {
	return verificationView{Method: w.Method, Result: w.Result, Note: w.Note, Reason: w.Reason, Evidence: w.Evidence, ByName: w.ByName, At: w.At}
}

// words adds what was said of a registered certificate.
func (v *certificateView) words(c Certificate) {
	v.Disputed, v.Verifications, v.Files = c.Disputed, []verificationView{}, []fileView{}
	if c.Verification != nil {
		stands := viewWord(*c.Verification)
		v.Verification = &stands
	}
	for _, w := range c.Words {
		v.Verifications = append(v.Verifications, viewWord(w))
	}
	for _, f := range c.Files {
		v.Files = append(v.Files, viewFile(c.ID, f))
	}
}

type verifyInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Method   string   `json:"method" enum:"ostaQuery,originalSeen,issuerLetter"`
		Result   string   `json:"result" enum:"confirmed,refuted"`
		Note     string   `json:"note,omitempty" maxLength:"500"`
		Evidence []string `json:"evidenceIds,omitempty" maxItems:"20" doc:"files attached before"`
	}
}

func (h *handlers) verify(ctx context.Context, in *verifyInput) (*web.Body[certificateView], error) {
	c, err := h.s.Confirm(ctx, kernel.CertificateID(in.ID), Said{Method: in.Body.Method, Result: in.Body.Result, Note: in.Body.Note, Evidence: in.Body.Evidence})
	if err != nil {
		return nil, err
	}
	return web.Answer(h.s.view(ctx, c)), nil
}

type correctInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Result   string   `json:"result" enum:"confirmed,refuted,withdrawn" doc:"withdrawn puts it back into the queue"`
		Method   string   `json:"method,omitempty" enum:"ostaQuery,originalSeen,issuerLetter"`
		Reason   string   `json:"reason" minLength:"2" maxLength:"500"`
		Evidence []string `json:"evidenceIds,omitempty" maxItems:"20" doc:"files attached before"`
	}
}

func (h *handlers) correct(ctx context.Context, in *correctInput) (*web.Body[certificateView], error) {
	b := in.Body
	said := Said{Method: b.Method, Result: b.Result, Note: b.Reason, Reason: b.Reason, Evidence: b.Evidence}
	switch {
	case b.Result == ResultWithdrawn:
		said.Method = ""
	case b.Method == "":
		return nil, ErrMethodMissing.At("body.method", "certificates.method_missing", "")
	}
	c, err := h.s.Correct(ctx, kernel.CertificateID(in.ID), said)
	if err != nil {
		return nil, err
	}
	return web.Answer(h.s.view(ctx, c)), nil
}

type verifyManyInput struct {
	Body struct {
		IDs    []string `json:"certificateIds" minItems:"1" maxItems:"200"`
		Method string   `json:"method" enum:"ostaQuery,originalSeen,issuerLetter"`
		Result string   `json:"result" enum:"confirmed,refuted"`
		Note   string   `json:"note,omitempty" maxLength:"500"`
	}
}

type outcomeView struct {
	ID      string `json:"certificateId"`
	Outcome string `json:"outcome" enum:"confirmed,refuted,refused"`
	Code    string `json:"code,omitempty" doc:"why it was not taken"`
	Message string `json:"message,omitempty" doc:"the same in words"`
}

type outcomesView struct {
	Outcomes []outcomeView `json:"outcomes"`
	Done     int           `json:"done"`
	Refused  int           `json:"refused"`
}

func (h *handlers) verifyMany(ctx context.Context, in *verifyManyInput) (*web.Body[outcomesView], error) {
	ids := make([]kernel.CertificateID, 0, len(in.Body.IDs))
	for _, id := range in.Body.IDs {
		ids = append(ids, kernel.CertificateID(id))
	}
	all, err := h.s.ConfirmMany(ctx, ids, Said{Method: in.Body.Method, Result: in.Body.Result, Note: in.Body.Note})
	if err != nil {
		return nil, err
	}
	out := outcomesView{Outcomes: make([]outcomeView, 0, len(all))}
	for _, o := range all {
		v := outcomeView{ID: string(o.ID), Outcome: in.Body.Result}
		if o.Refused != nil {
			v.Outcome, v.Code = "refused", o.Refused.Code
			v.Message = web.Text(ctx, o.Refused.Code, pairs(o.Refused.Params)...)
			out.Refused++
		} else {
			out.Done++
		}
		out.Outcomes = append(out.Outcomes, v)
	}
	return web.Answer(out), nil
}

func pairs(params map[string]string) []string {
	out := make([]string, 0, 2*len(params))
	for k, v := range params {
		out = append(out, k, v)
	}
	return out
}
