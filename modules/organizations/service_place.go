package organizations

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// place finds who oversees an organisation; ErrOutsideTree when that is another
// path than before and none of them lies in reach.
func (s *Service) place(ctx context.Context, doc *organizationDoc, before []string) error {
	path, err := s.path(ctx, *doc)
	if err == nil {
		err = s.grouped(ctx, *doc)
	}
	if err != nil {
		return err
	}
	if !slices.Equal(path, before) && !kernel.ReachFrom(ctx).Covers(ids(path[1:])) {
		return ErrOutsideTree
	}
	doc.place(path)
	return nil
}

// grouped refuses a link to what is no operator group.
func (s *Service) grouped(ctx context.Context, doc organizationDoc) error {
	if doc.Group == "" || doc.Group == string(pending) {
		return nil
	}
	group, err := s.docs.organizations.Get(ctx, doc.Group)
	if errors.Is(err, store.ErrNotFound) || (err == nil && group.Kind != OperatorGroup) {
		return ErrGroupUnknown
	}
	return err
}

// settle saves an organisation that has been placed, and then places anew
// everybody whose overseer it became or ceased to be: an institution may be
// registered long before its subdistrict is. What changed holds from a day on;
// whoever is registered has been there for ever.
func (s *Service) settle(ctx context.Context, doc *organizationDoc, before organizationDoc, from kernel.Date, at time.Time) error {
	if err := s.claim(ctx, doc, before); err != nil {
		return err
	}
	var err error
	if before.ID != "" {
		was, is := before.organization(), doc.organization()
		course := split(was.course(), from)
		for i, t := range course {
			if t.From >= from {
				course[i] = t.taking(was.Particulars, is.Particulars)
			}
		}
		if err := s.retell(ctx, doc, was, course, from, at); err != nil {
			return err
		}
	}
	moved := stoodElsewhere(before, *doc)
	if before.ID == "" {
		docs := []organizationDoc{*doc}
		err = s.docs.organizations.Insert(ctx, docs...)
		doc.Version = docs[0].Version
	} else {
		err = s.docs.organizations.Replace(ctx, doc)
	}
	if err != nil {
		return fmt.Errorf("save organisation %s: %w", doc.ID, err)
	}
	if before.ID != "" && moved {
		if err := s.Facts.Announce(ctx, Moved{Organization: kernel.OrganizationID(doc.ID), Path: ids(doc.Path)}); err != nil {
			return err
		}
	}
	queue, err := s.dependants(ctx, *doc, before, moved)
	if err != nil {
		return err
	}
	return s.follow(ctx, queue, doc.ID, from, at)
}

// claim takes and leaves seats and writes every seat that it is placed under,
// so that of two organisations that come at once one sees the other.
func (s *Service) claim(ctx context.Context, doc *organizationDoc, before organizationDoc) error {
	seat, had := seatOf(*doc), seatOf(before)
	names := slices.Clone(doc.Regions)
	names = append(names, under(doc.Parent), seat, had, under(doc.ID))
	if code := doc.bears(); code != "" {
		if err := s.soleBearer(ctx, *doc); err != nil {
			return err
		}
		names = append(names, "code|"+code) // of two at once, one comes after the other
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if name == "" {
			continue
		}
		if err := s.hold(ctx, name, doc.ID, name == seat); err != nil {
			return err
		}
	}
	return nil
}

// hold writes a seat: the organisation holds it from now on, or does not.
func (s *Service) hold(ctx context.Context, seat, organization string, holds bool) error {
	doc, err := s.docs.seats.Get(ctx, seat)
	missing := errors.Is(err, store.ErrNotFound)
	if err != nil && !missing {
		return err
	}
	doc.ID = seat
	was := slices.Clone(doc.Former)
	held := slices.Contains(doc.Holders, organization)
	mine := func(h string) bool { return h == organization }
	doc.Holders, doc.Former = slices.DeleteFunc(doc.Holders, mine), slices.DeleteFunc(doc.Former, mine)
	switch {
	case holds:
		doc.Holders = append(doc.Holders, organization)
	case held || slices.Contains(was, organization):
		doc.Former = append(doc.Former, organization)
	}
	if missing {
		err = s.docs.seats.Insert(ctx, doc)
	} else {
		err = s.docs.seats.Replace(ctx, &doc)
	}
	if err != nil {
		return fmt.Errorf("seat %s: %w", seat, err)
	}
	return nil
}

