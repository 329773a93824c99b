package hours

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// ClaimFilter narrows the list of hours earned elsewhere.
type ClaimFilter struct {
	Organization kernel.OrganizationID
	State        ClaimState
}

// ClaimLine is one entry of it.
type ClaimLine struct {
	ID     string
	Person kernel.PersonCard
	Date   kernel.Date
	Claim  Claim
}

// Claims lists hours earned elsewhere by where they stand, the latest day
// first; ErrOrganizationUnknown.
func (s *Service) Claims(ctx context.Context, f ClaimFilter, limit int, after string) (listing.Listing[ClaimLine], error) {
	offices, err := s.officesAsked(ctx, f.Organization)
	if err != nil {
		return listing.Listing[ClaimLine]{}, err
	}
	phase := listing.Phase[presenceDoc]{Less: func(a, b presenceDoc) bool {
		return a.Date > b.Date || a.Date == b.Date && a.ID > b.ID
	}}
	for _, o := range offices {
		phase.Queries = append(phase.Queries, store.Query{Index: "queue", Equal: []any{queueOf(o, f.State)}, Desc: true})
	}
	found, err := listing.Read(ctx, s.docs.presences, limit, after, phase)
	if err != nil {
		return listing.Listing[ClaimLine]{}, err
	}
	ids := make([]kernel.PersonID, len(found.Items))
	for i, d := range found.Items {
		ids[i] = d.Person
	}
	cards, err := s.People.Cards(ctx, ids)
	if err != nil {
		return listing.Listing[ClaimLine]{}, fmt.Errorf("read cards: %w", err)
	}
	return listing.Map(found, func(d presenceDoc) ClaimLine {
		return ClaimLine{ID: d.ID, Person: cards[d.Person], Date: d.Date, Claim: current(d.Claims)}
	}), nil
}

func (s *Service) officesAsked(ctx context.Context, named kernel.OrganizationID) ([]string, error) {
	reach := kernel.ReachFrom(ctx)
	if named != "" {
		if _, err := reach.Organization(ctx, s.Organizations, named, ErrOrganizationUnknown); err != nil {
			return nil, err
		}
		return []string{string(named)}, nil
	}
	if reach.Everywhere {
		return []string{everywhere}, nil
	}
	var out []string
	for _, r := range reach.Roots {
		out = append(out, string(r))
	}
	return out, nil
}

// Decide confirms or rejects hours earned elsewhere, all of them or none;
// ErrClaimUnknown, ErrClaimWithdrawn, ErrSecondPersonNeeded. What is so
// already stays as it is.
func (s *Service) Decide(ctx context.Context, ids []string, state ClaimState, why string) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		docs, err := s.docs.presences.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		if len(docs) != len(ids) {
			return ErrClaimUnknown
		}
		var changed []presenceDoc
		for _, d := range docs {
			if len(d.Claims) == 0 || !d.within(kernel.ReachFrom(ctx)) {
				return ErrClaimUnknown
			}
			offices := d.offices()
			claims, changes, err := decide(d.Claims, state, kernel.ActorFrom(ctx), why, s.now())
			if err != nil {
				return err
			}
			if !changes {
				continue
			}
			d.Claims = claims
			d.stand(offices)
			changed = append(changed, d)
			verb := map[ClaimState]string{Confirmed: "confirm", Rejected: "reject"}[state]
			if err := s.Audit.Record(ctx, kernel.Act{
				Verb: verb, Noun: "importedHours", ID: d.ID, Organization: current(claims).Organization, Reason: why,
				Detail: map[string]string{"import": current(claims).Import},
			}); err != nil {
				return err
			}
		}
		return s.keepClaims(ctx, changed, causeDecision)
	})
}

// keepClaims saves presences under their versions and settles the years that
// they touch.
func (s *Service) keepClaims(ctx context.Context, changed []presenceDoc, cause string) error {
	for i := range changed {
		if err := s.docs.presences.Replace(ctx, &changed[i]); err != nil {
			return err
		}
	}
	return s.settleTouched(ctx, changed, cause)
}

// settleTouched settles each year of each person once.
func (s *Service) settleTouched(ctx context.Context, changed []presenceDoc, cause string) error {
	type key struct {
		person kernel.PersonID
		year   int
	}
	latest := map[key]kernel.Date{}
	var order []key
	for _, d := range changed {
		k := key{d.Person, d.Date.Year()}
		if _, met := latest[k]; !met {
			order = append(order, k)
		}
		latest[k] = max(latest[k], d.Date)
	}
	for _, k := range order {
		if err := s.settleAround(ctx, k.person, latest[k], cause); err != nil {
			return fmt.Errorf("settle %d of %s: %w", k.year, k.person, err)
		}
	}
	return nil
}

// Claim reads one of them with all that was said of it; ErrClaimUnknown.
func (s *Service) Claim(ctx context.Context, id string) (ClaimLine, []Claim, error) {
	d, err := s.docs.presences.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (len(d.Claims) == 0 || !d.within(kernel.ReachFrom(ctx))) {
		return ClaimLine{}, nil, ErrClaimUnknown
	}
	if err != nil {
		return ClaimLine{}, nil, err
	}
	card, err := s.People.Card(ctx, d.Person)
	if err != nil {
		return ClaimLine{}, nil, fmt.Errorf("read card of %s: %w", d.Person, err)
	}
	return ClaimLine{ID: d.ID, Person: card, Date: d.Date, Claim: current(d.Claims)}, slices.Clone(d.Claims), nil
}
