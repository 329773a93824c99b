package notifications

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// Service holds the use cases.
type Service struct {
	repo   *repository
	clock  kernel.Clock
	people People
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// atOnce bounds how many people are written in one go.
const atOnce = 500

// Tell keeps what concerns people, once for each: a fact that is delivered
// again tells nothing new. Whoever acts is not told of it. A record that was
// merged into another is told under that one.
func (s *Service) Tell(ctx context.Context, drafts ...Draft) error {
	var all []notificationDoc
	actor, at := kernel.ActorFrom(ctx).Person, s.now()
	for _, d := range drafts {
		for _, p := range d.To {
			if p != actor {
				all = append(all, notificationDoc{
					Doc: store.Doc{ID: string(p) + "." + d.Key, Version: 1}, Person: p, Kind: d.Kind, Params: d.Params, Href: d.Href, At: at, Unread: true,
				})
			}
		}
	}
	for docs := range slices.Chunk(all, atOnce) {
		err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
			known, err := s.addressed(ctx, docs)
			if err != nil {
				return err
			}
			return s.repo.add(ctx, known)
		})
		if err != nil {
			return fmt.Errorf("tell %s: %w", docs[0].Kind, err)
		}
	}
	return nil
}

// addressed leaves out whom the register does not know, and finds who a merged
// record is by now.
func (s *Service) addressed(ctx context.Context, docs []notificationDoc) (known []notificationDoc, err error) {
	ids := make([]kernel.PersonID, len(docs))
	for i, d := range docs {
		ids[i] = d.Person
	}
	cards, err := s.people.Cards(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("whom to tell: %w", err)
	}
	for _, d := range docs {
		card, ok := cards[d.Person]
		if !ok {
			continue
		}
		if card.Merged != "" {
			d.Person = card.Merged
		}
		known = append(known, d)
	}
	return known, nil
}

// List pages through the actor's own notifications, the latest first.
func (s *Service) List(ctx context.Context, unread bool, limit int, cursor string) (listing.Listing[Notification], error) {
	own := kernel.ActorFrom(ctx).Person
	if own == "" {
		return listing.Listing[Notification]{}, nil
	}
	found, err := listing.Read(ctx, s.repo.notifications, limit, cursor, listing.Phase[notificationDoc]{
		Queries: []store.Query{of(own, unread)},
		Less:    func(a, b notificationDoc) bool { return a.At.After(b.At) },
	})
	if errors.Is(err, store.ErrBadCursor) {
		err = fault.ErrInvalid.At("query.cursor", "input.cursor", "")
	}
	return listing.Map(found, notificationDoc.notification), err
}

// mostUnread is as far as they are counted: a badge says "99+".
const mostUnread = 99

// Unread counts what the actor has not read yet; more beyond 99.
func (s *Service) Unread(ctx context.Context) (n int64, more bool, err error) {
	own := kernel.ActorFrom(ctx).Person
	if own == "" {
		return 0, false, nil
	}
	return s.repo.notifications.Count(ctx, of(own, true), mostUnread)
}

// Read marks one of the actor's notifications; again changes nothing. ErrUnknown.
func (s *Service) Read(ctx context.Context, id string) (n Notification, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.repo.own(ctx, kernel.ActorFrom(ctx).Person, id)
		if err != nil {
			return err
		}
		if d.read(s.now()) {
			err = s.repo.notifications.Replace(ctx, &d)
		}
		n = d.notification()
		return err
	})
	return n, err
}

// ReadAll marks what the actor was told up to an instant.
func (s *Service) ReadAll(ctx context.Context, until time.Time) (n int, err error) {
	own, at := kernel.ActorFrom(ctx).Person, s.now()
	if own == "" {
		return 0, nil
	}
	q := of(own, true)
	q.Until = until.Add(time.Millisecond)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		n, err = s.repo.change(ctx, q, func(d *notificationDoc) bool { return d.read(at) })
		return err
	})
	return n, err
}

func (d *notificationDoc) read(at time.Time) bool {
	if !d.Unread {
		return false
	}
	d.Unread, d.ReadAt = false, at
	return true
}

// FollowMerge moves what was told to a record that turned out to be another's
// twin. It listens to people.merged.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.move(ctx, gone, func(d *notificationDoc) bool {
		d.Person, d.Was = kept, d.Was.Left(gone)
		return true
	})
}

// FollowUnmerge gives back what came with a merge that was undone.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.move(ctx, kept, func(d *notificationDoc) bool {
		was, came := d.Was.Back(gone)
		if came {
			d.Person, d.Was = gone, was
		}
		return came
	})
}

func (s *Service) move(ctx context.Context, of kernel.PersonID, alter func(*notificationDoc) bool) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		_, err := s.repo.change(ctx, store.Query{Index: "person", Equal: []any{string(of)}}, alter)
		return err
	})
}

// Aged are what the module keeps for a time, by kind (policies/rules/retention.yaml).
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{"notifications": store.Aging(s.repo.notifications, "at")}
}

// Told is everything a person was told, the latest first: for the export of
// everything about oneself.
func (s *Service) Told(ctx context.Context, p kernel.PersonID) (all []Notification, err error) {
	err = s.repo.notifications.Each(ctx, of(p, false), func(d notificationDoc) error {
		all = append(all, d.notification())
		return nil
	})
	return all, err
}
