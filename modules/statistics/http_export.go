package statistics

import (
	"context"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

type exportPeopleInput struct {
	PeopleInput
	export.Why
}

// exportQualityInput names data quality in its path.
type exportQualityInput struct {
	QualityInput
	Finding string `query:"finding" maxLength:"40" pattern:"^[a-zA-Z]*$" doc:"one kind of finding"`
	web.PageInput
	export.Why
}

// exportRoutes: the people behind a number as a workbook, from the very rows
// that were counted, masked as on the page.
func (h *handlers) exportRoutes(r *web.Router) {
	h.exportQuality(r) // before what takes any indicator
	h.exportPeople(r)
}

func columnOf(key string, width float64, text func(listedView) string) export.Column[listedView] {
	return export.Column[listedView]{Key: key, Width: width, Text: func(_ context.Context, v listedView) string { return text(v) }}
}

// who are the first columns of both workbooks.
func who() []export.Column[listedView] {
	return []export.Column[listedView]{
		columnOf("name", 14, func(v listedView) string { return v.Name }),
		columnOf("idNumber", 22, func(v listedView) string { return v.IDNumberMasked }),
		columnOf("organization", 36, func(v listedView) string {
			names := make([]string, 0, len(v.Organizations))
			for _, o := range v.Organizations {
				names = append(names, o.Name)
			}
			return strings.Join(names, "、")
		}),
	}
}

func (h *handlers) exportPeople(r *web.Router) {
	s := h.s
	minutes := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	export.Route(r, "/statistics/{indicator}/people/export.xlsx", web.May("statistics", "exportList"), export.List[exportPeopleInput, listedView]{
		Name: "statistics.export", Noun: "statistics", DB: s.repo.db, Audit: s.audit, Clock: s.clock, Log: s.log,
		Page: func(in *exportPeopleInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportPeopleInput) export.Asked {
			detail := map[string]string{"indicator": in.Indicator, "state": in.State, "asOf": string(h.day(in.AsOf))}
			for name, value := range map[string]string{"standards": in.Standards, "programme": in.ProgrammeID} {
				if value != "" {
					detail[name] = value
				}
			}
			return export.Asked{Organization: kernel.OrganizationID(in.OrganizationID), Reason: in.Reason, Detail: detail}
		},
		Read: func(ctx context.Context, in *exportPeopleInput) (*web.Body[web.List[listedView]], error) {
			return h.people(ctx, &in.PeopleInput)
		},
		Columns: append(
			who(),
			export.Column[listedView]{Key: "level", Width: 14, Text: func(ctx context.Context, v listedView) string {
				if v.Level == nil {
					return ""
				}
				return web.Text(ctx, "certificates.export.level."+strconv.Itoa(*v.Level))
			}},
			columnOf("reason", 40, func(v listedView) string { return v.Text }),
			columnOf("since", 12, func(v listedView) string { return v.Since }),
			columnOf("credited", 12, func(v listedView) string { return minutes(v.CreditedMinutes) }),
			columnOf("missing", 12, func(v listedView) string { return minutes(v.MissingMinutes) }),
		),
	}, "The people behind a number as a workbook, masked; asks for a reason")
}

func (h *handlers) exportQuality(r *web.Router) {
	s := h.s
	export.Route(r, "/statistics/data-quality/people/export.xlsx", web.May("statistics", "exportList"), export.List[exportQualityInput, listedView]{
		Name: "quality.export", Noun: "statistics", DB: s.repo.db, Audit: s.audit, Clock: s.clock, Log: s.log,
		Page: func(in *exportQualityInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportQualityInput) export.Asked {
			return export.Asked{Organization: kernel.OrganizationID(in.OrganizationID), Reason: in.Reason, Detail: map[string]string{
				"indicator": IndicatorQuality, "asOf": string(h.day(in.AsOf)), "finding": in.Finding,
			}}
		},
		Read: func(ctx context.Context, in *exportQualityInput) (*web.Body[web.List[listedView]], error) {
			return h.wanting(ctx, &PeopleInput{
				Indicator: IndicatorQuality, OrganizationID: in.OrganizationID, AsOf: in.AsOf, State: stateMissing, Finding: in.Finding,
				PageInput: in.PageInput,
			})
		},
		Columns: append(
			who(),
			columnOf("found", 50, func(v listedView) string {
				texts := make([]string, 0, len(v.Findings))
				for _, f := range v.Findings {
					texts = append(texts, f.Text)
				}
				return strings.Join(texts, "；")
			}),
			columnOf("since", 12, func(v listedView) string { return v.Since }),
			columnOf("late", 10, func(v listedView) string {
				days := 0
				for _, f := range v.Findings {
					days = max(days, f.Days)
				}
				if days == 0 {
					return ""
				}
				return strconv.Itoa(days)
			}),
		),
	}, "Whose records are to be mended, as a workbook, masked; asks for a reason")
}
