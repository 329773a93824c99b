package training

import (
	"context"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) teacherRoutes(r *web.Router) {
	web.Post(r, "/teachers", web.May("teacher", "create"), h.enterTeacher, web.Summary("Put a teacher on a provider's list"))
	web.Get(r, "/teachers", web.May("teacher", "read"), h.listTeachers, web.Summary("Teachers of the providers in reach, by name"))
	web.Patch(r, "/teachers/{id}", web.May("teacher", "update"), h.changeTeacher, web.Summary("Change what is known of a teacher"))
}

type teacherView struct {
	ID             string                `json:"id"`
	ProviderID     kernel.OrganizationID `json:"providerId"`
	ProviderName   string                `json:"providerName"`
	Name           string                `json:"name"`
	Subject        string                `json:"subject,omitempty"`
	Qualifications []Qualification       `json:"qualifications"`
	Qualified      bool                  `json:"qualified" doc:"a qualification holds today, or none is entered"`
	Left           bool                  `json:"left" doc:"teaches there no more"`
	RecordedAt     time.Time             `json:"recordedAt"`
}

func (h *handlers) viewTeachers(ctx context.Context, all []Instructor) ([]teacherView, error) {
	ids := make([]kernel.OrganizationID, len(all))
	for i, t := range all {
		ids[i] = t.Provider
	}
	cards, err := h.service.Organizations.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	today := kernel.DateOf(h.service.now())
	return each(all, func(i Instructor) teacherView {
		return teacherView{
			ID: i.ID, ProviderID: i.Provider, ProviderName: cards[i.Provider].Name, Name: i.Name, Subject: i.Subject,
			Qualifications: append([]Qualification{}, i.Qualifications...), Qualified: i.Qualified(today), Left: i.Left, RecordedAt: i.RecordedAt,
		}
	}), nil
}

func (h *handlers) answerTeacher(ctx context.Context, i Instructor) (*web.Versioned[teacherView], error) {
	v, err := h.viewTeachers(ctx, []Instructor{i})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(v[0], i.Stored), nil
}

type enterTeacherInput struct {
	Body struct {
		ProviderID     kernel.OrganizationID `json:"providerId" minLength:"1" maxLength:"64"`
		Name           string                `json:"name" minLength:"1" maxLength:"60"`
		Subject        string                `json:"subject,omitempty" maxLength:"120"`
		Qualifications []Qualification       `json:"qualifications,omitempty" maxItems:"20"`
	}
}

func (h *handlers) enterTeacher(ctx context.Context, in *enterTeacherInput) (*web.Versioned[teacherView], error) {
	b := in.Body
	i, err := h.service.EnterTeacher(ctx, b.ProviderID, Instructor{Name: strings.TrimSpace(b.Name), Subject: b.Subject, Qualifications: b.Qualifications})
	if err != nil {
		return nil, err
	}
	return h.answerTeacher(ctx, i)
}

type changeTeacherInput struct {
	web.IfMatch
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Name           *string          `json:"name,omitempty" minLength:"1" maxLength:"60"`
		Subject        *string          `json:"subject,omitempty" maxLength:"120"`
		Qualifications *[]Qualification `json:"qualifications,omitempty" maxItems:"20"`
		Left           *bool            `json:"left,omitempty"`
	}
}

func (h *handlers) changeTeacher(ctx context.Context, in *changeTeacherInput) (*web.Versioned[teacherView], error) {
	i, err := h.service.ChangeTeacher(ctx, in.ID, func(i *Instructor, stored int64) error {
		set(&i.Name, in.Body.Name)
		set(&i.Subject, in.Body.Subject)
		set(&i.Qualifications, in.Body.Qualifications)
		set(&i.Left, in.Body.Left)
		return web.Check(in.IfMatch.IfMatch, stored)
	})
	if err != nil {
		return nil, err
	}
	return h.answerTeacher(ctx, i)
}

type listTeachersInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"of this provider and those under it"`
	Q              string                `query:"q" maxLength:"60" doc:"how the name begins"`
	Here           bool                  `query:"here" doc:"only who still teaches there"`
}

func (h *handlers) listTeachers(ctx context.Context, in *listTeachersInput) (*web.Body[web.List[teacherView]], error) {
	l, err := h.service.Teachers(ctx, TeacherFilter{Provider: in.OrganizationID, Q: in.Q, Here: in.Here}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items, err := h.viewTeachers(ctx, l.Items)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}
