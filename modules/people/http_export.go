package people

import (
	"context"
	"strconv"
	"strings"

	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

type exportInput struct {
	ListInput
	export.Why
}

// exportRoutes: the list as a workbook, masked as on the page (FACTS §9).
func (h *handlers) exportRoutes(r *web.Router) {
	s := h.service
	word := func(ctx context.Context, of, code string) string {
		if code == "" {
			return ""
		}
		return web.Text(ctx, "people.export."+of+"."+code)
	}
	export.Route(r, "/people/export.xlsx", web.May("person", "exportList"), export.List[exportInput, itemView]{
		Name: "people.export", Noun: "person", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *exportInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportInput) export.Asked {
			detail := map[string]string{}
			for name, value := range map[string]string{"role": string(in.Role), "kind": string(in.Kind), "status": string(in.Status), "asOf": string(in.AsOf)} {
				if value != "" {
					detail[name] = value
				}
			}
			return export.Asked{Organization: in.OrganizationID, Reason: in.Reason, Detail: detail}
		},
		Read: func(ctx context.Context, in *exportInput) (*web.Body[web.List[itemView]], error) {
			return h.list(ctx, &in.ListInput)
		},
		Columns: []export.Column[itemView]{
			{Key: "name", Width: 14, Text: func(_ context.Context, v itemView) string { return v.Name }},
			{Key: "idNumber", Width: 22, Text: func(_ context.Context, v itemView) string { return v.IDNumberMasked }},
			{Key: "gender", Width: 8, Text: func(ctx context.Context, v itemView) string { return word(ctx, "gender", v.Gender) }},
			{Key: "birthDate", Width: 12, Text: func(_ context.Context, v itemView) string { return string(v.BirthDate) }},
			{Key: "organization", Width: 28, Text: func(_ context.Context, v itemView) string { return v.Organization }},
			{Key: "kinds", Width: 18, Text: func(ctx context.Context, v itemView) string {
				words := make([]string, len(v.Kinds))
				for n, k := range v.Kinds {
					words[n] = word(ctx, "kind", string(k))
				}
				return strings.Join(words, web.Text(ctx, "people.export.and"))
			}},
			{Key: "role", Width: 14, Text: func(ctx context.Context, v itemView) string { return word(ctx, "role", string(v.Role)) }},
			{Key: "since", Width: 12, Text: func(_ context.Context, v itemView) string { return string(v.Since) }},
			{Key: "endedOn", Width: 12, Text: func(_ context.Context, v itemView) string { return string(v.EndedOn) }},
			{Key: "level", Width: 14, Text: func(ctx context.Context, v itemView) string {
				if !v.HighestLevel.Valid() {
					return ""
				}
				return word(ctx, "level", strconv.Itoa(int(v.HighestLevel)))
			}},
			{Key: "education", Width: 12, Text: func(ctx context.Context, v itemView) string { return word(ctx, "education", string(v.Education)) }},
			{Key: "phone", Width: 16, Text: func(_ context.Context, v itemView) string { return v.PhoneMasked }},
			{Key: "preJob", Width: 16, Text: func(ctx context.Context, v itemView) string {
				if !v.PreJobMissing {
					return ""
				}
				return web.Text(ctx, "people.export.preJobMissing")
			}},
		},
	}, "The people of the list as a workbook, masked; asks for a reason")
}
