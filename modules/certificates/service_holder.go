package certificates

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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
	Also      []kernel.PersonID `bson:"also,omitempty"`     // records merged into this one
	Formerly  []kernel.PersonID `bson:"formerly,omitempty"` // and those that were, until it was undone
	Into      kernel.PersonID   `bson:"into,omitempty"`     // the record that this one was merged into
	Through   []kernel.PersonID `bson:"through,omitempty"`  // the merges that led there, the last at the end
	Stays     []stay            `bson:"stays,omitempty"`    // for whom its certificates counted, since when
}

// stay is the time from which a record's certificates count for a person;
// figures of an earlier day rest on the one before.
type stay struct {
	Person kernel.PersonID `bson:"person"`
	Since  time.Time       `bson:"since"`
}

// move has the record's certificates count for somebody else from now on.
func (d *holderDoc) move(to kernel.PersonID, at time.Time) {
	if len(d.Stays) == 0 {
		d.Stays = []stay{{Person: d.person()}}
	}
	d.Stays = append(d.Stays, stay{Person: to, Since: at})
	if d.Into = to; to == d.person() {
		d.Into = ""
	}
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
	f, err := s.holdings(ctx, d)
	if err != nil {
		return err
	}
	return s.facts.Announce(ctx, f)
}

// holdings are all certificates that count, or once counted, for a person.
func (s *Service) holdings(ctx context.Context, d holderDoc) (HoldingsChanged, error) {
	f := HoldingsChanged{Person: d.person(), Holdings: []Holding{}}
	records := slices.Concat([]kernel.PersonID{d.person()}, d.Also, d.Formerly)
	slices.Sort(records[1:])
	for _, record := range slices.Compact(records) {
		held, err := s.holdingsFor(ctx, d.person(), record)
		if err != nil {
			return f, fmt.Errorf("holdings of %s: %w", d.ID, err)
		}
		f.Holdings = append(f.Holdings, held...)
	}
	return f, nil
}

// holdingsFor are the certificates of a record as they count, or once counted,
// for a person.
func (s *Service) holdingsFor(ctx context.Context, person, record kernel.PersonID) ([]Holding, error) {
	d, err := s.repo.holder(ctx, record)
	if err != nil {
		return nil, err
	}
	if len(d.Stays) == 0 {
		d.Stays = []stay{{Person: record}}
	}
	all, err := s.repo.held(ctx, holderDoc{Doc: store.Doc{ID: string(record)}})
	if err != nil {
		return nil, err
	}
	var out []Holding
	for _, c := range all {
		for i, st := range d.Stays {
			if !c.Level.Valid() || st.Person != person || c.Status == StatusWithdrawn {
				continue
			}
			h := s.holding(c)
			if st.Since.After(h.RecordedAt) {
				h.RecordedAt = st.Since
			}
			if i+1 < len(d.Stays) {
				h.LeftAt = &d.Stays[i+1].Since
			}
			if h.LeftAt == nil || h.RecordedAt.Before(*h.LeftAt) {
				out = append(out, h)
			}
		}
	}
	return out, nil
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
		if err := s.carry(ctx, moved, func(d *holderDoc) {
			d.Also, d.Through = nil, append(d.Through, to.person())
			d.move(to.person(), s.now())
		}); err != nil {
			return err
		}
		to.Also = append(to.Also, moved...)
		if err := s.tellBoth(ctx, to, gone); err != nil {
			return err
		}
		return s.settleConflicts(ctx, append([]kernel.PersonID{to.person()}, to.Also...)...)
	})
}

// FollowUnmerge gives back what came with a merge that was undone: the record
// itself, and those that had been merged into it before.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		from, err := s.repo.holder(ctx, kept)
		if err != nil {
			return err
		}
		var back []kernel.PersonID
		for _, record := range from.Also {
			d, err := s.repo.holder(ctx, record)
			if err != nil {
				return err
			}
			if n := len(d.Through); record == gone || (n > 1 && d.Through[n-2] == gone) {
				back = append(back, record)
			}
		}
		if !slices.Contains(back, gone) {
			return nil
		}
		var also []kernel.PersonID
		if err := s.carry(ctx, back, func(d *holderDoc) {
			d.Through = d.Through[:len(d.Through)-1]
			d.move(gone, s.now())
			if d.person() != gone {
				also = append(also, d.person())
			}
		}); err != nil {
			return err
		}
		to, err := s.repo.holder(ctx, gone)
		if err != nil {
			return err
		}
		to.Also = also
		if err := s.repo.holders.Put(ctx, &to); err != nil {
			return fmt.Errorf("holder %s: %w", gone, err)
		}
		from.Also = slices.DeleteFunc(from.Also, func(r kernel.PersonID) bool { return slices.Contains(back, r) })
		from.Formerly = append(from.Formerly, back...)
		slices.Sort(from.Formerly)
		from.Formerly = slices.Compact(from.Formerly)
		if err := s.tellBoth(ctx, from, gone); err != nil {
			return err
		}
		return s.settleConflicts(ctx, slices.Concat([]kernel.PersonID{from.person()}, from.Also, back)...)
	})
}

// carry changes the documents of records.
func (s *Service) carry(ctx context.Context, records []kernel.PersonID, change func(*holderDoc)) error {
	for _, record := range records {
		d, err := s.repo.holder(ctx, record)
		if err != nil {
			return err
		}
		change(&d)
		if err := s.repo.holders.Put(ctx, &d); err != nil {
			return fmt.Errorf("holder %s: %w", record, err)
		}
	}
	return nil
}

// tellBoth tells what both records of a merge hold now.
func (s *Service) tellBoth(ctx context.Context, kept holderDoc, gone kernel.PersonID) error {
	if err := s.tell(ctx, kept); err != nil {
		return err
	}
	other, err := s.repo.holder(ctx, gone)
	if err != nil {
		return err
	}
	return s.tell(ctx, other)
}

// GrownSince refuses when a certificate was issued or registered after an
// instant: it could be either of two records'.
func (s *Service) GrownSince(ctx context.Context, p kernel.PersonID, since time.Time) error {
	all, err := s.repo.ofPerson(ctx, p)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.RecordedAt.After(since) && c.Status != StatusWithdrawn {
			return ErrCertifiedSince.With("number", c.Number)
		}
	}
	return nil
}

// person reads a person, or the one who stands for the record now.
func (s *Service) person(ctx context.Context, record kernel.PersonID) (kernel.PersonCard, error) {
	card, err := s.people.Card(ctx, record)
	for err == nil && card.Merged != "" {
		card, err = s.people.Card(ctx, card.Merged)
	}
	return card, err
}
