package surveys

import (
	"context"
	"strconv"
	"strings"

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
			export.Plain("title", 40, func(v SurveyView) string { return v.Title }),
			export.Plain("provider", 28, func(v SurveyView) string { return v.Provider.Name }),
			export.Plain("teachers", 20, func(v SurveyView) string { return strings.Join(v.Teachers, "、") }),
			export.Plain("opensAt", 12, func(v SurveyView) string { return string(kernel.DateOf(v.OpensAt)) }),
			export.Plain("closesAt", 12, func(v SurveyView) string { return string(kernel.DateOf(v.ClosesAt)) }),
			export.Word("stage", 16, "surveys.stage", func(v SurveyView) string { return string(v.Stage) }),
			export.Plain("asked", 10, func(v SurveyView) string { return strconv.FormatInt(v.Response.Denominator, 10) }),
			export.Plain("answered", 10, func(v SurveyView) string { return strconv.FormatInt(v.Response.Numerator, 10) }),
			export.Plain("percent", 12, func(v SurveyView) string { return v.Response.Percent }),
			export.Plain("mean", 14, func(v SurveyView) string { return v.Mean }),
			export.Plain("rule", 22, func(v SurveyView) string { return v.RuleVersion }),
		},
	}, "Surveys as a workbook")
}
