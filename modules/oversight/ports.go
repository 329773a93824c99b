package oversight

import (
	"context"

	"carecert/modules/kernel"
)

// People is what oversight asks of the register, whoever asks.
type People interface {
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
	BirthDates(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.Date, error)
	// EachOnPost names who is on post in the tree of an organisation, once each,
	// and the region of where they are.
	EachOnPost(ctx context.Context, org kernel.OrganizationID, take func(kernel.PersonID, kernel.RegionCode) error) error
	// RecordsOf names a record, first, and those that were merged into it.
	RecordsOf(ctx context.Context, id kernel.PersonID) ([]kernel.PersonID, error)
	SpellsOf(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID][]kernel.Spell, error)
}

// Organizations is what oversight asks of the tree of organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
	Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error)
	// Under lists the organisations of a kind in a subtree, by name.
	Under(ctx context.Context, root kernel.OrganizationID, kind string) ([]kernel.OrganizationCard, error)
}

// Heads tells the head of the issuance log as it is published, signed.
type Heads interface {
	Head(ctx context.Context) (string, error)
}

// Attendance takes a presence back on the ground of a finding.
type Attendance interface {
	RefuseForFinding(ctx context.Context, session kernel.SessionID, person kernel.PersonID, finding, reason string) error
}

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}
