package hours

import (
	"context"

	"carecert/modules/kernel"
)

// Record is the ledger's part of a person's record.
type Record struct{ service *Service }

// Record gives the part that people shows.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part.
func (Record) Name() string { return "hours" }

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
