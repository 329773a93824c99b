package people

import (
	"context"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

type exportTransfersInput struct {
	TransfersInput
	export.Why
}

func (h *handlers) exportTransfers(r *web.Router) {
	s := h.service
	export.Route(r, "/transfers/export.xlsx", web.May("transfer", "exportList"), export.List[exportTransfersInput, transferView]{
		Name: "people.exportTransfers", Noun: "transfer", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *exportTransfersInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportTransfersInput) export.Asked {
			return export.Asked{Organization: in.OrganizationID, Reason: in.Reason, Detail: map[string]string{}}
		},
		Read: func(ctx context.Context, in *exportTransfersInput) (*web.Body[web.List[transferView]], error) {
			return h.transfers(ctx, &in.TransfersInput)
		},
		Columns: []export.Column[transferView]{
			export.Plain("name", 14, func(v transferView) string { return v.NameMasked }),
			export.Plain("idNumber", 22, func(v transferView) string { return v.IDNumberMasked }),
			export.Plain("from", 28, func(v transferView) string { return v.From }),
			export.Plain("to", 28, func(v transferView) string { return v.To }),
			export.Word("role", 14, "people.export.role", func(v transferView) string { return string(v.Role) }),
			export.Plain("on", 12, func(v transferView) string { return string(v.On) }),
			{Key: "dispatched", Width: 10, Text: func(ctx context.Context, v transferView) string {
				return web.Text(ctx, map[bool]string{true: "export.yes", false: "export.no"}[v.Dispatched])
			}},
			export.Plain("reason", 40, func(v transferView) string { return v.Reason }),
			export.Plain("by", 20, func(v transferView) string { return v.By }),
			export.Plain("askedOn", 12, func(v transferView) string { return day(v.AskedAt) }),
		},
	}, "The transfers of the list as a workbook, masked; asks for a reason")
}

type exportTwinsInput struct {
	FindingsInput
	export.Why
}

func (h *handlers) exportTwins(r *web.Router) {
	s := h.service
	columns := []export.Column[twinsView]{}
	for _, side := range []struct {
		key string
		of  func(twinsView) twinView
	}{
		{"first", func(v twinsView) twinView { return v.First }},
		{"second", func(v twinsView) twinView { return v.Second }},
	} {
		columns = append(
			columns,
			export.Plain(side.key+"Name", 14, func(v twinsView) string { return side.of(v).Name }),
			export.Plain(side.key+"IDNumber", 22, func(v twinsView) string { return side.of(v).IDNumberMasked }),
			export.Plain(side.key+"Phone", 16, func(v twinsView) string { return side.of(v).PhoneMasked }),
			export.Plain(side.key+"Organization", 28, func(v twinsView) string { return side.of(v).Organization }),
		)
	}
	columns = append(
		columns,
		export.Column[twinsView]{Key: "same", Width: 24, Text: func(ctx context.Context, v twinsView) string {
			grounds := make([]string, 0, len(v.Grounds))
			for _, g := range v.Grounds {
				grounds = append(grounds, web.Text(ctx, "people.exportDuplicates.same."+string(g)))
			}
			return strings.Join(grounds, "、")
		}},
		export.Plain("foundOn", 12, func(v twinsView) string { return day(v.FoundAt) }),
	)
	export.Route(r, "/people/duplicates/export.xlsx", web.May("duplicate", "exportList"), export.List[exportTwinsInput, twinsView]{
		Name: "people.exportDuplicates", Noun: "duplicate", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *exportTwinsInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportTwinsInput) export.Asked {
			return export.Asked{Organization: in.OrganizationID, Reason: in.Reason, Detail: map[string]string{}}
		},
		Read: func(ctx context.Context, in *exportTwinsInput) (*web.Body[web.List[twinsView]], error) {
			return h.findings(ctx, &in.FindingsInput)
		},
		Columns: columns,
	}, "The likely duplicates of the list as a workbook, masked; asks for a reason")
}

func day(at time.Time) string { return at.In(kernel.Shanghai()).Format(time.DateOnly) }
