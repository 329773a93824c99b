package statistics

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/statistics/rule"
)

func routesCoverage(r *web.Router, h *handlers) {
	web.Get(r, "/statistics/coverage", web.May("statistics", "read"), h.readCoverage,
		web.Summary("Who is trained on standards on a date: each of them, and the whole set"))
	web.Get(r, "/statistics/coverage/institutions", web.May("statistics", "read"), h.coverageInstitutions,
		web.Summary("Coverage of every institution under an organisation, the most people who lack something first"))
	web.Get(r, "/statistics/social-workers", web.May("statistics", "read"), h.socialWorkers,
		web.Summary("Trained social workers of every home against what its size asks for, those that are short first"))
	web.Get(r, "/statistics/heads", web.May("statistics", "read"), h.heads,
		web.Summary("People and attendances of a programme against its target"))
	web.Get(r, "/statistics/heads/institutions", web.May("statistics", "read"), h.headsInstitutions,
		web.Summary("Every home that a programme addresses, those of which nobody took part first"))
}

// StandardsInput is embedded where standards may be named; exported for huma.
type StandardsInput struct {
	Standards string `query:"standards" maxLength:"600" doc:"codes with commas between; those that a rule sets a target for when left out"`
}

func (in StandardsInput) list() []string { return codes(in.Standards) }

func codes(commas string) []string {
	return strings.FieldsFunc(commas, func(r rune) bool { return r == ',' || r == '，' || r == '、' })
}

// ShareView is a ratio against its target; exported for huma.
type ShareView struct {
	Numerator   int64   `json:"numerator" doc:"people on post who completed a course on it"`
	Denominator int64   `json:"denominator" doc:"people on post of whom it is asked"`
	Percent     string  `json:"percent" doc:"two decimals, truncated"`
	Target      *string `json:"target" doc:"null where no rule sets one"`
	Met         *bool   `json:"met"`
	Gap         *int64  `json:"gap" doc:"people still missing to the target"`
	Missing     int64   `json:"missing" doc:"people who lack it"`
	Href        string  `json:"href" doc:"who they are"`
}

func viewShare(r kernel.Ratio, targetBP *int64, href string) ShareView {
	v := ShareView{
		Numerator: r.Numerator, Denominator: r.Denominator, Percent: r.Percent(), Target: percentOf(targetBP),
		Missing: r.Denominator - r.Numerator, Href: href,
	}
	if targetBP != nil {
		met, gap := r.AtLeast(*targetBP), r.Gap(*targetBP)
		v.Met, v.Gap = &met, &gap
	}
	return v
}

// StandardView is the coverage of one standard; exported for huma.
type StandardView struct {
	Code        string   `json:"code" doc:"as it was asked for; empty of a standard without a number yet"`
	StandardID  string   `json:"standardId" doc:"of the catalogue; empty of a code that is not in it"`
	Title       string   `json:"title"`
	Roles       []string `json:"roles" doc:"posts of which it is asked"`
	RuleVersion *string  `json:"ruleVersion" doc:"null where no rule is in force"`
	Source      *string  `json:"source" doc:"document and clause of the rule"`
	House       bool     `json:"house" doc:"whose people and which share are the house's reading, not a document's"`
	DueOn       *string  `json:"dueOn" doc:"the day the target is for"`
	ShareView
}

// CoverageView is a figure as it is answered; exported for huma.
type CoverageView struct {
	OrganizationID string         `json:"organizationId"`
	AsOf           string         `json:"asOf" format:"date"`
	Standards      []StandardView `json:"standards"`
	All            ShareView      `json:"all" doc:"people who have all that is asked of them"`
}

func viewCoverage(c Coverage) CoverageView {
	list := "/api/v1/statistics/coverage/people?organizationId=" + string(c.Organization) + "&asOf=" + string(c.AsOf) + "&state=missing&standards="
	v := CoverageView{OrganizationID: string(c.Organization), AsOf: string(c.AsOf), Standards: []StandardView{}}
	var all []string
	for i, n := range c.Needs {
		name := n.Standard.ID
		if name == "" {
			name = url.QueryEscape(n.Asked)
		}
		all = append(all, name)
		line := StandardView{
			Code: n.Asked, StandardID: n.Standard.ID, Title: n.Standard.Title, Roles: []string{}, House: len(n.Row.House) > 0,
			ShareView: viewShare(c.Each[i], n.Row.TargetBP, list+name),
		}
		if n.Ruled {
			stamp, source := n.Row.Stamp(), n.Row.Source()
			line.RuleVersion, line.Source = &stamp, &source
			for _, role := range n.Row.Roles {
				line.Roles = append(line.Roles, string(role))
			}
			if n.Row.DueOn != "" {
				due := string(n.Row.DueOn)
				line.DueOn = &due
			}
		}
		v.Standards = append(v.Standards, line)
	}
	v.All = viewShare(c.All, c.Target(), list+strings.Join(all, ","))
	return v
}

