package statistics

import (
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/statistics/rule"
)

// IndicatorQuality is data quality: completeness, timeliness and accuracy of
// what an organisation keeps on record.
const IndicatorQuality = "data-quality"

// KindRefusedRows is the finding that is about files and not about people.
const KindRefusedRows = "refusedRows"

// Refusals of data quality: a day's figure stands when the day is over; only
// those who lack something are listed.
var (
	ErrDayNotOver   = fault.New(fault.Invalid, "statistics.day_not_over")
	ErrUnknownState = fault.New(fault.Invalid, "statistics.state_unknown")
)

// Quality is how the records of an organisation, and of all under it, stand at
// the end of a day, as they were seen on that day.
type Quality struct {
	Organization kernel.OrganizationID
	AsOf         kernel.Date
	Row          rule.QualityRow // zero where no row is in force
	People       int64           // on post, judged
	Filed        int64           // entries of the time that is weighed
	Wanting      int64           // people with anything to mend
	Lacks        map[string]int64
	Kinds        map[string]int64
}

// qualityOf reads a figure out of counts.
func qualityOf(org kernel.OrganizationID, asOf kernel.Date, row rule.QualityRow, counts map[string]int64) Quality {
	q := Quality{
		Organization: org, AsOf: asOf, Row: row, People: counts[rule.TallyPeople], Filed: counts[rule.TallyFiled], Wanting: counts[rule.TallyAny],
		Lacks: map[string]int64{}, Kinds: map[string]int64{},
	}
	for _, d := range rule.Dimensions() {
		q.Lacks[d] = counts[rule.TallyLack(d)]
	}
	for _, k := range row.Kinds {
		q.Kinds[k.Kind] = counts[rule.TallyKind(k.Kind)]
	}
	return q
}

// counts are the figure as it is stored.
func (q Quality) counts() map[string]int64 {
	out := map[string]int64{rule.TallyPeople: q.People, rule.TallyFiled: q.Filed, rule.TallyAny: q.Wanting}
	for d, n := range q.Lacks {
		out[rule.TallyLack(d)] = n
	}
	for k, n := range q.Kinds {
		out[rule.TallyKind(k)] = n
	}
	return out
}

// Ratio of a dimension: people with nothing missing, or nothing in doubt, of
// those on post; entries in time of those that are weighed.
func (q Quality) Ratio(dimension string) kernel.Ratio {
	all := q.People
	if dimension == rule.Timeliness {
		all = q.Filed
	}
	return kernel.Ratio{Numerator: all - q.Lacks[dimension], Denominator: all}
}

// Score in basis points; nil where there is nothing to weigh.
func (q Quality) Score() *int64 {
	ratios := map[string]kernel.Ratio{}
	for _, d := range rule.Dimensions() {
		ratios[d] = q.Ratio(d)
	}
	bp, ok := q.Row.Score(ratios)
	if !ok {
		return nil
	}
	return &bp
}

// Found is one finding behind a number.
type Found struct {
	Kind          string
	Since         kernel.Date
	Days          int // late by
	Organizations []kernel.OrganizationID
}

// QualityStanding is one organisation's line in a comparison.
type QualityStanding struct {
	Card    kernel.OrganizationCard
	Quality Quality
}

// OfFile is who a judgement is about when it is about what is left to mend of
// an imported file: nobody.
func OfFile(importID string) kernel.PersonID { return kernel.PersonID("import:" + importID) }

// Judgement is the quality of a person's record, or of a file (OfFile), from a
// day on.
type Judgement struct {
	Person kernel.PersonID
	On     kernel.Date
	Marks  []rule.Mark
}
