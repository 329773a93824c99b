package oversight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/oversight/rule"
)

// Order is what an office wants drawn: so many, or so many percent.
type Order struct {
	Organization kernel.OrganizationID
	Year         int
	Subject      Subject
	Size         int
	Percent      int
	Stratified   bool
	Note         string
}

// Draw freezes the population as it is now and draws from it, once.
// ErrDrawnAlready where a draw of the subject and year stands.
func (s *Service) Draw(ctx context.Context, o Order) (i Inspection, err error) {
	unknown := ErrUnknownOrganization.At("body.organizationId", ErrUnknownOrganization.Code, string(o.Organization))
	card, err := ownReach(ctx).Organization(ctx, s.Organizations, o.Organization, unknown)
	if err != nil {
		return i, err
	}
	if !kernel.ActorFrom(ctx).InOffice(card.Path) {
		return i, ErrOfficeNeeded
	}
	population, err := s.gather(ctx, o)
	if err != nil {
		return i, err
	}
	size := min(o.Size, len(population))
	if o.Size == 0 {
		size = rule.Size(len(population), o.Percent)
	}
	switch {
	case o.Size == 0 && o.Percent == 0:
		return i, ErrSizeNeeded.At("body.size", ErrSizeNeeded.Code, "")
	case size == 0:
		return i, ErrNobodyToDraw
	}
	head, err := s.Heads.Head(ctx)
	if err != nil {
		return i, fmt.Errorf("head of the issuance log: %w", err)
	}
	actor := kernel.ActorFrom(ctx)
	i = Inspection{
		ID: kernel.NewID(), Organization: card.ID, Path: card.Path, Year: o.Year, Subject: o.Subject, Stratified: o.Stratified, Note: o.Note,
		Population: len(population), Digest: rule.Digest(population), Head: head, Size: size, By: actor.User, ByName: actor.Name,
		DrawnAt: s.now(), Stored: 1,
	}
	i.Seed = rule.Seed(head, i.ID)
	drawn := rule.Draw(i.Seed, population, size, o.Stratified)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.inspections.freeze(ctx, i, population, drawn); err != nil {
			if store.IsDuplicate(err, "live") {
				return ErrDrawnAlready
			}
			return fmt.Errorf("keep draw: %w", err)
		}
		return s.note(ctx, "draw", i, o.Note, "seed", i.Seed, "sha256", i.Digest, "size", strconv.Itoa(size))
	})
	return i, err
}

// gather reads the population in the order of its digest.
func (s *Service) gather(ctx context.Context, o Order) ([]rule.Member, error) {
	var out []rule.Member
	take := func(id string, stratum kernel.RegionCode) error {
		if len(out) >= largest {
			return ErrTooManyToDraw.With("limit", largest)
		}
		out = append(out, rule.Member{ID: id, Stratum: string(stratum)})
		return nil
	}
	var err error
	switch o.Subject {
	case OfPeople:
		err = s.People.EachOnPost(ctx, o.Organization, func(p kernel.PersonID, at kernel.RegionCode) error { return take(string(p), at) })
	case OfInstitutions:
		var homes []kernel.OrganizationCard
		if homes, err = s.Organizations.Under(ctx, o.Organization, "institution"); err == nil {
			for _, h := range homes {
				if !h.Closed {
					err = errors.Join(err, take(string(h.ID), h.Region))
				}
			}
		}
	case OfSessions:
		year := store.Query{Index: "held", Equal: []any{string(o.Organization)}, From: string(kernel.NewDate(o.Year, 1, 1)), Until: string(kernel.NewDate(o.Year+1, 1, 1))}
		err = s.repo.sessions.Each(ctx, year, func(d sessionDoc) error { return take(d.ID, d.Region) })
	}
	if err != nil {
		return nil, fmt.Errorf("population: %w", err)
	}
	return rule.Sorted(out), nil
}

// Inspections pages through the draws in reach, the latest first.
func (s *Service) Inspections(ctx context.Context, org kernel.OrganizationID, limit int, cursor string) (listing.Listing[Inspection], error) {
	roots, err := s.roots(ctx, org)
	if err != nil {
		return listing.Listing[Inspection]{}, err
	}
	queries := make([]store.Query, len(roots))
	for n, o := range roots {
		queries[n] = store.Query{Index: "shelf", Equal: []any{string(o)}, Desc: true}
	}
	found, err := listing.Read(ctx, s.inspections.heads, limit, cursor, listing.Phase[inspectionDoc]{
		Queries: queries, Less: func(a, b inspectionDoc) bool { return a.DrawnAt.After(b.DrawnAt) },
	})
	return listing.Map(found, inspectionDoc.inspection), badCursor(err)
}

