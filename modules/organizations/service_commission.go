package organizations

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Commission lets a school import and enrol an institution's people; by the
// institution or who oversees it. ErrNotInstitution, ErrNotSchool, ErrClosed,
// ErrCommissioned.
func (s *Service) Commission(ctx context.Context, institution, school kernel.OrganizationID, p kernel.Period) (Commission, error) {
	if p.To == "" {
		p.To = kernel.Forever
	}
	if p.To < p.From {
		return Commission{}, fault.ErrInvalid.At("body.endsOn", "organizations.commission_reversed", string(p.To))
	}
	var made Commission
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.mayCommission(ctx, institution, school); err != nil {
			return err
		}
		standing, err := s.commissions(ctx, "institution", institution, p.From)
		if err != nil {
			return err
		}
		for _, c := range standing {
			if c.School == school && c.Period.Overlaps(p) {
				return ErrCommissioned.With("from", c.Period.From)
			}
		}
		made = Commission{ID: kernel.NewID(), Institution: institution, School: school, Period: p, RecordedAt: s.now()}
		doc := commissionDoc{Institution: string(institution), School: string(school), From: p.From, To: p.To, RecordedAt: made.RecordedAt}
		doc.ID = made.ID
		if err := s.docs.commissions.Insert(ctx, doc); err != nil {
			return fmt.Errorf("save commission: %w", err)
		}
		act := kernel.Act{Verb: "create", Noun: "commission", ID: made.ID, Organization: institution, Detail: map[string]string{"schoolId": string(school), "startsOn": string(p.From), "endsOn": string(p.To)}}
		if err := s.Audit.Record(ctx, act); err != nil {
			return err
		}
		return s.Facts.Announce(ctx, Commissioned{Institution: institution, School: school, Period: p})
	})
	return made, err
}

// mayCommission also writes the seat under the institution: of two equal
// commissions at once one is refused.
func (s *Service) mayCommission(ctx context.Context, institution, school kernel.OrganizationID) error {
	client, err := s.inReach(ctx, institution)
	if err != nil {
		return err
	}
	provider, err := s.docs.organizations.Get(ctx, string(school))
	today := s.today()
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrUnknown
	case err != nil:
		return err
	case client.Kind != Institution:
		return ErrNotInstitution
	case provider.Kind != TrainingSchool:
		return ErrNotSchool
	case client.organization().Closed(today) || provider.organization().Closed(today):
		return ErrClosed
	}
	return s.hold(ctx, under(string(institution)), string(school), false)
}

// Commissions lists what an institution has commissioned, or a school was
// commissioned for, the ended ones included; ErrUnknown.
func (s *Service) Commissions(ctx context.Context, of kernel.OrganizationID) ([]Commission, error) {
	doc, err := s.inReach(ctx, of)
	if err != nil {
		return nil, err
	}
	index := "institution"
	if doc.Kind == TrainingSchool {
		index = "school"
	}
	found, err := s.commissions(ctx, index, of, "")
	slices.SortFunc(found, func(a, b Commission) int { return b.RecordedAt.Compare(a.RecordedAt) })
	return found, err
}

// commissions finds those that last until the day or longer.
func (s *Service) commissions(ctx context.Context, index string, of kernel.OrganizationID, from kernel.Date) ([]Commission, error) {
	var out []Commission
	q := store.Query{Index: index, Equal: []any{string(of)}, From: string(from)}
	return out, s.docs.commissions.Each(ctx, q, func(d commissionDoc) error {
		out = append(out, d.commission())
		return nil
	})
}

// EndCommission ends a commission at once: yesterday was its last day.
// ErrCommissionUnknown.
func (s *Service) EndCommission(ctx context.Context, institution kernel.OrganizationID, id string) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.inReach(ctx, institution); err != nil {
			return err
		}
		doc, err := s.docs.commissions.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Institution != string(institution)) {
			return ErrCommissionUnknown
		}
		if err != nil {
			return err
		}
		rest, left := doc.commission().endedBefore(s.today())
		if left {
			doc.To = rest.Period.To
			err = s.docs.commissions.Replace(ctx, &doc)
		} else {
			err = s.docs.commissions.Delete(ctx, id, doc.Version)
		}
		if err != nil {
			return fmt.Errorf("end commission: %w", err)
		}
		if err := s.Audit.Record(ctx, kernel.Act{Verb: "end", Noun: "commission", ID: id, Organization: institution, Detail: map[string]string{"schoolId": doc.School}}); err != nil {
			return err
		}
		return s.Facts.Announce(ctx, CommissionEnded{Institution: institution, School: kernel.OrganizationID(doc.School), LastDay: rest.Period.To})
	})
}

// Commissioned names the institutions whose people the school may enrol on the
// day, whoever asks.
func (s *Service) Commissioned(ctx context.Context, school kernel.OrganizationID, on kernel.Date) ([]kernel.OrganizationID, error) {
	standing, err := s.commissions(ctx, "school", school, on)
	if err != nil {
		return nil, err
	}
	var out []kernel.OrganizationID
	for _, c := range standing {
		if c.Period.Holds(on) && !slices.Contains(out, c.Institution) {
			out = append(out, c.Institution)
		}
	}
	return out, nil
}

// Expand names what a grant reaches besides its own tree: a school reaches the
// institutions that have commissioned it today.
func (s *Service) Expand(ctx context.Context, g kernel.Grant) ([]kernel.OrganizationID, error) {
	if g.Role != kernel.RoleSchool {
		return nil, nil
	}
	return s.Commissioned(ctx, g.Organization, s.today())
}
