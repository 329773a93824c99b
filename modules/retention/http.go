package retention

import (
	"context"
	"time"

	"carecert/modules/kit/web"
	"carecert/modules/retention/rule"
)

type handlers struct{ service *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/retention", web.May("retention", "list"), h.list, web.Summary("What is kept how long and why, and how many records are past their time"))
}

type runView struct {
	At      time.Time `json:"at"`
	Removed int64     `json:"removed"`
	Total   int64     `json:"total" doc:"removed ever"`
}

type lineView struct {
	Kind       string     `json:"kind"`
	Name       string     `json:"name"`
	Keep       rule.Keep  `json:"keep" enum:"atLeast,atMost" doc:"atLeast: a floor that is never cut; atMost: removed when it is over"`
	Years      int        `json:"years,omitempty"`
	Months     int        `json:"months,omitempty"`
	Days       *int       `json:"days,omitempty"`
	PaperYears int        `json:"paperYears,omitempty" doc:"of the same on paper"`
	NoEnd      bool       `json:"noEnd" doc:"kept while its purpose lasts"`
	Document   string     `json:"document"`
	Clause     string     `json:"clause"`
	House      bool       `json:"house" doc:"the figure is the house's own: no source gives one"`
	Rule       string     `json:"ruleVersion"`
	Before     *time.Time `json:"before,omitempty" doc:"what began earlier is past its time"`
	Past       *int64     `json:"past,omitempty" doc:"how many records are; absent where the program does not count them"`
	PastIsMore bool       `json:"pastIsMore,omitempty"`
	Removed    bool       `json:"removes" doc:"the program removes them by itself"`
	Last       *runView   `json:"last,omitempty"`
}

func (h *handlers) list(ctx context.Context, _ *struct{}) (*web.Body[web.List[lineView]], error) {
	lines, err := h.service.List(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]lineView, 0, len(lines))
	for _, l := range lines {
		v := lineView{
			Kind: l.Kind, Name: web.Text(ctx, "retention.kind."+l.Kind), Keep: l.Keep, Years: l.Years, Months: l.Months, Days: l.Days,
			PaperYears: l.PaperYears, NoEnd: !l.Ends(), Document: l.Document, Clause: l.Clause, House: len(l.House) > 0, Rule: l.Stamp(),
			Removed: l.Removable(), PastIsMore: l.More,
		}
		if l.Ends() {
			v.Before = &l.Before
		}
		if l.Counted {
			v.Past = &l.Past
		}
		if l.Last != nil {
			v.Last = &runView{At: l.Last.At, Removed: l.Last.Removed, Total: l.Last.Total}
		}
		items = append(items, v)
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}
