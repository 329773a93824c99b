package organizations

import (
	"context"
	"strconv"

	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

// exportRoutes: the list as a workbook. Organisations are no personal data, so
// no reason is asked for; the operation log hears of it all the same.
func (h *handlers) exportRoutes(r *web.Router) {
	s := h.service
	plain := func(key string, width float64, text func(organizationView) string) export.Column[organizationView] {
		return export.Column[organizationView]{Key: key, Width: width, Text: func(_ context.Context, v organizationView) string { return text(v) }}
	}
	yes := func(key string, is func(organizationView) bool) export.Column[organizationView] {
		return export.Column[organizationView]{Key: key, Width: 10, Text: func(ctx context.Context, v organizationView) string {
			return web.Text(ctx, map[bool]string{true: "export.yes", false: "export.no"}[is(v)])
		}}
	}
	export.Route(r, "/organizations/export.xlsx", web.May("organization", "exportList"), export.List[ListInput, organizationView]{
		Name: "organizations.export", Noun: "organization", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *ListInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *ListInput) export.Asked {
			return export.Asked{Organization: in.OrganizationID, Detail: map[string]string{"kind": string(in.Kind)}}
		},
		Read: h.list,
		Columns: []export.Column[organizationView]{
			plain("name", 30, func(v organizationView) string { return v.Name }),
			{Key: "kind", Width: 14, Text: func(ctx context.Context, v organizationView) string {
				return web.Text(ctx, "organizations.export.kind."+string(v.Kind))
			}},
			plain("creditCode", 22, func(v organizationView) string { return v.CreditCode }),
			plain("division", 16, func(v organizationView) string { return v.DivisionName }),
			plain("subdistrict", 16, func(v organizationView) string { return v.SubdistrictName }),
			plain("beds", 10, func(v organizationView) string {
				if v.ApprovedBeds == 0 {
					return ""
				}
				return strconv.Itoa(v.ApprovedBeds)
			}),
			yes("clinic", func(v organizationView) bool { return v.InHouseClinic }),
			yes("small", func(v organizationView) bool { return v.SmallCareHome }),
			plain("grade", 10, func(v organizationView) string { return v.Grade }),
			plain("assessmentCode", 18, func(v organizationView) string { return v.AssessmentCode }),
			plain("validFrom", 12, func(v organizationView) string { return string(v.ValidFrom) }),
			plain("validTo", 12, func(v organizationView) string { return string(v.ValidTo) }),
			plain("closedOn", 12, func(v organizationView) string { return string(v.ClosedOn) }),
		},
	}, "The organisations of the list as a workbook")
}
