package accounts

import (
	"context"

	"carecert/modules/kernel"
)

// People is what accounts asks the register.
type People interface {
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
}

// Organizations is what accounts asks the organisations.
type Organizations interface {
	Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error)
}

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}

// Sealer encrypts what must be read again: the secrets of second factors.
type Sealer interface {
	Seal(purpose, plain string) string
	Open(purpose, sealed string) (string, error)
}

// Permissions lists what grants allow, as "noun:verb".
type Permissions func(grants []kernel.Grant) []string
