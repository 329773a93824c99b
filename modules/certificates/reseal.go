package certificates

import (
	"context"

	"carecert/modules/kit/secret"
)

// Reseal seals the private keys of certificates and of the issuance log anew
// under the newest master key; what they sign with stays the same.
func (s *Service) Reseal(ctx context.Context, r *secret.Rotation) error {
	err := secret.Reseal(ctx, r, s.repo.keys, func(d *signingKeyDoc) []secret.Value {
		return []secret.Value{{Purpose: purposeSigning, At: &d.Sealed}}
	})
	if err != nil {
		return err
	}
	return secret.Reseal(ctx, r, s.journal.keys, func(d *logKeyDoc) []secret.Value {
		return []secret.Value{{Purpose: purposeLog, At: &d.Sealed}}
	})
}
