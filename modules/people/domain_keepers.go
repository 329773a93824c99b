package people

import (
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

// Keepers lists the organisations whose part it is to know and mend the person's
// own facts on the day: telephone, education, who they are. Whoever employs or
// will employ them, with all overseers; without a post the offices of the last
// one; who registered them until they had one; schools for some months after
// they enrolled them. Offices of posts before that, and schools of long ago, read
// the record and leave these facts alone.
func (p Person) Keepers(today kernel.Date, row rule.CareerRow) []kernel.OrganizationID {
	latest := p.Career.Latest()
	last := latest.lastDay()
	var out []kernel.OrganizationID
	for _, school := range p.Granted {
		if on := p.GrantedOn[school]; on != "" && on.AddMonths(row.SchoolMonths) >= today {
			out = append(out, school)
		}
	}
	for _, e := range latest {
		switch {
		case e.Period.To >= today:
			out = append(out, e.Path...)
		case e.Period.To == last:
			out = append(out, e.Overseers...)
		}
	}
	if len(latest) == 0 {
		out = append(out, p.Registrar...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lastEmployed tells whether nobody employs the person now, and the last who did
// lies in reach: it takes them back as its own.
func (p Person) lastEmployed(r kernel.Reach, today kernel.Date) bool {
	latest := p.Career.Latest()
	last := latest.lastDay()
	return last < today && slices.ContainsFunc(latest, func(e Entry) bool { return e.Period.To == last && r.Covers(e.Path) })
}

// kept tells whether the person's own facts are known and mended in reach, which
// includes oneself.
func (p Person) kept(r kernel.Reach, today kernel.Date, row rule.CareerRow) bool {
	return r.Everywhere || r.CoversPerson(p.ID, p.Keepers(today, row))
}
