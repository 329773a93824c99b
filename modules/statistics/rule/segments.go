package rule

import (
	"cmp"
	"slices"
	"time"

	"carecert/modules/kernel"
)

// Holding is a certificate as the rate sees it.
type Holding struct {
	Certificate kernel.CertificateID `bson:"certificate"`
	Family      string               `bson:"family"`
	Level       kernel.SkillLevel    `bson:"level"`
	IssuedOn    kernel.Date          `bson:"issuedOn"`
	RecordedAt  time.Time            `bson:"recordedAt"`           // when it was entered
	VerifiedAt  *time.Time           `bson:"verifiedAt,omitempty"` // when it was confirmed, by us or by issue
	RejectedAt  *time.Time           `bson:"rejectedAt,omitempty"` // when it was refuted
	Words       []Word               `bson:"words,omitempty"`      // where a word was corrected: all of them
	RevokedOn   kernel.Date          `bson:"revokedOn,omitempty"`
	RevokedAt   *time.Time           `bson:"revokedAt,omitempty"` // when the revocation was entered
	LeftAt      *time.Time           `bson:"leftAt,omitempty"`    // when it became another record's, by a merge
}

// Word is what was said of a certificate at a time.
type Word struct {
	Result string    `bson:"result"` // confirmed, refuted, withdrawn
	At     time.Time `bson:"at"`
}

// Why somebody on post is not counted as certified.
const (
	WhyNone       = "none"       // no certificate is on file
	WhyUnverified = "unverified" // registered, not yet verified
	WhyRejected   = "rejected"   // verified as wrong
	WhyRevoked    = "revoked"    // revoked by its issuer
	WhyFamily     = "family"     // of a family the rule does not accept
)

// Segment says: in this organisation (or under it) the person was on post from
// From to To, with this level; Why explains a missing level.
type Segment struct {
	Organization kernel.OrganizationID `bson:"organization"`
	From         kernel.Date           `bson:"from"`
	To           kernel.Date           `bson:"to"`
	Level        kernel.SkillLevel     `bson:"level"`
	Why          string                `bson:"why,omitempty"`
}

// Segments derives what a person counts for under a basis, from the facts that
// were known at an instant (zero: everything). The segments of one
// organisation never overlap, whatever the number of spells under it.
func Segments(b Basis, spells []kernel.Spell, holdings []Holding, knownAt time.Time) []Segment {
	known := knownHoldings(holdings, knownAt)
	var out []Segment
	for org, stay := range stays(b, spells, knownAt) {
		for _, p := range union(stay) {
			out = append(out, split(b, org, p, known)...)
		}
	}
	slices.SortFunc(out, func(x, y Segment) int {
		return cmp.Or(cmp.Compare(x.Organization, y.Organization), cmp.Compare(x.From, y.From))
	})
	return out
}

func after(t *time.Time, knownAt time.Time) bool {
	return t == nil || (!knownAt.IsZero() && t.After(knownAt))
}

// stays collects the periods on post per organisation and ancestor.
func stays(b Basis, spells []kernel.Spell, knownAt time.Time) map[kernel.OrganizationID][]kernel.Period {
	out := map[kernel.OrganizationID][]kernel.Period{}
	for _, s := range spells {
		unknown := !knownAt.IsZero() && s.RecordedAt.After(knownAt)
		if unknown || !after(s.SupersededAt, knownAt) || !b.counts(s) {
			continue
		}
		for _, o := range s.Path {
			out[o] = append(out[o], s.Period)
		}
	}
	return out
}

// union merges periods that overlap or touch.
func union(ps []kernel.Period) []kernel.Period {
	slices.SortFunc(ps, func(a, b kernel.Period) int { return cmp.Compare(a.From, b.From) })
	var out []kernel.Period
	for _, p := range ps {
		if n := len(out); n > 0 && p.From <= out[n-1].To.AddDays(1) {
			out[n-1].To = max(out[n-1].To, p.To)
			continue
		}
		out = append(out, p)
	}
	return out
}

func knownHoldings(hs []Holding, knownAt time.Time) []Holding {
	out := make([]Holding, 0, len(hs))
	for _, h := range hs {
		if (!knownAt.IsZero() && h.RecordedAt.After(knownAt)) || !after(h.LeftAt, knownAt) {
			continue
		}
		if len(h.Words) > 0 {
			h = h.spokenBy(knownAt)
		}
		if after(h.VerifiedAt, knownAt) {
			h.VerifiedAt = nil
		}
		if after(h.RejectedAt, knownAt) {
			h.RejectedAt = nil
		}
		if h.RevokedAt != nil && after(h.RevokedAt, knownAt) {
			h.RevokedOn = ""
		}
		out = append(out, h)
	}
	return out
}

// spokenBy is the holding under the last word that was known: a correction
// changes tomorrow's figure and never one that was frozen before it.
func (h Holding) spokenBy(knownAt time.Time) Holding {
	if knownAt.IsZero() {
		return h
	}
	h.VerifiedAt, h.RejectedAt = nil, nil
	for _, w := range h.Words {
		if w.At.After(knownAt) {
			continue
		}
		h.VerifiedAt, h.RejectedAt = nil, nil
		switch w.Result {
		case "confirmed":
			h.VerifiedAt = &w.At
		case "refuted":
			h.RejectedAt = &w.At
		}
	}
	return h
}

// split cuts one stay where the level, or the reason for none, changes.
func split(b Basis, org kernel.OrganizationID, p kernel.Period, hs []Holding) []Segment {
	cuts := []kernel.Date{p.From}
	for _, h := range hs {
		for _, d := range []kernel.Date{h.IssuedOn, h.RevokedOn} {
			if d > p.From && d <= p.To {
				cuts = append(cuts, d)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []Segment
	for i, from := range cuts {
		to := p.To
		if i+1 < len(cuts) {
			to = cuts[i+1].AddDays(-1)
		}
		level, why := levelOn(b, hs, from)
		if n := len(out); n > 0 && out[n-1].Level == level && out[n-1].Why == why {
			out[n-1].To = to
			continue
		}
		out = append(out, Segment{Organization: org, From: from, To: to, Level: level, Why: why})
	}
	return out
}

// levelOn is the highest accepted level on a day, or why there is none; of
// several reasons the one nearest to being counted.
func levelOn(b Basis, hs []Holding, on kernel.Date) (kernel.SkillLevel, string) {
	level, why := kernel.NoLevel, WhyNone
	rank := map[string]int{WhyNone: 0, WhyFamily: 1, WhyRejected: 2, WhyRevoked: 3, WhyUnverified: 4}
	say := func(w string) {
		if rank[w] > rank[why] {
			why = w
		}
	}
	for _, h := range hs {
		switch {
		case h.IssuedOn > on || !h.Level.Valid():
		case !slices.Contains(b.Families, h.Family):
			say(WhyFamily)
		case h.RejectedAt != nil:
			say(WhyRejected)
		case h.RevokedOn != "" && h.RevokedOn <= on:
			say(WhyRevoked)
		case b.VerifiedOnly && h.VerifiedAt == nil:
			say(WhyUnverified)
		case h.Level.Above(level):
			level = h.Level
		}
	}
	if level.Valid() {
		return level, ""
	}
	return level, why
}
