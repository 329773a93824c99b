package oversight

import (
	"context"
	"strconv"

	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

// ItemsExportInput is the drawn list as a workbook.
type ItemsExportInput struct {
	export.Why
	web.PageInput
	ID     string `path:"id" maxLength:"64"`
	Result Result `query:"result" enum:"toInspect,fine,deviation"`
}

func (h *handlers) exportRoute(r *web.Router) {
	export.Route(r, "/inspections/{id}/items.xlsx", web.May("inspection", "read"), export.List[ItemsExportInput, itemView]{
		Name: "oversight.export", Noun: "inspection", DB: h.service.DB, Audit: h.service.Audit, Clock: h.service.Clock, Log: h.service.Log,
		Page:  func(in *ItemsExportInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *ItemsExportInput) export.Asked { return export.Asked{Reason: in.Reason} },
		Read: func(ctx context.Context, in *ItemsExportInput) (*web.Body[web.List[itemView]], error) {
			return h.items(ctx, &itemsInput{PageInput: in.PageInput, ID: in.ID, Result: in.Result})
		},
		Columns: []export.Column[itemView]{
			export.Plain("rank", 8, func(v itemView) string { return strconv.Itoa(v.Rank) }),
			export.Plain("name", 32, func(v itemView) string { return v.Name }),
			export.Plain("stratum", 14, func(v itemView) string { return v.Stratum }),
			export.Word("result", 12, "oversight.result", func(v itemView) string { return string(v.Result) }),
			export.Plain("note", 40, func(v itemView) string { return v.Note }),
			export.Plain("link", 32, func(v itemView) string { return v.Link }),
			export.Plain("by", 16, func(v itemView) string { return v.ByName }),
			export.Plain("id", 38, func(v itemView) string { return v.ID }),
			export.Plain("key", 60, func(v itemView) string { return v.Key }),
		},
	}, "The drawn list as a workbook")
}
