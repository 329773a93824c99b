package people

import (
	"maps"
	"slices"
	"time"

	"carecert/modules/kernel"
)

// career is what the record has now: of one that was merged into another,
// nothing since.
func (d personDoc) career() Career {
	if d.MergedInto == "" || d.MergedAt == nil {
		return d.Career
	}
	return d.Career.end(*d.MergedAt)
}

// end supersedes every spell.
func (c Career) end(at time.Time) Career {
	out := slices.Clone(c)
	for _, e := range c.Latest() {
		out = out.Void(e.ID, at)
	}
	return out
}

// absorb takes over what another record of the same person has; where both
// speak, the record that is kept is right. The answer remembers what came.
func (d *personDoc) absorb(gone personDoc, at time.Time) mergeDoc {
	m := mergeDoc{Spells: d.Career.ids(), Kept: d.ID, Gone: gone.ID, At: at, GoneImports: gone.Imports, PreJobOn: d.PreJobOn, PreJobClass: d.PreJobClass}
	d.Career = d.Career.absorb(gone.Career, kernel.PersonID(d.ID), kernel.PersonID(gone.ID), at)
	for _, name := range append(gone.otherNames(), gone.Name) {
		if !d.called(name) {
			d.Aliases, m.Aliases = append(d.Aliases, name), append(m.Aliases, name)
		}
	}
	d.Blinds = append(append(slices.Clone(d.Blinds), gone.Blinds...), gone.IDBlind)
	d.Granted, m.Granted = union(d.Granted, gone.Granted)
	d.GrantedOn = later(d.GrantedOn, gone.GrantedOn)
	d.Kinds, m.Kinds = union(d.Kinds, gone.Kinds)
	d.Imports, m.Imports = union(d.Imports, gone.Imports)
	if d.PhoneSealed == "" {
		d.PhoneSealed, d.PhoneBlind, d.PhoneMasked, m.TookPhone = gone.PhoneSealed, gone.PhoneBlind, gone.PhoneMasked, gone.PhoneSealed != ""
	}
	if d.Birth == "" {
		d.Birth, d.Gender, m.TookBirth = gone.Birth, gone.Gender, gone.Birth != ""
	}
	if d.Education == "" {
		d.Education, d.Major, m.TookEducation = gone.Education, gone.Major, gone.Education != ""
	}
	if gone.PreJobOn != "" && (d.PreJobOn == "" || gone.PreJobOn < d.PreJobOn) {
		d.PreJobOn, d.PreJobClass = gone.PreJobOn, gone.PreJobClass
	}
	m.PreJobAfter = d.PreJobClass + string(d.PreJobOn)
	if len(d.Registrar) == 0 {
		d.Registrar, m.TookRegistrar = gone.Registrar, len(gone.Registrar) > 0
	}
	return m
}

// absorb takes over every version of every spell. A spell that the career
// already tells of, at the same time in the same post, comes as history only.
func (c Career) absorb(gone Career, person, from kernel.PersonID, at time.Time) Career {
	out := slices.Clone(c)
	for _, e := range gone {
		e.Person, e.Was, e.Joined = person, from, &at
		if e.SupersededAt == nil {
			longer, err := out.Add(e)
			if err == nil {
				out = longer
				continue
			}
			e.SupersededAt = &at
		}
		out = append(out, e)
	}
	return out
}

// release gives back what a merge took over: the record that stays without it,
// the other with what has become of its own since. ErrEmployedSince for a
// spell that could be either's, ErrPreJobSince for a training that could.
func (d *personDoc) release(gone *personDoc, m mergeDoc, at time.Time) error {
	if d.PreJobClass+string(d.PreJobOn) != m.PreJobAfter {
		return ErrPreJobSince.With("on", d.PreJobOn)
	}
	kept, given, err := d.Career.release(*gone, m, at)
	if err != nil {
		return err
	}
	d.Career, gone.Career = kept, given
	gone.MergedInto, gone.MergedAt, gone.Imports = "", nil, m.GoneImports
	d.Aliases, d.Granted, d.Kinds, d.Imports = less(d.Aliases, m.Aliases), less(d.Granted, m.Granted), less(d.Kinds, m.Kinds), less(d.Imports, m.Imports)
	d.Blinds = less(d.Blinds, append(slices.Clone(gone.Blinds), gone.IDBlind))
	if m.TookPhone && d.PhoneBlind == gone.PhoneBlind {
		d.PhoneSealed, d.PhoneBlind, d.PhoneMasked = "", "", ""
	}
	if m.TookBirth && d.Birth == gone.Birth {
		d.Birth, d.Gender = "", ""
	}
	if m.TookEducation && d.Education == gone.Education {
		d.Education, d.Major = "", ""
	}
	if m.TookRegistrar {
		d.Registrar = nil
	}
	d.PreJobOn, d.PreJobClass = m.PreJobOn, m.PreJobClass
	return nil
}

// release parts a career. What came with the merge goes back and stays here as
// history; corrections since go with the spell they correct.
func (c Career) release(gone personDoc, m mergeDoc, at time.Time) (kept, given Career, err error) {
	own := map[string]kernel.PersonID{} // spells of the other record → of whom it had them
	for _, e := range gone.Career {
		own[e.ID] = e.Was
	}
	given = gone.Career.end(m.At)
	for _, e := range c {
		came := string(e.Was) == gone.ID
		if !came && !slices.Contains(m.Spells, e.ID) && c.current(e.ID) { // one that was voided is nobody's
			return nil, nil, ErrEmployedSince.With("from", e.Period.From)
		}
		doubled := e.SupersededAt != nil && e.SupersededAt.Equal(m.At) && gone.Career.current(e.ID) // came as history only
		if came && (e.SupersededAt == nil || doubled) {
			back := e
			back.Person, back.Was, back.Joined, back.SupersededAt = kernel.PersonID(gone.ID), own[e.ID], &at, nil
			given = append(given, back)
		}
		if came && e.SupersededAt == nil {
			e.SupersededAt = &at
		}
		kept = append(kept, e)
	}
	return kept, given, nil
}

// ids names the spells.
func (c Career) ids() []string {
	var out []string
	for _, e := range c {
		if !slices.Contains(out, e.ID) {
			out = append(out, e.ID)
		}
	}
	return out
}

// current tells whether a spell stands.
func (c Career) current(id string) bool {
	_, err := c.Find(id)
	return err == nil
}

// union appends what is new and tells it.
// later is the later day of each school.
func later(a, b map[kernel.OrganizationID]kernel.Date) map[kernel.OrganizationID]kernel.Date {
	if len(b) == 0 {
		return a
	}
	out := maps.Clone(b)
	for school, on := range a {
		out[school] = max(out[school], on)
	}
	return out
}

func union[T comparable](a, b []T) (all, added []T) {
	all = slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(all, x) {
			all, added = append(all, x), append(added, x)
		}
	}
	return all, added
}

func less[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(x T) bool { return slices.Contains(b, x) })
}
