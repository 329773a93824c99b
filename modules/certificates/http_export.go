package certificates

import (
	"cmp"
	"context"
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

type exportInput struct {
	ListInput
	export.Why
}

// routesExport: the list as a workbook, masked as on the page (FACTS §9).
func routesExport(r *web.Router, h *handlers) {
	export.Route(r, "/certificates/export.xlsx", web.May("certificate", "exportList"), export.List[exportInput, certificateView]{
		Name: "certificates.export", Noun: "certificate", DB: h.s.repo.db, Audit: h.s.audit, Clock: h.s.clock, Log: h.s.log,
		Page: func(in *exportInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportInput) export.Asked {
			detail := map[string]string{}
			for name, value := range map[string]string{"family": in.Family, "status": in.Status, "stage": in.Stage, "personId": in.PersonID} {
				if value != "" {
					detail[name] = value
				}
			}
			if in.Level > 0 {
				detail["level"] = strconv.Itoa(in.Level)
			}
			return export.Asked{Organization: kernel.OrganizationID(in.OrganizationID), Reason: in.Reason, Detail: detail}
		},
		Read: func(ctx context.Context, in *exportInput) (*web.Body[web.List[certificateView]], error) {
			return h.list(ctx, &in.ListInput)
		},
		Columns: []export.Column[certificateView]{
			export.Plain("name", 14, func(v certificateView) string { return v.Name }),
			export.Plain("idNumber", 22, func(v certificateView) string { return v.IDNumberMasked }),
			export.Word("family", 20, "certificates.export.family", func(v certificateView) string { return v.Family }),
			export.Plain("title", 28, func(v certificateView) string { return cmp.Or(v.Title, v.OccupationName) }),
			export.Word("level", 14, "certificates.export.level", func(v certificateView) string {
				if v.Level == nil {
					return ""
				}
				return strconv.Itoa(*v.Level)
			}),
			export.Plain("number", 26, func(v certificateView) string { return v.Number }),
			export.Plain("issuer", 28, func(v certificateView) string { return v.IssuerName }),
			export.Plain("issuedOn", 12, func(v certificateView) string { return string(v.IssuedOn) }),
			export.Plain("expiresOn", 12, func(v certificateView) string {
				if v.ExpiresOn == nil {
					return ""
				}
				return string(*v.ExpiresOn)
			}),
			export.Plain("classHours", 10, func(v certificateView) string { return v.ClassHours }),
			export.Word("status", 12, "certificates.export.status", func(v certificateView) string { return v.Status }),
			export.Word("stage", 12, "certificates.export.stage", func(v certificateView) string { return v.Stage }),
		},
	}, "The certificates of the list as a workbook; asks for a reason")
}
