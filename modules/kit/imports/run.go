package imports

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/job"
	"carecert/modules/kit/store"
)

// work is the queue's handler.
func (s *Service) work(ctx context.Context, run *job.Run) error {
	var p jobPayload
	if err := run.Payload(&p); err != nil {
		return err
	}
	return s.perform(ctx, p.Import)
}

// perform does an import from where it stands to its end. It is safe to call
// again after any failure, and harmless when the import is over.
func (s *Service) perform(ctx context.Context, id string) error {
	d, err := s.repo.get(ctx, id)
	if err != nil || d.Status == Done || d.Status == Failed {
		return err
	}
	ctx = kernel.WithReach(kernel.WithActor(ctx, d.Actor), d.Scope)
	err = s.read(ctx, &d)
	refusal, refused := fault.From(err)
	if err != nil && !refused {
		return fmt.Errorf("import %s: %w", id, err)
	}
	return s.finish(ctx, d, refusal)
}

// finish writes down how the import ended: a refusal of the whole file, or nil.
func (s *Service) finish(ctx context.Context, d importDoc, refusal *fault.Fault) error {
	now := s.clock.Now().UTC()
	d.Status, d.FinishedAt = Done, &now
	if refusal != nil {
		d.Status, d.Failure = Failed, &Problem{Code: refusal.Code, Params: refusal.Params}
	}
	if refusal == nil { // told before the import says that it is done
		if err := s.settleMending(ctx, &d); err != nil {
			return fmt.Errorf("finish import %s: %w", d.ID, err)
		}
	}
	s.log.InfoContext(ctx, "import over", "import", d.ID, "kind", d.Kind, "status", d.Status, "rows", d.Total, "rejected", d.Counts.Rejected)
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		again := d
		if err := s.repo.imports.Replace(ctx, &again); err != nil {
			return fmt.Errorf("finish import %s: %w", d.ID, err)
		}
		act := s.act("finishImport", again)
		act.Detail["status"] = string(d.Status)
		act.Detail["total"], act.Detail["created"] = strconv.Itoa(d.Total), strconv.Itoa(d.Counts.Created)
		act.Detail["updated"], act.Detail["rejected"] = strconv.Itoa(d.Counts.Updated), strconv.Itoa(d.Counts.Rejected)
		return s.audit.Record(ctx, act)
	})
}

// read reads the file through once to know that it is whole, before anything
// is written, and then batch by batch.
func (s *Service) read(ctx context.Context, d *importDoc) error {
	importer, ok := s.importers[d.Kind]
	if !ok {
		return ErrUnsupported.With("kind", d.Kind)
	}
	table, err := s.table(ctx, *d, importer)
	if err != nil {
		return err
	}
	if d.Total, err = table.Count(); err != nil {
		return err
	}
	d.Status = Running
	if err := s.repo.imports.Replace(ctx, d); err != nil {
		return err
	}
	p := passage{
		importer: importer, telling: telling(importer.Columns()),
		scope: &Scope{Import: d.ID, FileName: d.FileName, Organization: kernel.OrganizationID(d.Organization), DryRun: d.DryRun, Seen: NewSeen()},
	}
	if p.earlier, err = s.mendable(ctx, *d); err != nil {
		return err
	}
	group, reading := errgroup.WithContext(ctx)
	ahead := make(chan batch, 1) // one batch is read while the other is written
	both := func(do func() error) { group.Go(func() error { return fault.Caught(do) }) }
	both(func() error {
		defer close(ahead)
		return newBatches(importer, s.words, table).each(func(b batch) error {
			select {
			case ahead <- b:
				return nil
			case <-reading.Done():
				return reading.Err()
			}
		})
	})
	both(func() error {
		for b := range ahead {
			if err := s.take(ctx, p, d, b); err != nil {
				return err
			}
			p.scope.Seen.settle()
		}
		return nil
	})
	return group.Wait()
}

// passage is what all batches of a file share.
type passage struct {
	importer Importer
	scope    *Scope
	telling  []Column
	earlier  mendable
}

// take does a batch that has not been done yet. What was done before a restart
// is only shown to the importer again.
func (s *Service) take(ctx context.Context, p passage, d *importDoc, b batch) error {
	if b.last <= d.Last {
		before := *p.scope
		before.DryRun = true
		_, err := b.do(ctx, p.importer, &before)
		return err
	}
	if d.DryRun {
		return s.write(ctx, p, d, b)
	}
	const tries = 3 // another import may register the same people at the same moment
	for try := 1; ; try++ {
		err := s.write(ctx, p, d, b)
		if err == nil || try == tries || !store.IsDuplicate(err, "") && !errors.Is(err, store.ErrConflict) {
			return err
		}
		now, readErr := s.repo.get(ctx, d.ID)
		if readErr != nil {
			return readErr
		}
		if now.Version != d.Version {
			return job.ErrLost
		}
	}
}

// write does a batch, keeps its outcomes and the place it ended at, all in one
// transaction.
func (s *Service) write(ctx context.Context, p passage, d *importDoc, b batch) error {
	var next importDoc
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		next = *d
		out, err := b.do(ctx, p.importer, p.scope)
		if err != nil {
			return err
		}
		if err := s.bring(ctx, &next, p, b.rows, out); err != nil {
			return err
		}
		kept := next.keep(out)
		next.Last = b.last
		if len(kept) > 0 {
			next.Batches++
			doc := batchDoc{Doc: store.Doc{ID: fmt.Sprintf("%s:%06d", d.ID, next.Batches)}, Import: d.ID, Sequence: next.Batches, Rows: kept}
			if err := s.repo.batches.Insert(ctx, doc); err != nil {
				return err
			}
		}
		return s.repo.imports.Replace(ctx, &next)
	})
	if err != nil {
		return fmt.Errorf("rows up to %d: %w", b.last, err)
	}
	*d = next
	return nil
}

// keep counts the outcomes and picks those that there is something to say
// about: refusals, warnings, and the first changes of a dry run.
func (d *importDoc) keep(out []Outcome) []rowDoc {
	var kept []rowDoc
	for _, o := range out {
		d.Counts.add(o)
		row := rowDoc{Number: o.Row, Action: o.Action, Problems: o.Problems, Warnings: o.Warnings}
		if d.DryRun && d.Previewed < previewRows {
			d.Previewed++
			row.Label, row.Changes = o.Label, o.Changes
			kept = append(kept, row)
		} else if len(o.Problems)+len(o.Warnings) > 0 {
			kept = append(kept, row)
		}
	}
	return kept
}
