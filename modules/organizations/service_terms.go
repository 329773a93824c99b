package organizations

import (
	"context"
	"slices"
	"time"

	"carecert/modules/kernel"
)

// retell writes into an organisation's history what a course says from a day
// on, with the path of each day: whoever oversees it may have moved on days of
// their own.
func (s *Service) retell(ctx context.Context, doc *organizationDoc, before Organization, course []Terms, from kernel.Date, at time.Time) error {
	o := doc.organization()
	above, err := s.above(ctx, o, course)
	if err != nil {
		return err
	}
	days := []kernel.Date{from}
	for _, o := range above.all() {
		for _, t := range o.course() {
			if t.From > from {
				days = append(days, t.From)
			}
		}
	}
	course = split(course, days...)
	for i, t := range course {
		if t.From < from {
			continue
		}
		if course[i].Path, err = above.path(o, t); err != nil {
			return err
		}
	}
	if n := len(course); n > 0 { // today's is what it was placed under
		course[n-1].Path = o.Path
	}
	doc.Terms = before.retell(course, from, at)
	doc.recall()
	return nil
}

// above is who may have overseen an organisation: its parents, and who held
// the seats around it, on whatever day.
type above struct {
	parents map[kernel.OrganizationID]Organization
	seats   map[kernel.RegionCode][]Organization
}

func (a above) all() (out []Organization) {
	for _, o := range a.parents {
		out = append(out, o)
	}
	for _, holders := range a.seats {
		out = append(out, holders...)
	}
	return out
}

func (s *Service) above(ctx context.Context, o Organization, course []Terms) (above, error) {
	out := above{map[kernel.OrganizationID]Organization{}, map[kernel.RegionCode][]Organization{}}
	var wanted, regions []string
	for _, t := range course {
		if t.Parent != "" && !slices.Contains(wanted, string(t.Parent)) {
			wanted = append(wanted, string(t.Parent))
		}
		for _, r := range o.within(t).around() {
			if !slices.Contains(regions, string(r)) {
				regions = append(regions, string(r))
			}
		}
	}
	parents, err := s.docs.organizations.GetMany(ctx, wanted)
	if err != nil {
		return out, err
	}
	for _, p := range parents {
		out.parents[kernel.OrganizationID(p.ID)] = p.organization()
	}
	seats, err := s.docs.seats.GetMany(ctx, regions)
	if err != nil {
		return out, err
	}
	for _, seat := range seats {
		ever := slices.DeleteFunc(append(slices.Clone(seat.Holders), seat.Former...), func(h string) bool { return h == string(o.ID) })
		holders, err := s.docs.organizations.GetMany(ctx, ever)
		if err != nil {
			return out, err
		}
		for _, h := range holders {
			out.seats[kernel.RegionCode(seat.ID)] = append(out.seats[kernel.RegionCode(seat.ID)], h.organization())
		}
	}
	return out, nil
}

// path is who oversaw an organisation under its terms on their first day.
func (a above) path(o Organization, t Terms) ([]kernel.OrganizationID, error) {
	path := []kernel.OrganizationID{o.ID}
	if parent, ok := a.parents[t.Parent]; ok && parent.Kind != OperatorGroup {
		over := on(parent.course(), t.From).Path
		if slices.Contains(over, o.ID) {
			return nil, ErrCircle
		}
		return append(path, over...), nil
	}
	for _, region := range o.within(t).around() { // nearest first
		for _, holder := range a.seats[region] {
			if holder.within(on(holder.course(), t.From)).Seat() == region {
				path = append(path, holder.ID)
			}
		}
	}
	return path, nil
}
