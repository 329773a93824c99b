package statistics

import (
	"context"
	"fmt"
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/statistics/rule"
)

func routesQuality(r *web.Router, h *handlers) {
	web.Get(r, "/statistics/data-quality", web.May("statistics", "read"), h.quality,
		web.Summary("Data quality of an organisation: completeness, timeliness, accuracy and the score"))
	web.Get(r, "/statistics/data-quality/trend", web.May("statistics", "read"), h.qualityTrend,
		web.Summary("Data quality at the end of each of the last months"))
	web.Get(r, "/statistics/data-quality/institutions", web.May("statistics", "read"), h.qualityInstitutions,
		web.Summary("Data quality of every institution under an organisation, the lowest score first"))
}

// DimensionView is one side of data quality; exported for huma.
type DimensionView struct {
	Dimension   string `json:"dimension" enum:"completeness,timeliness,accuracy"`
	Text        string `json:"text"`
	Numerator   int64  `json:"numerator" doc:"people with nothing missing or in doubt; entries in time"`
	Denominator int64  `json:"denominator" doc:"people on post; entries of the time that is weighed"`
	Percent     string `json:"percent" doc:"two decimals, truncated"`
	WeightBP    int64  `json:"weightBp" doc:"of the score, in basis points"`
}

type kindView struct {
	Kind      string `json:"kind"`
	Dimension string `json:"dimension"`
	Text      string `json:"text"`
	Count     int64  `json:"count" doc:"people; of late entries, entries; of files, refused rows"`
	Href      string `json:"href" doc:"who they are, or which files"`
}

// QualityView is a figure as it is answered; exported for huma.
type QualityView struct {
	OrganizationID string          `json:"organizationId"`
	AsOf           string          `json:"asOf" format:"date"`
	RuleVersion    *string         `json:"ruleVersion" doc:"null where no rule is in force"`
	Source         *string         `json:"source" doc:"document and clause of the rule"`
	Numerator      int64           `json:"numerator" doc:"people on post with nothing missing"`
	Denominator    int64           `json:"denominator" doc:"people on post"`
	Percent        string          `json:"percent" doc:"two decimals, truncated"`
	ScoreBP        *int64          `json:"scoreBp" doc:"basis points; null where there is nothing to weigh"`
	Score          *string         `json:"score" doc:"of 100, two decimals, truncated"`
	Wanting        int64           `json:"wanting" doc:"people with anything to mend"`
	Dimensions     []DimensionView `json:"dimensions"`
	Findings       []kindView      `json:"findings"`
}

func viewQuality(ctx context.Context, q Quality) QualityView {
	complete := q.Ratio(rule.Completeness)
	v := QualityView{
		OrganizationID: string(q.Organization), AsOf: string(q.AsOf), Numerator: complete.Numerator, Denominator: complete.Denominator,
		Percent: complete.Percent(), ScoreBP: q.Score(), Wanting: q.Wanting, Dimensions: []DimensionView{}, Findings: []kindView{},
	}
	if v.ScoreBP != nil {
		score := fmt.Sprintf("%d.%02d", *v.ScoreBP/100, *v.ScoreBP%100)
		v.Score = &score
	}
	if q.Row.ID != "" {
		stamp, source := q.Row.Stamp(), q.Row.Source()
		v.RuleVersion, v.Source = &stamp, &source
	}
	for _, d := range rule.Dimensions() {
		r := q.Ratio(d)
		v.Dimensions = append(v.Dimensions, DimensionView{
			Dimension: d, Text: web.Text(ctx, "quality.dimension."+d), Numerator: r.Numerator, Denominator: r.Denominator, Percent: r.Percent(),
			WeightBP: q.Row.Weights[d],
		})
	}
	list := "/api/v1/statistics/data-quality/people?organizationId=" + v.OrganizationID + "&asOf=" + v.AsOf + "&state=missing&finding="
	for _, k := range q.Row.Kinds {
		href := list + k.Kind
		if k.Kind == KindRefusedRows { // files, not people
			href = "/api/v1/imports?organizationId=" + v.OrganizationID + "&toMend=true"
		}
		v.Findings = append(v.Findings, kindView{
			Kind: k.Kind, Dimension: k.Dimension, Text: web.Text(ctx, "quality.kind."+k.Kind), Count: q.Kinds[k.Kind], Href: href,
		})
	}
	return v
}

