package kernel

import (
	"context"
	"fmt"

	"carecert/modules/kernel/fault"
)

// Organizations reads the cards of organisations; what is unknown is a fault of
// the kind NotFound.
type Organizations interface {
	Card(ctx context.Context, id OrganizationID) (OrganizationCard, error)
}

// People reads the cards of people, likewise.
type People interface {
	Card(ctx context.Context, id PersonID) (PersonCard, error)
}

// Organization reads an organisation within reach. What is out of it is answered
// as what never was, by unknown: nobody learns which.
func (r Reach) Organization(ctx context.Context, from Organizations, id OrganizationID, unknown error) (OrganizationCard, error) {
	card, err := from.Card(ctx, id)
	switch {
	case fault.Missing(err) || (err == nil && !r.Covers(card.Path)):
		return OrganizationCard{}, unknown
	case err != nil:
		return OrganizationCard{}, fmt.Errorf("organisation %s: %w", id, err)
	}
	return card, nil
}

// Person reads somebody within reach, or oneself; likewise.
func (r Reach) Person(ctx context.Context, from People, id PersonID, unknown error) (PersonCard, error) {
	card, err := from.Card(ctx, id)
	switch {
	case fault.Missing(err) || (err == nil && !r.CoversPerson(id, card.Reach)):
		return PersonCard{}, unknown
	case err != nil:
		return PersonCard{}, fmt.Errorf("card of %s: %w", id, err)
	}
	return card, nil
}
