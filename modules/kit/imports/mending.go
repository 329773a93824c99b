package imports

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Refused rows stand as something to mend until the file is sent again, or
// somebody says why it will not be. A file is known again by the mark in the
// workbook of its refusals, or by its name: the same kind, the same
// organisation. As many rows as it has are then counted as sent again; what is
// refused of them stands against the later file, which the workbook of the
// earlier one mends as well.

// workbookMark begins the keywords of a workbook of refusals.
const workbookMark = "carecert:import:"

// markOf reads the import out of the keywords of a workbook.
func markOf(keywords string) string {
	_, id, _ := strings.Cut(keywords, workbookMark)
	id, _, _ = strings.Cut(id, " ")
	return id
}

// settleMending counts what a file that was read to its end leaves to mend, and
// what it mends of earlier ones; once.
func (s *Service) settleMending(ctx context.Context, d *importDoc) error {
	if d.DryRun {
		return nil
	}
	var again importDoc
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		again = *d
		again.Status, again.Settled, again.Mended, again.Origins = Running, true, nil, nil
		if err := s.countMending(ctx, &again); err != nil {
			return err
		}
		return s.repo.imports.Replace(ctx, &again)
	})
	if err != nil {
		return err
	}
	again.Status = d.Status
	*d = again
	return nil
}

func (s *Service) countMending(ctx context.Context, d *importDoc) error {
	if d.Counts.Rejected > 0 {
		d.leave(d.Counts.Rejected)
		if err := s.tellRefusals(ctx, *d); err != nil {
			return err
		}
	}
	earlier, err := s.repo.toMend(ctx, d.Organization)
	if err != nil {
		return fmt.Errorf("what is to be mended: %w", err)
	}
	left := d.Total
	for _, e := range earlier {
		n := min(left, e.ToMend)
		if n == 0 || e.ID == d.ID || !d.mends(e) {
			continue
		}
		left -= n
		d.Mended = append(d.Mended, Mended{Import: e.ID, Rows: n})
		d.Origins = append(append(d.Origins, e.ID), e.Origins...)
		if err := s.saveToMend(ctx, e, e.ToMend-n); err != nil {
			return err
		}
	}
	return nil
}

// mends tells whether a file is an earlier one sent again.
func (d importDoc) mends(e importDoc) bool {
	if e.Kind != d.Kind || e.CreatedAt.After(d.CreatedAt) {
		return false
	}
	if d.Marked != "" {
		return d.Marked == e.ID || slices.Contains(e.Origins, d.Marked)
	}
	return e.FileName == d.FileName
}

// unsettleMending takes back what a withdrawn file left and mended. Rows of it
// that a later file has mended stay mended.
func (s *Service) unsettleMending(ctx context.Context, d *importDoc) error {
	later := 0
	if d.Dismissal == nil {
		later = d.Counts.Rejected - d.ToMend
	}
	if d.ToMend > 0 {
		d.leave(0)
		if err := s.tellRefusals(ctx, *d); err != nil {
			return err
		}
	}
	for _, m := range d.Mended {
		stay := min(later, m.Rows)
		later -= stay
		if err := s.giveBack(ctx, append([]string{m.Import}, d.Origins...), m.Rows-stay); err != nil {
			return err
		}
	}
	d.Mended, d.Origins = nil, nil
	return nil
}

// giveBack lets rows stand as to be mended against the first of some files, the
// latest first, that was not withdrawn itself.
func (s *Service) giveBack(ctx context.Context, files []string, rows int) error {
	for _, id := range files {
		e, err := s.repo.get(ctx, id)
		switch {
		case err != nil:
			return err
		case e.WithdrawnAt != nil:
			continue
		case e.Dismissal != nil || rows == 0:
			return nil
		}
		return s.saveToMend(ctx, e, e.ToMend+rows)
	}
	return nil
}

func (s *Service) saveToMend(ctx context.Context, d importDoc, rows int) error {
	d.leave(rows)
	if err := s.repo.imports.Replace(ctx, &d); err != nil {
		return fmt.Errorf("import %s: %w", d.ID, err)
	}
	return s.tellRefusals(ctx, d)
}

func (s *Service) tellRefusals(ctx context.Context, d importDoc) error {
	return s.facts.Announce(ctx, d.refusals())
}

func (d importDoc) refusals() RefusalsChanged {
	f := RefusalsChanged{Import: d.ID, Kind: d.Kind, Organization: kernel.OrganizationID(d.Organization), Rows: d.ToMend, Since: kernel.DateOf(d.CreatedAt)}
	if d.FinishedAt != nil {
		f.Since = kernel.DateOf(*d.FinishedAt)
	}
	return f
}

// Dismiss notes why the refused rows of an import are not sent again;
// ErrUnknown, ErrNotSender, ErrNothingToMend.
func (s *Service) Dismiss(ctx context.Context, id, reason string) (Import, error) {
	var d importDoc
	err := s.repo.db.Tx(ctx, func(ctx context.Context) (err error) {
		if d, err = s.change(ctx, id, "dismiss"); err != nil {
			return err
		}
		if d.ToMend == 0 {
			return ErrNothingToMend
		}
		d.Dismissal = &Dismissal{Reason: reason, ByName: kernel.ActorFrom(ctx).Name, At: s.clock.Now().UTC(), Rows: d.ToMend}
		act := s.act("dismiss", d)
		act.Reason, act.Detail["rows"] = reason, strconv.Itoa(d.ToMend)
		d.leave(0)
		if err := s.repo.imports.Replace(ctx, &d); err != nil {
			return err
		}
		if err := s.audit.Record(ctx, act); err != nil {
			return err
		}
		return s.tellRefusals(ctx, d)
	})
	if err != nil {
		return Import{}, err
	}
	return s.public(ctx, d)
}

// FollowMove lets what an organisation has to mend follow it: others oversee
// it now. It listens to organizations.moved.
func (s *Service) FollowMove(ctx context.Context, organization kernel.OrganizationID) error {
	card, err := s.organizations.Card(ctx, organization)
	if err != nil {
		return fmt.Errorf("organisation that moved: %w", err)
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		open, err := s.repo.toMend(ctx, string(organization))
		if err != nil {
			return err
		}
		for _, d := range open {
			d.Reach = nil
			for _, o := range card.Path {
				d.Reach = append(d.Reach, string(o))
			}
			if err := s.saveToMend(ctx, d, d.ToMend); err != nil {
				return err
			}
		}
		return nil
	})
}

// Open hands on what is to be mended of every file, for neighbours who have not
// heard of it yet.
func (s *Service) Open(ctx context.Context, fn func(RefusalsChanged) error) error {
	return s.repo.imports.Each(ctx, store.Query{Index: "mend", Equal: []any{anywhere}}, func(d importDoc) error { return fn(d.refusals()) })
}
