package people

import (
	"context"

	"carecert/modules/kit/secret"
)

// Reseal seals identity and telephone numbers anew under the newest key. The
// blind indexes stay: they are made of the first key, so that a number is found
// and unique for ever.
func (s *Service) Reseal(ctx context.Context, r *secret.Rotation) error {
	err := secret.Reseal(ctx, r, s.docs.persons, func(d *personDoc) []secret.Value {
		values := []secret.Value{{Purpose: purposeNumber, At: &d.IDSealed}, {Purpose: purposePhone, At: &d.PhoneSealed}}
		for i := range d.NumbersOnce {
			values = append(values, secret.Value{Purpose: purposeNumber, At: &d.NumbersOnce[i].Sealed})
		}
		return values
	})
	if err != nil {
		return err
	}
	err = secret.Reseal(ctx, r, s.docs.mends, func(d *mendDoc) []secret.Value {
		return []secret.Value{{Purpose: purposePhone, At: &d.Before.PhoneSealed}, {Purpose: purposePhone, At: &d.After.PhoneSealed}}
	})
	if err != nil {
		return err
	}
	return secret.Reseal(ctx, r, s.docs.corrections, func(d *correctionDoc) []secret.Value {
		return []secret.Value{{Purpose: purposeCorrection, At: &d.Sealed}}
	})
}
