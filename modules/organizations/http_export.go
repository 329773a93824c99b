package organizations

import (
	"strconv"

	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

// exportRoutes: the list as a workbook. Organisations are no personal data, so
// no reason is asked for; the operation log hears of it all the same.
func (h *handlers) exportRoutes(r *web.Router) {
	s := h.service
	export.Route(r, "/organizations/export.xlsx", web.May("organization", "exportList"), export.List[ListInput, organizationView]{
		Name: "organizations.export", Noun: "organization", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *ListInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *ListInput) export.Asked {
			return export.Asked{Organization: in.OrganizationID, Detail: map[string]string{"kind": string(in.Kind)}}
		},
		Read: h.list,
		Columns: []export.Column[organizationView]{
			export.Plain("name", 30, func(v organizationView) string { return v.Name }),
			export.Word("kind", 14, "organizations.export.kind", func(v organizationView) string { return string(v.Kind) }),
			export.Plain("creditCode", 22, func(v organizationView) string { return v.CreditCode }),
			export.Plain("division", 16, func(v organizationView) string { return v.DivisionName }),
			export.Plain("subdistrict", 16, func(v organizationView) string { return v.SubdistrictName }),
			export.Plain("beds", 10, func(v organizationView) string {
				if v.ApprovedBeds == 0 {
					return ""
				}
				return strconv.Itoa(v.ApprovedBeds)
			}),
			export.YesNo("clinic", 10, func(v organizationView) bool { return v.InHouseClinic }),
			export.YesNo("small", 10, func(v organizationView) bool { return v.SmallCareHome }),
			export.Plain("grade", 10, func(v organizationView) string { return v.Grade }),
			export.Plain("assessmentCode", 18, func(v organizationView) string { return v.AssessmentCode }),
			export.Plain("validFrom", 12, func(v organizationView) string { return string(v.ValidFrom) }),
			export.Plain("validTo", 12, func(v organizationView) string { return string(v.ValidTo) }),
			export.Plain("closedOn", 12, func(v organizationView) string { return string(v.ClosedOn) }),
		},
	}, "The organisations of the list as a workbook")
}
