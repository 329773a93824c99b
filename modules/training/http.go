package training

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/web"
	"carecert/modules/training/pdf"
)

type handlers struct {
	service *Service
	printer *pdf.Printer
}

// Routes registers every route of the module.
func (m *Module) Routes(r *web.Router) {
	h := &handlers{m.Service, pdf.New()}
	h.exportRoutes(r) // before what takes any id
	h.courseRoutes(r)
	h.materialRoutes(r)
	h.teacherRoutes(r)
	h.standardRoutes(r)
	h.classRoutes(r)
	h.sessionRoutes(r)
	h.attendanceRoutes(r)
	h.deviceRoutes(r)
	h.sheetRoutes(r)
	h.learningRoutes(r)
	h.videoRoutes(r)
	h.logbookRoutes(r)
	h.baseRoutes(r)
	h.feedRoutes(r)
	h.fileRoutes(r)
}

// said fills the words of reasons in the reader's language; never null.
func said(ctx context.Context, reasons []kernel.Reason) []kernel.Reason {
	if len(reasons) == 0 {
		return []kernel.Reason{}
	}
	web.Say(ctx, reasons)
	return reasons
}

func saidOne(ctx context.Context, r *kernel.Reason) *kernel.Reason {
	if r == nil {
		return nil
	}
	return &said(ctx, []kernel.Reason{*r})[0]
}

func listed[T, V any](l listing.Listing[T], view func(T) V) *web.Body[web.List[V]] {
	items := make([]V, 0, len(l.Items))
	for _, x := range l.Items {
		items = append(items, view(x))
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More))
}

func each[T, V any](items []T, view func(T) V) []V {
	out := make([]V, 0, len(items))
	for _, x := range items {
		out = append(out, view(x))
	}
	return out
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
