package spotchecks

import (
	"context"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

// ExportInput is the list of checks as a workbook.
type ExportInput struct {
	export.Why
	ListInput
}

func (h *handlers) exportRoute(r *web.Router) {
	text := func(of func(CheckView) string) func(context.Context, CheckView) string {
		return func(_ context.Context, v CheckView) string { return of(v) }
	}
	at := func(t time.Time) string { return t.In(kernel.Shanghai()).Format("2006-01-02 15:04") }
	count := func(of func(countsView) int64) func(context.Context, CheckView) string {
		return text(func(v CheckView) string {
			if v.Outcome == nil {
				return ""
			}
			return strconv.FormatInt(of(v.Outcome.Counts), 10)
		})
	}
	showings := func(verdicts ...string) func(context.Context, CheckView) string {
		return count(func(c countsView) (n int64) {
			for _, v := range verdicts {
				n += c.Showings[v]
			}
			return n
		})
	}
	export.Route(r, "/spot-checks/export.xlsx", web.May("spotCheck", "read"), export.List[ExportInput, CheckView]{
		Name: "spotchecks.export", Noun: "spotCheck", DB: h.service.DB, Audit: h.service.Audit, Clock: h.service.Clock, Log: h.service.Log,
		Page: func(in *ExportInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *ExportInput) export.Asked {
			return export.Asked{Reason: in.Reason, Organization: in.OrganizationID}
		},
		Read: func(ctx context.Context, in *ExportInput) (*web.Body[web.List[CheckView]], error) {
			return h.list(ctx, &in.ListInput)
		},
		Columns: []export.Column[CheckView]{
			{Key: "institution", Width: 30, Text: text(func(v CheckView) string { return v.Institution.Name })},
			{Key: "stage", Width: 12, Text: func(ctx context.Context, v CheckView) string {
				return web.Text(ctx, "spotchecks.stage."+string(v.Stage))
			}},
			{Key: "preparedAt", Width: 18, Text: text(func(v CheckView) string { return at(v.PreparedAt) })},
			{Key: "by", Width: 16, Text: text(func(v CheckView) string { return v.ByName })},
			{Key: "signedAt", Width: 18, Text: text(func(v CheckView) string {
				if v.Outcome == nil {
					return ""
				}
				return at(v.Outcome.SignedAt)
			})},
			{Key: "roster", Width: 10, Text: text(func(v CheckView) string { return strconv.FormatInt(v.RosterSize, 10) })},
			{Key: "present", Width: 10, Text: count(func(c countsView) int64 { return c.Present })},
			{Key: "certified", Width: 10, Text: count(func(c countsView) int64 { return c.Certified })},
			{Key: "notOnBooks", Width: 12, Text: count(func(c countsView) int64 { return c.NotOnBooks })},
			{Key: "absent", Width: 10, Text: count(func(c countsView) int64 { return c.Absent })},
			{Key: "others", Width: 12, Text: count(func(c countsView) int64 { return c.Others })},
			{Key: "forged", Width: 10, Text: showings("forged", "unknown")},
			{Key: "invalid", Width: 16, Text: showings("revoked", "expired", "superseded")},
			{Key: "differences", Width: 30, Text: func(ctx context.Context, v CheckView) string {
				if v.Outcome == nil {
					return ""
				}
				var out []string
				for _, d := range v.Outcome.Differences {
					out = append(out, web.Text(ctx, "spotchecks.difference."+string(d)))
				}
				if n := v.Outcome.Differing; n > 0 {
					out = append(out, web.Text(ctx, "spotchecks.differing", "n", strconv.FormatInt(n, 10)))
				}
				return strings.Join(out, "；")
			}},
			{Key: "answers", Width: 40, Text: text(func(v CheckView) string {
				var out []string
				for _, a := range v.Answers {
					out = append(out, a.ByName+"："+a.Text)
				}
				return strings.Join(out, "\n")
			})},
			{Key: "rule", Width: 22, Text: text(func(v CheckView) string { return v.RateRule })},
		},
	}, "Inspections on the spot as a workbook")
}
