package app

import (
	"context"

	"carecert/modules/kit/web"
	"carecert/modules/platforms"
)

// gate knows people and platforms by what they carry.
type gate struct {
	people    web.Authenticator
	platforms web.Authenticator
}

// Authenticate implements web.Authenticator.
func (g gate) Authenticate(ctx context.Context, c web.Credentials) (web.Identity, error) {
	if platforms.IsKey(c.Bearer) {
		return g.platforms.Authenticate(ctx, c)
	}
	return g.people.Authenticate(ctx, c)
}
