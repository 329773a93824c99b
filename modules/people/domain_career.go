package people

import (
	"cmp"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

// Entry is one version of a spell in the register.
type Entry struct {
	kernel.Spell `bson:",inline"`
	Position     string                  `bson:"position,omitempty"` // what the post is called there: 护理组长
	Overseers    []kernel.OrganizationID `bson:"overseers"`          // bureaus and subdistricts of the path: they see it for good
	Reason       string                  `bson:"reason,omitempty"`
	Import       string                  `bson:"import,omitempty"`
	ByHand       bool                    `bson:"byHand,omitempty"` // somebody corrected what an import had recorded
	Was          kernel.PersonID         `bson:"was,omitempty"`    // the merged record that brought it
	Joined       *time.Time              `bson:"joined,omitempty"` // since when this record has it, where that is later than it was recorded
	Voided       *Voiding                `bson:"voided,omitempty"` // it never was; SupersededAt says since when that is known
}

// Voiding is why a spell is void, and by whose word.
type Voiding struct {
	By     string `bson:"by" json:"by"`
	Reason string `bson:"reason" json:"reason"`
}

// since is when this record came to know it.
func (e Entry) since() time.Time {
	if e.Joined != nil && e.Joined.After(e.RecordedAt) {
		return *e.Joined
	}
	return e.RecordedAt
}

// passed tells a version that was over before this record had it: history
// that came with a merge.
func (e Entry) passed() bool {
	return e.Joined != nil && e.SupersededAt != nil && !e.SupersededAt.After(*e.Joined)
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
		return e.since().After(at) || (e.SupersededAt != nil && !e.SupersededAt.After(at))
	})
}

// Newest sorts by the day it began, the newest first.
func (c Career) Newest() Career {
	return slices.SortedStableFunc(slices.Values(c), func(a, b Entry) int { return cmp.Compare(b.Period.From, a.Period.From) })
}

// Spells are the versions in kernel words, each known from the day this record
// had it: what a merge brought was not known of this record before, so a figure
// frozen then is found again.
func (c Career) Spells() []kernel.Spell {
	out := make([]kernel.Spell, 0, len(c))
	for _, e := range c {
		if e.passed() {
			continue
		}
		spell := e.Spell
		spell.RecordedAt = e.since()
		out = append(out, spell)
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
	if old.Organization == e.Organization && old.Role == e.Role && old.Period == e.Period && old.Dispatched == e.Dispatched && old.Position == e.Position {
		return c, ErrSpellUnchanged
	}
	e.Was = old.Was
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

// voided puts the voided version in the place of the one that stood.
func (c Career) voided(e Entry) Career {
	out := slices.Clone(c)
	for i := range out {
		if out[i].ID == e.ID && out[i].SupersededAt == nil {
			out[i] = e
		}
	}
	return out
}

// Voids are the spells that never were, the newest first.
func (c Career) Voids() Career {
	return slices.DeleteFunc(c.Newest(), func(e Entry) bool { return e.Voided == nil })
}

// lastDay is the latest day of a career's spells; "" without any.
func (c Career) lastDay() (last kernel.Date) {
	for _, e := range c {
		last = max(last, e.Period.To)
	}
	return last
}

// workplace is the region of the newest spell; "" without any.
func (c Career) workplace() kernel.RegionCode {
	for _, e := range c.Latest().Newest() {
		return e.Region
	}
	return ""
}

// firstRecorded is when somebody first told of a spell.
func (c Career) firstRecorded(id string) time.Time {
	var first time.Time
	for _, e := range c {
		if e.ID == id && (first.IsZero() || e.RecordedAt.Before(first)) {
			first = e.RecordedAt
		}
	}
	return first
}

// sound checks the days of a spell of somebody born on a day ("" if unknown).
func (e Entry) sound(birth, today kernel.Date, row rule.CareerRow) error {
	far := today.AddMonths(row.MonthsAhead)
	switch {
	case e.Period.To < e.Period.From:
		return ErrSpellReversed
	case e.Period.From < row.Earliest || e.Period.From > far || (e.Period.To != kernel.Forever && e.Period.To > far):
		return ErrSpellTooFar
	case birth != "" && e.Period.From < birth.AddMonths(12*row.YoungestYears):
		return ErrSpellBeforeBirth
	}
	return nil
}
