package training

import (
	"context"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

// exportRoutes: the lists as workbooks. Classes and courses are no personal
// data, so no reason is asked for; the operation log hears of it all the same.
func (h *handlers) exportRoutes(r *web.Router) {
	h.exportClasses(r)
	h.exportCourses(r)
}

func (h *handlers) exportClasses(r *web.Router) {
	s := h.service
	plain := func(key string, width float64, text func(classView) string) export.Column[classView] {
		return export.Column[classView]{Key: key, Width: width, Text: func(_ context.Context, v classView) string { return text(v) }}
	}
	said := func(key string, width float64, code func(classView) string) export.Column[classView] {
		return export.Column[classView]{Key: key, Width: width, Text: func(ctx context.Context, v classView) string {
			return web.Text(ctx, "training."+key+"."+code(v))
		}}
	}
	export.Route(r, "/classes/export.xlsx", web.May("class", "exportList"), export.List[listClassesInput, classView]{
		Name: "training.exportClasses", Noun: "class", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *listClassesInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *listClassesInput) export.Asked {
			org := in.OrganizationID
			if org == "" {
				org = in.ProviderID
			}
			return asked(org, map[string]string{"status": string(in.Status), "course": string(in.CourseID), "from": string(in.From), "to": string(in.To)})
		},
		Read: h.listClasses,
		Columns: []export.Column[classView]{
			plain("title", 30, func(v classView) string { return v.Title }),
			said("category", 14, func(v classView) string { return string(v.Category) }),
			plain("provider", 28, func(v classView) string { return v.ProviderName }),
			said("tier", 12, func(v classView) string { return string(v.OrganiserTier) }),
			plain("base", 28, func(v classView) string { return v.BaseName }),
			plain("startsOn", 12, func(v classView) string { return string(v.StartsOn) }),
			plain("endsOn", 12, func(v classView) string { return string(v.EndsOn) }),
			plain("classHours", 10, func(v classView) string { return strconv.Itoa(v.ClassHours) }),
			plain("enrolled", 10, func(v classView) string { return strconv.Itoa(v.Enrolled) }),
			plain("waitlisted", 10, func(v classView) string { return strconv.Itoa(v.Waitlisted) }),
			plain("capacity", 10, func(v classView) string { return strconv.Itoa(v.Capacity) }),
			said("status", 12, func(v classView) string { return string(v.Status) }),
		},
	}, "The classes of the list as a workbook")
}

func (h *handlers) exportCourses(r *web.Router) {
	s := h.service
	plain := func(key string, width float64, text func(courseView) string) export.Column[courseView] {
		return export.Column[courseView]{Key: key, Width: width, Text: func(_ context.Context, v courseView) string { return text(v) }}
	}
	said := func(key string, code func(courseView) string) export.Column[courseView] {
		return export.Column[courseView]{Key: key, Width: 14, Text: func(ctx context.Context, v courseView) string {
			return web.Text(ctx, "training."+key+"."+code(v))
		}}
	}
	yes := func(key string, is func(courseView) bool) export.Column[courseView] {
		return export.Column[courseView]{Key: key, Width: 12, Text: func(ctx context.Context, v courseView) string {
			return web.Text(ctx, map[bool]string{true: "export.yes", false: "export.no"}[is(v)])
		}}
	}
	export.Route(r, "/courses/export.xlsx", web.May("course", "exportList"), export.List[listCoursesInput, courseView]{
		Name: "training.exportCourses", Noun: "course", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *listCoursesInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *listCoursesInput) export.Asked {
			return asked("", map[string]string{"category": string(in.Category)})
		},
		Read: h.listCourses,
		Columns: []export.Column[courseView]{
			plain("title", 30, func(v courseView) string { return v.Title }),
			plain("version", 8, func(v courseView) string { return strconv.Itoa(v.Version) }),
			said("category", func(v courseView) string { return string(v.Category) }),
			plain("classHours", 10, func(v courseView) string { return strconv.Itoa(v.ClassHours) }),
			said("mode", func(v courseView) string { return string(v.Mode) }),
			plain("standards", 28, func(v courseView) string { return strings.Join(v.StandardCodes, "、") }),
			yes("counts", func(v courseView) bool { return v.CountsTowardInService }),
			yes("test", func(v courseView) bool { return v.HasTest }),
		},
	}, "The courses of the list as a workbook")
}

// asked leaves out what was not asked for.
func asked(org kernel.OrganizationID, detail map[string]string) export.Asked {
	for name, value := range detail {
		if value == "" {
			delete(detail, name)
		}
	}
	return export.Asked{Organization: org, Detail: detail}
}
