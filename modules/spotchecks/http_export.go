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
	at := func(t time.Time) string { return t.In(kernel.Shanghai()).Format("2006-01-02 15:04") }
	count := func(key string, width float64, of func(countsView) int64) export.Column[CheckView] {
		return export.Plain(key, width, func(v CheckView) string {
			if v.Outcome == nil {
				return ""
			}
			return strconv.FormatInt(of(v.Outcome.Counts), 10)
		})
	}
	showings := func(key string, width float64, verdicts ...string) export.Column[CheckView] {
		return count(key, width, func(c countsView) (n int64) {
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
			export.Plain("institution", 30, func(v CheckView) string { return v.Institution.Name }),
			export.Word("stage", 12, "spotchecks.stage", func(v CheckView) string { return string(v.Stage) }),
			export.Plain("preparedAt", 18, func(v CheckView) string { return at(v.PreparedAt) }),
			export.Plain("by", 16, func(v CheckView) string { return v.ByName }),
			export.Plain("signedAt", 18, func(v CheckView) string {
				if v.Outcome == nil {
					return ""
				}
				return at(v.Outcome.SignedAt)
			}),
			export.Plain("roster", 10, func(v CheckView) string { return strconv.FormatInt(v.RosterSize, 10) }),
			count("present", 10, func(c countsView) int64 { return c.Present }),
			count("certified", 10, func(c countsView) int64 { return c.Certified }),
			count("notOnBooks", 12, func(c countsView) int64 { return c.NotOnBooks }),
			count("absent", 10, func(c countsView) int64 { return c.Absent }),
			count("others", 12, func(c countsView) int64 { return c.Others }),
			showings("forged", 10, "forged", "unknown"),
			showings("invalid", 16, "revoked", "expired", "superseded"),
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
			export.Plain("answers", 40, func(v CheckView) string {
				var out []string
				for _, a := range v.Answers {
					out = append(out, a.ByName+"："+a.Text)
				}
				return strings.Join(out, "\n")
			}),
			export.Plain("rule", 22, func(v CheckView) string { return v.RateRule }),
		},
	}, "Inspections on the spot as a workbook")
}
