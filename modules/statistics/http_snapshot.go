package statistics

import (
	"cmp"
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func routesSnapshots(r *web.Router, h *handlers) {
	web.Post(r, "/statistics/snapshots", web.May("statistics", "freeze"), h.freeze,
		web.Summary("Freezes a figure: later entries never change it"))
	web.Get(r, "/statistics/snapshots", web.May("statistics", "read"), h.snapshots, web.Summary("Frozen figures, the newest first"))
	web.Get(r, "/statistics/snapshots/{id}", web.May("statistics", "read"), h.snapshot, web.Summary("One frozen figure"))
	web.Act(r, "/statistics/snapshots/{id}/recomputation", web.May("statistics", "read"), h.recompute,
		web.Summary("Works a frozen figure out again from the facts as then known"))
}

type freezeInput struct {
	Body struct {
		Indicator      string `json:"indicator" enum:"certification,data-quality,coverage,social-workers,heads"`
		OrganizationID string `json:"organizationId" minLength:"1" maxLength:"64"`
		AsOf           string `json:"asOf" format:"date" maxLength:"10"`
		Rule           string `json:"rule,omitempty" maxLength:"64" doc:"of certification"`
		Standards      string `json:"standards,omitempty" maxLength:"600" doc:"of coverage: codes with commas between"`
		ProgrammeID    string `json:"programmeId,omitempty" maxLength:"64" doc:"of heads"`
	}
}

type snapshotView struct {
	ID               string `json:"id"`
	Indicator        string `json:"indicator"`
	OrganizationName string `json:"organizationName" doc:"as it was called then"`
	KnownAt          string `json:"knownAt" format:"date-time" doc:"facts entered later are not in it"`
	By               string `json:"by"`
	People           int64  `json:"people"`
	PeopleHash       string `json:"peopleHash" doc:"SHA-256 over the sorted people and levels"`
	CertificationView
	Quality *QualityView `json:"quality,omitempty" doc:"of the indicator data-quality; numerator and denominator are then of completeness"`

	Coverage      *CoverageView `json:"coverage,omitempty" doc:"of the indicator coverage; numerator and denominator are then of the whole set"`
	SocialWorkers []SocialView  `json:"socialWorkers,omitempty" doc:"of the indicator social-workers; numerator and denominator are then homes"`
	Heads         *HeadsView    `json:"heads,omitempty" doc:"of the indicator heads; numerator and denominator are then heads and target"`
	ProgrammeName string        `json:"programmeName,omitempty" doc:"of the indicator heads"`
}

func viewSnapshot(ctx context.Context, s Snapshot) snapshotView {
	v := snapshotView{
		ID: s.ID, Indicator: s.Indicator, OrganizationName: s.Name, KnownAt: instant(s.KnownAt), By: s.By,
		People: s.People, PeopleHash: s.PeopleHash, CertificationView: viewCertification(ctx, s.Figure),
	}
	if s.Quality != nil {
		q := viewQuality(ctx, *s.Quality)
		v.Quality, v.RuleVersion, v.Source, v.Evidence = &q, q.RuleVersion, q.Source, []kernel.Evidence{}
	}
	if s.Indicator != IndicatorCertification {
		v.Evidence = []kernel.Evidence{}
	}
	switch {
	case s.Coverage != nil:
		c := viewCoverage(*s.Coverage)
		v.Coverage = &c
		for _, n := range c.Standards {
			v.RuleVersion, v.Source = cmp.Or(v.RuleVersion, n.RuleVersion), cmp.Or(v.Source, n.Source)
		}
	case s.Homes != nil:
		for _, w := range s.Homes {
			line := viewSocial(ctx, w)
			v.SocialWorkers = append(v.SocialWorkers, line)
			v.RuleVersion, v.Source = cmp.Or(v.RuleVersion, line.RuleVersion), cmp.Or(v.Source, line.Source)
		}
	case s.Heads != nil:
		h := viewHeads(*s.Heads)
		v.Heads, v.ProgrammeName = &h, s.Heads.Programme.Name
	}
	return v
}

func (h *handlers) freeze(ctx context.Context, in *freezeInput) (*web.Body[snapshotView], error) {
	s, err := h.s.Freeze(ctx, FreezeQuery{
		Indicator: in.Body.Indicator, Organization: kernel.OrganizationID(in.Body.OrganizationID), AsOf: kernel.Date(in.Body.AsOf),
		Rule: in.Body.Rule, Standards: codes(in.Body.Standards), Programme: in.Body.ProgrammeID,
	})
	if err != nil {
		return nil, err
	}
	return web.Answer(viewSnapshot(ctx, s)), nil
}

type snapshotsInput struct {
	OrganizationID string `query:"organizationId" required:"true" minLength:"1" maxLength:"64"`
	web.PageInput
}

func (h *handlers) snapshots(ctx context.Context, in *snapshotsInput) (*web.Body[web.List[snapshotView]], error) {
	page, total, more, err := h.s.Snapshots(ctx, kernel.OrganizationID(in.OrganizationID), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]snapshotView, 0, len(page.Items))
	for _, s := range page.Items {
		items = append(items, viewSnapshot(ctx, s))
	}
	return web.Answer(web.NewList(items, page.Next, total, more)), nil
}

type snapshotInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) snapshot(ctx context.Context, in *snapshotInput) (*web.Body[snapshotView], error) {
	s, err := h.s.Snapshot(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewSnapshot(ctx, s)), nil
}

type recomputationView struct {
	Same   bool              `json:"same" doc:"integers and people are the same"`
	Frozen snapshotView      `json:"frozen"`
	Now    CertificationView `json:"now"`
}

func (h *handlers) recompute(ctx context.Context, in *snapshotInput) (*web.Body[recomputationView], error) {
	r, err := h.s.Recompute(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(recomputationView{Same: r.Same, Frozen: viewSnapshot(ctx, r.Snapshot), Now: viewCertification(ctx, r.Now)}), nil
}
