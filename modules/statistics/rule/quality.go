package rule

import (
	"cmp"
	"slices"

	"carecert/modules/kernel"
)

// The dimensions of data quality.
const (
	Completeness = "completeness"
	Timeliness   = "timeliness"
	Accuracy     = "accuracy"
)

// Dimensions lists them in the order in which they are shown.
func Dimensions() []string { return []string{Completeness, Timeliness, Accuracy} }

// QualityRow says what the score of data quality is made of where and when
// (policies/rules/quality.yaml, as the register judges by it).
type QualityRow struct {
	kernel.RuleHead
	Kinds   []QualityKind
	Weights map[string]int64 // by dimension, in basis points
}

// QualityKind is a kind of finding and the dimension it lowers.
type QualityKind struct{ Kind, Dimension string }

// Score weighs the ratios by dimension and gives basis points, truncated. A
// dimension in which there is nothing to weigh stays out; false when all do.
func (r QualityRow) Score(ratios map[string]kernel.Ratio) (bp int64, ok bool) {
	var sum, weight int64
	for _, d := range Dimensions() {
		q := ratios[d]
		if q.Denominator <= 0 || r.Weights[d] <= 0 {
			continue
		}
		sum += r.Weights[d] * (q.Numerator * 10000 / q.Denominator)
		weight += r.Weights[d]
	}
	if weight == 0 {
		return 0, false
	}
	return sum / weight, true
}

// Kinds of marks that are no findings: who counts, and what was filed.
const (
	MarkOnPost = "onPost"
	MarkFiled  = "filed"
)

// Mark says that something counts at an organisation and above it, from day to
// day; of a filing (with a Ref) each once, else each person once.
type Mark struct {
	Kind         string                  `bson:"kind"`
	Dimension    string                  `bson:"dimension,omitempty"`
	Ref          string                  `bson:"ref,omitempty"`
	Organization kernel.OrganizationID   `bson:"organization"`
	Path         []kernel.OrganizationID `bson:"path"`
	From         kernel.Date             `bson:"from"`
	To           kernel.Date             `bson:"to"`
	Since        kernel.Date             `bson:"since"`
	Days         int                     `bson:"days,omitempty"`
	Rows         int                     `bson:"rows,omitempty"` // of a file: it counts as often, and nobody is meant
}

// Finding tells marks that somebody has to mend.
func (m Mark) Finding() bool { return m.Kind != MarkOnPost && m.Kind != MarkFiled }

// Tally is one count of data quality and how long it stands at an organisation.
type Tally struct {
	Organization kernel.OrganizationID `bson:"organization"`
	Field        string                `bson:"field"`
	Ref          string                `bson:"ref,omitempty"`
	From         kernel.Date           `bson:"from"`
	To           kernel.Date           `bson:"to"`
	Rows         int                   `bson:"rows,omitempty"` // of a file: it counts as often
}

// The fields of tallies; a kind of finding has one of its own.
const (
	TallyPeople = "p" // on post, judged
	TallyFiled  = "e" // entries that are weighed
	TallyAny    = "f" // people with anything to mend
)

// TallyLack names the field of a dimension: who lacks something in it.
func TallyLack(dimension string) string { return "m_" + dimension }

// TallyKind names the field of a kind of finding.
func TallyKind(kind string) string { return "k_" + kind }

// fields that a mark adds one to.
func (m Mark) fields() []string {
	switch m.Kind {
	case MarkOnPost:
		return []string{TallyPeople}
	case MarkFiled:
		return []string{TallyFiled}
	default:
		if m.Rows > 0 {
			return []string{TallyKind(m.Kind), TallyLack(m.Dimension)}
		}
		return []string{TallyKind(m.Kind), TallyLack(m.Dimension), TallyAny}
	}
}

// Tallies adds up what a person counts for: what stood before a day, as it was
// counted then, and the marks from that day on. The tallies of one field and
// organisation never overlap but for filings, which count one by one.
func Tallies(past []Tally, marks []Mark) []Tally {
	type key struct {
		org        kernel.OrganizationID
		field, ref string
		rows       int
	}
	periods := map[key][]kernel.Period{}
	for _, t := range past {
		k := key{t.Organization, t.Field, t.Ref, t.Rows}
		periods[k] = append(periods[k], kernel.Period{From: t.From, To: t.To})
	}
	for _, m := range marks {
		for _, field := range m.fields() {
			ref := m.Ref
			if field == TallyAny { // a person, whatever they lack
				ref = ""
			}
			for _, o := range m.Path {
				k := key{o, field, ref, m.Rows}
				periods[k] = append(periods[k], kernel.Period{From: m.From, To: m.To})
			}
		}
	}
	var out []Tally
	for k, ps := range periods {
		for _, p := range union(ps) {
			out = append(out, Tally{Organization: k.org, Field: k.field, Ref: k.ref, From: p.From, To: p.To, Rows: k.rows})
		}
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Organization, b.Organization), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.From, b.From))
	})
	return out
}

// Before is what stood of tallies before a day.
func Before(all []Tally, on kernel.Date) []Tally {
	var out []Tally
	for _, t := range all {
		if t.From < on {
			t.To = min(t.To, on.AddDays(-1))
			out = append(out, t)
		}
	}
	return out
}
