package training

import (
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
			export.Plain("title", 30, func(v classView) string { return v.Title }),
			export.Word("category", 14, "training.category", func(v classView) string { return string(v.Category) }),
			export.Plain("provider", 28, func(v classView) string { return v.ProviderName }),
			export.Word("tier", 12, "training.tier", func(v classView) string { return string(v.OrganiserTier) }),
			export.Plain("base", 28, func(v classView) string { return v.BaseName }),
			export.Plain("startsOn", 12, func(v classView) string { return string(v.StartsOn) }),
			export.Plain("endsOn", 12, func(v classView) string { return string(v.EndsOn) }),
			export.Plain("classHours", 10, func(v classView) string { return strconv.Itoa(v.ClassHours) }),
			export.Plain("enrolled", 10, func(v classView) string { return strconv.Itoa(v.Enrolled) }),
			export.Plain("waitlisted", 10, func(v classView) string { return strconv.Itoa(v.Waitlisted) }),
			export.Plain("capacity", 10, func(v classView) string { return strconv.Itoa(v.Capacity) }),
			export.Word("status", 12, "training.status", func(v classView) string { return string(v.Status) }),
		},
	}, "The classes of the list as a workbook")
}

func (h *handlers) exportCourses(r *web.Router) {
	s := h.service
	export.Route(r, "/courses/export.xlsx", web.May("course", "exportList"), export.List[listCoursesInput, courseView]{
		Name: "training.exportCourses", Noun: "course", DB: s.DB, Audit: s.Audit, Clock: s.Clock, Log: s.Log,
		Page: func(in *listCoursesInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *listCoursesInput) export.Asked {
			return asked("", map[string]string{"category": string(in.Category)})
		},
		Read: h.listCourses,
		Columns: []export.Column[courseView]{
			export.Plain("title", 30, func(v courseView) string { return v.Title }),
			export.Plain("version", 8, func(v courseView) string { return strconv.Itoa(v.Version) }),
			export.Word("category", 14, "training.category", func(v courseView) string { return string(v.Category) }),
			export.Plain("classHours", 10, func(v courseView) string { return strconv.Itoa(v.ClassHours) }),
			export.Word("mode", 14, "training.mode", func(v courseView) string { return string(v.Mode) }),
			export.Plain("standards", 28, func(v courseView) string { return strings.Join(v.StandardCodes, "、") }),
			export.YesNo("counts", 12, func(v courseView) bool { return v.CountsTowardInService }),
			export.YesNo("test", 12, func(v courseView) bool { return v.HasTest }),
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
