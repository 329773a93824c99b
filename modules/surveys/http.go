package surveys

import (
	"context"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/surveys/rule"
)

type handlers struct{ service *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/surveys", web.May("survey", "read"), h.list, web.Summary("Surveys of classes in reach, the latest first, with what may be told of the answers"))
	web.Get(r, "/surveys/totals", web.May("survey", "read"), h.totals, web.Summary("What the told surveys of a year add up to, by provider, teacher or course"))
	h.exportRoute(r) // before {id}, which would match it
	web.Get(r, "/surveys/{id}", web.May("survey", "read"), h.read, web.Summary("The survey of a class, with what may be told of the answers"))
	web.Get(r, "/surveys/{id}/remarks", web.May("survey", "read"), h.remarks, web.Summary("What was said in words, in an order that tells nothing"))
	web.Get(r, "/own-surveys", web.May("survey", "answer"), h.owns, web.Summary("What one is asked, the latest first"))
	web.Get(r, "/own-surveys/{id}", web.May("survey", "answer"), h.own, web.Summary("The questions of a class that one attended"))
	// A PUT: what is kept to repeat a POST would hold a hash of the answers.
	web.Put(r, "/own-surveys/{id}/answers", web.May("survey", "answer"), h.answer, web.Summary("Answer once; nobody learns who answered what"))
}

// QuestionView is a question in the reader's language.
type QuestionView struct {
	ID       string       `json:"id"`
	Answer   rule.Kind    `json:"answer" enum:"scale,choice,text"`
	Text     string       `json:"text" doc:"in the reader's language"`
	Options  []optionView `json:"options" doc:"of a scale from the worst"`
	Optional bool         `json:"optional"`
}

type optionView struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

func viewQuestion(ctx context.Context, q rule.Question) QuestionView {
	v := QuestionView{ID: q.ID, Answer: q.Kind, Text: web.Text(ctx, "surveys.question."+q.ID), Options: []optionView{}, Optional: q.Optional}
	for _, o := range q.Counted() {
		v.Options = append(v.Options, optionView{o, web.Text(ctx, "surveys.option."+o)})
	}
	return v
}

type organizationView struct {
	ID   kernel.OrganizationID `json:"id"`
	Name string                `json:"name"`
}

type shareView struct {
	Numerator   int64  `json:"numerator"`
	Denominator int64  `json:"denominator"`
	Percent     string `json:"percent" doc:"two decimals, truncated"`
}

func share(n, of int64) shareView {
	r := kernel.Ratio{Numerator: n, Denominator: of}
	return shareView{n, of, r.Percent()}
}

// SurveyView is a survey with what may be told of it.
type SurveyView struct {
	ID           kernel.ClassID   `json:"id" doc:"that of the class"`
	Title        string           `json:"title"`
	Provider     organizationView `json:"provider"`
	Teachers     []string         `json:"teachers"`
	OpensAt      time.Time        `json:"opensAt"`
	ClosesAt     time.Time        `json:"closesAt"`
	Stage        State            `json:"stage" enum:"open,few,closed" doc:"few: closed, with too few answers to be told"`
	Response     shareView        `json:"response" doc:"who answered of who was asked"`
	Mean         string           `json:"mean,omitempty" doc:"of the first question, 1 to 5, two decimals, truncated; only of what is told"`
	AnswersLeast int64            `json:"answersLeast" doc:"with fewer nothing is told"`
	RuleVersion  string           `json:"ruleVersion"`
}

func view(r Result) SurveyView {
	return SurveyView{
		ID: r.ID, Title: r.Title, Provider: organizationView(r.Provider), Teachers: append([]string{}, r.Teachers...), OpensAt: r.OpensAt, ClosesAt: r.ClosesAt,
		Stage: r.State, Response: share(r.Answered, r.Asked), Mean: mean(r.Counts[rule.Overall]), AnswersLeast: r.Row.AnswersLeast, RuleVersion: r.Row.Stamp(),
	}
}

func mean(counts map[string]int64) string {
	m, ok := rule.Mean(counts)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d.%02d", m/100, m%100)
}

// ListInput narrows the list of surveys.
type ListInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
}

