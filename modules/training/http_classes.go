package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) classRoutes(r *web.Router) {
	web.Post(r, "/classes", web.May("class", "create"), h.openClass, web.Summary("Open a class"))
	web.Get(r, "/classes", web.May("class", "read"), h.listClasses, web.Summary("Classes in reach; to a caregiver, their own and those that fit"))
	web.Get(r, "/classes/{id}", web.May("class", "read"), h.readClass, web.Summary("A class"))
	web.Patch(r, "/classes/{id}", web.May("class", "update"), h.changeClass, web.Summary("Change the plan of an open class"))
	web.Post(r, "/classes/{id}/enrolments", web.May("class", "enrol"), h.enrol, web.Summary("Enrol people"))
	web.Delete(r, "/classes/{id}/enrolments/{personId}", web.May("class", "withdraw"), h.withdraw, web.Summary("Give a place up; the waiting list moves up"))
	web.Act(r, "/classes/{id}/enrolments/{personId}/withdrawal", web.May("class", "withdraw"), h.leave, web.Summary("Give a place up and say why; the waiting list moves up"))
	web.Act(r, "/classes/{id}/enrolments/{personId}/swap", web.May("class", "swap"), h.swap, web.Summary("Give a place to a colleague"))
	web.Act(r, "/class-suggestions", web.May("class", "enrol"), h.suggest, web.Summary("Which open classes would take most of these people"))
	web.Get(r, "/people/{id}/classes", web.May("class", "read"), h.personClasses, web.Summary("The open classes somebody is in or may join"))
	web.Get(r, "/classes/{id}/roster", web.May("roster", "read"), h.readRoster, web.Summary("Who is in the class"))
	web.Put(r, "/classes/{id}/test-results", web.May("class", "grade"), h.enterResults, web.Summary("Enter test results"))
	h.applicationRoutes(r)
	web.Act(r, "/classes/{id}/archive", web.May("class", "archive"), h.archiveClass, web.Summary("Close the file of a completed class"))
	web.Act(r, "/classes/{id}/complete", web.May("class", "complete"), h.completeClass, web.Summary("Complete a class and certify who completed"))
}

type withdrawalView struct {
	On     kernel.Date `json:"on" format:"date"`
	Reason string      `json:"reason"`
}

type classView struct {
	ID            kernel.ClassID        `json:"id"`
	CourseID      kernel.CourseID       `json:"courseId"`
	CourseVersion int                   `json:"courseVersion"`
	Title         string                `json:"title"`
	Category      Category              `json:"category"`
	ClassHours    int                   `json:"classHours"`
	Mode          Mode                  `json:"mode"`
	Standards     []string              `json:"standardCodes" doc:"that the course names"`
	Counts        bool                  `json:"countsTowardInService"`
	HasTest       bool                  `json:"hasTest"`
	ProgrammeID   string                `json:"programmeId,omitempty"`
	ProviderID    kernel.OrganizationID `json:"providerId"`
	ProviderName  string                `json:"providerName"`
	OrganiserTier OrganiserTier         `json:"organiserTier"`
	BaseID        kernel.OrganizationID `json:"baseId,omitempty"`
	BaseName      string                `json:"baseName,omitempty"`
	StartsOn      kernel.Date           `json:"startsOn" format:"date"`
	EndsOn        kernel.Date           `json:"endsOn" format:"date"`
	Capacity      int                   `json:"capacity"`
	Enrolled      int                   `json:"enrolled"`
	Waitlisted    int                   `json:"waitlisted"`
	Status        ClassStatus           `json:"status" enum:"draft,applied,returned,open,completed,archived"`
	Phase         string                `json:"phase" enum:"draft,applied,returned,coming,running,over,completed,archived" doc:"as people say it: by its plan while it is open"`
	Planned       *kernel.Minutes       `json:"plannedMinutes,omitempty" doc:"of an open class: what its sessions add up to"`
	Open          *kernel.Minutes       `json:"openMinutes,omitempty" doc:"of an open class: what one who joins now can still come to on time"`
	Mine          SeatState             `json:"mine,omitempty" doc:"the reader's own seat"`
	RecordedAt    time.Time             `json:"recordedAt"`
	CompletedAt   *time.Time            `json:"completedAt,omitempty"`
	Reviewed      bool                  `json:"reviewed" doc:"a bureau reviews it before it opens"`
	SubmittedAt   *time.Time            `json:"submittedAt,omitempty" doc:"to the bureau, the last time"`
	ArchivedAt    *time.Time            `json:"archivedAt,omitempty"`
	Withdrawal    *withdrawalView       `json:"withdrawal,omitempty" doc:"its certificates were withdrawn; its results keep what was"`
}

