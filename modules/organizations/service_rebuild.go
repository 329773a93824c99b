package organizations

import (
	"context"
	"fmt"
	"reflect"

	"carecert/modules/kit/store"
)

// Rebuild works out anew by what names organisations are found, and counts those
// of which something differed.
func (s *Service) Rebuild(ctx context.Context) (differences int, err error) {
	return differences, s.docs.organizations.Scan(ctx, func(found organizationDoc) error {
		differed := false
		err := s.DB.Tx(ctx, func(ctx context.Context) error {
			doc, err := s.docs.organizations.Get(ctx, found.ID)
			if err != nil {
				return err
			}
			was := doc
			doc.spell(s.Speller)
			doc.remember()
			if differed = !reflect.DeepEqual(was, doc); !differed {
				return nil
			}
			store.AfterCommit(ctx, s.cards.forget)
			return s.docs.organizations.Replace(ctx, &doc)
		})
		if err != nil {
			return fmt.Errorf("names of %s: %w", found.ID, err)
		}
		if differed {
			differences++
		}
		return nil
	})
}
