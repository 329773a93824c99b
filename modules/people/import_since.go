package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// rests names what a neighbour built on what an import left of somebody: on a
// person whom it registered, everything; on a spell of somebody known before,
// what was recorded since.
func (i *Importer) rests(ctx context.Context, doc personDoc, importID string) (*fault.Fault, error) {
	made := doc.Import == importID
	since, hired := doc.Career.importedAt(importID)
	if made {
		since = time.Time{}
	} else if !hired {
		return nil, nil
	}
	for _, f := range i.service.Foundations {
		if f.PersonOnly && !made {
			continue
		}
		if rests, err := f.Of.Built(ctx, kernel.PersonID(doc.ID), since); err != nil || rests {
			return f.Refusal, err
		}
	}
	return nil, nil
}

// importedAt is when an import recorded the first of its spells; false without
// any. A later withdrawal may have said them again, so the earliest is its own.
func (c Career) importedAt(importID string) (at time.Time, found bool) {
	for _, e := range c {
		if e.Import == importID && (!found || e.RecordedAt.Before(at)) {
			at, found = e.RecordedAt, true
		}
	}
	return at, found
}

// spoke names what somebody without an account had taken down from paper. A
// consent that was taken back is proof as well: its words are read by the record
// alone, and without it nobody would find them.
func (d personDoc) spoke() *fault.Fault {
	switch {
	case d.Consent != nil:
		return ErrConsentSince
	case d.OpenCorrections > 0:
		return ErrCorrectionSince
	}
	return nil
}
