package training

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// TurnedAway is a check-in that was refused because the phone was somebody else's
// in the session. It credits nothing; that it was tried is evidence.
type TurnedAway struct {
	Person kernel.PersonID
	Device string // the phone, by its key
	At     time.Time
}

// turnedAwayDoc keeps the first of such tries of somebody with a phone in a
// session. _id "session:device:person".
type turnedAwayDoc struct {
	store.Doc `bson:",inline"`
	Session   kernel.SessionID `bson:"session"`
	Class     kernel.ClassID   `bson:"class"`
	Person    kernel.PersonID  `bson:"person"`
	Device    string           `bson:"device"`
	At        time.Time        `bson:"at"`
}

func turnedAwaySpec() store.Spec {
	return store.Spec{Name: "training_turned_away", Indexes: []store.Index{
		{Name: "by_session", Fields: []string{"session", "at"}},
		{Name: "by_class", Fields: []string{"class", "person"}},
	}}
}

func turnedAwayID(s kernel.SessionID, device string, p kernel.PersonID) string {
	return bindingID(s, device) + ":" + string(p)
}

// turnAway keeps that somebody was turned away: in a transaction of its own,
// since the refusal undoes the scan's.
func (s *Service) turnAway(ctx context.Context, session kernel.SessionID, p kernel.PersonID, device string) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		id := turnedAwayID(session, device, p)
		if _, err := s.docs.turnedAway.Get(ctx, id); !errors.Is(err, store.ErrNotFound) {
			return err // kept already, or a failure
		}
		x, err := s.docs.session(ctx, session)
		if err != nil {
			return err
		}
		doc := turnedAwayDoc{Doc: store.Doc{ID: id}, Session: session, Class: x.Class, Person: p, Device: device, At: s.now()}
		return s.keepTurnedAway(ctx, doc)
	})
}

func (s *Service) keepTurnedAway(ctx context.Context, doc turnedAwayDoc) error {
	if err := s.docs.turnedAway.Put(ctx, &doc); err != nil {
		return fmt.Errorf("keep who was turned away: %w", err)
	}
	return s.Facts.Announce(ctx, PhoneTurnedAway{Session: doc.Session})
}

// TurnedAway lists who was turned away from a session, by whose phone, the first
// try of each. Whoever asks: for listeners.
func (s *Service) TurnedAway(ctx context.Context, id kernel.SessionID) (out []TurnedAway, err error) {
	err = s.docs.turnedAway.Each(ctx, store.Query{Index: "by_session", Equal: []any{string(id)}}, func(d turnedAwayDoc) error {
		out = append(out, TurnedAway{Person: d.Person, Device: d.Device, At: d.At})
		return nil
	})
	return out, err
}

// moveTurnedAway lets the tries of one record in a class be another's.
func (s *Service) moveTurnedAway(ctx context.Context, class kernel.ClassID, from, to kernel.PersonID) error {
	var all []turnedAwayDoc
	q := store.Query{Index: "by_class", Equal: []any{string(class), string(from)}}
	if err := s.docs.turnedAway.Each(ctx, q, func(d turnedAwayDoc) error {
		all = append(all, d)
		return nil
	}); err != nil {
		return err
	}
	for _, d := range all {
		if err := s.docs.turnedAway.Delete(ctx, d.ID, 0); err != nil {
			return fmt.Errorf("move who was turned away: %w", err)
		}
		d.Doc, d.Person = store.Doc{ID: turnedAwayID(d.Session, d.Device, to)}, to
		if err := s.keepTurnedAway(ctx, d); err != nil {
			return err
		}
	}
	return nil
}
