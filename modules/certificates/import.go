package certificates

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
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
		{Key: colName, Kind: imports.Name, Required: true},
		{Key: colIDNumber, Kind: imports.Number, Required: true},
		{Key: colNumber, Kind: imports.Number, Required: true},
		{Key: colFamily, Kind: imports.Choice, Mild: true},
		{Key: colOccupation, Kind: imports.Text},
		{Key: colLevel, Kind: imports.Choice, Required: true},
		{Key: colIssuedOn, Kind: imports.Date, Required: true},
		{Key: colIssuer, Kind: imports.Text, Required: true},
		{Key: colIDType, Kind: imports.Choice, Mild: true},
	}
}

// Check implements imports.Importer.
func (i *Importer) Check(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	lines, err := i.judge(ctx, scope, rows)
	out := make([]imports.Outcome, 0, len(lines))
	for _, l := range lines {
		out = append(out, l.outcome())
	}
	return out, err
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
			out = append(out, l.outcome())
			if l.contested {
				if err := i.service.dispute(ctx, l.made); err != nil {
					return err
				}
			}
			if len(l.problems) > 0 || l.action != imports.Created {
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
		return nil
	})
	return out, err
}

// line is a row on its way onto the books.
type line struct {
	row      imports.Row
	made     Certificate
	action   imports.Action
	label    string
	problems []imports.Problem
	warnings []imports.Problem

	contested bool // the number is another person's on the books
	freed     bool // the number was refuted for somebody else
}

func (l *line) refuse(column, code string, params ...string) {
	l.problems = append(l.problems, imports.Because(column, code, params...))
}

func (l *line) outcome() imports.Outcome {
	out := l.row.Done(l.action, l.warnings...)
	if len(l.problems) > 0 {
		out = l.row.Refused(l.problems...)
		out.Warnings = l.warnings
	} else if l.action == imports.Created {
		out.Changes = []imports.Change{
			{Column: colNumber, New: l.made.Number},
			{Column: colLevel, New: strconv.Itoa(int(l.made.Level))},
			{Column: colIssuedOn, New: string(l.made.IssuedOn)},
			{Column: colIssuer, New: l.made.IssuerName},
		}
	}
	out.Label = l.label
	return out
}

