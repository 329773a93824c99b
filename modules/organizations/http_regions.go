package organizations

import (
	"cmp"
	"context"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// regionRoutes tell the administrative divisions, so that nobody types codes.
// The table is the same for all.
func (h *handlers) regionRoutes(r *web.Router) {
	web.Get(r, "/organizations/regions", web.May("organization", "list"), h.listRegions, web.Summary("The divisions above the street, or the streets of one"))
}

type regionsInput struct {
	Parent kernel.RegionCode `query:"parent" maxLength:"9" doc:"the streets of this division; without it, the divisions"`
}

type regionView struct {
	Code  kernel.RegionCode `json:"code"`
	Name  string            `json:"name"`
	Level RegionLevel       `json:"level" enum:"province,city,district,subdistrict"`
}

func (h *handlers) listRegions(_ context.Context, in *regionsInput) (*web.Body[web.List[regionView]], error) {
	var out []regionView
	for _, g := range h.service.regions {
		if street := g.Level == LevelStreet; street == (in.Parent != "") && (!street || g.Parent == in.Parent) {
			out = append(out, regionView{Code: g.Code, Name: g.Name, Level: g.Level})
		}
	}
	slices.SortFunc(out, func(a, b regionView) int { return cmp.Compare(a.Code, b.Code) })
	return web.Answer(web.NewList(out, "", int64(len(out)), false)), nil
}
