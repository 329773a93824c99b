package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Refresh settles the reach of everybody whose employment began or ended since
// it was last settled, and tells how many. To be called every day, soon after
// midnight; single records are judged by the day itself all the time.
func (s *Service) Refresh(ctx context.Context, today kernel.Date) (int, error) {
	n := 0
	for {
		due, err := s.docs.persons.Find(ctx, store.Query{Index: "refreshOn", From: "0", Until: string(today.AddDays(1)), Limit: 200})
		if err != nil || len(due.Items) == 0 {
			return n, err
		}
		for _, d := range due.Items {
			err := s.DB.Tx(ctx, func(ctx context.Context) error {
				doc, err := s.docs.persons.Get(ctx, d.ID)
				if err != nil {
					return err
				}
				doc.arrange(today, s.untrained(doc), s.careerRow(doc))
				if err := s.docs.persons.Replace(ctx, &doc); err != nil {
					return err
				}
				if err := s.reshelve(ctx, doc); err != nil {
					return err
				}
				return s.followPerson(ctx, doc)
			})
			if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
				return n, fmt.Errorf("refresh %s: %w", d.ID, err)
			}
			n++
		}
	}
}

// Grant lets an organisation see the person from now on: a school that
// enrolled them; until when it keeps their facts counts from the latest
// enrolment. Granting twice on a day changes nothing. ErrUnknown.
func (s *Service) Grant(ctx context.Context, person kernel.PersonID, to kernel.OrganizationID) error {
	return s.touch(ctx, person, func(ctx context.Context, doc *personDoc) (bool, error) {
		if doc.GrantedOn[to] == s.today() {
			return false, nil
		}
		doc.GrantedOn = maps.Clone(doc.GrantedOn)
		if doc.GrantedOn == nil {
			doc.GrantedOn = map[kernel.OrganizationID]kernel.Date{}
		}
		doc.GrantedOn[to] = s.today()
		if slices.Contains(doc.Granted, string(to)) {
			return true, nil
		}
		doc.Granted = append(doc.Granted, string(to))
		act := s.act("grant", *doc)
		act.Organization = to
		return true, s.Audit.Record(ctx, act)
	})
}

// MarkPreJob notes the day on which pre-job training was passed; the first
// counts. ErrUnknown.
func (s *Service) MarkPreJob(ctx context.Context, person kernel.PersonID, on kernel.Date, class kernel.ClassID) error {
	return s.touch(ctx, person, func(_ context.Context, doc *personDoc) (bool, error) {
		if doc.PreJobOn != "" && doc.PreJobOn <= on {
			return false, nil
		}
		doc.PreJobOn, doc.PreJobClass = on, string(class)
		return true, nil
	})
}

// touch changes a document for the program itself, whoever reaches it.
func (s *Service) touch(ctx context.Context, person kernel.PersonID, change func(context.Context, *personDoc) (bool, error)) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		doc, err := s.latest(ctx, person)
		if errors.Is(err, store.ErrNotFound) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		changed, err := change(ctx, &doc)
		if err != nil || !changed {
			return err
		}
		return s.save(ctx, &doc)
	})
}

// carry saves what change did and announces the career where it changed.
func (s *Service) carry(ctx context.Context, person kernel.PersonID, change func(*personDoc) bool) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		doc, err := s.docs.persons.Get(ctx, string(person))
		if err != nil {
			return err
		}
		career := change(&doc)
		if err := s.save(ctx, &doc); err != nil || !career {
			return err
		}
		return s.Facts.Announce(ctx, CareerChanged{Person: person, Spells: doc.Career.Spells()})
	})
}
