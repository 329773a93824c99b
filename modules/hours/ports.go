package hours

import (
	"context"

	"carecert/modules/kernel"
)

// People is what hours asks of the register.
type People interface {
	Card(ctx context.Context, id kernel.PersonID) (kernel.PersonCard, error)
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
	Spells(ctx context.Context, person kernel.PersonID) ([]kernel.Spell, error) // all versions
	// ByNumber finds people by identity number, whoever asks: for importers.
	ByNumber(ctx context.Context, numbers []string) (map[string]kernel.PersonCard, error)
}

// Organizations is what hours asks of the tree of organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
}

// Plans is what hours asks of training for the forecast.
type Plans interface {
	// PlannedMinutes adds up the planned sessions that would count, from..to.
	PlannedMinutes(ctx context.Context, person kernel.PersonID, from, to kernel.Date) (kernel.Minutes, error)
}

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, a kernel.Act) error
}
