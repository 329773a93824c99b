package organizations

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Terms are what the register says of an organisation from a day on, as far as
// figures of that day rest on it: an old report shows the old tree, beds and
// grade (DESIGN §3.11).
type Terms struct {
	From          kernel.Date             `bson:"from"` // "" for ever
	RecordedAt    time.Time               `bson:"recordedAt"`
	Parent        kernel.OrganizationID   `bson:"parent,omitempty"`
	Division      kernel.RegionCode       `bson:"division"`
	Street        kernel.RegionCode       `bson:"street,omitempty"`
	ApprovedBeds  int                     `bson:"beds"`
	InHouseClinic bool                    `bson:"clinic"`
	SmallCareHome bool                    `bson:"small"`
	Grade         string                  `bson:"grade,omitempty"`
	OperatorGroup kernel.OrganizationID   `bson:"group,omitempty"`
	ClosedOn      kernel.Date             `bson:"closedOn,omitempty"`
	Path          []kernel.OrganizationID `bson:"path"` // itself, then who oversaw it
}

// Began implements kernel.Since.
func (t Terms) Began() kernel.Date { return t.From }

// Told implements kernel.Since.
func (t Terms) Told() time.Time { return t.RecordedAt }

func termsOf(p Particulars, path []kernel.OrganizationID) Terms {
	return Terms{
		Parent: p.Parent, Division: p.Division, Street: p.Street, ApprovedBeds: p.ApprovedBeds, InHouseClinic: p.InHouseClinic,
		SmallCareHome: p.SmallCareHome, Grade: p.Grade, OperatorGroup: p.OperatorGroup, ClosedOn: p.ClosedOn, Path: path,
	}
}

// under are the particulars as they were under the terms.
func (p Particulars) under(t Terms) Particulars {
	p.Parent, p.Division, p.Street, p.ApprovedBeds, p.InHouseClinic = t.Parent, t.Division, t.Street, t.ApprovedBeds, t.InHouseClinic
	p.SmallCareHome, p.Grade, p.OperatorGroup, p.ClosedOn = t.SmallCareHome, t.Grade, t.OperatorGroup, t.ClosedOn
	return p
}

// same tells whether two say the same, from whichever day.
func (t Terms) same(o Terms) bool {
	path := slices.Equal(t.Path, o.Path)
	t.From, o.From, t.RecordedAt, o.RecordedAt = "", "", time.Time{}, time.Time{}
	return path && t.key() == o.key()
}

// key is all of the terms but the path.
func (t Terms) key() [9]any {
	return [9]any{t.Parent, t.Division, t.Street, t.ApprovedBeds, t.InHouseClinic, t.SmallCareHome, t.Grade, t.OperatorGroup, t.ClosedOn}
}

// taking over what a change made different, and only that.
func (t Terms) taking(was, is Particulars) Terms {
	take(&t.Parent, was.Parent, is.Parent)
	take(&t.Division, was.Division, is.Division)
	take(&t.Street, was.Street, is.Street)
	take(&t.ApprovedBeds, was.ApprovedBeds, is.ApprovedBeds)
	take(&t.InHouseClinic, was.InHouseClinic, is.InHouseClinic)
	take(&t.SmallCareHome, was.SmallCareHome, is.SmallCareHome)
	take(&t.Grade, was.Grade, is.Grade)
	take(&t.OperatorGroup, was.OperatorGroup, is.OperatorGroup)
	take(&t.ClosedOn, was.ClosedOn, is.ClosedOn)
	return t
}

func take[T comparable](to *T, was, is T) {
	if was != is {
		*to = is
	}
}

// fillsIn tells whether a change of terms only says what nobody had said: beds
// or a grade that were unknown are no other than before, they hold for ever.
func (p Particulars) fillsIn(is Particulars) bool {
	was := p
	if was.ApprovedBeds == 0 {
		was.ApprovedBeds = is.ApprovedBeds
	}
	if was.Grade == "" {
		was.Grade = is.Grade
	}
	said := termsOf(is, nil).key()
	return termsOf(was, nil).key() == said && termsOf(p, nil).key() != said
}