func seatOf(d organizationDoc) string {
	if d.ID == "" {
		return ""
	}
	return string(d.organization().Seat())
}

// under names the seat of a parent.
func under(parent string) string {
	if parent == "" {
		return ""
	}
	return "under:" + parent
}

// path is itself and its parent's path, else the bureaus of the regions around
// it, nearest first. A group is a link, not an overseer.
func (s *Service) path(ctx context.Context, d organizationDoc) ([]string, error) {
	path := []string{d.ID}
	if d.Parent != "" {
		parent, err := s.docs.organizations.Get(ctx, d.Parent)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil, ErrParentUnknown
		case err != nil:
			return nil, err
		case d.Parent == d.ID || slices.Contains(parent.Path, d.ID):
			return nil, ErrCircle
		case parent.Kind != OperatorGroup:
			return append(path, parent.Path...), nil
		}
	}
	seats, err := s.docs.seats.GetMany(ctx, d.Regions)
	if err != nil {
		return nil, err
	}
	for _, seat := range seats { // in the order of the regions: nearest first
		for _, holder := range seat.Holders {
			if holder != d.ID {
				path = append(path, holder)
			}
		}
	}
	return path, nil
}

// dependants are those who may have to be placed anew, now or on a day that
// is over.
func (s *Service) dependants(ctx context.Context, doc, before organizationDoc, moved bool) ([]string, error) {
	var out []string
	var is, was []seatSince
	if is = doc.organization().seats(); before.ID != "" {
		was = before.organization().seats()
	}
	seats := map[kernel.RegionCode]bool{}
	if !slices.Equal(is, was) {
		for _, held := range append(is, was...) {
			seats[held.seat] = true
		}
	}
	delete(seats, "")
	for _, seat := range slices.Sorted(maps.Keys(seats)) {
		for _, index := range []string{"regions", "once"} {
			if err := s.collect(ctx, &out, index, string(seat)); err != nil {
				return nil, err
			}
		}
	}
	if moved && before.ID != "" {
		return out, s.children(ctx, &out, doc.ID)
	}
	return out, nil
}

// children collects whose parent an organisation is or was.
func (s *Service) children(ctx context.Context, into *[]string, parent string) error {
	if err := s.collect(ctx, into, "parent", parent); err != nil {
		return err
	}
	return s.collect(ctx, into, "once", under(parent))
}

func (s *Service) collect(ctx context.Context, into *[]string, index, key string) error {
	return s.docs.organizations.Each(ctx, store.Query{Index: index, Equal: []any{key}}, func(d organizationDoc) error {
		*into = append(*into, d.ID)
		return nil
	})
}

// follow places the queued anew, and their children when they moved.
func (s *Service) follow(ctx context.Context, queue []string, origin string, from kernel.Date, at time.Time) error {
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if id == origin {
			continue
		}
		doc, err := s.docs.organizations.Get(ctx, id)
		if err != nil {
			return err
		}
		before := doc
		path, err := s.path(ctx, doc)
		if err != nil {
			return fmt.Errorf("place %s: %w", id, err)
		}
		doc.place(path)
		if err := s.retell(ctx, &doc, before.organization(), before.organization().course(), from, at); err != nil {
			return fmt.Errorf("place %s: %w", id, err)
		}
		if !stoodElsewhere(before, doc) {
			continue
		}
		if err := s.docs.organizations.Replace(ctx, &doc); err != nil {
			return fmt.Errorf("place %s: %w", id, err)
		}
		if err := s.Facts.Announce(ctx, Moved{Organization: kernel.OrganizationID(id), Path: ids(path)}); err != nil {
			return err
		}
		if err := s.children(ctx, &queue, id); err != nil {
			return err
		}
	}
	return nil
}

// stoodElsewhere tells whether two versions stand in other places, today or on
// a day that is over.
func stoodElsewhere(a, b organizationDoc) bool {
	x, y := a.organization(), b.organization()
	if !slices.Equal(x.Path, y.Path) || x.Region() != y.Region() || x.SmallCareHome != y.SmallCareHome {
		return true
	}
	return !slices.EqualFunc(x.stood(), y.stood(), func(s, t kernel.Standing) bool {
		return s.From == t.From && s.Region == t.Region && s.SmallHome == t.SmallHome && slices.Equal(s.Path, t.Path)
	})
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }
