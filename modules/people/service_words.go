package people

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// A merge takes the consents, the requests for correction and the links of the
// record that goes to the one that is kept; each remembers the way it came, so that undoing
// the merge sends it back and leaves what was said since.

// carryWords takes everything over.
func (s *Service) carryWords(ctx context.Context, gone, kept *personDoc) error {
	return s.moveWords(ctx, gone, kept, func(via kernel.Trail) (kernel.Trail, bool) { return via.Left(kernel.PersonID(gone.ID)), true })
}

// returnWords gives back what came from the record with the latest merge.
func (s *Service) returnWords(ctx context.Context, kept, gone *personDoc) error {
	return s.moveWords(ctx, kept, gone, func(via kernel.Trail) (kernel.Trail, bool) { return via.Back(kernel.PersonID(gone.ID)) })
}

// moveWords moves what goes, and works out anew what stands on both records.
func (s *Service) moveWords(ctx context.Context, from, to *personDoc, goes func(via kernel.Trail) (kernel.Trail, bool)) error {
	consents, err := all(ctx, s.docs.consents, from.ID)
	if err != nil {
		return err
	}
	for _, d := range consents {
		via, move := goes(d.Via)
		if !move {
			continue
		}
		d.Via, d.Person = via, to.ID
		if err := s.docs.consents.Replace(ctx, &d); err != nil {
			return fmt.Errorf("hand over a consent: %w", err)
		}
	}
	corrections, err := all(ctx, s.docs.corrections, from.ID)
	if err != nil {
		return err
	}
	for _, d := range corrections {
		via, move := goes(d.Via)
		if !move {
			continue
		}
		d.Via, d.Person = via, to.ID
		if err := s.docs.corrections.Replace(ctx, &d); err != nil {
			return fmt.Errorf("hand over a correction: %w", err)
		}
	}
	links, err := all(ctx, s.docs.links, from.ID)
	if err != nil {
		return err
	}
	for _, d := range links {
		via, move := goes(d.Via)
		if !move {
			continue
		}
		d.Via, d.Person = via, to.ID
		if err := s.docs.links.Replace(ctx, &d); err != nil {
			return fmt.Errorf("hand over a link: %w", err)
		}
	}
	for _, doc := range []*personDoc{from, to} {
		if err := s.settleWords(ctx, doc); err != nil {
			return err
		}
	}
	return nil
}

// all reads the rows about a person, the earliest first.
func all[D any](ctx context.Context, rows *store.Collection[D], person string) (out []D, err error) {
	err = rows.Each(ctx, store.Query{Index: "person", Equal: []any{person}}, func(d D) error { out = append(out, d); return nil })
	return out, err
}

// settleWords works out what stands on a record of its rows.
func (s *Service) settleWords(ctx context.Context, doc *personDoc) error {
	consents, err := all(ctx, s.docs.consents, doc.ID)
	if err != nil {
		return err
	}
	doc.Consent = nil
	for _, c := range consents {
		doc.Consent = &ConsentStanding{Version: c.Notice, Withdrawn: c.Withdrawn, Separate: c.Separate, Channel: c.Channel, At: c.At}
	}
	corrections, err := all(ctx, s.docs.corrections, doc.ID)
	doc.OpenCorrections = 0
	for _, c := range corrections {
		if c.Open {
			doc.OpenCorrections++
		}
	}
	return err
}
