package surveys

import (
	"context"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

// ExportInput is the list of surveys as a workbook.
type ExportInput struct {
	export.Why
	ListInput
}

func (h *handlers) exportRoute(r *web.Router) {
	text := func(of func(SurveyView) string) func(context.Context, SurveyView) string {
		return func(_ context.Context, v SurveyView) string { return of(v) }
	}
	at := func(of func(SurveyView) time.Time) func(context.Context, SurveyView) string {
		return text(func(v SurveyView) string { return string(kernel.DateOf(of(v))) })
	}
	export.Route(r, "/surveys/export.xlsx", web.May("survey", "read"), export.List[ExportInput, SurveyView]{
		Name: "surveys.export", Noun: "survey", DB: h.service.DB, Audit: h.service.Audit, Clock: h.service.Clock, Log: h.service.Log,
		Page: func(in *ExportInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *ExportInput) export.Asked {
			return export.Asked{Reason: in.Reason, Organization: in.OrganizationID}
		},
		Read: func(ctx context.Context, in *ExportInput) (*web.Body[web.List[SurveyView]], error) {
			return h.list(ctx, &in.ListInput)
		},
		Columns: []export.Column[SurveyView]{
			{Key: "title", Width: 40, Text: text(func(v SurveyView) string { return v.Title })},
			{Key: "provider", Width: 28, Text: text(func(v SurveyView) string { return v.Provider.Name })},
			{Key: "teachers", Width: 20, Text: text(func(v SurveyView) string { return strings.Join(v.Teachers, "、") })},
			{Key: "opensAt", Width: 12, Text: at(func(v SurveyView) time.Time { return v.OpensAt })},
			{Key: "closesAt", Width: 12, Text: at(func(v SurveyView) time.Time { return v.ClosesAt })},
			{Key: "stage", Width: 16, Text: func(ctx context.Context, v SurveyView) string {
				return web.Text(ctx, "surveys.stage."+string(v.Stage))
			}},
			{Key: "asked", Width: 10, Text: text(func(v SurveyView) string { return strconv.FormatInt(v.Response.Denominator, 10) })},
			{Key: "answered", Width: 10, Text: text(func(v SurveyView) string { return strconv.FormatInt(v.Response.Numerator, 10) })},
			{Key: "percent", Width: 12, Text: text(func(v SurveyView) string { return v.Response.Percent })},
			{Key: "mean", Width: 14, Text: text(func(v SurveyView) string { return v.Mean })},
			{Key: "rule", Width: 22, Text: text(func(v SurveyView) string { return v.RuleVersion })},
		},
	}, "Surveys as a workbook")
}
