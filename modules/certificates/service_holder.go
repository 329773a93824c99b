package certificates

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// A record may turn out to be another person's twin. What was certified stays
// as it was issued and logged; it counts for the one who stays.

// holderDoc is a person as far as certificates go; _id is the record. Whoever
// changes what counts writes it, so that of two changes made at once one comes
// after the other and tells of both.
type holderDoc struct {
	store.Doc `bson:",inline"`
	Also      []kernel.PersonID `bson:"also,omitempty"` // records merged into this one
	Into      kernel.PersonID   `bson:"into,omitempty"` // the record that this one was merged into
}

func (d holderDoc) person() kernel.PersonID { return kernel.PersonID(d.ID) }

func (r *repository) holder(ctx context.Context, record kernel.PersonID) (holderDoc, error) {
	d, err := r.holders.Get(ctx, string(record))
	if errors.Is(err, store.ErrNotFound) {
		return holderDoc{Doc: store.Doc{ID: string(record)}}, nil
	}
	return d, err
}

// holderOf finds the one who stands for a record now.
func (r *repository) holderOf(ctx context.Context, record kernel.PersonID) (holderDoc, error) {
	d, err := r.holder(ctx, record)
	for err == nil && d.Into != "" {
		d, err = r.holder(ctx, d.Into)
	}
	return d, err
}

// ofPerson reads the certificates of whoever stands for a record, the oldest
// first.
func (r *repository) ofPerson(ctx context.Context, record kernel.PersonID) ([]Certificate, error) {
	d, err := r.holderOf(ctx, record)
	if err != nil {
		return nil, fmt.Errorf("holder %s: %w", record, err)
	}
	return r.held(ctx, d)
}

func (r *repository) held(ctx context.Context, d holderDoc) (out []Certificate, err error) {
	for _, p := range append([]kernel.PersonID{d.person()}, d.Also...) {
		err := r.certificates.Each(ctx, store.Query{Index: "person", Equal: []any{string(p)}}, func(d certificateDoc) error {
			out = append(out, d.read())
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b Certificate) int { return cmp.Compare(a.IssuedOn, b.IssuedOn) })
	return out, nil
}

// announce tells neighbours what the holder now has, where a level is in it.
func (s *Service) announce(ctx context.Context, c Certificate) error {
	if !c.Level.Valid() {
		return nil
	}
	d, err := s.repo.holderOf(ctx, c.Person)
	if err != nil {
		return fmt.Errorf("holder of %s: %w", c.ID, err)
	}
	return s.tell(ctx, d)
}

func (s *Service) tell(ctx context.Context, d holderDoc) error {
	if err := s.repo.holders.Put(ctx, &d); err != nil {
		return fmt.Errorf("holder %s: %w", d.ID, err)
	}
	all, err := s.repo.held(ctx, d)
	if err != nil {
		return fmt.Errorf("holdings of %s: %w", d.ID, err)
	}
	f := HoldingsChanged{Person: d.person(), Holdings: []Holding{}}
	for _, one := range all {
		if one.Level.Valid() {
			f.Holdings = append(f.Holdings, one.holding())
		}
	}
	return s.facts.Announce(ctx, f)
}

// FollowMerge has the certificates of a record that turned out to be another's
// twin count for the person who stays. Hearing of it twice changes nothing.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		from, err := s.repo.holder(ctx, gone)
		if err != nil {
			return err
		}
		to, err := s.repo.holderOf(ctx, kept)
		if err != nil || from.Into != "" || to.ID == from.ID {
			return err
		}
		moved := append([]kernel.PersonID{gone}, from.Also...)
		for _, record := range moved {
			d, err := s.repo.holder(ctx, record)
			if err != nil {
				return err
			}
			d.Also, d.Into = nil, to.person()
			if err := s.repo.holders.Put(ctx, &d); err != nil {
				return fmt.Errorf("holder %s: %w", record, err)
			}
		}
		to.Also = append(to.Also, moved...)
		if err := s.tell(ctx, to); err != nil {
			return err
		}
		return s.facts.Announce(ctx, HoldingsChanged{Person: gone, Holdings: []Holding{}})
	})
}

// person reads a person, or the one who stands for the record now.
func (s *Service) person(ctx context.Context, record kernel.PersonID) (kernel.PersonCard, error) {
	card, err := s.people.Card(ctx, record)
	for err == nil && card.Merged != "" {
		card, err = s.people.Card(ctx, card.Merged)
	}
	return card, err
}
