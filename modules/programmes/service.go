package programmes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/programmes/rule"
)

// Service holds the use cases: load, decide, save, announce.
type Service struct {
	repo          *repository
	clock         kernel.Clock
	audit         Auditor
	organizations Organizations
	figures       Figures
}

func (s *Service) today() kernel.Date { return kernel.DateOf(s.clock.Now()) }

// Begin enters a programme of an office; ErrUnknownOrganization.
func (s *Service) Begin(ctx context.Context, org kernel.OrganizationID, t Terms) (p Programme, err error) {
	if err := t.Check(s.today()); err != nil {
		return p, err
	}
	card, err := s.office(ctx, org)
	if err != nil {
		return p, err
	}
	if card.Closed {
		return p, ErrClosedOrganization
	}
	p = Programme{
		ID: kernel.NewID(), Organization: card.ID, Path: card.Path, Terms: t, By: kernel.ActorFrom(ctx).User,
		RecordedAt: s.clock.Now().UTC().Truncate(time.Millisecond), Stored: 1,
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.repo.programmes.Insert(ctx, docOf(p)); err != nil {
			return fmt.Errorf("save programme: %w", err)
		}
		return s.record(ctx, "create", p)
	})
	return p, err
}

// office is an organisation in the actor's reach; what is not is unknown.
func (s *Service) office(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	return kernel.ReachFrom(ctx).Organization(ctx, s.organizations, id, ErrUnknownOrganization.At("body.organizationId", ErrUnknownOrganization.Code, string(id)))
}

// Change changes the terms of a programme in the actor's reach; change edits a
// copy after it has checked the stored version.
func (s *Service) Change(ctx context.Context, id string, change func(*Terms, int64) error) (p Programme, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if p, err = s.repo.programme(ctx, id); err != nil {
			return err
		}
		if !kernel.ReachFrom(ctx).Covers(p.Path) {
			return ErrUnknown
		}
		terms := p.Terms
		if err := change(&terms, p.Stored); err != nil {
			return err
		}
		if err := terms.Check(s.today()); err != nil {
			return err
		}
		p.Terms = terms
		if err := s.repo.save(ctx, &p); err != nil {
			return fmt.Errorf("save programme: %w", err)
		}
		return s.record(ctx, "update", p)
	})
	return p, err
}

// Find reads a programme that the reader may see: of their tree, or of an
// office above them; ErrUnknown.
func (s *Service) Find(ctx context.Context, id string) (Programme, error) {
	p, err := s.repo.programme(ctx, id)
	if err != nil {
		return p, err
	}
	reach := kernel.ReachFrom(ctx)
	if reach.Covers(p.Path) {
		return p, nil
	}
	cards, err := s.organizations.Cards(ctx, reach.Roots)
	if err != nil {
		return p, fmt.Errorf("offices above the reader: %w", err)
	}
	for _, c := range cards {
		if slices.Contains(c.Path, p.Organization) {
			return p, nil
		}
	}
	return p, ErrUnknown
}

// Seen is Find for neighbours.
func (s *Service) Seen(ctx context.Context, id string) (kernel.ProgrammeCard, error) {
	p, err := s.Find(ctx, id)
	return p.Card(), err
}

// Filter narrows a list of programmes.
type Filter struct {
	Organization kernel.OrganizationID // as it is seen from there
	State        rule.State
	Q            string
}

// List pages through the programmes that the reader may see, those that begin
// last first.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (listing.Listing[Programme], error) {
	queries, err := s.queries(ctx, f)
	if err != nil {
		return listing.Listing[Programme]{}, err
	}
	p := listing.Phase[programmeDoc]{
		Queries: queries,
		Less:    func(a, b programmeDoc) bool { return a.StartsOn > b.StartsOn },
	}
	if f.State != "" || f.Q != "" {
		today := s.today()
		p.Keep = func(d programmeDoc) bool {
			return (f.State == "" || d.Terms.Plan().StateOn(today) == f.State) && strings.Contains(strings.ToLower(d.Terms.Name), strings.ToLower(f.Q))
		}
	}
	found, err := listing.Read(ctx, s.repo.programmes, limit, cursor, p)
	if errors.Is(err, store.ErrBadCursor) {
		err = fault.ErrInvalid.At("query.cursor", "input.cursor", "")
	}
	return listing.Map(found, programmeDoc.programme), err
}

func (s *Service) queries(ctx context.Context, f Filter) ([]store.Query, error) {
	reach := kernel.ReachFrom(ctx)
	roots := reach.Roots
	if f.Organization != "" {
		card, err := s.organizations.Card(ctx, f.Organization)
		if err != nil || !reach.Covers(card.Path) {
			if _, refused := fault.From(err); err != nil && !refused {
				return nil, err
			}
			return nil, ErrUnknownOrganization
		}
		roots = []kernel.OrganizationID{f.Organization}
	} else if reach.Everywhere {
		return []store.Query{{Index: "start", Desc: true}}, nil
	}
	cards, err := s.organizations.Cards(ctx, roots)
	if err != nil {
		return nil, fmt.Errorf("offices above the reader: %w", err)
	}
	var shelves []string
	for _, c := range cards {
		for i, o := range c.Path {
			if i == 0 {
				shelves = append(shelves, shelf(o))
			} else {
				shelves = append(shelves, shelfBeneath(o))
			}
		}
	}
	slices.Sort(shelves)
	var out []store.Query
	for _, at := range slices.Compact(shelves) {
		out = append(out, store.Query{Index: "shelf", Equal: []any{at}, Desc: true})
	}
	return out, nil
}

// Progress tells how many took part in programmes by today.
func (s *Service) Progress(ctx context.Context, all []Programme) (map[string]kernel.HeadCount, error) {
	cards := make([]kernel.ProgrammeCard, len(all))
	for i, p := range all {
		cards[i] = p.Card()
	}
	counts, err := s.figures.HeadCounts(ctx, cards, s.today())
	if err != nil {
		return nil, fmt.Errorf("heads of programmes: %w", err)
	}
	return counts, nil
}

// Names tells what organisations are called.
func (s *Service) Names(ctx context.Context, all []Programme) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	ids := make([]kernel.OrganizationID, len(all))
	for i, p := range all {
		ids[i] = p.Organization
	}
	slices.Sort(ids)
	return s.organizations.Cards(ctx, slices.Compact(ids))
}

func (s *Service) record(ctx context.Context, verb string, p Programme) error {
	detail := map[string]string{"name": p.Terms.Name, "startsOn": string(p.Terms.StartsOn), "endsOn": string(p.Terms.EndsOn)}
	if p.Terms.Target != nil {
		detail["target"] = strconv.FormatInt(*p.Terms.Target, 10)
	}
	if p.Terms.StartedOn != "" {
		detail["startedOn"] = string(p.Terms.StartedOn)
	}
	return s.audit.Record(ctx, kernel.Act{Verb: verb, Noun: "programme", ID: p.ID, Organization: p.Organization, Detail: detail})
}
