package surveys

import (
	"context"

	"carecert/modules/kernel"
)

// Organizations is what surveys asks of the tree of organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
}

// Auditor writes the operation log: of who took a list out, never of answers.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}