// QualityInput is embedded in the input of every figure; exported for huma.
type QualityInput struct {
	OrganizationID string `query:"organizationId" required:"true" minLength:"1" maxLength:"64" doc:"the organisation; everything under it counts"`
	AsOf           string `query:"asOf" format:"date" maxLength:"10" doc:"end of this day in Asia/Shanghai; today when left out"`
}

func (h *handlers) quality(ctx context.Context, in *QualityInput) (*web.Body[QualityView], error) {
	q, err := h.s.DataQuality(ctx, kernel.OrganizationID(in.OrganizationID), h.day(in.AsOf))
	if err != nil {
		return nil, err
	}
	return web.Answer(viewQuality(ctx, q)), nil
}

// day that was asked for; today when none was.
func (h *handlers) day(asked string) kernel.Date { return FigureInput{AsOf: asked}.asOf(h.s.clock) }

type trendInput struct {
	OrganizationID string `query:"organizationId" required:"true" minLength:"1" maxLength:"64"`
	Until          string `query:"until" format:"date" maxLength:"10" doc:"the last day; today when left out"`
	Months         int    `query:"months" default:"12" minimum:"2" maximum:"60"`
}

func (h *handlers) qualityTrend(ctx context.Context, in *trendInput) (*web.Body[web.List[QualityView]], error) {
	all, err := h.s.QualityTrend(ctx, kernel.OrganizationID(in.OrganizationID), h.day(in.Until), in.Months)
	if err != nil {
		return nil, err
	}
	items := make([]QualityView, 0, len(all))
	for _, q := range all {
		items = append(items, viewQuality(ctx, q))
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

type qualityInstitutionsInput struct {
	QualityInput
	Sort string `query:"sort" enum:"score,people,name" default:"score"`
	web.PageInput
}

type qualityStandingView struct {
	OrganizationID string      `json:"organizationId"`
	Name           string      `json:"name"`
	DivisionCode   string      `json:"divisionCode"`
	Quality        QualityView `json:"quality"`
}

func (h *handlers) qualityInstitutions(ctx context.Context, in *qualityInstitutionsInput) (*web.Body[web.List[qualityStandingView]], error) {
	all, next, total, err := h.s.CompareQuality(ctx, kernel.OrganizationID(in.OrganizationID), h.day(in.AsOf), in.Sort, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]qualityStandingView, 0, len(all))
	for _, s := range all {
		items = append(items, qualityStandingView{
			OrganizationID: string(s.Card.ID), Name: s.Card.Name, DivisionCode: string(s.Card.Region), Quality: viewQuality(ctx, s.Quality),
		})
	}
	return web.Answer(web.NewList(items, next, int64(total), false)), nil
}

type foundView struct {
	Kind          string      `json:"kind"`
	Text          string      `json:"text" doc:"what is found"`
	Since         string      `json:"since" format:"date"`
	Days          int         `json:"days,omitempty" doc:"late by"`
	Organizations []placeView `json:"organizations" doc:"in whose figures it counts; empty of a finding that has been mended since"`
}

func (h *handlers) wanting(ctx context.Context, in *PeopleInput) (*web.Body[web.List[listedView]], error) {
	page, err := h.s.WantingPeople(ctx, WantingQuery{
		Organization: kernel.OrganizationID(in.OrganizationID), AsOf: h.day(in.AsOf), Kind: in.Finding, Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	items := make([]listedView, 0, len(page.Items))
	for _, w := range page.Items {
		v := listedView{
			PersonID: string(w.Card.ID), Name: w.Card.Name, IDNumberMasked: w.Card.IDNumberMasked,
			Href: personHref(ctx, w.Card, "/findings"), Organizations: []placeView{}, Findings: []foundView{},
		}
		met := map[kernel.OrganizationID]bool{}
		for n, f := range w.Found {
			found := foundView{
				Kind: f.Kind, Text: web.Text(ctx, "quality.found."+f.Kind, "days", strconv.Itoa(f.Days)), Since: string(f.Since), Days: f.Days,
				Organizations: []placeView{},
			}
			if n == 0 {
				v.Since, v.Reason, v.Text = found.Since, found.Kind, found.Text
			}
			for _, o := range f.Organizations {
				place := placeView{o, w.Places[o].Name}
				found.Organizations = append(found.Organizations, place)
				if !met[o] {
					met[o] = true
					v.Organizations = append(v.Organizations, place)
				}
			}
			v.Findings = append(v.Findings, found)
		}
		items = append(items, v)
	}
	return web.Answer(web.NewList(items, page.Next, min(page.Total, web.CountLimit), page.Total > web.CountLimit)), nil
}