func badCursor(err error) error {
	if errors.Is(err, store.ErrBadCursor) {
		return fault.ErrInvalid.At("query.cursor", "input.cursor", "")
	}
	return err
}

// Inspection reads a draw in reach; ErrInspectionUnknown.
func (s *Service) Inspection(ctx context.Context, id string) (Inspection, error) {
	i, err := s.inspections.inspection(ctx, id)
	if err == nil && !ownReach(ctx).Covers(i.Path) {
		err = ErrInspectionUnknown
	}
	return i, err
}

// Published reads what anybody may know of a draw.
func (s *Service) Published(ctx context.Context, id string) (Inspection, string, error) {
	i, err := s.inspections.inspection(ctx, id)
	if err != nil {
		return i, "", err
	}
	card, err := s.Organizations.Card(ctx, i.Organization)
	return i, card.Name, err
}

// Lot is a member of a frozen population as anybody may see it.
type Lot struct {
	Number  int    // its place in the population, from 1
	Key     string // of the draw
	Stratum string // where the draw or the digest goes by it
	Rank    int    // in the order of the draw; 0 for not drawn
	ID      string // of institutions and sessions: a person stays a number
}

// Lots goes through the frozen population of a draw by number.
func (s *Service) Lots(ctx context.Context, i Inspection, take func(Lot) error) error {
	ranks := make(map[string]int, i.Size)
	kept, err := s.inspections.drawn(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("drawn list: %w", err)
	}
	for n, d := range kept {
		ranks[d.ID] = n + 1
	}
	number := 0
	return s.inspections.each(ctx, i.ID, func(m rule.Member) error {
		number++
		l := Lot{Number: number, Key: rule.Key(i.Seed, m.ID), Stratum: m.Stratum, Rank: ranks[m.ID], ID: m.ID}
		if i.Subject == OfPeople {
			if l.ID = ""; !i.Stratified {
				l.Stratum = ""
			}
		}
		return take(l)
	})
}

// Items pages through a drawn list, in the order of the draw.
func (s *Service) Items(ctx context.Context, id string, result Result, limit int, cursor string) (listing.Listing[Item], error) {
	if _, err := s.Inspection(ctx, id); err != nil {
		return listing.Listing[Item]{}, err
	}
	q := store.Query{Index: "rank", Equal: []any{id}}
	if result != "" {
		q = store.Query{Index: "result", Equal: []any{id, string(result)}}
	}
	found, err := listing.Read(ctx, s.inspections.items, limit, cursor, listing.Phase[itemDoc]{
		Queries: []store.Query{q}, Less: func(a, b itemDoc) bool { return a.Rank < b.Rank },
	})
	return listing.Map(found, itemDoc.item), badCursor(err)
}

// Tally counts how a drawn list turned out.
func (s *Service) Tally(ctx context.Context, id string) (map[Result]int64, error) {
	out := map[Result]int64{}
	for _, r := range []Result{ToInspect, Fine, Deviation} {
		n, _, err := s.inspections.items.Count(ctx, store.Query{Index: "result", Equal: []any{id, string(r)}}, largest)
		if err != nil {
			return nil, err
		}
		out[r] = n
	}
	return out, nil
}

// Enter writes what was found at a drawn item.
func (s *Service) Enter(ctx context.Context, id string, rank int, r Result, note, link string) (x Item, err error) {
	actor := kernel.ActorFrom(ctx)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		i, err := s.standing(ctx, id)
		if err != nil {
			return err
		}
		d, err := s.inspections.items.Get(ctx, itemID(id, rank))
		if errors.Is(err, store.ErrNotFound) {
			return ErrItemUnknown
		} else if err != nil {
			return err
		}
		if x, err = d.item().Find(r, note, link, actor.Name, s.now()); err != nil {
			return err
		}
		d.Result, d.Note, d.Link, d.ByName, d.At = x.Result, x.Note, x.Link, x.ByName, x.At
		if err := s.inspections.items.Replace(ctx, &d); err != nil {
			return fmt.Errorf("save item: %w", err)
		}
		return s.note(ctx, "inspect", i, note, "rank", strconv.Itoa(rank), "result", string(r))
	})
	return x, err
}

