package organizations

import (
	"context"
	"errors"
	"fmt"
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
// registered long before its subdistrict is.
func (s *Service) settle(ctx context.Context, doc *organizationDoc, before organizationDoc) error {
	if err := s.claim(ctx, doc, before); err != nil {
		return err
	}
	moved := !slices.Equal(doc.Path, before.Path)
	var err error
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
	if before.ID != "" && (moved || doc.Division != before.Division || doc.Street != before.Street || doc.Small != before.Small) {
		if err := s.Facts.Announce(ctx, Moved{Organization: kernel.OrganizationID(doc.ID), Path: ids(doc.Path)}); err != nil {
			return err
		}
	}
	queue, err := s.dependants(ctx, *doc, before, moved)
	if err != nil {
		return err
	}
	return s.follow(ctx, queue, doc.ID)
}

// claim takes and leaves seats and writes every seat that it is placed under,
// so that of two organisations that come at once one sees the other.
func (s *Service) claim(ctx context.Context, doc *organizationDoc, before organizationDoc) error {
	seat, had := seatOf(*doc), seatOf(before)
	names := slices.Clone(doc.Regions)
	names = append(names, under(doc.Parent), seat, had, under(doc.ID))
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
	doc.Holders = slices.DeleteFunc(doc.Holders, func(h string) bool { return h == organization })
	if holds {
		doc.Holders = append(doc.Holders, organization)
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

// dependants are those who may have to be placed anew.
func (s *Service) dependants(ctx context.Context, doc, before organizationDoc, moved bool) ([]string, error) {
	var out []string
	collect := func(d organizationDoc) error {
		out = append(out, d.ID)
		return nil
	}
	seat, had := seatOf(doc), seatOf(before)
	if seat != had {
		for _, region := range []string{seat, had} {
			if region == "" {
				continue
			}
			if err := s.docs.organizations.Each(ctx, store.Query{Index: "regions", Equal: []any{region}}, collect); err != nil {
				return nil, err
			}
		}
	}
	if moved && before.ID != "" {
		if err := s.docs.organizations.Each(ctx, store.Query{Index: "parent", Equal: []any{doc.ID}}, collect); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// follow places the queued anew, and their children when they moved.
func (s *Service) follow(ctx context.Context, queue []string, origin string) error {
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
		path, err := s.path(ctx, doc)
		if err != nil {
			return fmt.Errorf("place %s: %w", id, err)
		}
		if !doc.place(path) {
			continue
		}
		if err := s.docs.organizations.Replace(ctx, &doc); err != nil {
			return fmt.Errorf("place %s: %w", id, err)
		}
		if err := s.Facts.Announce(ctx, Moved{Organization: kernel.OrganizationID(id), Path: ids(path)}); err != nil {
			return err
		}
		children := store.Query{Index: "parent", Equal: []any{id}}
		if err := s.docs.organizations.Each(ctx, children, func(d organizationDoc) error {
			queue = append(queue, d.ID)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }
