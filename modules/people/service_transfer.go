package people

import (
	"context"
	"errors"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// TransferDraft is a transfer to be made. Spell may be empty: the post that
// the person has on the day before.
type TransferDraft struct {
	Spell      string
	To         kernel.OrganizationID
	Role       kernel.StaffRole // as before when empty
	On         kernel.Date
	Dispatched bool
	Reason     string
}

// Transfer ends a post and begins another in one step. Whoever reaches both
// homes does it at once; whoever reaches one of them asks the other: the new
// home may ask for somebody whom it can name and number (a claim), the old
// home for one of its own. ErrUnknown, ErrSpellUnknown, ErrEmployerUnknown,
// ErrTransferOpen, and what Employ and Correct refuse.
func (s *Service) Transfer(ctx context.Context, id kernel.PersonID, d TransferDraft) (Transfer, error) {
	var doc transferDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		person, err := s.employable(ctx, id)
		if err != nil {
			return err
		}
		leaving, err := person.Career.leaving(d.Spell, d.On)
		if err != nil {
			return err
		}
		to, err := s.Organizations.Card(ctx, d.To)
		if fault.Missing(err) {
			return ErrEmployerUnknown
		}
		if err != nil {
			return fmt.Errorf("employer %s: %w", d.To, err)
		}
		reach := kernel.ReachFrom(ctx)
		here, there := reach.Covers(leaving.Path), reach.Covers(to.Path)
		if !here && !there {
			return ErrEmployerUnknown
		}
		doc = s.drawTransfer(ctx, person, leaving, d)
		if here && there {
			doc.State = TransferDone
			return s.carryOut(ctx, person, &doc)
		}
		doc.Waits, doc.Shelf = string(to.ID), texts(to.Path)
		if there {
			doc.Waits, doc.Shelf = string(leaving.Organization), texts(leaving.Path)
		}
		return s.ask(ctx, person, &doc)
	})
	return doc.read(), err
}

func (s *Service) drawTransfer(ctx context.Context, person personDoc, leaving Entry, d TransferDraft) transferDoc {
	doc := transferDoc{
		Person: person.ID, Name: person.Name, IDMasked: person.IDMasked, Spell: leaving.ID, From: string(leaving.Organization), To: string(d.To),
		Role: d.Role, Dispatched: d.Dispatched, On: d.On, Reason: d.Reason, By: kernel.ActorFrom(ctx).Name, AskedAt: s.now(), State: TransferAsked,
	}
	doc.ID = kernel.NewID()
	if doc.Role == "" {
		doc.Role = leaving.Role
	}
	return doc
}

// ask keeps a transfer that waits for the other home; one at a time for each
// post.
func (s *Service) ask(ctx context.Context, person personDoc, doc *transferDoc) error {
	open, err := s.docs.transfers.Find(ctx, store.Query{Index: "person", Equal: []any{doc.Person, string(TransferAsked)}, Limit: 20})
	if err != nil {
		return err
	}
	for _, o := range open.Items {
		if o.Spell == doc.Spell {
			return ErrTransferOpen
		}
	}
	if err := s.docs.transfers.Insert(ctx, *doc); err != nil {
		return fmt.Errorf("ask for a transfer: %w", err)
	}
	act := s.act("askTransfer", person)
	act.Reason, act.Detail = doc.Reason, map[string]string{"from": doc.From, "to": doc.To, "on": string(doc.On)}
	return s.Audit.Record(ctx, act)
}

// carryOut ends the one post and begins the other: both or neither.
func (s *Service) carryOut(ctx context.Context, person personDoc, doc *transferDoc) error {
	ctx = kernel.WithReach(ctx, kernel.Reach{Everywhere: true}) // both homes have agreed, or their office decided
	leaving, err := person.Career.Find(doc.Spell)
	if err != nil {
		return err
	}
	id := kernel.PersonID(doc.Person)
	if last := doc.On.AddDays(-1); leaving.Period.To > last { // they may have left before
		if _, err := s.End(ctx, id, doc.Spell, last, doc.Reason); err != nil {
			return err
		}
	}
	if _, err := s.Employ(ctx, id, Post{
		Organization: kernel.OrganizationID(doc.To), Role: doc.Role, Period: kernel.Period{From: doc.On}, Dispatched: doc.Dispatched,
	}); err != nil {
		return err
	}
	act := s.act("transfer", person)
	act.Reason, act.Detail = doc.Reason, map[string]string{"from": doc.From, "to": doc.To, "on": string(doc.On)}
	return s.Audit.Record(ctx, act)
}

// Transfers lists what waits for a home in reach, the latest asked first.
func (s *Service) Transfers(ctx context.Context, organization kernel.OrganizationID, limit int, cursor string) (listing.Listing[Transfer], error) {
	roots, _, err := s.roots(ctx, organization, kernel.ReachFrom(ctx))
	if err != nil {
		return listing.Listing[Transfer]{}, err
	}
	phase := listing.Phase[transferDoc]{Less: func(a, b transferDoc) bool {
		return a.AskedAt.After(b.AskedAt) || (a.AskedAt.Equal(b.AskedAt) && a.ID > b.ID)
	}}
	for _, root := range roots {
		phase.Queries = append(phase.Queries, store.Query{Index: "shelf", Equal: []any{root}, Desc: true})
	}
	found, err := listing.Read(ctx, s.docs.transfers, limit, cursor, phase)
	return listing.Map(found, transferDoc.read), err
}

// Answer agrees to a transfer, which is then carried out, or declines it;
// ErrTransferUnknown for one that does not wait for a home in reach.
func (s *Service) Answer(ctx context.Context, id string, agree bool, reason string) (Transfer, error) {
	var doc transferDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		doc, err = s.docs.transfers.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) || (err == nil && (doc.State != TransferAsked || !kernel.ReachFrom(ctx).Covers(ids(doc.Shelf)))) {
			return ErrTransferUnknown
		}
		if err != nil {
			return err
		}
		person, err := s.latest(ctx, kernel.PersonID(doc.Person))
		if errors.Is(err, store.ErrNotFound) {
			return ErrTransferUnknown
		}
		if err != nil {
			return err
		}
		doc.State, doc.Answer, doc.AnsweredBy, doc.Shelf = TransferDeclined, reason, kernel.ActorFrom(ctx).Name, nil
		if agree {
			doc.State = TransferDone
		}
		if err := s.docs.transfers.Replace(ctx, &doc); err != nil {
			return fmt.Errorf("answer a transfer: %w", err)
		}
		if agree {
			return s.carryOut(ctx, person, &doc)
		}
		act := s.act("declineTransfer", person)
		act.Reason, act.Detail = reason, map[string]string{"from": doc.From, "to": doc.To}
		return s.Audit.Record(ctx, act)
	})
	return doc.read(), err
}
