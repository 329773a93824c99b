package accounts

import (
	"context"

	"carecert/modules/kit/secret"
)

// Reseal seals the secrets of second factors anew under the newest key.
func (s *Service) Reseal(ctx context.Context, r *secret.Rotation) error {
	return secret.Reseal(ctx, r, s.repo.users, func(d *userDoc) []secret.Value {
		return []secret.Value{{Purpose: purposeTOTP, At: &d.TOTP}, {Purpose: purposeTOTP, At: &d.TOTPPending}}
	})
}
