package statistics

import (
	"context"

	"carecert/modules/kernel"
)

// Organizations is what statistics asks the organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
	Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error)
	// CardsOn is Cards as of a day: names, terms and paths.
	CardsOn(ctx context.Context, ids []kernel.OrganizationID, on kernel.Date) (map[kernel.OrganizationID]kernel.OrganizationCard, error)
	// UnderOn lists organisations of a kind that stood in a subtree on a day, as
	// they were then, by name.
	UnderOn(ctx context.Context, root kernel.OrganizationID, kind string, on kernel.Date) ([]kernel.OrganizationCard, error)
}

// People is what statistics asks the register: who is behind a number.
type People interface {
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
}

// Programmes is what statistics asks of programmes.
type Programmes interface {
	// Seen reads a programme that the reader may see: one of their tree, or of
	// an office above them; its own refusal where they may not.
	Seen(ctx context.Context, id string) (kernel.ProgrammeCard, error)
}

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}

// Requirement tells the minutes a year asks for in a region, and the rule row
// it comes from; zero where no row is in force.
type Requirement func(region kernel.RegionCode, on kernel.Date) (kernel.Minutes, string)