// course is what is known today of its terms, the earliest first.
func (o Organization) course() []Terms {
	if len(o.Terms) == 0 {
		t := termsOf(o.Particulars, o.Path)
		t.RecordedAt = o.RecordedAt
		return []Terms{t}
	}
	return kernel.Timeline(o.Terms, time.Time{})
}

// on is the last of a course that has begun by a day.
func on(course []Terms, day kernel.Date) Terms {
	t := course[0]
	for _, next := range course[1:] {
		if next.From <= day {
			t = next
		}
	}
	return t
}

// On is the organisation as it was on a day: its name, terms and path.
func (o Organization) On(day kernel.Date) Organization {
	if day == "" {
		return o
	}
	t, name := on(o.course(), day), o.NameOn(day)
	o.Particulars, o.Path = o.under(t), t.Path
	o.Name = name
	return o
}

// split begins a new stretch of a course on each of the days.
func split(course []Terms, days ...kernel.Date) []Terms {
	out := slices.Clone(course)
	for _, day := range days {
		if !slices.ContainsFunc(out, func(t Terms) bool { return t.From == day }) {
			t := on(out, day)
			t.From = day
			out = append(out, t)
			slices.SortFunc(out, func(a, b Terms) int { return compareDates(a.From, b.From) })
		}
	}
	return out
}

func compareDates(a, b kernel.Date) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// within the regions of the terms.
func (o Organization) within(t Terms) Organization {
	o.Division, o.Street, o.ClosedOn = t.Division, t.Street, t.ClosedOn
	return o
}

// seats that it oversaw in its course, from which day on.
func (o Organization) seats() (out []seatSince) {
	for _, t := range o.course() {
		seat := o.within(t).Seat()
		if n := len(out); n == 0 || out[n-1].seat != seat {
			out = append(out, seatSince{seat, t.From})
		}
	}
	return out
}

type seatSince struct {
	seat kernel.RegionCode
	from kernel.Date
}

// retell adds what a course says from a day on to the history, where that is
// not what is known already. The first line of a history is what held before.
func (o Organization) retell(course []Terms, from kernel.Date, at time.Time) []Terms {
	known := o.course()
	var told []Terms
	for _, t := range split(course, from) {
		if t.From < from {
			continue
		}
		if n := len(told); n > 0 && told[n-1].same(t) {
			continue
		}
		t.RecordedAt = at
		told = append(told, t)
	}
	var stands []Terms
	for _, t := range split(known, from) {
		if n := len(stands); t.From >= from && (n == 0 || !stands[n-1].same(t)) {
			stands = append(stands, t)
		}
	}
	if slices.EqualFunc(told, stands, func(a, b Terms) bool { return a.From == b.From && a.same(b) }) {
		return o.Terms
	}
	if len(o.Terms) == 0 {
		return append(known, told...)
	}
	return append(slices.Clone(o.Terms), told...)
}

// stood tells neighbours where it stood; nil where that never changed.
func (o Organization) stood() []kernel.Standing {
	var out []kernel.Standing
	moved := false
	for _, t := range o.Terms {
		s := kernel.Standing{From: t.From, RecordedAt: t.RecordedAt, Path: t.Path, SmallHome: t.SmallCareHome}
		s.Region = o.within(t).Region()
		if len(out) > 0 {
			first := out[0]
			moved = moved || s.Region != first.Region || s.SmallHome != first.SmallHome || !slices.Equal(s.Path, first.Path)
		}
		out = append(out, s)
	}
	if !moved {
		return nil
	}
	return out
}

// from checks the day from which a change holds; the day itself is the default.
func (s *Service) from(asked kernel.Date, at time.Time) (kernel.Date, error) {
	today := kernel.DateOf(at)
	switch {
	case asked == "":
		return today, nil
	case asked > today:
		return "", fault.ErrInvalid.At("body.from", "organizations.from_in_future", string(asked))
	}
	return asked, nil
}
