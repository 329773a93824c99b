package presentations

import (
	"context"

	"carecert/modules/kit/secret"
)

// Reseal seals the codes of links anew under the newest master key; their
// addresses stay.
func (s *Service) Reseal(ctx context.Context, r *secret.Rotation) error {
	return secret.Reseal(ctx, r, s.repo.links, func(d *linkDoc) []secret.Value {
		return []secret.Value{{Purpose: purposeCode, At: &d.Sealed}}
	})
}
