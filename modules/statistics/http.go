package statistics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/web"
)

type handlers struct{ s *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/statistics/certification", web.May("statistics", "read"), h.certification,
		web.Summary("Certification rate on a date, by the rule in force there"))
	h.exportRoutes(r)
	web.Get(r, "/statistics/{indicator}/people", web.May("statistics", "list"), h.people,
		web.Summary("The people behind a number: who is missing, or who counts"))
	web.Get(r, "/statistics/in-service-hours", web.May("statistics", "read"), h.hours,
		web.Summary("In-service hours of a year: met, in progress, short, histogram"))
	web.Get(r, "/statistics/institutions", web.May("statistics", "read"), h.institutions,
		web.Summary("Every institution under an organisation, the largest gap first"))
	web.Get(r, "/statistics/rules", web.May("statistics", "read"), h.rules,
		web.Summary("The counting rules with their sources"))
	routesQuality(r, h)
	routesCoverage(r, h)
	routesSnapshots(r, h)
}

type ruleView struct {
	ID                string   `json:"id"`
	Version           string   `json:"version"`
	Region            string   `json:"region"`
	From              string   `json:"from"`
	To                string   `json:"to"`
	Document          string   `json:"document"`
	Clause            string   `json:"clause"`
	Roles             []string `json:"roles"`
	Families          []string `json:"families"`
	IncludeSmallHomes bool     `json:"includeSmallHomes"`
	VerifiedOnly      bool     `json:"verifiedOnly"`
	Target            *string  `json:"target"`
	DueOn             string   `json:"dueOn"`
	Note              string   `json:"note"`
}

