package people

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Post is a spell to be recorded.
type Post struct {
	Organization kernel.OrganizationID
	Role         kernel.StaffRole
	Period       kernel.Period // To is Forever while open
	Position     string        // what the post is called there, 护理组长 say
	Dispatched   bool          // by a labour agency; counted at the user unit all the same
}

// Employ records a spell at an organisation in reach: of a person whom the actor
// keeps or claims, or one that has ended of whom it employed. ErrUnknown,
// ErrClaimNeeded, ErrEmployerUnknown, ErrEmployerClosed, ErrSpellOverlap.
func (s *Service) Employ(ctx context.Context, id kernel.PersonID, post Post) (Entry, error) {
	entry, err := s.entry(ctx, id, post)
	if err != nil {
		return Entry{}, err
	}
	err = s.career(ctx, id, "employ", s.hireable(entry.Period.To >= s.today()), func(doc *personDoc) (Career, Entry, string, error) {
		if err := entry.sound(doc.Birth, s.today(), s.careerRow(*doc)); err != nil {
			return nil, entry, "", err
		}
		career, err := doc.Career.Add(entry)
		return career, entry, describe(entry), err
	})
	return entry, err
}

// entry makes a first version of a spell.
func (s *Service) entry(ctx context.Context, person kernel.PersonID, post Post) (Entry, error) {
	if post.Period.To == "" {
		post.Period.To = kernel.Forever
	}
	card, err := kernel.ReachFrom(ctx).Organization(ctx, s.Organizations, post.Organization, ErrEmployerUnknown)
	if err != nil {
		return Entry{}, err
	}
	if err := stands(card, post.Period); err != nil {
		return Entry{}, err
	}
	overseers, err := s.overseers(ctx, card.Path)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Overseers: overseers, Position: strings.TrimSpace(post.Position), Spell: kernel.Spell{
		ID: kernel.NewID(), Person: person, Organization: post.Organization, Path: card.Path, Region: card.Region, Stood: card.Stood,
		Role: post.Role, Period: post.Period, Dispatched: post.Dispatched, SmallHome: card.SmallCareHome, RecordedAt: s.now(),
	}}, nil
}

// stands refuses days after an organisation has closed.
func stands(card kernel.OrganizationCard, p kernel.Period) error {
	if last := card.ClosedOn; last != "" && p.To > last {
		return ErrEmployerClosed.With("on", last)
	}
	return nil
}

// overseers are the bureaus and subdistricts of a path: who sees a career for
// good.
func (s *Service) overseers(ctx context.Context, path []kernel.OrganizationID) ([]kernel.OrganizationID, error) {
	cards, err := s.Organizations.Cards(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("overseers: %w", err)
	}
	out := []kernel.OrganizationID{}
	for _, id := range path {
		switch cards[id].Kind {
		case "cityBureau", "districtBureau", "subdistrict":
			out = append(out, id)
		}
	}
	return out, nil
}

// Change is a correction of a spell; nil fields stay.
type Change struct {
	Organization *kernel.OrganizationID
	Role         *kernel.StaffRole
	From, To     *kernel.Date // To may be Forever: back on post
	Position     *string
	Dispatched   *bool
	Reason       string
}

