package certificates

import (
	"context"

	"carecert/modules/certificates/verify"
	"carecert/modules/kit/web"
)

// bulkMost is how many certificates one question may name, and bulkBody what it
// may weigh: that many texts of the greatest length.
const (
	bulkMost = 1000
	bulkBody = bulkMost*maxText + 1<<20
)

func routesBulk(r *web.Router, h *handlers) {
	web.Act(r, "/bulk-verifications", web.May("certificate", "verifyBulk"), h.verifyBulk, web.MaxBody(bulkBody),
		web.Summary("Judge up to 1,000 certificates, for platforms with a key: the same verdicts as /public/verifications, in the order asked"))
}

type numberedView struct {
	Number     string `json:"number" minLength:"1" maxLength:"64"`
	HolderName string `json:"holderName" minLength:"1" maxLength:"100" doc:"in full; another one is answered as an unknown number"`
}

type bulkInput struct {
	Body struct {
		QRTexts []string       `json:"qrTexts,omitempty" maxItems:"1000" doc:"texts of QR codes; what cannot be one is unknown"`
		Numbers []numberedView `json:"numbers,omitempty" maxItems:"1000" doc:"certificates issued here, by number and holder; with qrTexts at most 1,000 together"`
	}
}

type bulkView struct {
	Items  []publicView           `json:"items" doc:"those of qrTexts, then those of numbers"`
	Counts map[verify.Verdict]int `json:"counts" doc:"by verdict"`
}

func (h *handlers) verifyBulk(ctx context.Context, in *bulkInput) (*web.Body[bulkView], error) {
	if n := len(in.Body.QRTexts) + len(in.Body.Numbers); n == 0 || n > bulkMost {
		return nil, ErrBulkSize.With("most", bulkMost).At("body", ErrBulkSize.Code, "")
	}
	numbered := make([]Numbered, 0, len(in.Body.Numbers))
	for _, n := range in.Body.Numbers {
		numbered = append(numbered, Numbered(n))
	}
	all, err := h.s.VerifyBulk(ctx, in.Body.QRTexts, numbered)
	if err != nil {
		return nil, err
	}
	v := bulkView{Items: make([]publicView, 0, len(all)), Counts: map[verify.Verdict]int{}}
	for _, p := range all {
		v.Items = append(v.Items, viewPublic(ctx, p))
		v.Counts[p.Verdict]++
	}
	return web.Answer(v), nil
}
