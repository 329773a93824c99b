package certificates

import (
	"context"
	"errors"
	"fmt"

	"carecert/modules/certificates/rule"
	"carecert/modules/kit/store"
)

// take makes a number the certificate's; ErrNumberTaken. Who was refuted does
// not keep it from whom it is said to belong to next.
func (r *repository) take(ctx context.Context, c Certificate) error {
	taken := ErrNumberTaken.With("number", c.Number)
	key, err := r.numbers.Get(ctx, rule.Normalize(c.Number))
	switch {
	case errors.Is(err, store.ErrNotFound):
		key = keyDoc{Doc: store.Doc{ID: rule.Normalize(c.Number)}, Certificate: c.ID}
		err = r.numbers.Insert(ctx, key)
	case err == nil:
		before, err := r.get(ctx, key.Certificate)
		if err != nil {
			return fmt.Errorf("number: %w", err)
		}
		if !before.leaves(c) {
			return taken
		}
		key.Certificate = c.ID
		return r.numbers.Replace(ctx, &key)
	}
	if store.IsDuplicate(err, "") {
		return taken
	}
	if err != nil {
		return fmt.Errorf("number: %w", err)
	}
	return nil
}

// release frees the number of a certificate that is withdrawn, if it has it.
func (r *repository) release(ctx context.Context, c Certificate) error {
	key, err := r.numbers.Get(ctx, rule.Normalize(c.Number))
	if errors.Is(err, store.ErrNotFound) || (err == nil && key.Certificate != c.ID) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.numbers.Delete(ctx, key.ID, key.Version)
}
