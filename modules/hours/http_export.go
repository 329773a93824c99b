package hours

import (
	"context"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

type exportOfficeInput struct {
	OfficeInput
	export.Why
}

type exportClaimsInput struct {
	ClaimsInput
	export.Why
}

// exportRoutes: the lists as workbooks, masked as on the page (FACTS §9).
func (h *handlers) exportRoutes(r *web.Router) {
	h.exportOffice(r)
	h.exportClaims(r)
}

func (h *handlers) exportOffice(r *web.Router) {
	s := h.service
	minutes := func(m kernel.Minutes) string { return strconv.Itoa(int(m)) }
	export.Route(r, "/hours/export.xlsx", web.May("hours", "exportList"), export.List[exportOfficeInput, officeHoursView]{
		Name: "hours.export", Noun: "hours", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *exportOfficeInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportOfficeInput) export.Asked {
			detail := map[string]string{"year": strconv.Itoa(h.year(in.Year))}
			if in.Status != "" {
				detail["status"] = in.Status
			}
			if in.Outlook != "" {
				detail["outlook"] = string(in.Outlook)
			}
			return export.Asked{Organization: in.OrganizationID, Reason: in.Reason, Detail: detail}
		},
		Read: func(ctx context.Context, in *exportOfficeInput) (*web.Body[web.List[officeHoursView]], error) {
			return h.office(ctx, &in.OfficeInput)
		},
		Columns: []export.Column[officeHoursView]{
			export.Plain("name", 14, func(v officeHoursView) string { return v.Name }),
			export.Plain("idNumber", 22, func(v officeHoursView) string { return v.IDNumberMasked }),
			export.Plain("year", 8, func(v officeHoursView) string { return strconv.Itoa(v.Year) }),
			{Key: "employer", Width: 30, Text: func(ctx context.Context, v officeHoursView) string { return h.named(ctx, v.OrganizationIDs) }},
			export.Plain("classHours", 10, func(v officeHoursView) string { return v.ClassHours }),
			export.Plain("credited", 10, func(v officeHoursView) string { return minutes(v.CreditedMinutes) }),
			export.Plain("classroom", 10, func(v officeHoursView) string { return minutes(v.ByMode.Classroom) }),
			export.Plain("remote", 10, func(v officeHoursView) string { return minutes(v.ByMode.Remote) }),
			export.Plain("onTheJob", 10, func(v officeHoursView) string { return minutes(v.ByMode.OnTheJob) }),
			export.Plain("unstated", 10, func(v officeHoursView) string { return minutes(v.ByMode.Unstated) }),
			export.Plain("required", 10, func(v officeHoursView) string { return minutes(v.RequiredMinutes) }),
			export.Plain("missing", 10, func(v officeHoursView) string { return minutes(v.MissingMinutes) }),
			export.Plain("forecast", 14, func(v officeHoursView) string {
				if v.Forecast == nil {
					return ""
				}
				return v.Forecast.ClassHours
			}),
			export.Word("status", 10, "hours.export.status", func(v officeHoursView) string { return v.Status }),
			export.Plain("onPost", 24, func(v officeHoursView) string {
				if v.OnPostFrom == "" {
					return ""
				}
				return string(v.OnPostFrom) + " – " + string(v.OnPostTo)
			}),
			export.Plain("rule", 20, func(v officeHoursView) string { return v.RuleVersion }),
		},
	}, "The hours of the list as a workbook; asks for a reason")
}

// named says the names of employers; one that cannot be read says nothing.
func (h *handlers) named(ctx context.Context, ids []kernel.OrganizationID) string {
	var names []string
	for _, id := range ids {
		if card, err := h.service.Organizations.Card(ctx, id); err == nil {
			names = append(names, card.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (h *handlers) exportClaims(r *web.Router) {
	s := h.service
	export.Route(r, "/hours/imported/export.xlsx", web.May("importedHours", "exportList"), export.List[exportClaimsInput, ClaimView]{
		Name: "hours.exportImported", Noun: "importedHours", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *exportClaimsInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportClaimsInput) export.Asked {
			return export.Asked{Organization: in.OrganizationID, Reason: in.Reason, Detail: map[string]string{"state": string(in.State)}}
		},
		Read: func(ctx context.Context, in *exportClaimsInput) (*web.Body[web.List[ClaimView]], error) {
			return h.claims(ctx, &in.ClaimsInput)
		},
		Columns: []export.Column[ClaimView]{
			export.Plain("name", 14, func(v ClaimView) string { return v.Name }),
			export.Plain("idNumber", 22, func(v ClaimView) string { return v.IDNumberMasked }),
			export.Plain("date", 12, func(v ClaimView) string { return string(v.Date) }),
			export.Plain("title", 28, func(v ClaimView) string { return v.Claim.Title }),
			export.Plain("provider", 28, func(v ClaimView) string { return v.Claim.ProviderName }),
			export.Plain("minutes", 10, func(v ClaimView) string { return strconv.Itoa(int(v.Claim.Minutes)) }),
			export.Plain("file", 24, func(v ClaimView) string { return v.Claim.FileName }),
			export.Plain("importedBy", 14, func(v ClaimView) string { return v.Claim.ImportedBy }),
			{Key: "state", Width: 12, Text: func(ctx context.Context, v ClaimView) string {
				return web.Text(ctx, "hours.exportImported.state."+string(v.Claim.State))
			}},
			export.Plain("decidedBy", 14, func(v ClaimView) string { return v.Claim.DecidedBy }),
			export.Plain("decidedWhy", 30, func(v ClaimView) string { return v.Claim.DecidedWhy }),
		},
	}, "Hours earned elsewhere as a workbook; asks for a reason")
}
