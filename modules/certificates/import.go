package certificates

import (
	"context"
	"errors"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
)

// Importer reads lists of certificates that others issued.
type Importer struct{ service *Service }

// Importer of the module.
func (m *Module) Importer() *Importer { return &Importer{m.Service} }

// The columns.
const (
	colName       = "name"
	colIDType     = "idType"
	colIDNumber   = "idNumber"
	colNumber     = "number"
	colFamily     = "family"
	colOccupation = "occupation"
	colLevel      = "level"
	colIssuedOn   = "issuedOn"
	colIssuer     = "issuer"
)

// Kind implements imports.Importer.
func (i *Importer) Kind() string { return "certificates" }

// Columns implements imports.Importer.
func (i *Importer) Columns() []imports.Column {
	return []imports.Column{
		{Key: colName, Kind: imports.Name, Required: true, Tells: imports.Loosely},
		{Key: colIDNumber, Kind: imports.Number, Required: true, Tells: imports.Surely},
		{Key: colNumber, Kind: imports.Number, Required: true, Tells: imports.Surely},
		{Key: colFamily, Kind: imports.Choice, Mild: true},
		{Key: colOccupation, Kind: imports.Text},
		{Key: colLevel, Kind: imports.Choice, Required: true, Tells: imports.Loosely},
		{Key: colIssuedOn, Kind: imports.Date, Required: true},
		{Key: colIssuer, Kind: imports.Text, Required: true},
		{Key: colIDType, Kind: imports.Choice, Mild: true},
	}
}

// Check implements imports.Importer.
func (i *Importer) Check(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	lines, err := i.judge(ctx, scope, rows)
	if err != nil {
		return nil, err
	}
	out := make([]imports.Outcome, 0, len(lines))
	for _, l := range lines {
		if l.contested { // a look tells as much as a claim
			err := i.service.repo.db.Tx(ctx, func(ctx context.Context) error {
				return i.contest(ctx, l, nil)
			})
			if err != nil {
				return nil, err
			}
		}
		out = append(out, l.outcome())
	}
	return out, nil
}

// contest takes in a row with another person's number, unless too many numbers
// were tried before; then the row says no more than that.
func (i *Importer) contest(ctx context.Context, l *line, note func(context.Context, Certificate) error) error {
	err := i.service.countTry(ctx, l.held, l.made)
	if errors.Is(err, ErrTooManyProbes) {
		l.Problems = nil
		l.Refuse(colNumber, ErrTooManyProbes.Code)
		return nil
	}
	if err != nil || note == nil {
		return err
	}
	return note(ctx, l.made)
}

// Apply implements imports.Importer.
func (i *Importer) Apply(ctx context.Context, scope *imports.Scope, rows []imports.Row) (out []imports.Outcome, err error) {
	err = i.service.repo.db.Tx(ctx, func(ctx context.Context) error {
		out = nil
		lines, err := i.judge(ctx, scope, rows)
		if err != nil {
			return err
		}
		var docs []certificateDoc
		var numbers []keyDoc
		holders := map[kernel.PersonID]Certificate{}
		for _, l := range lines {
			if l.Refused() || l.Action != imports.Created {
				continue
			}
			docs = append(docs, docOf(l.made))
			if l.freed {
				if err := i.service.repo.take(ctx, l.made); err != nil {
					return err
				}
			} else {
				numbers = append(numbers, keyDoc{Doc: store.Doc{ID: l.made.Number}, Certificate: l.made.ID})
			}
			holders[l.made.Person] = l.made
		}
		if err := i.service.repo.numbers.Insert(ctx, numbers...); err != nil {
			return err
		}
		if err := i.service.repo.certificates.Insert(ctx, docs...); err != nil {
			return err
		}
		for _, c := range holders {
			if err := i.service.announce(ctx, c); err != nil {
				return err
			}
		}
		for _, l := range lines { // a number may be another row's of this file
			if l.contested {
				if err := i.contest(ctx, l, i.service.dispute); err != nil {
					return err
				}
			}
			out = append(out, l.outcome())
		}
		return nil
	})
	return out, err
}

// Withdraw implements imports.Withdrawer: nothing may have been verified yet.
func (i *Importer) Withdraw(ctx context.Context, scope *imports.Scope, part imports.Part) (taken imports.Taken, err error) {
	s := i.service
	page, err := s.repo.certificates.Find(ctx, part.Of("import", scope))
	if err != nil {
		return taken, err
	}
	taken.Next = page.Next
	var all []Certificate
	for _, d := range page.Items {
		c := d.read()
		switch {
		case c.Status == StatusWithdrawn: // history
			continue
		case c.Disputed:
			taken.InTheWay = append(taken.InTheWay, ErrDisputed.With("number", c.Number))
		case c.touched():
			taken.InTheWay = append(taken.InTheWay, ErrTouched.With("number", c.Number))
		}
		all = append(all, c)
	}
	if part.Look || len(taken.InTheWay) > 0 {
		return taken, nil
	}
	for _, c := range all {
		if err := s.repo.certificates.Delete(ctx, string(c.ID), 0); err != nil {
			return taken, err
		}
		if err := s.repo.release(ctx, c); err != nil {
			return taken, err
		}
	}
	for _, c := range all {
		if err := s.announce(ctx, c); err != nil {
			return taken, err
		}
	}
	taken.Rows = len(all)
	return taken, nil
}
