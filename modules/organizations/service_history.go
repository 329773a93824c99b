package organizations

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// note keeps one line of an organisation's history, in the caller's transaction.
func (s *Service) note(ctx context.Context, what string, before, after Organization, from kernel.Date, at time.Time) error {
	actor := kernel.ActorFrom(ctx)
	doc := changeDoc{
		Doc: store.Doc{ID: kernel.NewID()}, Organization: after.ID, What: what, From: from, By: actor.User, ByName: actor.Name, At: at,
	}
	if what == ChangeAmended {
		found := differences(before, after)
		if len(found) == 0 {
			return nil
		}
		for _, field := range slices.Sorted(maps.Keys(found)) {
			was, is, _ := strings.Cut(found[field], arrow)
			doc.Fields = append(doc.Fields, FieldChange{Field: field, Old: was, New: is})
		}
	}
	if err := s.docs.changes.Insert(ctx, doc); err != nil {
		return fmt.Errorf("history of %s: %w", after.ID, err)
	}
	return nil
}

// History lists what became of an organisation in reach, the newest first.
func (s *Service) History(ctx context.Context, id kernel.OrganizationID, limit int, cursor string) (listing.Listing[Change], error) {
	if _, err := s.inReach(ctx, id); err != nil {
		return listing.Listing[Change]{}, err
	}
	found, err := listing.Read(ctx, s.docs.changes, limit, cursor, listing.Phase[changeDoc]{
		Queries: []store.Query{{Index: "organization", Equal: []any{string(id)}, Desc: true}},
		Less:    func(a, b changeDoc) bool { return a.At.After(b.At) },
	})
	return listing.Map(found, changeDoc.change), err
}