func (h *handlers) list(ctx context.Context, in *ListInput) (*web.Body[web.List[SurveyView]], error) {
	l, err := h.service.List(ctx, in.OrganizationID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]SurveyView, 0, len(l.Items))
	for _, r := range l.Items {
		items = append(items, view(r))
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

type surveyInput struct {
	ID kernel.ClassID `path:"id" maxLength:"64"`
}

type countView struct {
	Value string `json:"value"`
	Text  string `json:"text"`
	Count int64  `json:"count"`
}

type answeredView struct {
	QuestionView
	Counts []countView `json:"counts" doc:"empty where nothing is told"`
	Mean   string      `json:"mean,omitempty"`
}

// viewAnswered are the questions that are counted, with the counts.
func viewAnswered(ctx context.Context, questions []rule.Question, counts map[string]map[string]int64) []answeredView {
	out := []answeredView{}
	for _, q := range questions {
		if q.Kind == rule.Text {
			continue
		}
		v := answeredView{QuestionView: viewQuestion(ctx, q), Counts: []countView{}}
		if counts != nil {
			for _, o := range v.Options {
				v.Counts = append(v.Counts, countView{o.Value, o.Text, counts[q.ID][o.Value]})
			}
		}
		if q.Kind == rule.Scale {
			v.Mean = mean(counts[q.ID])
		}
		out = append(out, v)
	}
	return out
}

type surveyDetailView struct {
	SurveyView
	Questions []answeredView `json:"questions"`
}

func (h *handlers) read(ctx context.Context, in *surveyInput) (*web.Body[surveyDetailView], error) {
	r, err := h.service.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(surveyDetailView{view(r), viewAnswered(ctx, r.Row.Questions, r.Counts)}), nil
}

type remarksInput struct {
	web.PageInput
	ID kernel.ClassID `path:"id" maxLength:"64"`
}

type remarkView struct {
	Question string `json:"question" doc:"in the reader's language"`
	Text     string `json:"text"`
}

func (h *handlers) remarks(ctx context.Context, in *remarksInput) (*web.Body[web.List[remarkView]], error) {
	l, err := h.service.Remarks(ctx, in.ID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]remarkView, 0, len(l.Items))
	for _, m := range l.Items {
		items = append(items, remarkView{web.Text(ctx, "surveys.question."+m.Question), m.Text})
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

// TotalsInput says what is added up.
type TotalsInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
	By             Dimension             `query:"by" enum:"provider,teacher,course" default:"provider"`
	Year           int                   `query:"year" minimum:"2000" maximum:"2100" required:"true"`
}

type totalView struct {
	Name     string           `json:"name"`
	Provider organizationView `json:"provider"`
	Year     int              `json:"year"`
	Surveys  int64            `json:"surveys" doc:"that were told"`
	Response shareView        `json:"response"`
	Mean     string           `json:"mean"`
}

func (h *handlers) totals(ctx context.Context, in *TotalsInput) (*web.Body[web.List[totalView]], error) {
	l, err := h.service.Totals(ctx, in.OrganizationID, in.By, in.Year, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]totalView, 0, len(l.Items))
	for _, t := range l.Items {
		items = append(items, totalView{t.Name, organizationView(t.Provider), t.Year, t.Surveys, share(t.Answered, t.Asked), mean(t.Counts[rule.Overall])})
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

// OwnView is a survey that somebody is asked in.
type OwnView struct {
	ID           kernel.ClassID `json:"id"`
	Title        string         `json:"title"`
	ProviderName string         `json:"providerName"`
	ClosesAt     time.Time      `json:"closesAt"`
	Open         bool           `json:"open"`
	Answered     bool           `json:"answered"`
}

func (h *handlers) viewOwn(o Own) OwnView {
	return OwnView{o.ID, o.Title, o.Provider.Name, o.ClosesAt, !o.Closed(h.service.now()), o.Answered}
}

func (h *handlers) owns(ctx context.Context, _ *struct{}) (*web.Body[web.List[OwnView]], error) {
	all, err := h.service.Owns(ctx)
	items := make([]OwnView, 0, len(all))
	for _, o := range all {
		items = append(items, h.viewOwn(o))
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), err
}

type ownDetailView struct {
	OwnView
	Questions    []QuestionView `json:"questions"`
	AnswersLeast int64          `json:"answersLeast"`
	TextLimit    int            `json:"textLimit" doc:"characters"`
}

func (h *handlers) own(ctx context.Context, in *surveyInput) (*web.Body[ownDetailView], error) {
	o, err := h.service.OwnOne(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := ownDetailView{h.viewOwn(o), []QuestionView{}, o.Row.AnswersLeast, o.Row.TextLimit}
	for _, q := range o.Row.Questions {
		v.Questions = append(v.Questions, viewQuestion(ctx, q))
	}
	return web.Answer(v), nil
}

type answerInput struct {
	ID   kernel.ClassID `path:"id" maxLength:"64"`
	Body struct {
		Answers map[string]string `json:"answers" doc:"by question: the value of an option, or words"`
	}
}

func (h *handlers) answer(ctx context.Context, in *answerInput) (*web.Body[OwnView], error) {
	if err := h.service.Answer(ctx, in.ID, in.Body.Answers); err != nil {
		return nil, err
	}
	o, err := h.service.OwnOne(ctx, in.ID)
	return web.Answer(h.viewOwn(o)), err
}