// standing is a draw that the actor's office may work on.
func (s *Service) standing(ctx context.Context, id string) (Inspection, error) {
	i, err := s.Inspection(ctx, id)
	switch {
	case err != nil:
		return i, err
	case !kernel.ActorFrom(ctx).InOffice(i.Path):
		return i, ErrOfficeNeeded
	case i.Withdrawal != nil:
		return i, ErrWithdrawn
	}
	return i, nil
}

// Withdraw gives a draw up with a reason; what was drawn stays to be read.
func (s *Service) Withdraw(ctx context.Context, id, reason string) (i Inspection, err error) {
	actor := kernel.ActorFrom(ctx)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if i, err = s.standing(ctx, id); err != nil {
			return err
		}
		if i, err = i.Withdraw(Withdrawal{Reason: reason, By: actor.User, ByName: actor.Name, At: s.now()}); err != nil {
			return err
		}
		d := docOfInspection(i)
		if err := s.inspections.heads.Replace(ctx, &d); err != nil {
			return fmt.Errorf("save inspection: %w", err)
		}
		i.Stored = d.Version
		return s.note(ctx, "withdraw", i, reason)
	})
	return i, err
}

// Recomputed is a draw made anew from what was kept.
type Recomputed struct {
	Digest, Seed         string
	Population, Size     int
	SameDigest, SameSeed bool
	SameDraw             bool
}

// Recompute draws again from the frozen population and lays it beside the list.
func (s *Service) Recompute(ctx context.Context, id string) (out Recomputed, err error) {
	i, err := s.Inspection(ctx, id)
	if err != nil {
		return out, err
	}
	population, err := s.inspections.population(ctx, id)
	if err != nil {
		return out, err
	}
	kept, err := s.inspections.drawn(ctx, id)
	if err != nil {
		return out, err
	}
	out = Recomputed{Digest: rule.Digest(rule.Sorted(population)), Seed: rule.Seed(i.Head, i.ID), Population: len(population), Size: len(kept)}
	anew := rule.Draw(out.Seed, population, i.Size, i.Stratified)
	out.SameDigest, out.SameSeed, out.SameDraw = out.Digest == i.Digest, out.Seed == i.Seed, rule.Same(anew, kept)
	return out, nil
}

// Label calls a drawn member by its name.
func (s *Service) Labels(ctx context.Context, subject Subject, items []Item) (map[string]string, error) {
	out := make(map[string]string, len(items))
	ids := make([]string, len(items))
	for n, x := range items {
		ids[n] = x.Member.ID
	}
	switch subject {
	case OfPeople:
		cards, err := s.People.Cards(ctx, retyped[kernel.PersonID](ids))
		for id, c := range cards {
			out[string(id)] = c.Name
		}
		return out, err
	case OfInstitutions:
		cards, err := s.Organizations.Cards(ctx, retyped[kernel.OrganizationID](ids))
		for id, c := range cards {
			out[string(id)] = c.Name
		}
		return out, err
	case OfSessions:
		held, err := s.repo.sessionsOf(ctx, retyped[kernel.SessionID](ids))
		for id, h := range held {
			out[string(id)] = string(h.Date) + " " + h.StartsAt.In(kernel.Shanghai()).Format("15:04") + " " + h.Title
		}
		return out, err
	}
	return out, nil
}

func retyped[T ~string](ids []string) []T {
	out := make([]T, 0, len(ids))
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		out = append(out, T(id))
	}
	return out
}

func (s *Service) note(ctx context.Context, verb string, i Inspection, reason string, detail ...string) error {
	act := kernel.Act{
		Verb: verb, Noun: "inspection", ID: i.ID, Organization: i.Organization, Reason: reason,
		Detail: map[string]string{"subject": string(i.Subject), "year": strconv.Itoa(i.Year)},
	}
	for n := 0; n+1 < len(detail); n += 2 {
		act.Detail[detail[n]] = detail[n+1]
	}
	return s.Audit.Record(ctx, act)
}