func (h *handlers) viewClass(ctx context.Context) func(Class) classView {
	me, today := kernel.ActorFrom(ctx).Person, kernel.DateOf(h.service.now())
	return func(c Class) classView {
		v := classView{
			ID: c.ID, CourseID: c.Course, CourseVersion: c.CourseVersion, Title: c.Terms.Title, Category: c.Terms.Category,
			ClassHours: c.Terms.ClassHours, Mode: c.Terms.Mode, Standards: append([]string{}, c.Terms.StandardCodes...), Counts: c.Terms.CountsTowardInService,
			HasTest: c.Terms.HasTest, ProgrammeID: c.Programme, ProviderID: c.Provider, ProviderName: c.ProviderName,
			OrganiserTier: c.Tier, BaseID: c.Base, BaseName: c.BaseName, StartsOn: c.StartsOn, EndsOn: c.EndsOn,
			Capacity: c.Capacity, Enrolled: c.Enrolled(), Waitlisted: c.Waiting(), Status: c.Status,
			Phase: c.Phase(today), RecordedAt: c.RecordedAt, CompletedAt: known(c.CompletedAt), Reviewed: c.Application != nil, ArchivedAt: known(c.ArchivedAt),
		}
		if w := c.Withdrawal; w != nil {
			v.Withdrawal = &withdrawalView{On: w.On, Reason: w.Reason}
		}
		if a := c.Application; a != nil {
			for _, step := range a.Steps {
				if step.What == StepSubmitted {
					v.SubmittedAt = known(step.At)
				}
			}
		}
		if i := c.seat(me); me != "" && i >= 0 {
			v.Mine = c.Seats[i].State
		}
		return v
	}
}

// known turns the zero time into none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type openClassInput struct {
	Body openClassBody
}

type openClassBody struct {
	CourseID      kernel.CourseID       `json:"courseId" minLength:"1" maxLength:"64"`
	ProgrammeID   string                `json:"programmeId,omitempty" maxLength:"64"`
	ProviderID    kernel.OrganizationID `json:"providerId" minLength:"1" maxLength:"64"`
	OrganiserTier OrganiserTier         `json:"organiserTier" enum:"city,district,subdistrict,institution"`
	BaseID        kernel.OrganizationID `json:"baseId,omitempty" maxLength:"64"`
	StartsOn      kernel.Date           `json:"startsOn" format:"date" maxLength:"10"`
	EndsOn        kernel.Date           `json:"endsOn" format:"date" maxLength:"10"`
	Capacity      int                   `json:"capacity" minimum:"1" maximum:"1000"`
}

func (h *handlers) openClass(ctx context.Context, in *openClassInput) (*web.Versioned[classView], error) {
	b := in.Body
	c, err := h.service.OpenClass(ctx, ClassDraft{
		Course: b.CourseID, Programme: b.ProgrammeID, Provider: b.ProviderID, Tier: b.OrganiserTier, Base: b.BaseID,
		StartsOn: b.StartsOn, EndsOn: b.EndsOn, Capacity: b.Capacity,
	})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewClass(ctx)(c), c.Stored), nil
}

type classInput struct {
	ID kernel.ClassID `path:"id" maxLength:"64"`
}

func (h *handlers) readClass(ctx context.Context, in *classInput) (*web.Versioned[classView], error) {
	c, err := h.service.Class(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewClass(ctx)(c), c.Stored), nil
}

type changeClassInput struct {
	web.IfMatch
	ID   kernel.ClassID `path:"id" maxLength:"64"`
	Body changeClassBody
}

type changeClassBody struct {
	StartsOn *kernel.Date `json:"startsOn,omitempty" format:"date" maxLength:"10"`
	EndsOn   *kernel.Date `json:"endsOn,omitempty" format:"date" maxLength:"10"`
	Capacity *int         `json:"capacity,omitempty" minimum:"1" maximum:"1000"`
}

func (h *handlers) changeClass(ctx context.Context, in *changeClassInput) (*web.Versioned[classView], error) {
	c, err := h.service.ChangeClass(ctx, in.ID, func(d *ClassDraft, stored int64) error {
		set(&d.StartsOn, in.Body.StartsOn)
		set(&d.EndsOn, in.Body.EndsOn)
		set(&d.Capacity, in.Body.Capacity)
		return web.Check(in.IfMatch.IfMatch, stored)
	})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewClass(ctx)(c), c.Stored), nil
}

type listClassesInput struct {
	web.PageInput
	ProviderID     kernel.OrganizationID `query:"providerId" maxLength:"64"`
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"provided by, held at or open to it"`
	CourseID       kernel.CourseID       `query:"courseId" maxLength:"64"`
	Status         ClassStatus           `query:"status" enum:"draft,applied,returned,open,completed,archived"`
	From           kernel.Date           `query:"from" format:"date" maxLength:"10" doc:"first day from"`
	To             kernel.Date           `query:"to" format:"date" maxLength:"10" doc:"first day to"`
	Q              string                `query:"q" maxLength:"100" doc:"part of the title or provider"`
}

func (h *handlers) listClasses(ctx context.Context, in *listClassesInput) (*web.Body[web.List[classView]], error) {
	l, err := h.service.Classes(ctx, ClassFilter{
		Provider: in.ProviderID, Organization: in.OrganizationID, Course: in.CourseID, Status: in.Status,
		From: in.From, To: in.To, Q: in.Q,
	}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	schedules, err := h.service.Schedules(ctx, l.Items)
	if err != nil {
		return nil, err
	}
	view := h.viewClass(ctx)
	return listed(l, func(c Class) classView {
		v := view(c)
		if s, ok := schedules[c.ID]; ok {
			v.Planned, v.Open = &s.Planned, &s.Open
		}
		return v
	}), nil
}
