package training

import (
	"context"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) applicationRoutes(r *web.Router) {
	web.Get(r, "/classes/{id}/application", web.May("classApplication", "read"), h.readApplication, web.Summary("The application to open a class that a bureau reviews"))
	web.Put(r, "/classes/{id}/application", web.May("classApplication", "write"), h.describe, web.Summary("Write the application"))
	web.Act(r, "/classes/{id}/application/submission", web.May("classApplication", "submit"), h.submit, web.Summary("Hand the application to the bureau"))
	web.Act(r, "/classes/{id}/application/recall", web.May("classApplication", "submit"), h.recall, web.Summary("Take the application back before it is decided"))
	web.Act(r, "/classes/{id}/application/decision", web.May("classApplication", "decide"), h.decideApplication, web.Summary("Approve the application, or send it back with the reason; never by who submitted it"))
}

type stepView struct {
	What   string    `json:"what" enum:"submitted,recalled,sentBack,approved"`
	ByName string    `json:"byName"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

type doubtView struct {
	Reason kernel.Reason `json:"reason"`
	Names  []string      `json:"names"`
}

type applicationView struct {
	Class          classView       `json:"class"`
	Plan           string          `json:"plan"`
	Teachers       []Teacher       `json:"teachers"`
	Resources      string          `json:"resources"`
	TestPlan       string          `json:"testPlan"`
	Sessions       int             `json:"sessions"`
	PlannedMinutes kernel.Minutes  `json:"plannedMinutes"`
	NeededMinutes  kernel.Minutes  `json:"neededMinutes" doc:"the course's class hours of 45 minutes"`
	Needs          []string        `json:"needs" doc:"what the rule row asks for"`
	Missing        []kernel.Reason `json:"missing"`
	Doubts         []doubtView     `json:"doubts" doc:"what speaks against the class for some of its learners"`
	Steps          []stepView      `json:"steps" doc:"the oldest first"`
	RuleVersion    string          `json:"ruleVersion"`
	Clause         string          `json:"clause"`
	MayDecide      bool            `json:"mayDecide" doc:"by the reader"`
}

func (h *handlers) viewDossier(ctx context.Context, d Dossier) *web.Body[applicationView] {
	a := d.Class.Application
	v := applicationView{
		Class: h.viewClass(ctx)(d.Class), Plan: a.Plan, Teachers: append([]Teacher{}, a.Teachers...), Resources: a.Resources,
		TestPlan: a.TestPlan, Sessions: d.Sessions, PlannedMinutes: d.Planned,
		NeededMinutes: kernel.Minutes(d.Class.Terms.ClassHours) * classHour, Needs: append([]string{}, d.Row.Needs...),
		Missing: said(ctx, d.Missing), RuleVersion: a.RuleVersion, Clause: strings.TrimSpace(d.Row.Source()),
		Doubts: each(d.Doubts, func(x Doubt) doubtView { return doubtView{Reason: *saidOne(ctx, &x.Reason), Names: x.Names} }),
		Steps: each(a.Steps, func(s Step) stepView {
			return stepView{What: s.What, ByName: s.ByName, Reason: s.Reason, At: s.At}
		}),
	}
	actor := kernel.ActorFrom(ctx)
	v.MayDecide = isBureau(actor) && d.Class.reviewable(actor.User) == nil
	return web.Answer(v)
}

func (h *handlers) readApplication(ctx context.Context, in *classInput) (*web.Body[applicationView], error) {
	d, err := h.service.Dossier(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return h.viewDossier(ctx, d), nil
}

type describeInput struct {
	ID   kernel.ClassID `path:"id" maxLength:"64"`
	Body struct {
		Plan      string    `json:"plan,omitempty" maxLength:"4000"`
		Teachers  []Teacher `json:"teachers,omitempty" maxItems:"30"`
		Resources string    `json:"resources,omitempty" maxLength:"4000"`
		TestPlan  string    `json:"testPlan,omitempty" maxLength:"4000"`
	}
}

func (h *handlers) describe(ctx context.Context, in *describeInput) (*web.Body[applicationView], error) {
	d, err := h.service.Describe(ctx, in.ID, Particulars{
		Plan: strings.TrimSpace(in.Body.Plan), Teachers: in.Body.Teachers, Resources: strings.TrimSpace(in.Body.Resources),
		TestPlan: strings.TrimSpace(in.Body.TestPlan),
	})
	if err != nil {
		return nil, err
	}
	return h.viewDossier(ctx, d), nil
}

func (h *handlers) submit(ctx context.Context, in *classInput) (*web.Body[applicationView], error) {
	d, err := h.service.Submit(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return h.viewDossier(ctx, d), nil
}

func (h *handlers) recall(ctx context.Context, in *classInput) (*web.Body[applicationView], error) {
	d, err := h.service.Recall(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return h.viewDossier(ctx, d), nil
}

type decideInput struct {
	ID   kernel.ClassID `path:"id" maxLength:"64"`
	Body struct {
		Decision string `json:"decision" enum:"approve,sendBack"`
		Reason   string `json:"reason,omitempty" maxLength:"1000" doc:"needed to send it back"`
	}
}

func (h *handlers) decideApplication(ctx context.Context, in *decideInput) (*web.Body[applicationView], error) {
	d, err := h.service.Decide(ctx, in.ID, in.Body.Decision == "approve", strings.TrimSpace(in.Body.Reason))
	if err != nil {
		return nil, err
	}
	return h.viewDossier(ctx, d), nil
}

func (h *handlers) archiveClass(ctx context.Context, in *classInput) (*web.Versioned[classView], error) {
	c, err := h.service.ArchiveClass(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewClass(ctx)(c), c.Stored), nil
}
