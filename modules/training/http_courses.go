package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/web"
)

func (h *handlers) courseRoutes(r *web.Router) {
	web.Post(r, "/courses", web.May("course", "create"), h.publishCourse, web.Summary("Publish a course"))
	web.Get(r, "/courses", web.May("course", "read"), h.listCourses, web.Summary("The course catalogue"))
	web.Get(r, "/courses/{id}", web.May("course", "read"), h.readCourse, web.Summary("A course, at its latest or a named version"))
	web.Get(r, "/courses/{id}/versions", web.May("course", "read"), h.courseVersions, web.Summary("What was published under one course"))
	web.Patch(r, "/courses/{id}", web.May("course", "update"), h.reviseCourse, web.Summary("Publish the next version of a course"))
}

type courseView struct {
	ID                    kernel.CourseID       `json:"id"`
	Version               int                   `json:"version"`
	Title                 string                `json:"title"`
	Category              Category              `json:"category"`
	ClassHours            int                   `json:"classHours"`
	Mode                  Mode                  `json:"mode"`
	StandardCodes         []string              `json:"standardCodes"`
	Audience              string                `json:"audience,omitempty"`
	LearnerLevels         []int                 `json:"learnerLevels,omitempty" doc:"skill levels that learners hold now; 0 is none, any when left out"`
	CountsTowardInService bool                  `json:"countsTowardInService"`
	HasTest               bool                  `json:"hasTest"`
	MinAttendancePercent  int                   `json:"minAttendancePercent,omitempty" doc:"0: as the rule says"`
	Syllabus              []Unit                `json:"syllabus"`
	SyllabusMinutes       kernel.Minutes        `json:"syllabusMinutes" doc:"of all units"`
	Materials             []materialView        `json:"materials"`
	OwnerID               kernel.OrganizationID `json:"ownerId,omitempty"`
	RecordedAt            time.Time             `json:"recordedAt"`
}

func viewCourse(c Course) courseView {
	codes := c.Terms.StandardCodes
	if codes == nil {
		codes = []string{}
	}
	return courseView{
		ID: c.ID, Version: c.Version, Title: c.Terms.Title, Category: c.Terms.Category, ClassHours: c.Terms.ClassHours,
		Mode: c.Terms.Mode, StandardCodes: codes, Audience: c.Terms.Audience, LearnerLevels: c.Terms.LearnerLevels,
		CountsTowardInService: c.Terms.CountsTowardInService, HasTest: c.Terms.HasTest,
		Syllabus: append([]Unit{}, c.Terms.Syllabus...), SyllabusMinutes: c.Terms.taught(), Materials: each(c.Terms.Materials, viewMaterial(c.ID)),
		MinAttendancePercent: c.Terms.MinAttendancePercent, OwnerID: first(c.Owner), RecordedAt: c.RecordedAt,
	}
}

type publishCourseInput struct {
	Body publishCourseBody
}

type publishCourseBody struct {
	Title                 string   `json:"title" minLength:"1" maxLength:"200"`
	Category              Category `json:"category" enum:"preJob,inService,skillLevel,standards,medical,fireSafety,management,continuingEducation,degree,informalCare,other"`
	ClassHours            int      `json:"classHours" minimum:"1" maximum:"2000"`
	Mode                  Mode     `json:"mode" enum:"classroom,remote,onTheJob"`
	StandardCodes         []string `json:"standardCodes,omitempty" maxItems:"20" maxLength:"60" doc:"GB 38600, DB31/T 685, …"`
	Audience              string   `json:"audience,omitempty" maxLength:"60" doc:"socialWorker, caregiver, …"`
	LearnerLevels         []int    `json:"learnerLevels,omitempty" maxItems:"6" uniqueItems:"true" minimum:"0" maximum:"5" doc:"skill levels that learners hold now; 0 is none, any when left out"`
	CountsTowardInService bool     `json:"countsTowardInService"`
	HasTest               bool     `json:"hasTest,omitempty"`
	MinAttendancePercent  int      `json:"minAttendancePercent,omitempty" minimum:"0" maximum:"100" doc:"0: as the rule says"`
	Syllabus              []Unit   `json:"syllabus,omitempty" maxItems:"60"`
}

