package people

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// Traces are what the register did about a person: for the export of everything
// about oneself.
type Traces struct {
	Links     []Link
	Transfers []Transfer
	Merges    []Merging // that stand: of one that was undone, the other is somebody else
	Numbers   []FormerNumber
	Twins     []Twins // that name the person, with the other as well: nothing of the other is told
	Findings  []Finding
	Mends     []Mend // by imports
}

// Past is why an identity number is a person's no more.
type Past string

// Why a number is a former one.
const (
	PastCorrected Past = "corrected"
	PastMerged    Past = "merged" // of a record that was merged into this one
)

// FormerNumber is an identity number that somebody had in the register. It may
// rightly be another's: it is masked, to oneself as well.
type FormerNumber struct {
	Type   rule.IDType
	Masked string
	Until  kernel.Date
	Why    Past
}

// formerNumbers are those that were corrected.
func (d personDoc) formerNumbers() (out []FormerNumber) {
	for _, n := range d.NumbersOnce {
		out = append(out, FormerNumber{n.Type, n.Masked, n.Until, PastCorrected})
	}
	return out
}

// traces are those of the record and of all that were merged into it.
func (s *Service) traces(ctx context.Context, doc personDoc, records []kernel.PersonID) (t Traces, err error) {
	id := kernel.PersonID(doc.ID)
	if t.Links, err = s.linksOf(ctx, records); err != nil {
		return t, fmt.Errorf("links: %w", err)
	}
	for _, record := range records {
		err = s.docs.transfers.Each(ctx, store.Query{Index: "person", Equal: []any{string(record)}}, func(d transferDoc) error {
			t.Transfers = append(t.Transfers, d.read())
			return nil
		})
		if err != nil {
			return t, fmt.Errorf("transfers: %w", err)
		}
	}
	if err = s.mergeTraces(ctx, doc, records, &t); err != nil {
		return t, fmt.Errorf("merges: %w", err)
	}
	if err = s.twinTraces(ctx, records, &t); err != nil {
		return t, err
	}
	if t.Mends, err = s.mends(ctx, doc.Imports, records); err != nil {
		return t, err
	}
	t.Findings, _, err = s.QualityOf(ctx, id)
	return t, err
}

// mergeTraces adds the merges that stand and the numbers that came with them.
func (s *Service) mergeTraces(ctx context.Context, doc personDoc, records []kernel.PersonID, t *Traces) error {
	merges, err := s.mergesInto(ctx, records)
	if err != nil {
		return err
	}
	for _, m := range merges {
		if m.UndoneAt == nil {
			t.Merges = append(t.Merges, m)
		}
	}
	t.Numbers = doc.formerNumbers()
	gone, err := s.docs.persons.GetMany(ctx, texts(records[1:]))
	for _, g := range gone {
		t.Numbers = append(t.Numbers, g.formerNumbers()...)
		if g.IDBlind != doc.IDBlind && g.MergedAt != nil { // else it was put on the one that stayed
			t.Numbers = append(t.Numbers, FormerNumber{g.IDType, g.IDMasked, kernel.DateOf(*g.MergedAt), PastMerged})
		}
	}
	return err
}

// RecordsOf names the record itself and all that were merged into it, at first
// or second hand: what was written about them before is about the person.
func (s *Service) RecordsOf(ctx context.Context, id kernel.PersonID) ([]kernel.PersonID, error) {
	out := []kernel.PersonID{id}
	for n := 0; n < len(out); n++ {
		err := s.docs.merges.Each(ctx, store.Query{Index: "kept", Equal: []any{string(out[n])}}, func(m mergeDoc) error {
			if m.UndoneAt == nil && !slices.Contains(out, kernel.PersonID(m.Gone)) {
				out = append(out, kernel.PersonID(m.Gone))
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("records of %s: %w", id, err)
		}
	}
	return out, nil
}

// twinTraces adds the findings of twins that name one of the records.
func (s *Service) twinTraces(ctx context.Context, records []kernel.PersonID, t *Traces) error {
	met := map[string]bool{}
	for _, id := range records {
		err := s.docs.twins.Each(ctx, store.Query{Index: "people", Equal: []any{string(id)}}, func(d twinsDoc) error {
			if !met[d.ID] {
				met[d.ID], t.Twins = true, append(t.Twins, d.read())
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("findings of twins: %w", err)
		}
	}
	return nil
}
