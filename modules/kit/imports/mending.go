package imports

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Refused rows stand as something to mend until a later file of the same kind
// and organisation brings them again (resent.go), or somebody says why none
// will. What is refused of that file stands against it in turn.

// workbookMark begins the keywords of a workbook of refusals.
const workbookMark = "carecert:import:"

// markOf reads the import out of the keywords of a workbook.
func markOf(keywords string) string {
	_, id, _ := strings.Cut(keywords, workbookMark)
	id, _, _ = strings.Cut(id, " ")
	return id
}

// settleMending counts what a file that was read to its end leaves to mend;
// once.
func (s *Service) settleMending(ctx context.Context, d *importDoc) error {
	if d.DryRun || d.Settled {
		return nil
	}
	var again importDoc
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		again = *d
		again.Status, again.Settled = Running, true
		if again.Counts.Rejected > 0 {
			again.leave(again.Counts.Rejected)
			if err := s.tellRefusals(ctx, again); err != nil {
				return err
			}
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
