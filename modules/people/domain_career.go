package people

import (
	"cmp"
	"slices"
	"time"

	"carecert/modules/kernel"
)

// Entry is one version of a spell in the register.
type Entry struct {
	kernel.Spell `bson:",inline"`
	Overseers    []kernel.OrganizationID `bson:"overseers"` // bureaus and subdistricts of the path: they see it for good
	Reason       string                  `bson:"reason,omitempty"`
	Import       string                  `bson:"import,omitempty"`
}

// Career is every version of every spell, in the order they were recorded.
type Career []Entry

// Latest leaves out what was superseded.
func (c Career) Latest() Career {
	return slices.DeleteFunc(slices.Clone(c), func(e Entry) bool { return e.SupersededAt != nil })
}

// KnownAt is the career as it was known at an instant.
func (c Career) KnownAt(at time.Time) Career {
	return slices.DeleteFunc(slices.Clone(c), func(e Entry) bool {
		return e.RecordedAt.After(at) || (e.SupersededAt != nil && !e.SupersededAt.After(at))
	})
}

// Newest sorts by the day it began, the newest first.
func (c Career) Newest() Career {
	return slices.SortedStableFunc(slices.Values(c), func(a, b Entry) int { return cmp.Compare(b.Period.From, a.Period.From) })
}

// Spells are the versions in kernel words.
func (c Career) Spells() []kernel.Spell {
	out := make([]kernel.Spell, len(c))
	for i, e := range c {
		out[i] = e.Spell
	}
	return out
}

// Periods of the latest versions.
func (c Career) Periods() []kernel.Period {
	var out []kernel.Period
	for _, e := range c.Latest() {
		out = append(out, e.Period)
	}
	return out
}

// Find is the latest version of a spell; ErrSpellUnknown.
func (c Career) Find(id string) (Entry, error) {
	for _, e := range c {
		if e.ID == id && e.SupersededAt == nil {
			return e, nil
		}
	}
	return Entry{}, ErrSpellUnknown
}

// Add records a spell; ErrSpellOverlap when the person had the same post there
// at the time.
func (c Career) Add(e Entry) (Career, error) {
	for _, other := range c.Latest() {
		if other.ID != e.ID && other.Organization == e.Organization && other.Role == e.Role && other.Period.Overlaps(e.Period) {
			return c, ErrSpellOverlap.With("from", other.Period.From)
		}
	}
	return append(slices.Clone(c), e), nil
}

// Correct records another version of a spell; the old one stays, superseded.
// ErrSpellUnknown, ErrSpellUnchanged, ErrSpellOverlap.
func (c Career) Correct(e Entry) (Career, error) {
	old, err := c.Find(e.ID)
	if err != nil {
		return c, err
	}
	if old.Organization == e.Organization && old.Role == e.Role && old.Period == e.Period && old.Dispatched == e.Dispatched {
		return c, ErrSpellUnchanged
	}
	return c.Void(e.ID, e.RecordedAt).Add(e)
}

// Void supersedes a spell by nothing: it never was.
func (c Career) Void(id string, at time.Time) Career {
	out := slices.Clone(c)
	for i := range out {
		if out[i].ID == id && out[i].SupersededAt == nil {
			out[i].SupersededAt = &at
		}
	}
	return out
}

// earliest: nobody on post today began before.
const earliest kernel.Date = "1950-01-01"

const (
	monthsAhead  = 12 // posts are arranged a year ahead at most
	workingYears = 14 // nobody begins younger
)

// sound checks the days of a spell of somebody born on a day ("" if unknown).
func (e Entry) sound(birth, today kernel.Date) error {
	far := today.AddMonths(monthsAhead)
	switch {
	case e.Period.To < e.Period.From:
		return ErrSpellReversed
	case e.Period.From < earliest || e.Period.From > far || (e.Period.To != kernel.Forever && e.Period.To > far):
		return ErrSpellTooFar
	case birth != "" && e.Period.From < birth.AddMonths(12*workingYears):
		return ErrSpellBeforeBirth
	}
	return nil
}
