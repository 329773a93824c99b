package spotchecks

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
	"carecert/modules/spotchecks/rule"
)

// Service holds the use cases: load, decide, save.
type Service struct {
	Deps
	repo *repository
}

// now is to the millisecond, which is what both engines keep and what the JSON
// of a roster says.
func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }

const kindInstitution = "institution"

// Prepare freezes the roster of an institution as it is now, for the actor to
// carry. ErrUnknownOrganization, ErrOfficeNeeded, ErrInstitutionNeeded,
// ErrNoRule, ErrNobody, ErrRosterLarge.
func (s *Service) Prepare(ctx context.Context, org kernel.OrganizationID) (c Check, err error) {
	card, err := s.place(ctx, org)
	if err != nil {
		return c, err
	}
	now := s.now()
	row, found := kernel.Nearest(s.Rows, card.Region, kernel.DateOf(now))
	if !found {
		return c, ErrNoRule
	}
	p, err := s.gather(ctx, card, row, now)
	if err != nil {
		return c, err
	}
	actor := kernel.ActorFrom(ctx)
	c = Check{
		ID: kernel.NewID(), Place: Place{card.ID, card.Name}, Path: card.Path, By: actor.User, ByName: actor.Name, At: now, Until: p.Until,
		Row: row, RateRule: p.RateRule,
	}
	for _, m := range p.Members {
		switch {
		case !m.Counted:
			c.Others++
		case m.Certified:
			c.Counted, c.Certified = c.Counted+1, c.Certified+1
		default:
			c.Counted++
		}
	}
	p.Check = c.ID
	text, hash, err := p.Text()
	if err != nil {
		return c, err
	}
	c.PackHash = hash
	return c, s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.repo.checks.Insert(ctx, docOf(c)); err != nil {
			return fmt.Errorf("check: %w", err)
		}
		if err := s.repo.packs.Insert(ctx, packDoc{Doc: store.Doc{ID: c.ID}, At: now, Text: text}); err != nil {
			return fmt.Errorf("pack: %w", err)
		}
		return s.note(ctx, "prepare", c, "roster", strconv.Itoa(len(p.Members)), "hash", c.PackHash)
	})
}

// place reads an institution that the actor's office has in its tree.
func (s *Service) place(ctx context.Context, org kernel.OrganizationID) (kernel.OrganizationCard, error) {
	unknown := ErrUnknownOrganization.At("body.organizationId", ErrUnknownOrganization.Code, string(org))
	card, err := kernel.ReachFrom(ctx).Organization(ctx, s.Organizations, org, unknown)
	switch {
	case err != nil:
		return card, err
	case !kernel.ActorFrom(ctx).InOffice(card.Path):
		return card, ErrOfficeNeeded
	case card.Kind != kindInstitution || card.Closed:
		return card, ErrInstitutionNeeded.At("body.organizationId", ErrInstitutionNeeded.Code, string(org))
	}
	return card, nil
}

// gather is who is on post, and whom the rate holds certified.
func (s *Service) gather(ctx context.Context, card kernel.OrganizationCard, row rule.Row, now time.Time) (p Pack, err error) {
	staff, err := s.Staff.Roster(ctx, card.ID, row.RosterMost)
	switch {
	case err != nil:
		return p, fmt.Errorf("roster of %s: %w", card.ID, err)
	case len(staff) == 0:
		return p, ErrNobody
	case len(staff) > row.RosterMost:
		return p, ErrRosterLarge.With("most", row.RosterMost)
	}
	ids := make([]kernel.PersonID, 0, len(staff))
	for _, x := range staff {
		ids = append(ids, x.Person)
	}
	held, rate, err := s.Rate.Counted(ctx, card, kernel.DateOf(now), ids)
	if err != nil {
		return p, fmt.Errorf("whom the rate counts at %s: %w", card.ID, err)
	}
	codes, err := s.Certificates.Codes(ctx, ids, now)
	if err != nil {
		return p, fmt.Errorf("codes at %s: %w", card.ID, err)
	}
	lists, err := s.Certificates.Lists(ctx)
	p = Pack{
		Format: Format, Institution: Place{card.ID, card.Name}, At: now, Until: row.Until(now), RateRule: rate, EntriesMost: row.EntriesMost, StatusLists: lists,
		Members: make([]Member, 0, len(staff)),
	}
	for _, x := range staff {
		level, counted := held[x.Person]
		m := Member{Name: x.Name, Posts: x.Posts, Level: level, Verdicts: map[string]string{}}
		m.Person, m.Counted, m.Certified, m.Codes = x.Person, counted, level.Valid(), []string{}
		for code, verdict := range codes[x.Person] {
			m.Codes, m.Verdicts[code] = append(m.Codes, code), verdict
		}
		slices.Sort(m.Codes)
		p.Members = append(p.Members, m)
	}
	return p, err
}

// Handed is a roster as it is given out.
type Handed struct {
	Check Check
	Text  string
}