type coverageInput struct {
	QualityInput
	StandardsInput
}

func (h *handlers) readCoverage(ctx context.Context, in *coverageInput) (*web.Body[CoverageView], error) {
	c, err := h.s.Coverage(ctx, kernel.OrganizationID(in.OrganizationID), h.day(in.AsOf), in.list())
	if err != nil {
		return nil, err
	}
	return web.Answer(viewCoverage(c)), nil
}

type coverageInstitutionsInput struct {
	QualityInput
	StandardsInput
	web.PageInput
}

type coverageStandingView struct {
	OrganizationID string       `json:"organizationId"`
	Name           string       `json:"name"`
	DivisionCode   string       `json:"divisionCode"`
	Coverage       CoverageView `json:"coverage"`
}

func (h *handlers) coverageInstitutions(ctx context.Context, in *coverageInstitutionsInput) (*web.Body[web.List[coverageStandingView]], error) {
	all, next, total, err := h.s.CompareCoverage(ctx, kernel.OrganizationID(in.OrganizationID), h.day(in.AsOf), in.list(), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]coverageStandingView, 0, len(all))
	for _, s := range all {
		items = append(items, coverageStandingView{string(s.Card.ID), s.Card.Name, string(s.Card.Region), viewCoverage(s.Coverage)})
	}
	return web.Answer(web.NewList(items, next, int64(total), false)), nil
}

type flagView struct {
	Flag string `json:"flag"`
	Text string `json:"text"`
}

// SocialView is a home's social workers as they are answered; exported for huma.
type SocialView struct {
	OrganizationID string     `json:"organizationId"`
	Name           string     `json:"name"`
	ApprovedBeds   int        `json:"approvedBeds"`
	Required       *int64     `json:"required" doc:"null where no rule tells"`
	Trained        int64      `json:"trained" doc:"people on post who completed a course for social workers"`
	Untrained      int64      `json:"untrained" doc:"on post as social workers, without such a course"`
	Met            *bool      `json:"met"`
	Short          int64      `json:"short" doc:"people still missing"`
	Flags          []string   `json:"flags"`
	Notes          []flagView `json:"notes" doc:"the flags in words"`
	Clause         *string    `json:"clause" doc:"of the rule, the one that counts"`
	RuleVersion    *string    `json:"ruleVersion"`
	Source         *string    `json:"source"`
	DueOn          *string    `json:"dueOn"`
	Href           string     `json:"href" doc:"who counts as trained"`
}

func viewSocial(ctx context.Context, w SocialWorkers) SocialView {
	v := SocialView{
		OrganizationID: string(w.Card.ID), Name: w.Card.Name, ApprovedBeds: w.Card.ApprovedBeds, Required: w.Required,
		Trained: w.Social.Trained, Untrained: w.Social.Untrained, Met: w.Met(), Short: w.Short(), Flags: []string{}, Notes: []flagView{},
		Href: "/api/v1/statistics/social-workers/people?organizationId=" + string(w.Card.ID) + "&asOf=" + string(w.AsOf) + "&state=met",
	}
	for _, f := range w.Flags {
		v.Flags = append(v.Flags, f)
		v.Notes = append(v.Notes, flagView{f, web.Text(ctx, "statistics.social."+f, "beds", strconv.Itoa(w.Card.ApprovedBeds),
			"others", strconv.FormatInt(w.Social.OtherPosts, 10), "untrained", strconv.FormatInt(w.Social.Untrained, 10))})
	}
	if w.Row.ID != "" {
		stamp, source := w.Row.Stamp(), w.Row.Source()
		v.RuleVersion, v.Source = &stamp, &source
		if w.Clause != "" {
			v.Clause = &w.Clause
		}
		if w.Row.DueOn != "" {
			due := string(w.Row.DueOn)
			v.DueOn = &due
		}
	}
	return v
}

// SocialSumView adds the homes up; exported for huma.
type SocialSumView struct {
	Homes         int64 `json:"homes" doc:"homes that need any"`
	Met           int64 `json:"met"`
	Short         int64 `json:"short"`
	Undecided     int64 `json:"undecided" doc:"homes of which no rule tells"`
	MissingPeople int64 `json:"missingPeople"`
	Trained       int64 `json:"trained"`
	Untrained     int64 `json:"untrained"`
}

type socialList struct {
	web.List[SocialView]
	AsOf    string        `json:"asOf" format:"date"`
	Summary SocialSumView `json:"summary"`
}

type socialInput struct {
	QualityInput
	web.PageInput
}

