package audit

import (
	"context"

	"carecert/modules/kernel"
)

// Organizations tells in whose trees an organisation stands.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
}

// Users finds an account by the name it signs in with; "" where there is none.
type Users interface {
	Named(ctx context.Context, username string) (kernel.UserID, error)
}

// Keys authenticates rows with the program's one secret.
type Keys interface {
	MAC(purpose string, data []byte) []byte
}
