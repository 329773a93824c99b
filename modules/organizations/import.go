package organizations

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
)

// Importer reads lists of organisations. An organisation of the same kind,
// name and division is the same; a parent stands before its children.
type Importer struct{ service *Service }

// The columns of a list.
const (
	colKind      = "kind"
	colName      = "name"
	colParent    = "parent"
	colCredit    = "creditCode"
	colDivision  = "divisionCode"
	colStreet    = "subdistrictCode"
	colBeds      = "approvedBeds"
	colClinic    = "inHouseClinic"
	colSmall     = "smallCareHome"
	colGrade     = "grade"
	colCode      = "assessmentCode"
	colValidFrom = "validFrom"
	colValidTo   = "validTo"
	colGroup     = "operatorGroup"
	colTrades    = "occupations"
)

const mostBeds = 20_000

// Kind implements imports.Importer.
func (i *Importer) Kind() string { return "organizations" }

// Columns implements imports.Importer.
func (i *Importer) Columns() []imports.Column {
	return []imports.Column{
		{Key: colKind, Kind: imports.Choice, Required: true},
		{Key: colName, Kind: imports.Text, Required: true, Tells: imports.Loosely},
		{Key: colParent, Kind: imports.Text},
		{Key: colCredit, Kind: imports.Number, Tells: imports.Surely},
		{Key: colDivision, Kind: imports.Number, Required: true},
		{Key: colStreet, Kind: imports.Number},
		{Key: colBeds, Kind: imports.Integer},
		{Key: colClinic, Kind: imports.Choice},
		{Key: colSmall, Kind: imports.Choice},
		{Key: colGrade, Kind: imports.Text},
		{Key: colCode, Kind: imports.Number},
		{Key: colValidFrom, Kind: imports.Date},
		{Key: colValidTo, Kind: imports.Date},
		{Key: colTrades, Kind: imports.Text},
		{Key: colGroup, Kind: imports.Text},
	}
}

// Check implements imports.Importer.
func (i *Importer) Check(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	return i.each(scope, rows, func(row imports.Row) (judged, error) { return i.judge(ctx, scope, row) })
}

// Apply implements imports.Importer.
func (i *Importer) Apply(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	return i.each(scope, rows, func(row imports.Row) (judged, error) {
		j, err := i.judge(ctx, scope, row)
		if err != nil || j.Action == imports.Rejected || j.Action == imports.Unchanged {
			return j, err
		}
		return j, i.write(ctx, row)
	})
}

func (i *Importer) each(scope *imports.Scope, rows []imports.Row, do func(imports.Row) (judged, error)) ([]imports.Outcome, error) {
	out := make([]imports.Outcome, 0, len(rows))
	for _, row := range rows {
		j, err := do(row)
		var refusal *fault.Fault
		if errors.As(err, &refusal) {
			j, err = judged{Outcome: row.Refused(problems(refusal)...)}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", row.Number, err)
		}
		if j.Action != imports.Rejected {
			j.remember(scope, row)
		}
		j.Label = row.Text(colName)
		out = append(out, j.Outcome)
	}
	return out, nil
}

// problems names the columns of a refusal.
func problems(f *fault.Fault) []imports.Problem {
	if len(f.Fields) == 0 {
		return []imports.Problem{{Code: f.Code, Params: f.Params}}
	}
	var out []imports.Problem
	for _, field := range f.Fields {
		params := map[string]string{}
		maps.Copy(params, f.Params)
		maps.Copy(params, field.Params)
		out = append(out, imports.Problem{Column: columnOf(strings.TrimPrefix(field.Location, "body.")), Code: field.Code, Params: params})
	}
	return out
}

// flaws are the problems of a refusal; what is none stays an error.
func flaws(err error) ([]imports.Problem, error) {
	if refusal, ok := fault.From(err); ok {
		return problems(refusal), nil
	}
	return nil, err
}

// pending stands for a parent that an earlier row of the file registers.
const pending kernel.OrganizationID = "pending"

// particulars are the known ones with what the row says.
func (i *Importer) particulars(ctx context.Context, scope *imports.Scope, row imports.Row, p Particulars) (Particulars, error) {
	if p.Name == "" {
		p.Name = row.Text(colName)
	}
	p.Division = kernel.RegionCode(row.Text(colDivision))
	text(&p.CreditCode, row, colCredit)
	text(&p.Street, row, colStreet)
	text(&p.Grade, row, colGrade)
	text(&p.AssessmentCode, row, colCode)
	text(&p.Validity.From, row, colValidFrom)
	text(&p.Validity.To, row, colValidTo)
	if row.Text(colBeds) != "" {
		p.ApprovedBeds = int(row.Cell(colBeds).Integer)
	}
	if said := row.Text(colClinic); said != "" {
		p.InHouseClinic = said == "yes"
	}
	if said := row.Text(colSmall); said != "" {
		p.SmallCareHome = said == "yes"
	}
	if saysSmall(row) {
		p.SmallCareHome = true
	}
	if said := row.Text(colTrades); said != "" {
		p.Occupations = strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune("、,，;； ", r) })
		for n, one := range p.Occupations {
			p.Occupations[n], _ = i.service.Occupations.Occupation(one) // what nobody knows is judged as it is written
		}
	} else if len(p.Occupations) == 0 && kindOf(row) == AssessmentBody {
		p.Occupations = i.service.mainOccupation()
	}
	var err error
	if name := row.Text(colParent); name != "" {
		if p.Parent, err = i.meant(ctx, scope, name, ErrParentUnknown.At("body."+colParent, ErrParentUnknown.Code, "")); err != nil {
			return p, err
		}
	}
	if name := row.Text(colGroup); name != "" {
		p.OperatorGroup, err = i.group(ctx, scope, name)
	}
	return p, err
}

// text takes over a cell that says something.
func text[T ~string](to *T, row imports.Row, column string) {
	if said := row.Text(column); said != "" {
		*to = T(said)
	}
}

// write does what judge found in order.
func (i *Importer) write(ctx context.Context, row imports.Row) error {
	scope := &imports.Scope{Seen: imports.NewSeen()}
	known, err := i.known(ctx, row)
	if err != nil {
		return err
	}
	if known == nil {
		p, err := i.particulars(ctx, scope, row, Particulars{})
		if err == nil {
			_, err = i.service.Register(ctx, Draft{Kind: kindOf(row), Particulars: p})
		}
		return err
	}
	_, err = i.service.Amend(ctx, kernel.OrganizationID(known.ID), Days{}, func(p *Particulars, _ int64) (err error) {
		*p, err = i.particulars(ctx, scope, row, *p)
		return err
	})
	return err
}
