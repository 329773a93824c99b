package hours

import (
	"context"
	"slices"
	"strconv"
	"time"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// Record is the ledger's part of a person's record.
type Record struct{ service *Service }

// Record gives the part that people shows.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part.
func (Record) Name() string { return "hours" }

// Built tells whether hours were entered for a person at an instant or after it,
// whatever the days they count for: a people.Foundation.
func (r Record) Built(ctx context.Context, p kernel.PersonID, since time.Time) (bool, error) {
	all, err := r.service.docs.presencesOf(ctx, p, "", kernel.Forever)
	return slices.ContainsFunc(all, func(d presenceDoc) bool { return !d.RecordedAt.Before(since) }), err
}

// Part lists the years of a person with their verdicts, latest first; who may
// read the record was decided by its owner.
func (r Record) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	years, err := r.service.docs.yearsOf(ctx, p)
	if err != nil {
		return nil, err
	}
	today := kernel.DateOf(r.service.now())
	views := make([]hoursYearView, 0, len(years))
	for i := len(years) - 1; i >= 0; i-- {
		views = append(views, viewYear(ctx, r.service.account(years[i], r.service.rowStamped(years[i]), today)))
	}
	return views, nil
}

// Items implements the register's chapters: a line for each year.
func (r Record) Items(ctx context.Context, p kernel.PersonID) ([]kernel.RecordItem, error) {
	years, err := r.service.docs.yearsOf(ctx, p)
	if err != nil {
		return nil, err
	}
	today := kernel.DateOf(r.service.now())
	items := make([]kernel.RecordItem, 0, len(years))
	for _, y := range years {
		if y.Standing == StandingNotSubject && y.Credited == 0 {
			continue // nothing was owed and nothing counted: the classes are told as training
		}
		items = append(items, recordItem(ctx, r.service.account(y, r.service.rowStamped(y), today), today))
	}
	return items, nil
}

func recordItem(ctx context.Context, a Account, today kernel.Date) kernel.RecordItem {
	say := func(code string, params ...string) string { return web.Text(ctx, "hours.record."+code, params...) }
	y, year := a.Year, strconv.Itoa(a.Year.Year)
	item := kernel.RecordItem{
		Chapter: kernel.ChapterHours, ID: year, On: min(today, rule.YearOf(y.Year).To), Title: say("title", "year", year),
		State: a.Verdict.Outcome, StateText: say("state." + a.Verdict.Outcome), Reasons: said(ctx, a.Verdict.Reasons),
		Facts: []kernel.RecordFact{
			{Key: "classHours", Label: say("classHours"), Value: y.Credited.ClassHours(a.Row.MinutesPerClassHour)},
			{Key: "sessions", Label: say("sessions"), Value: strconv.Itoa(len(y.Lines))},
		},
		Evidence: []kernel.Evidence{{Label: say("ledger"), Href: web.Prefix + "/people/" + string(y.Person) + "/hours?year=" + year}},
	}
	if required := a.Row.Required(); required > 0 && a.Verdict.Outcome != rule.NotSubject {
		item.Facts = append(item.Facts, kernel.RecordFact{Key: "required", Label: say("required"), Value: required.ClassHours(a.Row.MinutesPerClassHour)})
	}
	switch a.Verdict.Outcome {
	case rule.Met:
		item.Tone = kernel.ToneGood
	case rule.Short:
		item.Tone = kernel.ToneBad
	case rule.InProgress:
		item.Tone = kernel.ToneWarn
	}
	return item
}
