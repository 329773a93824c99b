package people

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
)

// Own is everything that is kept about a person, in clear for themselves.
type Own struct {
	Person
	IDNumber, Phone string // in clear for oneself, else masked
	Parts           map[string]any
	Names           []string // of records that were merged into this one
	Consents        []Consent
	Corrections     []Correction
	Accounts        []OwnAccount
	Disclosures     []Disclosure
	Imports         []ImportNote
	Told            []ToldNote
	Traces          Traces
}

// PersonalData exports everything about a person (PIPL article 45), and notes
// that it was. ErrUnknown.
func (s *Service) PersonalData(ctx context.Context, id kernel.PersonID) (Own, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return Own{}, err
	}
	own := Own{Person: doc.person(), IDNumber: doc.IDMasked, Phone: doc.PhoneMasked, Names: doc.otherNames()}
	if string(kernel.ActorFrom(ctx).Person) == doc.ID {
		if own.IDNumber, err = s.open(doc, FieldIDNumber); err != nil {
			return Own{}, err
		}
		if own.Phone, err = s.open(doc, FieldPhone); err != nil {
			return Own{}, err
		}
	}
	records, err := s.RecordsOf(ctx, own.ID)
	if err != nil {
		return Own{}, err
	}
	if own.Traces, err = s.traces(ctx, doc, records); err != nil {
		return Own{}, err
	}
	if own.Parts, err = s.parts(ctx, own.ID); err != nil {
		return Own{}, err
	}
	if own.Consents, err = s.consents(ctx, doc.ID); err != nil {
		return Own{}, err
	}
	if own.Corrections, err = s.corrections(ctx, doc.ID); err != nil {
		return Own{}, err
	}
	if err := s.trail(ctx, doc, records, &own); err != nil {
		return Own{}, fmt.Errorf("trail of %s: %w", doc.ID, err)
	}
	return own, s.DB.Tx(ctx, func(ctx context.Context) error { return s.Audit.Record(ctx, s.act("export", doc)) })
}

func (s *Service) trail(ctx context.Context, doc personDoc, records []kernel.PersonID, own *Own) (err error) {
	if s.Trail == nil {
		return nil
	}
	if own.Accounts, err = s.Trail.Accounts(ctx, own.ID); err != nil {
		return err
	}
	if own.Disclosures, err = s.Trail.Disclosures(ctx, records); err != nil {
		return err
	}
	if own.Imports, err = s.Trail.Imports(ctx, doc.Imports); err != nil {
		return err
	}
	own.Told, err = s.Trail.Told(ctx, own.ID)
	return err
}
