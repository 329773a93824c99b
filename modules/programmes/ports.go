package programmes

import (
	"context"

	"carecert/modules/kernel"
)

// Organizations is what programmes asks of the tree of organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
	Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error)
}

// Figures tells how many took part, each programme up to its last day.
type Figures interface {
	HeadCounts(ctx context.Context, programmes []kernel.ProgrammeCard, asOf kernel.Date) (map[string]kernel.HeadCount, error)
}

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}