func (h *handlers) socialWorkers(ctx context.Context, in *socialInput) (*web.Body[socialList], error) {
	asOf := h.day(in.AsOf)
	all, sum, err := h.s.SocialWorkers(ctx, kernel.OrganizationID(in.OrganizationID), asOf)
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]SocialView, 0, len(page))
	for _, w := range page {
		items = append(items, viewSocial(ctx, w))
	}
	return web.Answer(socialList{web.NewList(items, next, int64(len(all)), false), string(asOf), SocialSumView(sum)}), nil
}

type headsKindView struct {
	Kind        string `json:"kind" doc:"the post on the day; none of who has no post"`
	Heads       int64  `json:"heads"`
	Attendances int64  `json:"attendances"`
}

// HeadsView is who took part in a programme; exported for huma.
type HeadsView struct {
	ProgrammeID    string          `json:"programmeId"`
	OrganizationID string          `json:"organizationId,omitempty" doc:"whose people alone are counted"`
	AsOf           string          `json:"asOf" format:"date" doc:"no later than the programme's last day"`
	Heads          int64           `json:"heads" doc:"people, each once"`
	Attendances    int64           `json:"attendances" doc:"completed classes, each person in each"`
	Target         *int64          `json:"target" doc:"people; null where the programme sets none"`
	Percent        *string         `json:"percent" doc:"of the target, two decimals, truncated"`
	Met            *bool           `json:"met"`
	Gap            *int64          `json:"gap"`
	ByKind         []headsKindView `json:"byKind" doc:"somebody who changed posts counts in each"`
	Href           string          `json:"href" doc:"who they are"`
}

func viewHeads(h Heads) HeadsView {
	v := HeadsView{
		ProgrammeID: h.Programme.ID, OrganizationID: string(h.Organization), AsOf: string(h.AsOf), Heads: h.Heads, Attendances: h.Attendances,
		ByKind: []headsKindView{}, Href: "/api/v1/statistics/heads/people?programmeId=" + h.Programme.ID + "&asOf=" + string(h.AsOf) + "&state=met",
	}
	if h.Organization != "" {
		v.Href += "&organizationId=" + string(h.Organization)
	}
	for _, k := range h.ByKind {
		v.ByKind = append(v.ByKind, headsKindView{string(k.Kind), k.Heads, k.Attendances})
	}
	if t := h.Target(); t != nil {
		r := kernel.Ratio{Numerator: h.Heads, Denominator: *t}
		percent, met, gap := r.Percent(), r.AtLeast(10000), r.Gap(10000)
		v.Target, v.Percent, v.Met, v.Gap = t, &percent, &met, &gap
	}
	return v
}

type headsInput struct {
	ProgrammeID    string `query:"programmeId" required:"true" minLength:"1" maxLength:"64"`
	OrganizationID string `query:"organizationId" maxLength:"64" doc:"its people alone; everybody when left out"`
	AsOf           string `query:"asOf" format:"date" maxLength:"10" doc:"end of this day in Asia/Shanghai; today when left out"`
}

func (h *handlers) heads(ctx context.Context, in *headsInput) (*web.Body[HeadsView], error) {
	f, err := h.s.Heads(ctx, in.ProgrammeID, kernel.OrganizationID(in.OrganizationID), h.day(in.AsOf))
	if err != nil {
		return nil, err
	}
	return web.Answer(viewHeads(f)), nil
}

type headsInstitutionsInput struct {
	ProgrammeID string `query:"programmeId" required:"true" minLength:"1" maxLength:"64"`
	AsOf        string `query:"asOf" format:"date" maxLength:"10"`
	web.PageInput
}

type headsStandingView struct {
	OrganizationID string `json:"organizationId"`
	Name           string `json:"name"`
	Heads          int64  `json:"heads"`
	Attendances    int64  `json:"attendances"`
	OnPost         int64  `json:"onPost" doc:"people on post that day"`
}

type headsStandings struct {
	web.List[headsStandingView]
	Without int `json:"without" doc:"homes of which nobody took part"`
}

func (h *handlers) headsInstitutions(ctx context.Context, in *headsInstitutionsInput) (*web.Body[headsStandings], error) {
	all, next, total, without, err := h.s.CompareHeads(ctx, in.ProgrammeID, h.day(in.AsOf), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]headsStandingView, 0, len(all))
	for _, s := range all {
		items = append(items, headsStandingView{string(s.Card.ID), s.Card.Name, s.Heads.Heads, s.Heads.Attendances, s.OnPost})
	}
	return web.Answer(headsStandings{web.NewList(items, next, int64(total), false), without}), nil
}

// missingStandards names what somebody lacks, as it was asked for.
func missingStandards(missing []rule.Need) []string {
	var out []string
	for _, m := range missing {
		name := m.Asked
		if name == "" {
			name = m.Standard.Title
		}
		out = append(out, name)
	}
	return out
}
