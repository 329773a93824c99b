package statistics

import (
	"context"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

type exportInput struct {
	PeopleInput
	export.Why
}

// routeExport: the people behind a number as a workbook, masked as on the page
// (FACTS §9).
func (h *handlers) routeExport(r *web.Router) {
	s := h.s
	export.Route(r, "/statistics/{indicator}/people/export.xlsx", web.May("statistics", "exportList"), export.List[exportInput, listedView]{
		Name: "statistics.export", Noun: "statistics", DB: s.repo.db, Audit: s.audit, Clock: s.clock, Log: s.log,
		Page: func(in *exportInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportInput) export.Asked {
			detail := map[string]string{"indicator": in.Indicator, "state": in.State, "asOf": string(h.day(in.AsOf))}
			for name, value := range map[string]string{"standards": in.Standards, "programme": in.ProgrammeID, "finding": in.Finding} {
				if value != "" {
					detail[name] = value
				}
			}
			return export.Asked{Organization: kernel.OrganizationID(in.OrganizationID), Reason: in.Reason, Detail: detail}
		},
		Read: func(ctx context.Context, in *exportInput) (*web.Body[web.List[listedView]], error) {
			return h.people(ctx, &in.PeopleInput)
		},
		Columns: []export.Column[listedView]{
			{Key: "name", Width: 14, Text: func(_ context.Context, v listedView) string { return v.Name }},
			{Key: "idNumber", Width: 22, Text: func(_ context.Context, v listedView) string { return v.IDNumberMasked }},
			{Key: "organization", Width: 32, Text: func(_ context.Context, v listedView) string {
				names := make([]string, 0, len(v.Organizations))
				for _, o := range v.Organizations {
					names = append(names, o.Name)
				}
				return strings.Join(names, "、")
			}},
			{Key: "since", Width: 12, Text: func(_ context.Context, v listedView) string { return v.Since }},
			{Key: "why", Width: 48, Text: func(_ context.Context, v listedView) string { return v.Text }},
		},
	}, "The people behind a number as a workbook, masked; asks for a reason")
}
