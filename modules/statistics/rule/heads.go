package rule

import (
	"cmp"
	"slices"
	"time"

	"carecert/modules/kernel"
)

// Everyone is where all who took part in a programme are counted, those
// without a post too.
const Everyone kernel.OrganizationID = "*"

// The fields of participation.
const (
	FieldHead       = "h" // 人数: who completed anything of the programme
	FieldAttendance = "a" // 人次: every completion
	FieldPost       = "p" // who completed something and is on post, by roles
)

// KindNone is who has no post on the day: volunteers, family carers.
const KindNone kernel.StaffRole = "none"

// Kinds lists the kinds of participants, in the order of their precedence.
func Kinds() []kernel.StaffRole {
	return []kernel.StaffRole{
		kernel.StaffCaregiver, kernel.StaffCare, kernel.StaffManager, kernel.StaffDirector, kernel.StaffSocialWorker,
		kernel.StaffMedical, kernel.StaffService, KindNone,
	}
}

// Part is one count of a programme: a field of an organisation, from day to
// day. Ref tells completions of one day apart.
type Part struct {
	Programme string
	Field     string
	Kind      kernel.StaffRole
	Ref       string
	Segment   // Why is the role marks of FieldPost
}

// Participation derives what a person counts for in programmes: a head once a
// programme and organisation, an attendance for every completion, under the
// post of that day.
func Participation(c Catalogue, spells []kernel.Spell, completions []Completion, knownAt time.Time) (out []Part) {
	type place struct {
		programme string
		org       kernel.OrganizationID
	}
	heads, kinds := map[place][]kernel.Period{}, map[place]map[kernel.StaffRole][]kernel.Period{}
	for _, done := range completions {
		p, ok := done.holds(knownAt)
		if done.Programme == "" || !ok {
			continue
		}
		kind, orgs := postOn(spells, done.On, knownAt)
		for _, o := range append(orgs, Everyone) {
			at := place{done.Programme, o}
			heads[at] = append(heads[at], p)
			if kinds[at] == nil {
				kinds[at] = map[kernel.StaffRole][]kernel.Period{}
			}
			kinds[at][kind] = append(kinds[at][kind], p)
			out = append(out, Part{Programme: done.Programme, Field: FieldAttendance, Kind: kind, Ref: string(done.Class) + "." + string(done.As), Segment: Segment{Organization: o, From: p.From, To: p.To}})
		}
	}
	var posts []Segment
	for at, ps := range heads {
		for _, p := range union(ps) {
			out = append(out, Part{Programme: at.programme, Field: FieldHead, Segment: Segment{Organization: at.org, From: p.From, To: p.To}})
		}
		for kind, ps := range kinds[at] {
			for _, p := range union(ps) {
				out = append(out, Part{Programme: at.programme, Field: FieldHead, Kind: kind, Segment: Segment{Organization: at.org, From: p.From, To: p.To}})
			}
		}
		if at.org != Everyone {
			continue
		}
		if posts == nil {
			posts = Standings(c, spells, nil, knownAt)
		}
		for _, p := range union(ps) { // wherever they are on post now: who is still missing there
			for _, s := range posts {
				if from, to := max(s.From, p.From), min(s.To, p.To); from <= to {
					out = append(out, Part{Programme: at.programme, Field: FieldPost, Segment: Segment{Organization: s.Organization, From: from, To: to, Why: s.Why}})
				}
			}
		}
	}
	slices.SortFunc(out, func(x, y Part) int {
		return cmp.Or(
			cmp.Compare(x.Programme, y.Programme), cmp.Compare(x.Organization, y.Organization), cmp.Compare(x.Field, y.Field),
			cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.From, y.From), cmp.Compare(x.Ref, y.Ref),
		)
	})
	return out
}

// postOn is the post of a day, the first of several, and where it is served.
func postOn(spells []kernel.Spell, on kernel.Date, knownAt time.Time) (kernel.StaffRole, []kernel.OrganizationID) {
	kinds, best := Kinds(), len(Kinds())-1
	var orgs []kernel.OrganizationID
	for _, s := range spells {
		unknown := !knownAt.IsZero() && s.RecordedAt.After(knownAt)
		if unknown || !after(s.SupersededAt, knownAt) || !s.OnPost(on) {
			continue
		}
		if n := slices.Index(kinds, s.Role); n >= 0 {
			best = min(best, n)
		}
		for _, o := range s.Path {
			if !slices.Contains(orgs, o) {
				orgs = append(orgs, o)
			}
		}
	}
	return kinds[best], orgs
}