// Give hands the roster to a phone of whoever made the check, which signed for
// it; every time is a line of the operation log. ErrUnknown, ErrMakerNeeded,
// ErrPhone, ErrOtherPhone, ErrTimeOver, ErrSentAlready.
func (s *Service) Give(ctx context.Context, id string, proof kernel.PhoneProof, label string, phoneAt time.Time) (h Handed, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		c, err := s.Find(ctx, id)
		if err != nil {
			return err
		}
		phone, err := proof.Phone(packText(id))
		if err != nil {
			return ErrPhone.Because(err)
		}
		c, err = c.Give(Phone{ID: phone, Key: proof.Key, Label: label, PhoneAt: phoneAt.UTC().Truncate(time.Millisecond)}, kernel.ActorFrom(ctx).User, s.now())
		if err != nil {
			return err
		}
		if h.Text, err = s.repo.pack(ctx, id); err != nil {
			return err
		}
		h.Check = c
		if err := s.repo.save(ctx, c); err != nil {
			return err
		}
		return s.note(ctx, "carry", c, "device", phone, "hash", c.PackHash, "times", strconv.FormatInt(c.Phone.Times, 10))
	})
	return h, err
}

// What a phone signs; the frontend writes the same.
func packText(check string) string { return "carecert spot check pack 1\n" + check }

func resultText(text string) string { return Format + "\n" + text }

// Find reads a check in reach; whoever is no office learns of it once it is
// sent. ErrUnknown.
func (s *Service) Find(ctx context.Context, id string) (Check, error) {
	c, err := s.repo.check(ctx, id)
	if err == nil && !s.sees(ctx, c) {
		err = ErrUnknown
	}
	if err != nil {
		return Check{}, err
	}
	return c, nil
}

func (s *Service) sees(ctx context.Context, c Check) bool {
	reach := kernel.ReachFrom(ctx)
	return reach.Covers(c.Path) && (c.Outcome != nil || Office(ctx, c.Path))
}

// Office tells whether whoever asks reads checks as an office does: rosters
// that are carried, texts of codes, facts of the phone.
func Office(ctx context.Context, path []kernel.OrganizationID) bool {
	return kernel.ReachFrom(ctx).Everywhere || kernel.ActorFrom(ctx).InOffice(path)
}

// Result reads what came of a check; false where there is none, or it was
// removed with its time.
func (s *Service) Result(ctx context.Context, c Check) (Result, bool, error) {
	if c.Outcome == nil {
		return Result{}, false, nil
	}
	return s.repo.result(ctx, c.ID)
}

// Filter narrows the list of checks.
type Filter struct {
	Organization kernel.OrganizationID
	Stage        Stage
}

// List pages through the checks in reach, the latest first;
// ErrUnknownOrganization.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (listing.Listing[Check], error) {
	shelves, err := s.shelves(ctx, f.Organization)
	if err != nil {
		return listing.Listing[Check]{}, err
	}
	queries := make([]store.Query, 0, len(shelves))
	for _, shelf := range shelves {
		q := store.Query{Index: "shelf", Equal: []any{shelf}, Desc: true}
		switch f.Stage {
		case Sent:
			q = store.Query{Index: "stage", Equal: []any{shelf, string(Sent)}, Desc: true}
		case Prepared:
			q = store.Query{Index: "stage", Equal: []any{shelf, string(Prepared)}, From: s.now(), Desc: true}
		case Lapsed:
			q = store.Query{Index: "stage", Equal: []any{shelf, string(Prepared)}, Until: s.now(), Desc: true}
		}
		queries = append(queries, q)
	}
	found, err := listing.Read(ctx, s.repo.checks, limit, cursor, listing.Phase[checkDoc]{
		Queries: queries, Less: func(a, b checkDoc) bool { return a.Until.After(b.Until) },
	})
	if errors.Is(err, store.ErrBadCursor) {
		err = fault.ErrInvalid.At("query.cursor", "input.cursor", "")
	}
	return listing.Map(found, checkDoc.check), err
}

// shelves are what a list is read from.
func (s *Service) shelves(ctx context.Context, org kernel.OrganizationID) ([]string, error) {
	reach, actor := kernel.ReachFrom(ctx), kernel.ActorFrom(ctx)
	of := func(o kernel.OrganizationID, office bool) string {
		if office {
			return string(o)
		}
		return sentOf(o)
	}
	if org != "" {
		card, err := reach.Organization(ctx, s.Organizations, org, ErrUnknownOrganization)
		if err != nil {
			return nil, err
		}
		return []string{of(org, Office(ctx, card.Path))}, nil
	}
	if reach.Everywhere {
		return []string{everywhere}, nil
	}
	out := make([]string, 0, len(reach.Roots))
	for _, o := range reach.Roots {
		out = append(out, of(o, actor.InOffice([]kernel.OrganizationID{o})))
	}
	return out, nil
}

// Answer adds a remark of the institution to a result. ErrUnknown, ErrNotSent,
// ErrAnswersMost.
func (s *Service) Answer(ctx context.Context, id, text string) (c Check, err error) {
	actor := kernel.ActorFrom(ctx)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.Find(ctx, id); err != nil {
			return err
		}
		a := Answer{Text: strings.TrimSpace(text), By: actor.User, ByName: actor.Name, At: s.now()}
		if c, err = c.Answered(a); err != nil {
			return err
		}
		if err := s.repo.save(ctx, c); err != nil {
			return err
		}
		return s.note(ctx, "answer", c)
	})
	return c, err
}

func (s *Service) note(ctx context.Context, verb string, c Check, detail ...string) error {
	act := kernel.Act{Verb: verb, Noun: "spotCheck", ID: c.ID, Organization: c.Place.ID, Detail: map[string]string{}}
	for n := 0; n+1 < len(detail); n += 2 {
		act.Detail[detail[n]] = detail[n+1]
	}
	return s.Audit.Record(ctx, act)
}
