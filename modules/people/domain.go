package people

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/people/rule"
)

// Kind is a capacity in which somebody is registered; one may have several.
type Kind string

// The kinds: the posts of spells, and learners without employment, who never
// enter the denominators of staff.
const (
	KindCaregiver     Kind = Kind(kernel.StaffCaregiver)
	KindVolunteer     Kind = "volunteer"
	KindFamilyCarer   Kind = "familyCarer"
	KindInformalCarer Kind = "informalCarer"
	KindStudent       Kind = "student"
	KindOther         Kind = "other"
)

// Post is the post of staff that a kind stands for; false for learners
// without employment.
func (k Kind) Post() (kernel.StaffRole, bool) {
	switch k {
	case KindVolunteer, KindFamilyCarer, KindInformalCarer, KindStudent, KindOther:
		return "", false
	case KindCaregiver:
	}
	return kernel.StaffRole(k), k != ""
}

// Education is the highest one completed.
type Education string

// The refusals of this module.
var (
	ErrUnknown          = fault.New(fault.NotFound, "people.unknown")
	ErrNameDiffers      = fault.New(fault.Conflict, "people.name_differs")
	ErrDuplicate        = fault.New(fault.Conflict, "people.duplicate")
	ErrTooManyProbes    = fault.New(fault.TooMany, "people.too_many_probes")
	ErrEmployerUnknown  = fault.New(fault.NotFound, "people.employer_unknown")
	ErrEmployerClosed   = fault.New(fault.Conflict, "people.employer_closed")
	ErrSpellUnknown     = fault.New(fault.NotFound, "people.spell_unknown")
	ErrSpellOverlap     = fault.New(fault.Conflict, "people.spell_overlap")
	ErrSpellReversed    = fault.New(fault.Invalid, "people.spell_reversed")
	ErrSpellTooFar      = fault.New(fault.Invalid, "people.spell_too_far")
	ErrSpellBeforeBirth = fault.New(fault.Invalid, "people.spell_before_birth")
	ErrSpellUnchanged   = fault.New(fault.Conflict, "people.spell_unchanged")
	ErrNothingToReveal  = fault.New(fault.NotFound, "people.nothing_to_reveal")
	ErrMergeWithItself  = fault.New(fault.Invalid, "people.merge_with_itself")
	ErrNotMerged        = fault.New(fault.NotFound, "people.not_merged")
	ErrMergedOn         = fault.New(fault.Conflict, "people.merged_on")
	ErrVoidByBureau     = fault.New(fault.Conflict, "people.void_by_bureau")
	ErrIdentityShared   = fault.New(fault.Conflict, "people.identity_shared")
	ErrIdentitySince    = fault.New(fault.Conflict, "people.identity_since")
	ErrEmployedSince    = fault.New(fault.Conflict, "people.employed_since")
	ErrPreJobSince      = fault.New(fault.Conflict, "people.pre_job_since")
	ErrTwinsUnknown     = fault.New(fault.NotFound, "people.twins_unknown")
	ErrTwinsDecided     = fault.New(fault.Conflict, "people.twins_decided")
	ErrTransferUnknown  = fault.New(fault.NotFound, "people.transfer_unknown")
	ErrTransferOpen     = fault.New(fault.Conflict, "people.transfer_open")
	ErrLinkUnknown      = fault.New(fault.NotFound, "people.link_unknown")
	ErrLinkTooLong      = fault.New(fault.Invalid, "people.link_too_long")
	ErrGlyph            = fault.New(fault.Conflict, "people.character_unprintable")
	ErrBuiltUpon        = fault.New(fault.Conflict, "people.built_upon")
	ErrTrainedSince     = fault.New(fault.Conflict, "people.trained_since")
	ErrHoursSince       = fault.New(fault.Conflict, "people.hours_since")
	ErrCertifiedSince   = fault.New(fault.Conflict, "people.certified_since")
	ErrAccountSince     = fault.New(fault.Conflict, "people.account_since")
	ErrTransferSince    = fault.New(fault.Conflict, "people.transfer_since")
	ErrImportSince      = fault.New(fault.Conflict, "people.import_since")
	ErrByHandSince      = fault.New(fault.Conflict, "people.by_hand_since")
	ErrConsentSince     = fault.New(fault.Conflict, "people.consent_since")
	ErrCorrectionSince  = fault.New(fault.Conflict, "people.correction_since")
	ErrMergedSince      = fault.New(fault.Conflict, "people.merged_since")
	ErrElsewhere        = fault.New(fault.Forbidden, "people.works_elsewhere")
	ErrClaimNeeded      = fault.New(fault.Forbidden, "people.claim_needed")
)

// Person is one human being of the register, with nothing in clear that the
// register masks.
type Person struct {
	ID         kernel.PersonID
	Name       string
	IDType     rule.IDType
	IDMasked   string
	Birth      kernel.Date // "" where the identity does not tell and nobody said
	Gender     string
	Phone      string // masked
	Education  Education
	Major      string
	Kinds      []Kind
	Career     Career
	Registrar  []kernel.OrganizationID // path of whoever registered them
	Granted    []kernel.OrganizationID // schools that enrolled them
	GrantedOn  map[kernel.OrganizationID]kernel.Date
	PreJobOn   kernel.Date // pre-job training passed
	RecordedAt time.Time
	Consent    *ConsentStanding // nil while they have said nothing
	FormerOnly bool             // the reader employed them once and sees what was its own
	NamesOnce  []FormerName     // the names they had before, with the last day of each
	Aliases    []string         // the names of records that were merged into this one
	Stored     int64            // version of the document
}

