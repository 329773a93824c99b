package certificates

import (
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
	plain := func(key string, width float64, text func(certificateView) string) export.Column[certificateView] {
		return export.Column[certificateView]{Key: key, Width: width, Text: func(_ context.Context, v certificateView) string { return text(v) }}
	}
	worded := func(key string, width float64, code func(certificateView) string) export.Column[certificateView] {
		return export.Column[certificateView]{Key: key, Width: width, Text: func(ctx context.Context, v certificateView) string {
			if code(v) == "" {
				return ""
			}
			return web.Text(ctx, "certificates.export."+key+"."+code(v))
		}}
	}
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
			plain("name", 14, func(v certificateView) string { return v.Name }),
			plain("idNumber", 22, func(v certificateView) string { return v.IDNumberMasked }),
			worded("family", 20, func(v certificateView) string { return v.Family }),
			plain("title", 28, func(v certificateView) string { return v.Title }),
			worded("level", 14, func(v certificateView) string {
				if v.Level == nil {
					return ""
				}
				return strconv.Itoa(*v.Level)
			}),
			plain("number", 26, func(v certificateView) string { return v.Number }),
			plain("issuer", 28, func(v certificateView) string { return v.IssuerName }),
			plain("issuedOn", 12, func(v certificateView) string { return string(v.IssuedOn) }),
			plain("expiresOn", 12, func(v certificateView) string {
				if v.ExpiresOn == nil {
					return ""
				}
				return string(*v.ExpiresOn)
			}),
			plain("classHours", 10, func(v certificateView) string { return v.ClassHours }),
			worded("status", 12, func(v certificateView) string { return v.Status }),
			worded("stage", 12, func(v certificateView) string { return v.Stage }),
		},
	}, "The certificates of the list as a workbook; asks for a reason")
}
