package people

import (
	"context"
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/people/rule"
)

func (h *handlers) qualityRoutes(r *web.Router) {
	web.Get(r, "/people/{id}/findings", web.May("person", "read"), h.qualityOf, web.Summary("What there is to mend in a person's record, and how"))
	web.Put(r, "/people/{id}/findings/{kind}/word", web.May("person", "update"), h.explain, web.Summary("Say that what is found is so: it is then found no more for the time the rule sets"))
	web.Delete(r, "/people/{id}/findings/{kind}/word", web.May("person", "update"), h.takeBack, web.Summary("Take a word back"))
	web.Get(r, "/quality-rules", web.May("statistics", "read"), h.qualityRules, web.Summary("What data quality asks for, with its sources"))
}

type findingPlaceView struct {
	ID   kernel.OrganizationID `json:"id"`
	Name string                `json:"name"`
}

type findingView struct {
	Kind          rule.Kind          `json:"kind"`
	Dimension     rule.Dimension     `json:"dimension" enum:"completeness,timeliness,accuracy"`
	Text          string             `json:"text" doc:"what is found"`
	Mend          string             `json:"mend" doc:"how to mend it"`
	Since         kernel.Date        `json:"since" format:"date"`
	Days          int                `json:"days,omitempty" doc:"late by"`
	Until         kernel.Date        `json:"until,omitempty" doc:"a late entry is weighed until that day"`
	Word          bool               `json:"word" doc:"somebody's word settles it"`
	ConflictIDs   []string           `json:"conflictIds,omitempty" doc:"of a contested number: /certificate-conflicts/{id}"`
	Organizations []findingPlaceView `json:"organizations" doc:"in whose figures it counts"`
}

type wordView struct {
	Kind  rule.Kind   `json:"kind"`
	Text  string      `json:"text" doc:"what would be found"`
	Word  string      `json:"word"`
	On    kernel.Date `json:"on" format:"date"`
	Until kernel.Date `json:"until,omitempty" doc:"the last day it holds"`
	By    string      `json:"by"`
}

type findingsView struct {
	Items []findingView `json:"items"`
	Words []wordView    `json:"words"`
}

func (h *handlers) qualityOf(ctx context.Context, in *personInput) (*web.Body[findingsView], error) {
	found, words, err := h.service.QualityOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var places []kernel.OrganizationID
	for _, f := range found {
		places = append(places, f.Organization)
	}
	cards, err := h.service.Organizations.Cards(ctx, places)
	if err != nil {
		return nil, err
	}
	v := findingsView{Items: []findingView{}, Words: []wordView{}}
	at := map[string]int{} // one matter, however many posts it shows at
	for _, f := range found {
		key, place := string(f.Kind)+" "+f.Ref, findingPlaceView{f.Organization, cards[f.Organization].Name}
		if n, known := at[key]; known {
			v.Items[n].Organizations = append(v.Items[n].Organizations, place)
			v.Items[n].Since = min(v.Items[n].Since, f.Since)
			continue
		}
		at[key] = len(v.Items)
		v.Items = append(v.Items, viewFinding(ctx, f, place))
	}
	for _, w := range words {
		v.Words = append(v.Words, wordView{Kind: w.Kind, Text: web.Text(ctx, "quality.kind."+string(w.Kind)), Word: w.Text, On: w.On, Until: w.Until, By: w.ByName})
	}
	return web.Answer(v), nil
}

func viewFinding(ctx context.Context, f Finding, place findingPlaceView) findingView {
	v := findingView{
		Kind: f.Kind, Dimension: f.Dimension, Text: web.Text(ctx, "quality.found."+string(f.Kind), "days", strconv.Itoa(f.Days)),
		Mend: web.Text(ctx, "quality.mend."+string(f.Kind)), Since: f.Since, Days: f.Days, Word: f.Word,
		ConflictIDs:   f.Conflicts,
		Organizations: []findingPlaceView{place},
	}
	if f.Ref != "" {
		v.Until = f.To
	}
	return v
}

// WordInput names a finding of a person; exported for huma.
type WordInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Kind rule.Kind       `path:"kind" enum:"missingPhone,missingEducation,missingBirthDate,missingGender,missingCertificate,lateStart,lateEnd,lateCertificate,genderContradicts,certificateRefuted,overlappingPosts,numberContested,refusedRows"`
}

type explainInput struct {
	WordInput
	Body struct {
		Word string `json:"word" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) explain(ctx context.Context, in *explainInput) (*web.Body[findingsView], error) {
	if err := h.service.Explain(ctx, in.ID, in.Kind, in.Body.Word); err != nil {
		return nil, err
	}
	return h.qualityOf(ctx, &personInput{ID: in.ID})
}

func (h *handlers) takeBack(ctx context.Context, in *WordInput) (*struct{}, error) {
	return nil, h.service.TakeBack(ctx, in.ID, in.Kind)
}

type limitsView struct {
	StartDays       int `json:"startDays"`
	EndDays         int `json:"endDays"`
	CertificateDays int `json:"certificateDays"`
	CountsMonths    int `json:"countsMonths" doc:"an entry is weighed for so long"`
	OpeningDays     int `json:"openingDays" doc:"what is imported so soon after registration is opening stock"`
}

type qualityRuleView struct {
	ID         string                   `json:"id"`
	Version    string                   `json:"version"`
	Region     string                   `json:"region"`
	From       kernel.Date              `json:"from"`
	To         kernel.Date              `json:"to"`
	Document   string                   `json:"document"`
	Clause     string                   `json:"clause"`
	Kinds      []rule.Kind              `json:"kinds"`
	Limits     limitsView               `json:"limits"`
	Weights    map[rule.Dimension]int64 `json:"weights" doc:"basis points of the score"`
	WordMonths int                      `json:"wordMonths"`
	House      []string                 `json:"house" doc:"the house's own reading, not the source's"`
}

func (h *handlers) qualityRules(_ context.Context, _ *struct{}) (*web.Body[web.List[qualityRuleView]], error) {
	items := make([]qualityRuleView, 0, len(h.service.Quality))
	for _, r := range h.service.Quality {
		v := qualityRuleView{
			ID: r.ID, Version: r.Version, Region: string(r.Region), From: r.From, To: r.To, Document: r.Document, Clause: r.Clause,
			Weights: r.Weights, WordMonths: r.WordMonths, House: r.House, Kinds: []rule.Kind{},
			Limits: limitsView{r.Limits.StartDays, r.Limits.EndDays, r.Limits.CertificateDays, r.Limits.CountsMonths, r.Limits.OpeningDays},
		}
		for _, j := range r.Of() {
			v.Kinds = append(v.Kinds, j.Kind)
		}
		items = append(items, v)
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}
