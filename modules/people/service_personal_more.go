package people

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Traces are what the register did about a person: for the export of everything
// about oneself.
type Traces struct {
	Links     []Link
	Transfers []Transfer
	Merges    []Merging // that stand: of one that was undone, the other is somebody else
	Numbers   []string  // of the records that were merged, in clear for oneself
	Findings  []Finding
}

func (s *Service) traces(ctx context.Context, doc personDoc, oneself bool) (t Traces, err error) {
	id := kernel.PersonID(doc.ID)
	if t.Links, err = s.LinksOf(ctx, id); err != nil {
		return t, fmt.Errorf("links: %w", err)
	}
	err = s.docs.transfers.Each(ctx, store.Query{Index: "person", Equal: []any{doc.ID}}, func(d transferDoc) error {
		t.Transfers = append(t.Transfers, d.read())
		return nil
	})
	if err != nil {
		return t, fmt.Errorf("transfers: %w", err)
	}
	merges, err := s.Merges(ctx, id)
	if err != nil {
		return t, fmt.Errorf("merges: %w", err)
	}
	for _, m := range merges {
		if m.UndoneAt != nil {
			continue
		}
		t.Merges = append(t.Merges, m)
		if !oneself {
			continue
		}
		gone, err := s.docs.persons.Get(ctx, string(m.Gone))
		if err != nil {
			return t, fmt.Errorf("merged record: %w", err)
		}
		number, err := s.open(gone, FieldIDNumber)
		if err != nil {
			return t, err
		}
		t.Numbers = append(t.Numbers, number)
	}
	t.Findings, _, err = s.QualityOf(ctx, id)
	return t, err
}