// judge looks up what the batch needs at once and decides row by row.
func (i *Importer) judge(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]*line, error) {
	ids, numbers := make([]kernel.IDNumber, 0, len(rows)), make([]string, 0, len(rows))
	for _, r := range rows {
		if n := holderOf(r); n.Number != "" {
			ids = append(ids, n)
		}
		numbers = append(numbers, rule.Normalize(r.Text(colNumber)))
	}
	people, err := i.service.people.ByNumber(ctx, ids)
	if err != nil {
		return nil, err
	}
	known, err := i.known(ctx, numbers)
	if err != nil {
		return nil, err
	}
	bodies := i.service.bodies()
	lines := make([]*line, 0, len(rows))
	for _, r := range rows {
		l := &line{row: r, action: imports.Created}
		if err := i.judgeRow(ctx, scope, l, people, known, bodies); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func holderOf(r imports.Row) kernel.IDNumber {
	return kernel.IDNumber{Type: r.Text(colIDType), Number: r.Text(colIDNumber)}
}

// known reads the certificates that have one of the numbers.
func (i *Importer) known(ctx context.Context, numbers []string) (map[string]Certificate, error) {
	keys, err := i.service.repo.numbers.GetMany(ctx, numbers)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(keys))
	for _, k := range keys {
		ids = append(ids, string(k.Certificate))
	}
	docs, err := i.service.repo.certificates.GetMany(ctx, ids)
	out := make(map[string]Certificate, len(docs))
	for _, d := range docs {
		out[d.Number] = d.read()
	}
	return out, err
}

func (i *Importer) judgeRow(ctx context.Context, scope *imports.Scope, l *line, people map[kernel.IDNumber]kernel.Bearers, known map[string]Certificate, bodies bodies) error {
	r := l.row
	card, meant := people[holderOf(r)].Pick(r.Text(colName), func(c kernel.PersonCard) bool { return slices.Contains(c.Reach, scope.Organization) })
	switch meant {
	case kernel.MeantNobody:
		l.refuse(colIDNumber, "certificates.import_person_unknown")
	case kernel.MeantOther:
		l.refuse(colName, "certificates.import_name_differs")
	case kernel.MeantSeveral:
		l.refuse(colIDNumber, "certificates.import_id_type_missing")
	case kernel.MeantOne:
		l.label = card.Name + " " + card.IDNumberMasked
	}
	number := rule.Normalize(r.Text(colNumber))
	if number == "" {
		return nil // the engine has refused it
	}
	if e, twice := scope.Seen.Meet("number "+number, "", r); twice {
		l.refuse(colNumber, "certificates.import_duplicate_row", "row", strconv.Itoa(e.Row))
		return nil
	}
	level, _ := strconv.Atoi(r.Text(colLevel)) // 0 where the engine refused the cell
	d := Claim{
		Family: Family(r.Text(colFamily)), Number: number, Level: kernel.SkillLevel(level), IssuedOn: r.Date(colIssuedOn),
		IssuerName: r.Text(colIssuer), Occupation: r.Text(colOccupation), Import: scope.Import,
	}
	if d.Family == "" {
		d.Family = FamilySkillLevel
		if shape, known := i.service.rules.Numbers.Shape(number); known {
			d.Family = Family(shape.Family)
		}
	}
	if level == 0 || d.IssuedOn == "" || len(l.problems) > 0 {
		return nil
	}
	return i.settle(ctx, l, d, card, known, bodies)
}

// settle checks the number and compares with what is on the books.
func (i *Importer) settle(ctx context.Context, l *line, d Claim, card kernel.PersonCard, known map[string]Certificate, bodies bodies) error {
	c, err := i.service.claim(ctx, d, card, bodies)
	if f, refused := fault.From(err); refused {
		if errors.Is(err, ErrNumber) {
			for _, field := range f.Fields {
				l.problems = append(l.problems, imports.Problem{Column: colNumber, Code: field.Code, Params: field.Params})
			}
			return nil
		}
		l.refuse(colIssuedOn, f.Code)
		return nil
	}
	if err != nil {
		return err
	}
	for _, r := range c.Findings {
		l.warnings = append(l.warnings, imports.Problem{Column: colNumber, Code: r.Code, Params: r.Params})
	}
	l.made = c
	if before, on := known[c.Number]; on {
		holder, err := i.service.repo.holderOf(ctx, before.Person)
		if err != nil {
			return err
		}
		switch {
		case before.leaves(c):
			l.freed = true
			return nil
		case holder.person() != c.Person:
			l.contested = true
			l.refuse(colNumber, "certificates.import_number_other_person")
			return nil
		case before.Level != c.Level || before.IssuedOn != c.IssuedOn:
			l.refuse(colNumber, "certificates.import_registered_otherwise", "level", strconv.Itoa(int(before.Level)), "issuedOn", string(before.IssuedOn))
			return nil
		}
		l.action = imports.Unchanged
	}
	return nil
}

// Withdraw implements imports.Withdrawer: nothing may have been verified yet.
func (i *Importer) Withdraw(ctx context.Context, scope *imports.Scope) error {
	s := i.service
	var all []Certificate
	err := s.repo.certificates.Each(ctx, store.Query{Index: "import", Equal: []any{scope.Import}}, func(d certificateDoc) error {
		all = append(all, d.read())
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Disputed {
			return ErrDisputed.With("number", c.Number)
		}
		if c.touched() {
			return ErrDecided
		}
	}
	for _, c := range all {
		if err := s.repo.certificates.Delete(ctx, string(c.ID), 0); err != nil {
			return err
		}
		if err := s.repo.release(ctx, c); err != nil {
			return err
		}
	}
	for _, c := range all {
		if err := s.announce(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