func (h *handlers) rules(_ context.Context, _ *struct{}) (*web.Body[web.List[ruleView]], error) {
	items := make([]ruleView, 0, len(h.s.rows))
	for _, r := range h.s.rows {
		v := ruleView{
			ID: r.ID, Version: r.Version, Region: string(r.Region), From: string(r.From), To: string(r.To),
			Document: r.Document, Clause: r.Clause, Families: slices.Clone(r.Families), IncludeSmallHomes: r.IncludeSmallHomes,
			VerifiedOnly: r.VerifiedOnly, Target: percentOf(r.TargetBP), DueOn: string(r.DueOn), Note: r.Note,
		}
		for _, role := range r.Roles {
			v.Roles = append(v.Roles, string(role))
		}
		items = append(items, v)
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

// percentOf shows basis points as a percentage with two decimals.
func percentOf(bp *int64) *string {
	if bp == nil {
		return nil
	}
	s := fmt.Sprintf("%d.%02d", *bp/100, *bp%100)
	return &s
}

// FigureInput is embedded in the input of every figure. Exported because huma
// reads the fields of exported embedded types only.
type FigureInput struct {
	OrganizationID string `query:"organizationId" required:"true" minLength:"1" maxLength:"64" doc:"the organisation; everything under it counts"`
	AsOf           string `query:"asOf" format:"date" maxLength:"10" doc:"end of this day in Asia/Shanghai; today when left out"`
	Rule           string `query:"rule" maxLength:"64" doc:"id of a counting rule; the nearest region's row in force when left out"`
}

func (in FigureInput) asOf(c kernel.Clock) kernel.Date {
	if in.AsOf == "" {
		return kernel.DateOf(c.Now())
	}
	return kernel.Date(in.AsOf)
}

type midHighView struct {
	Count       int64  `json:"count" doc:"level 4 and above"`
	OfOnPost    string `json:"ofOnPost" doc:"percent of all on post"`
	OfCertified string `json:"ofCertified" doc:"percent of the certified"`
}

type uncountedView struct {
	Reason string `json:"reason"`
	Text   string `json:"text"`
	Count  int64  `json:"count"`
}

// CertificationView is a figure as it is answered; exported for huma.
type CertificationView struct {
	OrganizationID string            `json:"organizationId"`
	AsOf           string            `json:"asOf" format:"date"`
	RuleVersion    *string           `json:"ruleVersion" doc:"null where no rule is in force"`
	Source         *string           `json:"source" doc:"document and clause of the rule"`
	Numerator      int64             `json:"numerator"`
	Denominator    int64             `json:"denominator"`
	Percent        string            `json:"percent" doc:"two decimals, truncated"`
	Target         *string           `json:"target"`
	TargetDueOn    *string           `json:"targetDueOn"`
	Met            *bool             `json:"met"`
	Gap            *int64            `json:"gap" doc:"people still missing to the target"`
	ByLevel        map[string]int64  `json:"byLevel"`
	MidHigh        midHighView       `json:"midHigh"`
	Uncounted      []uncountedView   `json:"uncounted"`
	Evidence       []kernel.Evidence `json:"evidence"`
}

func viewCertification(ctx context.Context, c Certification) CertificationView {
	v := CertificationView{
		OrganizationID: string(c.Organization), AsOf: string(c.AsOf),
		Numerator: c.Ratio.Numerator, Denominator: c.Ratio.Denominator, Percent: c.Ratio.Percent(),
		Target: percentOf(c.Row.TargetBP), Met: c.Met(), Gap: c.Gap(), ByLevel: map[string]int64{}, Uncounted: []uncountedView{},
	}
	if c.Row.ID != "" {
		stamp, source := c.Row.Stamp(), c.Row.Source()
		v.RuleVersion, v.Source = &stamp, &source
	}
	if c.Row.DueOn != "" {
		due := string(c.Row.DueOn)
		v.TargetDueOn = &due
	}
	for l := kernel.Level1; l <= kernel.Level5; l++ {
		v.ByLevel[strconv.Itoa(int(l))] = c.ByLevel[l]
	}
	n := c.MidHigh()
	v.MidHigh = midHighView{
		Count:       n,
		OfOnPost:    kernel.Ratio{Numerator: n, Denominator: c.Ratio.Denominator}.Percent(),
		OfCertified: kernel.Ratio{Numerator: n, Denominator: c.Ratio.Numerator}.Percent(),
	}
	for why, count := range c.Uncounted {
		v.Uncounted = append(v.Uncounted, uncountedView{Reason: why, Text: web.Text(ctx, "statistics.uncounted."+why), Count: count})
	}
	slices.SortFunc(v.Uncounted, func(a, b uncountedView) int { return int(b.Count - a.Count) })
	list := "/api/v1/statistics/certification/people?organizationId=" + v.OrganizationID + "&asOf=" + v.AsOf
	if c.Row.ID != "" {
		list += "&rule=" + c.Row.ID
	}
	v.Evidence = []kernel.Evidence{
		{Label: web.Text(ctx, "statistics.evidence.certified"), Href: list + "&state=certified"},
		{Label: web.Text(ctx, "statistics.evidence.missing"), Href: list + "&state=missing"},
	}
	return v
}

func (h *handlers) certification(ctx context.Context, in *FigureInput) (*web.Body[CertificationView], error) {
	c, err := h.s.Certification(ctx, kernel.OrganizationID(in.OrganizationID), in.asOf(h.s.clock), in.Rule)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewCertification(ctx, c)), nil
}

// PeopleInput asks who is behind a number; exported because the export embeds it.
type PeopleInput struct {
	Indicator      string `path:"indicator" enum:"certification,in-service-hours,data-quality,coverage,social-workers,heads"`
	OrganizationID string `query:"organizationId" maxLength:"64" doc:"the organisation; everything under it counts. Of heads, the programme's own when left out"`
	AsOf           string `query:"asOf" format:"date" maxLength:"10" doc:"end of this day in Asia/Shanghai; today when left out"`
	Rule           string `query:"rule" maxLength:"64" doc:"of certification: id of a counting rule; the nearest region's row in force when left out"`
	Year           int    `query:"year" minimum:"2000" maximum:"2100" doc:"of in-service-hours; the year of asOf when left out"`
	State          string `query:"state" enum:"missing,certified,met" default:"missing" doc:"missing, else those who count: certified, trained, with the hours met, or having taken part"`
	Finding        string `query:"finding" maxLength:"40" pattern:"^[a-zA-Z]*$" doc:"of data-quality: one kind of finding"`
	ProgrammeID    string `query:"programmeId" maxLength:"64" doc:"of heads"`
	StandardsInput
	web.PageInput
}

type listedView struct {
	PersonID       string `json:"personId"`
	Name           string `json:"name"`
	IDNumberMasked string `json:"idNumberMasked"`
	Level          *int   `json:"level" doc:"highest accepted level; null for none"`
	Reason         string `json:"reason,omitempty"`
	Text           string `json:"text,omitempty" doc:"the reason in words"`
	Since          string `json:"since" format:"date"`
	Href           string `json:"href"`

	CreditedMinutes *int `json:"creditedMinutes,omitempty" doc:"of in-service-hours"`
	MissingMinutes  *int `json:"missingMinutes,omitempty" doc:"of in-service-hours"`

	MissingStandards []string `json:"missingStandards,omitempty" doc:"of coverage"`

	Organizations []placeView `json:"organizations" doc:"where they are on post on that day"`
	Findings      []foundView `json:"findings,omitempty" doc:"of data quality: what there is to mend"`
}

type placeView struct {
	ID   kernel.OrganizationID `json:"id"`
	Name string                `json:"name"`
}

func (h *handlers) people(ctx context.Context, in *PeopleInput) (*web.Body[web.List[listedView]], error) {
	if in.OrganizationID == "" && in.Indicator != IndicatorHeads {
		return nil, fault.ErrInvalid.At("query.organizationId", "input.required", "")
	}
	if in.Indicator == IndicatorQuality {
		if in.State != stateMissing {
			return nil, ErrUnknownState.At("query.state", ErrUnknownState.Code, in.State)
		}
		return h.wanting(ctx, in)
	}
	page, err := h.listed(ctx, in)
	if err != nil {
		return nil, err
	}
	items := make([]listedView, 0, len(page.Items))
	for _, l := range page.Items {
		items = append(items, viewListed(ctx, l))
	}
	return web.Answer(web.NewList(items, page.Next, min(page.Total, web.CountLimit), page.Total > web.CountLimit)), nil
}

func (h *handlers) listed(ctx context.Context, in *PeopleInput) (ListedPage, error) {
	org, asOf := kernel.OrganizationID(in.OrganizationID), h.day(in.AsOf)
	standing := StandingQuery{Organization: org, AsOf: asOf, Standards: in.list(), State: in.State, Limit: in.Limit, Cursor: in.Cursor}
	switch in.Indicator {
	case IndicatorHours:
		return h.s.HoursPeople(ctx, HoursQuery{
			Organization: org, Year: cmp.Or(in.Year, asOf.Year()), State: in.State, Limit: in.Limit, Cursor: in.Cursor,
		})
	case IndicatorCoverage:
		return h.s.CoveragePeople(ctx, standing)
	case IndicatorSocial:
		return h.s.SocialPeople(ctx, standing)
	case IndicatorHeads:
		if in.ProgrammeID == "" {
			return ListedPage{}, fault.ErrInvalid.At("query.programmeId", "input.required", "")
		}
		return h.s.HeadsPeople(ctx, in.ProgrammeID, standing)
	}
	state := stateMissing
	if in.State != stateMissing {
		state = stateCertified
	}
	return h.s.People(ctx, ListQuery{Organization: org, AsOf: asOf, Rule: in.Rule, State: state, Limit: in.Limit, Cursor: in.Cursor})
}

func viewListed(ctx context.Context, l Listed) listedView {
	v := listedView{
		PersonID: string(l.Card.ID), Name: l.Card.Name, IDNumberMasked: l.Card.IDNumberMasked,
		Reason: l.Why, Since: string(l.From), Href: personHref(ctx, l.Card, "/record"),
		Organizations: []placeView{},
	}
	for _, o := range l.Places {
		v.Organizations = append(v.Organizations, placeView{o.ID, o.Name})
	}
	if l.Level.Valid() {
		n := int(l.Level)
		v.Level = &n
	}
	switch {
	case l.Hours != nil:
		credited, missing := int(l.Hours.Minutes), int(max(0, l.Hours.Required-l.Hours.Minutes))
		v.CreditedMinutes, v.MissingMinutes = &credited, &missing
		if l.Why != "" {
			v.Text = web.Text(ctx, "statistics.hours."+l.Why, "credited", strconv.Itoa(credited), "missing", strconv.Itoa(missing))
		}
	case len(l.Missing) > 0:
		v.MissingStandards, v.Reason = missingStandards(l.Missing), "standards"
		v.Text = web.Text(ctx, "statistics.coverage.lacks", "standards", strings.Join(v.MissingStandards, "、"))
	case l.Why != "":
		v.Text = web.Text(ctx, "statistics.uncounted."+l.Why)
	}
	return v
}

// personHref leads to something of a person that the reader may open; "" where
// it would not.
func personHref(ctx context.Context, c kernel.PersonCard, to string) string {
	if r := kernel.ReachFrom(ctx); !r.CoversPerson(c.ID, c.Reach) && !r.Covers(c.Former) {
		return ""
	}
	return web.Prefix + "/people/" + string(c.ID) + to
}

type hoursInput struct {
	OrganizationID string `query:"organizationId" required:"true" minLength:"1" maxLength:"64"`
	Year           int    `query:"year" minimum:"2000" maximum:"2100" doc:"calendar year in Asia/Shanghai; the present one when left out"`
}

type bucketView struct {
	From  int   `json:"from" doc:"class hours: more than 0 in the second, inclusive in the others"`
	Until *int  `json:"until" nullable:"true" doc:"class hours, exclusive; 0 for those who have none, null for no end"`
	Count int64 `json:"count"`
}

type hoursView struct {
	OrganizationID  string       `json:"organizationId"`
	Year            int          `json:"year"`
	RequiredMinutes int          `json:"requiredMinutes" doc:"0 where no rule is in force"`
	RuleVersion     string       `json:"ruleVersion"`
	Numerator       int64        `json:"numerator" doc:"caregivers who met the year"`
	Denominator     int64        `json:"denominator" doc:"caregivers on post at the end of the year"`
	Percent         string       `json:"percent"`
	Met             *bool        `json:"met" nullable:"true" doc:"all of them; null where no rule asks for hours"`
	Gap             *int64       `json:"gap" nullable:"true" doc:"people; null where no rule asks for hours"`
	InProgress      int64        `json:"inProgress" doc:"not met, the year is running"`
	Short           int64        `json:"short" doc:"not met, the year is over"`
	Buckets         []bucketView `json:"buckets" doc:"people by class hours; 0, over 0, 5, 10 … 40 and more"`
}

func viewHours(y HoursYear) hoursView {
	ratio := kernel.Ratio{Numerator: y.Met, Denominator: y.Subject}
	v := hoursView{
		OrganizationID: string(y.Organization), Year: y.Year, RequiredMinutes: int(y.Required), RuleVersion: y.RuleVersion,
		Numerator: y.Met, Denominator: y.Subject, Percent: ratio.Percent(),
	}
	if gap := y.Missing(); y.Required > 0 {
		met := ratio.AtLeast(10000)
		v.Met, v.Gap = &met, &gap
	}
	if y.Over {
		v.Short = y.Missing()
	} else {
		v.InProgress = y.Missing()
	}
	for b, n := range y.Buckets {
		line := bucketView{From: max(0, (b-1)*5), Count: n}
		if until := b * 5; b < len(y.Buckets)-1 {
			line.Until = &until
		}
		v.Buckets = append(v.Buckets, line)
	}
	return v
}

func (h *handlers) hours(ctx context.Context, in *hoursInput) (*web.Body[hoursView], error) {
	year := in.Year
	if year == 0 {
		year = kernel.DateOf(h.s.clock.Now()).Year()
	}
	y, err := h.s.Hours(ctx, kernel.OrganizationID(in.OrganizationID), year)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewHours(y)), nil
}

type standingView struct {
	OrganizationID string            `json:"organizationId"`
	Name           string            `json:"name"`
	DivisionCode   string            `json:"divisionCode"`
	Certification  CertificationView `json:"certification"`
	Hours          hoursView         `json:"hours"`
}

func (h *handlers) institutions(ctx context.Context, in *FigureInput) (*web.Body[web.List[standingView]], error) {
	all, err := h.s.Compare(ctx, kernel.OrganizationID(in.OrganizationID), in.asOf(h.s.clock))
	if err != nil {
		return nil, err
	}
	items := make([]standingView, 0, len(all))
	for _, s := range all {
		items = append(items, standingView{
			OrganizationID: string(s.Card.ID), Name: s.Card.Name, DivisionCode: string(s.Card.Region),
			Certification: viewCertification(ctx, s.Certification), Hours: viewHours(s.Hours),
		})
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
