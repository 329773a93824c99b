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
	text := func(of func(itemView) string) func(context.Context, itemView) string {
		return func(_ context.Context, v itemView) string { return of(v) }
	}
	export.Route(r, "/inspections/{id}/items.xlsx", web.May("inspection", "read"), export.List[ItemsExportInput, itemView]{
		Name: "oversight.export", Noun: "inspection", DB: h.service.DB, Audit: h.service.Audit, Clock: h.service.Clock, Log: h.service.Log,
		Page:  func(in *ItemsExportInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *ItemsExportInput) export.Asked { return export.Asked{Reason: in.Reason} },
		Read: func(ctx context.Context, in *ItemsExportInput) (*web.Body[web.List[itemView]], error) {
			return h.items(ctx, &itemsInput{PageInput: in.PageInput, ID: in.ID, Result: in.Result})
		},
		Columns: []export.Column[itemView]{
			{Key: "rank", Width: 8, Text: text(func(v itemView) string { return strconv.Itoa(v.Rank) })},
			{Key: "name", Width: 32, Text: text(func(v itemView) string { return v.Name })},
			{Key: "stratum", Width: 14, Text: text(func(v itemView) string { return v.Stratum })},
			{Key: "result", Width: 12, Text: func(ctx context.Context, v itemView) string {
				return web.Text(ctx, "oversight.result."+string(v.Result))
			}},
			{Key: "note", Width: 40, Text: text(func(v itemView) string { return v.Note })},
			{Key: "link", Width: 32, Text: text(func(v itemView) string { return v.Link })},
			{Key: "by", Width: 16, Text: text(func(v itemView) string { return v.ByName })},
			{Key: "id", Width: 38, Text: text(func(v itemView) string { return v.ID })},
			{Key: "key", Width: 60, Text: text(func(v itemView) string { return v.Key })},
		},
	}, "The drawn list as a workbook")
}
