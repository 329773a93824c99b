package audit

import (
	"context"

	"carecert/modules/kernel"
)

// Organizations tells in whose trees an organisation stands.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
}

// Keys authenticates rows with the program's one secret.
type Keys interface {
	MAC(purpose string, data []byte) []byte
}