// Correct records another version of a spell, which must lie at an
// organisation in reach; an employer whom the person has left may still mend
// its own for a time. ErrSpellUnknown, ErrSpellUnchanged, ErrSpellOverlap.
func (s *Service) Correct(ctx context.Context, id kernel.PersonID, spell string, c Change) (Entry, error) {
	person, _, err := s.readable(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	old, err := s.spellInReach(ctx, person, spell)
	if err != nil {
		return Entry{}, err
	}
	post := Post{Organization: old.Organization, Role: old.Role, Period: old.Period, Position: old.Position, Dispatched: old.Dispatched}
	set(&post.Organization, c.Organization)
	set(&post.Role, c.Role)
	set(&post.Period.From, c.From)
	set(&post.Period.To, c.To)
	set(&post.Position, c.Position)
	set(&post.Dispatched, c.Dispatched)
	entry, err := s.entry(ctx, id, post)
	if err != nil {
		return Entry{}, err
	}
	entry.ID, entry.Reason, entry.Import, entry.ByHand = spell, c.Reason, old.Import, true
	err = s.career(ctx, id, "correctCareer", s.mendable, func(doc *personDoc) (Career, Entry, string, error) {
		if _, err := s.spellInReach(ctx, *doc, spell); err != nil {
			return nil, entry, "", err
		}
		if err := entry.sound(doc.Birth, s.today(), s.careerRow(*doc)); err != nil {
			return nil, entry, "", err
		}
		career, err := doc.Career.Correct(entry)
		return career, entry, describe(old) + " → " + describe(entry), err
	})
	return entry, err
}

// End records the last day on post; ErrSpellUnknown.
func (s *Service) End(ctx context.Context, id kernel.PersonID, spell string, on kernel.Date, reason string) (Entry, error) {
	return s.Correct(ctx, id, spell, Change{To: &on, Reason: reason})
}

func (s *Service) spellInReach(ctx context.Context, doc personDoc, spell string) (Entry, error) {
	e, err := doc.Career.Find(spell)
	if err == nil && !kernel.ReachFrom(ctx).Covers(e.Path) {
		return e, ErrSpellUnknown
	}
	return e, err
}

// career changes a career in one transaction: the document holds the whole of
// it, so that two changes at once never overlap unseen.
func (s *Service) career(ctx context.Context, id kernel.PersonID, verb string, find func(context.Context, kernel.PersonID) (personDoc, error), change func(*personDoc) (Career, Entry, string, error)) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		doc, err := find(ctx, id)
		if err != nil {
			return err
		}
		career, entry, what, err := change(&doc)
		if err != nil {
			return err
		}
		doc.Career, doc.Handled = career, true
		if err := s.save(ctx, &doc); err != nil {
			return err
		}
		act := s.act(verb, doc)
		act.Organization, act.Reason, act.Detail = entry.Organization, entry.Reason, map[string]string{"spell": entry.ID, "change": what}
		if err := s.Audit.Record(ctx, act); err != nil {
			return err
		}
		return s.Facts.Announce(ctx, CareerChanged{Person: kernel.PersonID(doc.ID), Spells: career.Spells()})
	})
}

// mendable reads a person whose spells the actor may mend: a former employer
// its own, too; spellInReach says which those are.
func (s *Service) mendable(ctx context.Context, id kernel.PersonID) (personDoc, error) {
	doc, _, err := s.readable(ctx, id)
	return doc, err
}

// hireable reads a person to whom the actor may give a post: one that has ended
// to whomever it employed or oversees. One that lasts opens what is theirs, so
// that who neither keeps them nor employed them last shows name and number (a claim).
func (s *Service) hireable(lasts bool) func(context.Context, kernel.PersonID) (personDoc, error) {
	return func(ctx context.Context, id kernel.PersonID) (personDoc, error) {
		doc, err := s.latest(ctx, id)
		if err != nil {
			return s.employable(ctx, id)
		}
		p, reach := doc.person(), kernel.ReachFrom(ctx)
		if !p.visible(reach, s.today()) && !reach.Covers(p.Former(s.today(), s.careerRow(doc))) {
			return s.employable(ctx, id)
		}
		if !lasts || s.kept(ctx, doc) || p.lastEmployed(reach, s.today()) {
			return doc, nil
		}
		claimed, err := s.claimed(ctx, kernel.PersonID(doc.ID))
		if err == nil && !claimed {
			err = ErrClaimNeeded
		}
		return doc, err
	}
}

// employable reads a person in reach, or one whom the actor's organisation may
// give a post under a claim.
func (s *Service) employable(ctx context.Context, id kernel.PersonID) (personDoc, error) {
	doc, err := s.latest(ctx, id)
	missing := errors.Is(err, store.ErrNotFound)
	if missing {
		doc, err = nobody(id), nil // asked the same questions as for anybody out of reach
	}
	if err != nil || !missing && doc.person().visible(kernel.ReachFrom(ctx), s.today()) {
		return doc, err
	}
	claimed, err := s.claimed(ctx, kernel.PersonID(doc.ID))
	if err == nil && (missing || !claimed) {
		err = s.unseen(ctx, doc)
	}
	return doc, err
}

func describe(e Entry) string {
	return string(e.Organization) + " " + string(e.Role) + " " + string(e.Period.From) + "/" + string(e.Period.To)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
