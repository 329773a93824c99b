package kernel

import (
	"slices"
	"time"
)

// Standing is where an organisation stands in the tree from a day on, as known
// since RecordedAt.
type Standing struct {
	From       Date             `bson:"from"` // "" for ever
	RecordedAt time.Time        `bson:"recordedAt"`
	Path       []OrganizationID `bson:"path"`
	Region     RegionCode       `bson:"region"`
	SmallHome  bool             `bson:"smallHome,omitempty"`
}

// Began is the day from which it holds.
func (s Standing) Began() Date { return s.From }

// Told is the instant since which it is known.
func (s Standing) Told() time.Time { return s.RecordedAt }

// Since is something that holds from a day on and was recorded at an instant.
type Since interface {
	Began() Date
	Told() time.Time
}

// Timeline is what of a history, in the order it was recorded, was known at an
// instant (zero: everything): what is recorded later stands in for all that it
// reaches back over. The first is known always.
func Timeline[T Since](history []T, knownAt time.Time) []T {
	var out []T
	for i, x := range history {
		if i > 0 && !knownAt.IsZero() && x.Told().After(knownAt) {
			continue
		}
		out = slices.DeleteFunc(out, func(o T) bool { return o.Began() >= x.Began() })
		out = append(out, x)
	}
	return out
}

// Placed are the spell's stretches by where its organisation stood: an
// organisation that moves takes its people along from that day on, and leaves
// the days before, and what was known before, where they were.
func (s Spell) Placed() []Spell {
	if len(s.Stood) == 0 {
		return []Spell{s}
	}
	instants := []time.Time{s.RecordedAt}
	for _, x := range s.Stood[1:] {
		if x.RecordedAt.After(instants[len(instants)-1]) && (s.SupersededAt == nil || x.RecordedAt.Before(*s.SupersededAt)) {
			instants = append(instants, x.RecordedAt)
		}
	}
	var out []Spell
	var standing []int // places in out of what was known so far
	for i, at := range instants {
		until := s.SupersededAt
		if i+1 < len(instants) {
			until = &instants[i+1]
		}
		var now []int
		for _, piece := range s.cut(Timeline(s.Stood, at)) {
			known := slices.IndexFunc(standing, func(n int) bool { return out[n].alike(piece) })
			if known >= 0 {
				out[standing[known]].SupersededAt = until
				now = append(now, standing[known])
				continue
			}
			piece.RecordedAt, piece.SupersededAt = at, until
			out, now = append(out, piece), append(now, len(out))
		}
		standing = now
	}
	return out
}

// cut is the spell in the stretches of a timeline.
func (s Spell) cut(stood []Standing) (out []Spell) {
	s.Stood = nil
	for i, at := range stood {
		piece := s
		piece.Path, piece.Region, piece.SmallHome = at.Path, at.Region, at.SmallHome
		if at.From > piece.Period.From {
			piece.Period.From = at.From
		}
		if i+1 < len(stood) {
			piece.Period.To = min(piece.Period.To, stood[i+1].From.AddDays(-1))
		}
		if n := len(out); n > 0 && out[n-1].samePlace(piece) {
			out[n-1].Period.To = max(out[n-1].Period.To, piece.Period.To)
		} else if piece.Period.From <= piece.Period.To {
			out = append(out, piece)
		}
	}
	return out
}

func (s Spell) samePlace(o Spell) bool {
	return s.Region == o.Region && s.SmallHome == o.SmallHome && slices.Equal(s.Path, o.Path)
}

func (s Spell) alike(o Spell) bool { return s.Period == o.Period && s.samePlace(o) }