func (b publishCourseBody) terms() Terms {
	return Terms{
		Title: b.Title, Category: b.Category, ClassHours: b.ClassHours, Mode: b.Mode, StandardCodes: b.StandardCodes, Audience: b.Audience,
		LearnerLevels: b.LearnerLevels, CountsTowardInService: b.CountsTowardInService, HasTest: b.HasTest,
		MinAttendancePercent: b.MinAttendancePercent, Syllabus: b.Syllabus,
	}
}

func (h *handlers) publishCourse(ctx context.Context, in *publishCourseInput) (*web.Versioned[courseView], error) {
	c, err := h.service.PublishCourse(ctx, in.Body.terms())
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(viewCourse(c), c.Stored), nil
}

type reviseCourseInput struct {
	web.IfMatch
	ID   kernel.CourseID `path:"id" maxLength:"64"`
	Body reviseCourseBody
}

type reviseCourseBody struct {
	Title                 *string   `json:"title,omitempty" minLength:"1" maxLength:"200"`
	Category              *Category `json:"category,omitempty" enum:"preJob,inService,skillLevel,standards,medical,fireSafety,management,continuingEducation,degree,informalCare,other"`
	ClassHours            *int      `json:"classHours,omitempty" minimum:"1" maximum:"2000"`
	Mode                  *Mode     `json:"mode,omitempty" enum:"classroom,remote,onTheJob"`
	StandardCodes         *[]string `json:"standardCodes,omitempty" maxItems:"20" maxLength:"60"`
	Audience              *string   `json:"audience,omitempty" maxLength:"60"`
	LearnerLevels         *[]int    `json:"learnerLevels,omitempty" maxItems:"6" uniqueItems:"true" minimum:"0" maximum:"5"`
	CountsTowardInService *bool     `json:"countsTowardInService,omitempty"`
	HasTest               *bool     `json:"hasTest,omitempty"`
	MinAttendancePercent  *int      `json:"minAttendancePercent,omitempty" minimum:"0" maximum:"100"`
	Syllabus              *[]Unit   `json:"syllabus,omitempty" maxItems:"60"`
}

func (h *handlers) reviseCourse(ctx context.Context, in *reviseCourseInput) (*web.Versioned[courseView], error) {
	b := in.Body
	c, err := h.service.ReviseCourse(ctx, in.ID, func(t *Terms, stored int64) error {
		set(&t.Title, b.Title)
		set(&t.Category, b.Category)
		set(&t.ClassHours, b.ClassHours)
		set(&t.Mode, b.Mode)
		set(&t.StandardCodes, b.StandardCodes)
		set(&t.Audience, b.Audience)
		set(&t.LearnerLevels, b.LearnerLevels)
		set(&t.CountsTowardInService, b.CountsTowardInService)
		set(&t.HasTest, b.HasTest)
		set(&t.MinAttendancePercent, b.MinAttendancePercent)
		set(&t.Syllabus, b.Syllabus)
		return web.Check(in.IfMatch.IfMatch, stored)
	})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(viewCourse(c), c.Stored), nil
}

type readCourseInput struct {
	ID      kernel.CourseID `path:"id" maxLength:"64"`
	Version int             `query:"version" minimum:"0" doc:"0: the latest"`
}

func (h *handlers) readCourse(ctx context.Context, in *readCourseInput) (*web.Versioned[courseView], error) {
	c, err := h.service.Course(ctx, in.ID, in.Version)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(viewCourse(c), c.Stored), nil
}

type courseVersionsInput struct {
	ID kernel.CourseID `path:"id" maxLength:"64"`
}

func (h *handlers) courseVersions(ctx context.Context, in *courseVersionsInput) (*web.Body[web.List[courseView]], error) {
	versions, err := h.service.CourseVersions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(listing.Listing[Course]{Items: versions, Total: int64(len(versions))}, viewCourse), nil
}

type listCoursesInput struct {
	web.PageInput
	Q        string   `query:"q" maxLength:"100" doc:"part of the title"`
	Category Category `query:"category" enum:"preJob,inService,skillLevel,standards,medical,fireSafety,management,continuingEducation,degree,informalCare,other"`
}

func (h *handlers) listCourses(ctx context.Context, in *listCoursesInput) (*web.Body[web.List[courseView]], error) {
	l, err := h.service.Courses(ctx, CourseFilter{Category: in.Category, Q: in.Q}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return listed(l, viewCourse), nil
}
