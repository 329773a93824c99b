package certificates

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/web"
)

func routesBundles(r *web.Router, h *handlers) {
	may := web.May("certificate", "bundle")
	web.Post(r, "/certificates/bundles", may, h.orderBundle, web.Status(http.StatusAccepted), web.Pace(30, 30),
		web.Summary("Print many issued certificates as one ZIP of PDFs: of a class, or of a list"))
	web.Get(r, "/certificates/bundles", may, h.bundles, web.Summary("One's own ZIPs of certificates, the newest first"))
	web.Get(r, "/certificates/bundles/{id}", may, h.bundle, web.Summary("How far a ZIP of certificates is"))
	web.Get(r, "/certificates/bundles/{id}/certificates.zip", may, h.takeBundle, answersZIP, web.Summary("The finished ZIP of certificates"))
}

func answersZIP(op *huma.Operation) {
	op.Responses = map[string]*huma.Response{"200": {
		Description: "PDFs", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
}

type bundleView struct {
	ID        string            `json:"id"`
	Reason    string            `json:"reason"`
	ClassID   string            `json:"classId,omitempty"`
	Detail    map[string]string `json:"detail" doc:"what was asked for"`
	At        time.Time         `json:"at"`
	Total     int64             `json:"total"`
	Done      int64             `json:"done"`
	Skipped   []string          `json:"skipped" doc:"numbers of certificates with a character that cannot be printed"`
	State     string            `json:"state" enum:"running,done,failed"`
	ExpiresAt time.Time         `json:"expiresAt" doc:"then it is removed"`
}

func (h *handlers) viewBundle(ctx context.Context, b Bundle) (bundleView, error) {
	v := bundleView{
		ID: b.ID, Reason: b.Reason, ClassID: string(b.Class), Detail: b.Detail, At: b.At, Total: b.Total, Done: b.Done,
		Skipped: append([]string{}, b.Skipped...), State: "running", ExpiresAt: b.ExpiresAt,
	}
	if v.Detail == nil {
		v.Detail = map[string]string{}
	}
	if b.EndedAt != nil {
		v.State = "done"
		return v, nil
	}
	status, err := h.s.jobs.Status(ctx, jobBundle+":"+b.ID)
	if errors.Is(err, job.ErrUnknown) || err == nil && status.State == job.Failed {
		v.State, err = "failed", nil
	}
	return v, err
}

type orderBundleInput struct {
	Body struct {
		ClassID        string `json:"classId,omitempty" maxLength:"64" doc:"all of a class; otherwise those of the list"`
		OrganizationID string `json:"organizationId,omitempty" maxLength:"64"`
		Family         string `json:"family,omitempty" enum:"trainingCompletion,inServiceYear,contestAward,honour,skillLevel"`
		Status         string `json:"status,omitempty" enum:"valid,superseded,revoked" doc:"valid ones when left out"`
		Level          int    `json:"level,omitempty" minimum:"1" maximum:"5"`
		Query          string `json:"q,omitempty" maxLength:"64"`
		Reason         string `json:"reason" minLength:"2" maxLength:"200" doc:"what it is for: it stands in the operation log"`
	}
}

func (h *handlers) orderBundle(ctx context.Context, in *orderBundleInput) (*web.Body[bundleView], error) {
	b, err := h.s.Bundle(ctx, BundleDraft{
		Class: kernel.ClassID(in.Body.ClassID), Reason: in.Body.Reason, Filter: Filter{
			Organization: kernel.OrganizationID(in.Body.OrganizationID), Family: Family(in.Body.Family), Status: Status(in.Body.Status),
			Level: kernel.SkillLevel(in.Body.Level), Query: in.Body.Query,
		},
	})
	if err != nil {
		return nil, err
	}
	v, err := h.viewBundle(ctx, b)
	return web.Answer(v), err
}

func (h *handlers) bundles(ctx context.Context, _ *struct{}) (*web.Body[web.List[bundleView]], error) {
	all, err := h.s.Bundles(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]bundleView, 0, len(all))
	for _, b := range all {
		v, err := h.viewBundle(ctx, b)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return web.Answer(web.NewList(out, "", int64(len(out)), false)), nil
}

func (h *handlers) bundle(ctx context.Context, in *idInput) (*web.Body[bundleView], error) {
	b, err := h.s.FindBundle(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := h.viewBundle(ctx, b)
	return web.Answer(v), err
}

func (h *handlers) takeBundle(ctx context.Context, in *idInput) (*huma.StreamResponse, error) {
	b, write, err := h.s.TakeBundle(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	name := url.PathEscape(web.Text(ctx, "certificates.bundle_name", "on", string(kernel.DateOf(b.At))) + ".zip")
	ctx = context.WithoutCancel(ctx) // the stream outlives the handler
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/zip")
		c.SetHeader("Content-Disposition", `attachment; filename="certificates.zip"; filename*=UTF-8''`+name)
		c.SetStatus(http.StatusOK)
		humafiber.Unwrap(c).Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			if err := write(ctx, w); err != nil {
				// The head of the answer is gone; the reader finds the file cut.
				h.s.log.ErrorContext(ctx, "bundle broke off", "bundle", b.ID, "error", err)
			}
		})
	}}, nil
}