// otherNames are those of merged records and the former ones.
func (p Person) otherNames() []string {
	out := slices.Clone(p.Aliases)
	for _, n := range p.NamesOnce {
		out = append(out, n.Name)
	}
	return out
}

// Reach lists the organisations whose person it is on the day. Whoever employs
// or will employ them, with all overseers; of past employers the bureaus and
// subdistricts; who registered them until they have a post; schools that
// enrolled them.
func (p Person) Reach(today kernel.Date) []kernel.OrganizationID {
	var out []kernel.OrganizationID
	latest := p.Career.Latest()
	for _, e := range latest {
		if e.Period.To >= today {
			out = append(out, e.Path...)
		} else {
			out = append(out, e.Overseers...)
		}
	}
	if len(latest) == 0 {
		out = append(out, p.Registrar...)
	}
	out = append(out, p.Granted...)
	slices.Sort(out)
	return slices.Compact(out)
}

// FormerName is a name that somebody had in the register until a day.
type FormerName struct {
	Name  string      `bson:"name" json:"name"`
	Until kernel.Date `bson:"until" json:"until" format:"date"`
}

// sharedBeyond tells whether somebody else employs the person now, and no
// office of an employer asks: one of several employers alone does not change
// who the others' employee is.
func (p Person) sharedBeyond(r kernel.Reach, today kernel.Date) bool {
	others, office := false, false
	for _, e := range p.Career.Latest() {
		if e.Period.To >= today {
			others = others || !r.Covers(e.Path)
			office = office || r.Covers(e.Overseers)
		}
	}
	return others && !office
}

// Former lists the organisations whose people they were until lately, nearest
// first: such an employer may still read what was its own and mend it, until
// the day that the rule gives. Who reaches them anyway is left out.
func (p Person) Former(today kernel.Date, row rule.CareerRow) []kernel.OrganizationID {
	reach := p.Reach(today)
	var out []kernel.OrganizationID
	for _, e := range p.Career.Latest() {
		if e.Period.To >= today || p.formerUntil(e, row) < today {
			continue
		}
		for _, o := range e.Path {
			if !slices.Contains(reach, o) && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out
}

// formerUntil is the last day on which a former employer reads its spell. Who
// registered the person has some days for it, however long ago it ended: what
// one has just entered one can still mend.
func (p Person) formerUntil(e Entry, row rule.CareerRow) kernel.Date {
	until := row.Until(e.Period.To)
	if len(p.Registrar) > 0 && slices.Contains(e.Path, p.Registrar[0]) && !slices.Contains(e.Overseers, p.Registrar[0]) {
		until = max(until, kernel.DateOf(p.RecordedAt).AddDays(row.RegistrarDays))
	}
	return until
}

// ownOf is the person as a former employer in reach sees them: its own spells
// and nothing else of the career, nor what may have been told since.
func (p Person) ownOf(r kernel.Reach) Person {
	p.Career = slices.DeleteFunc(slices.Clone(p.Career), func(e Entry) bool { return !r.Covers(e.Path) })
	latest := p.Career.Latest()
	last, kinds := latest.lastDay(), []Kind{}
	for _, e := range latest {
		kinds, _ = union(kinds, []Kind{Kind(e.Role)})
	}
	p.FormerOnly, p.Name, p.Kinds = true, p.nameOn(last), kinds
	p.Phone, p.Education, p.Major, p.NamesOnce, p.Aliases, p.Consent = "", "", "", nil, nil, nil
	if p.PreJobOn > last {
		p.PreJobOn = ""
	}
	return p
}

// nameOn is what the register called the person at the end of a day.
func (p Person) nameOn(on kernel.Date) string {
	name, until := p.Name, kernel.Forever
	for _, n := range p.NamesOnce {
		if n.Until > on && n.Until < until {
			name, until = n.Name, n.Until
		}
	}
	return name
}

// visible tells whether the person lies in reach, which includes oneself.
func (p Person) visible(r kernel.Reach, today kernel.Date) bool {
	return r.Everywhere || r.CoversPerson(p.ID, p.Reach(today))
}

// linked lists the organisations that have had to do with the person
// themselves, not through their office.
func (p Person) linked() []kernel.OrganizationID {
	out := slices.Clone(p.Granted)
	if len(p.Registrar) > 0 {
		out = append(out, p.Registrar[0])
	}
	for _, e := range p.Career.Latest() {
		for _, o := range e.Path {
			if o == e.Organization || !slices.Contains(e.Overseers, o) {
				out = append(out, o)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// refreshOn is the next day on which the reach changes by itself; "" if never.
func (p Person) refreshOn(today kernel.Date, row rule.CareerRow) kernel.Date {
	next := kernel.Forever
	for _, e := range p.Career.Latest() {
		if e.Period.From > today {
			next = min(next, e.Period.From)
		}
		if e.Period.To >= today {
			next = min(next, e.Period.To.AddDays(1))
		} else if until := p.formerUntil(e, row); until >= today {
			next = min(next, until.AddDays(1))
		}
	}
	if next == kernel.Forever {
		return ""
	}
	return next
}
