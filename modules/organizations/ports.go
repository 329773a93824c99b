package organizations

import (
	"context"

	"carecert/modules/kernel"
)

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, a kernel.Act) error
}

// People is what organizations asks the register; handed over last, for the
// register asks the organisations.
type People interface {
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
	// OnPostAfter names who is still on post there after a day, and how many they are.
	OnPostAfter(ctx context.Context, organization kernel.OrganizationID, day kernel.Date) (names []string, total int, err error)
}

// Classes tells what a school still holds.
type Classes interface {
	// OpenAfter names the classes that are open and end after a day.
	OpenAfter(ctx context.Context, organization kernel.OrganizationID, day kernel.Date) (titles []string, err error)
}

// Occupations knows what occupations are called.
type Occupations interface {
	// Occupation is the code of one that is written by code or by name; false, and
	// what was said, where it is not known.
	Occupation(said string) (code string, known bool)
}
